"""All raw tables in one step and one transaction: a load that stops leaves every table as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from pipelines.builds.whole import begin_again_where_due
from pipelines.configuration_log import note_configuration, note_decisions
from pipelines.contracts import TABLES
from pipelines.data_version import note_version
from pipelines.defs.landing.assets import OWNERS, months_of
from pipelines.erasure.retention import remove_expired
from pipelines.loading.upgrades import upgrade
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.stages.load_records import RECORDS, fed_by
from pipelines.warehouse import claim_writer, connect, read_frame
from pipelines.workspace_loads import load_sources


def _specs() -> list[dg.AssetSpec]:
    fed = fed_by()
    every = [source.source_id for source in configured_sources()]
    described = [((table.schema, table.name), table.grain, fed[table.name]) for table in TABLES]
    described += [(key, words, every) for key, words in RECORDS.items()]
    return [
        dg.AssetSpec(
            list(key),
            group_name=key[0],
            description=grain,
            owners=OWNERS,
            kinds={"polars", "duckdb"},
            deps=[["landing", source_id] for source_id in sources],
        )
        for key, grain, sources in described
    ]


class Accepted(dg.Config):
    """What somebody has looked at and accepted: keys as a stopped load prints them, and who says so. whole: make everything again, also what rests on nothing new."""

    accept: list[str] = Field(default_factory=list)
    actor: str = "dagster"
    whole: bool = False


@dg.multi_asset(name="raw", specs=_specs())
def raw(context: dg.AssetExecutionContext, config: Accepted) -> Iterator[dg.MaterializeResult[None]]:
    """Read the landing zone, map and gate, write, report counts."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    upgrade(workspace.warehouse, workspace.vault, workspace.history)
    note_version(workspace.data)
    note_configuration(workspace, config.actor)
    note_decisions(workspace)
    months = months_of(context)
    with connect(workspace.warehouse) as warehouse:
        load_sources(
            warehouse, configured_sources(), context.log.info, accept=config.accept, actor=config.actor, months=months
        )
        begin_again_where_due(warehouse, datetime.now(UTC).date(), asked=config.whole)
        counts = read_frame(
            warehouse, "select schema_name || '.' || table_name as name, estimated_size as rows from duckdb_tables()"
        )
    for one in remove_expired(workspace, datetime.now(UTC), actor=config.actor):
        context.log.info(f"removed {one.kind}: {one.what}")
    rows = dict(counts.iter_rows())
    rows["vault.persons"] = rows.get("main.vault_persons", 0)
    for spec in _specs():
        metadata = {"dagster/row_count": int(rows.get(".".join(spec.key.path), 0))}
        yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
