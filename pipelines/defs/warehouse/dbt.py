"""The dbt project as assets: staging, intermediate, marts and metrics."""

import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from pipelines.builds.dbt import CONSTRUCTION, asked_nodes, incremental, with_the_kept
from pipelines.builds.whole import tell_of_kept_too_long
from pipelines.components.dbt_translator import WarehouseTranslator
from pipelines.components.parsed_project import DBT, PARSED_INTO, parsed_manifest
from pipelines.duckdb_config import dbt_environment
from pipelines.engines.building import IN_DUCKDB, Step, steps_on
from pipelines.engines.chosen import chosen_engine
from pipelines.operations.attached import PARSED
from pipelines.settings import settings
from pipelines.warehouse import claim_writer

TRANSLATOR = WarehouseTranslator()


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
        tell_of_kept_too_long(workspace.warehouse)
        return
    with contextlib.closing(steps_on(engine, workspace.warehouse, manifest)) as steps:
        for step in steps:
            yield from _built(context, dbt, workspace.warehouse.parent, step)


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
