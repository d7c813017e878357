"""The dbt project as assets: staging, intermediate, marts and metrics."""

import contextlib
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets
from filelock import FileLock

from pipelines.builds.dbt import CONSTRUCTION, asked_nodes, incremental, with_the_kept
from pipelines.builds.whole import kept_too_long
from pipelines.components.dbt_translator import WarehouseTranslator
from pipelines.defs.resources import DBT_EXECUTABLE
from pipelines.duckdb_config import dbt_environment
from pipelines.engines.building import IN_DUCKDB, Step, steps_on
from pipelines.engines.chosen import chosen_engine
from pipelines.operations.attached import PARSED
from pipelines.settings import IS_CHECKOUT, PROJECT, settings
from pipelines.warehouse import claim_writer, connect

# A folder of its own: the parse of a run must not be that of a command somebody typed with other settings. An installed package may not be writable, and the
# data folder is.
PARSED_INTO = (PROJECT / "dbt_project" / "target" if IS_CHECKOUT else settings().data / "dagster") / "parsed"
LOG = logging.getLogger("impact.runs")
TRANSLATOR = WarehouseTranslator()
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
        command = [DBT_EXECUTABLE, "--no-version-check", "--quiet", "parse", "--profiles-dir", "."]
        places = ["--target-path", str(PARSED_INTO), *([] if IS_CHECKOUT else ["--log-path", str(PARSED_INTO)])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "IMPACT_"))}
        subprocess.run([*command, *places], cwd=DBT.project_dir, env=environment, check=True)
        manifest.touch()
    return manifest


def _is_of_another_place(manifest: Path) -> bool:
    """Whether the project was moved or copied since it was parsed: dbt keeps the whole path of every seed and would look for them there."""
    return json.dumps(str(DBT.project_dir)).encode() not in manifest.read_bytes()


@dbt_assets(
    manifest=parsed_manifest(),
    project=DBT,
    dagster_dbt_translator=TRANSLATOR,
    name="dbt_models",
    exclude=f"tag:{CONSTRUCTION}",
)
def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test what rests on something new in this workspace's warehouse; dbt's own lines go to dbt.log beside it.

    Unit tests and tests of construction (every foreign key leads somewhere) judge the SQL, not the data: `make test` runs them, a run of the pipeline does not.
    """
    workspace = settings()
    claim_writer(workspace.warehouse)
    os.environ.update(dbt_environment(workspace.warehouse))
    (workspace.warehouse.parent / "dbt.log").unlink(missing_ok=True)
    engine = chosen_engine()
    manifest = json.loads(parsed_manifest().read_bytes())
    if engine is None:
        keys = {
            node_id: TRANSLATOR.get_asset_key(node)
            for node_id, node in manifest["nodes"].items()
            if node["resource_type"] != "test"
        }
        with incremental(workspace.warehouse, manifest, asked_nodes(context, manifest, keys)) as build:
            made = _built(context, dbt, workspace.warehouse.parent, IN_DUCKDB) if build.must else iter(())
            yield from with_the_kept(context, build, keys, made)
        _tell_of_kept_too_long(workspace.warehouse)
        return
    with contextlib.closing(steps_on(engine, workspace.warehouse, manifest)) as steps:
        for step in steps:
            yield from _built(context, dbt, workspace.warehouse.parent, step)


def _tell_of_kept_too_long(place: Path) -> None:
    with connect(place) as warehouse:
        apart = kept_too_long(warehouse)
    if apart:
        names = ", ".join(node_id.rpartition(".")[2] for node_id in apart)
        LOG.warning("made from the same as before, these tables came out differently: %s. What they held since the last run that made everything may have been wrong; where only the last digits differ, nothing was.", names)  # fmt: skip


def _built(context: dg.AssetExecutionContext, dbt: DbtCliResource, folder: Path, step: Step) -> Iterator[Any]:
    if step.target == "warehouse":
        os.environ[PARSED] = str(PARSED_INTO / "partial_parse.msgpack")
    else:
        os.environ.pop(PARSED, None)  # it was parsed for DuckDB
    with (folder / "dbt.log").open("a", encoding="utf-8") as log:
        events = dbt.cli(
            ["build", *step.nodes, "--target", step.target],
            context=context,
            target_path=folder / ("dbt_target" if step.target == "warehouse" else f"dbt_target_{step.target}"),
        ).stream()
        while True:
            with redirect_stdout(log):
                event = next(events, None)
            if event is None:
                return
            yield event
