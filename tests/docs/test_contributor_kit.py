"""What the contributor kit names exists: targets of make, folders that have an owner, tools that hooks call."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (PROJECT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
FILES = [*sorted((PROJECT / ".github").rglob("*.yml")), PROJECT / ".pre-commit-config.yaml", PROJECT / "CITATION.cff"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_the_kit_is_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


@pytest.mark.parametrize(
    "name", ["CONTRIBUTING.md", "README.md", "SECURITY.md", ".github/workflows/ci.yml", ".github/workflows/release.yml"]
)
def test_every_target_that_is_named_exists(name: str) -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", (PROJECT / name).read_text(encoding="utf-8")))
    assert named - TARGETS - {"for", "it", "them", "the", "up", "what"} == set()


def test_every_folder_with_an_owner_exists() -> None:
    lines = (PROJECT / ".github/CODEOWNERS").read_text(encoding="utf-8").splitlines()
    folders = [line.split()[0].strip("/") for line in lines if line.startswith("/")]
    assert folders
    assert [folder for folder in folders if not (PROJECT / folder).is_dir()] == []


def test_nothing_cites_a_document_that_is_not_in_the_project() -> None:
    files = [
        path
        for folder in ("pipelines", "dashboards", "dbt_project", "docs")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".sql", ".md", ".yaml", ".yml")
    ]
    citing = [
        path.relative_to(PROJECT).as_posix()
        for path in files
        if re.search(r"\bshared/(design|reference|review|cases)\b", path.read_text(encoding="utf-8"))
    ]
    assert [path for path in citing if "/target/" not in path] == []


@pytest.mark.parametrize("is_own", [True, False])
def test_make_clean_spares_the_data_of_a_workspace_of_ones_own(tmp_path: Path, is_own: bool) -> None:
    shutil.copy(PROJECT / "Makefile", tmp_path)
    landed = tmp_path / "data/landing/hr/people.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("id\n")
    if is_own:
        (tmp_path / "impact.yaml").write_text("workspace: Ours\n")
    ended = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert landed.exists() == is_own
    assert ("impact.yaml" in ended.stdout) == is_own
