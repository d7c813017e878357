"""The dbt project as assets: staging, intermediate, marts and metrics."""

import os
from collections.abc import Iterator

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from pipelines.components.dbt_translator import WarehouseTranslator
from pipelines.settings import PROJECT, settings
from pipelines.warehouse import claim_writer

DBT = DbtProject(project_dir=PROJECT / "dbt_project", profiles_dir=PROJECT / "dbt_project")
if not DBT.manifest_path.exists():
    DBT.preparer.prepare(DBT)


@dbt_assets(manifest=DBT.manifest_path, project=DBT, dagster_dbt_translator=WarehouseTranslator(), name="dbt_models")
def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator:
    """Build and test every model against this workspace's warehouse."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    os.environ["IMPACT_WAREHOUSE"] = str(workspace.warehouse)
    target = workspace.data / "warehouse" / "dbt_target"
    yield from dbt.cli(["build"], context=context, target_path=target).stream()
