"""dbt's project as it was parsed last, which runs, tests and Dagster's definitions share."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from dagster_dbt import DbtProject
from filelock import FileLock

from pipelines.checkout import IS_CHECKOUT, PROJECT
from pipelines.components.bundled_dbt import DBT_EXECUTABLE
from pipelines.settings import settings

# A folder of its own: the parse of a run must not be that of a command somebody typed with other settings. An installed package may not be writable, and the
# data folder is.
PARSED_INTO = (PROJECT / "dbt_project" / "target" if IS_CHECKOUT else settings().data / "dagster") / "parsed"
DBT = DbtProject(project_dir=PROJECT / "dbt_project", profiles_dir=PROJECT / "dbt_project", target_path=PARSED_INTO)
SOURCES_OF_THE_MANIFEST = (
    "dbt_project.yml",
    "models/**/*",
    "macros/**/*",
    "snapshots/**/*",
    "seeds/**/*",
    "tests/**/*",
)


def parsed_manifest() -> Path:
    """dbt's manifest, parsed anew where a file of the project is newer. A stale one would name tests that no longer exist; two parses at once would tear it."""
    PARSED_INTO.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(PARSED_INTO.with_suffix(".lock")):
        return _parsed_manifest()


def _parsed_manifest() -> Path:
    manifest = DBT.manifest_path
    if manifest.exists() and _is_of_another_place(manifest):
        shutil.rmtree(PARSED_INTO)
    files = [path for pattern in SOURCES_OF_THE_MANIFEST for path in DBT.project_dir.glob(pattern) if path.is_file()]
    if not manifest.exists() or any(path.stat().st_mtime > manifest.stat().st_mtime for path in files):
        _parse_into(PARSED_INTO.with_name("parsing"))
    return manifest


def _parse_into(folder: Path) -> None:
    """Parse beside what is there, from what dbt kept of it, and take its place in one step: a parse that is killed leaves no half a manifest."""
    shutil.rmtree(folder, ignore_errors=True)
    if PARSED_INTO.exists():
        shutil.copytree(PARSED_INTO, folder)
    command = [DBT_EXECUTABLE, "--no-version-check", "--quiet", "parse", "--profiles-dir", "."]
    places = ["--target-path", str(folder), *([] if IS_CHECKOUT else ["--log-path", str(folder)])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "IMPACT_"))}
    subprocess.run([*command, *places], cwd=DBT.project_dir, env=environment, check=True)
    (folder / DBT.manifest_path.name).touch()
    shutil.rmtree(PARSED_INTO, ignore_errors=True)
    folder.replace(PARSED_INTO)


def _is_of_another_place(manifest: Path) -> bool:
    """Whether the project was moved or copied since it was parsed: dbt keeps the whole path of every seed and would look for them there."""
    return json.dumps(str(DBT.project_dir)).encode() not in manifest.read_bytes()
