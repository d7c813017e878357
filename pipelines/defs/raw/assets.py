"""All raw tables in one step and one transaction: a load that stops leaves every table as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from pipelines.builds.whole import begin_again_where_due
from pipelines.configuration_log import note_configuration, note_decisions
from pipelines.contracts import BY_NAME, TABLES
from pipelines.data_version import note_version
from pipelines.defs.landing.assets import OWNERS, months_of
from pipelines.erasure.retention import remove_expired
from pipelines.loading.upgrades import upgrade
from pipelines.settings import settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources, connector_options
from pipelines.warehouse import claim_writer, connect, read_frame
from pipelines.workspace_entries import SettingsError, SourceSettings
from pipelines.workspace_loads import load_sources

RECORDS = {
    ("quality", "loads"): "One row per load of a source.",
    (
        "quality",
        "reconciliation",
    ): "One row per load and table: rows in = loaded + quarantined + duplicates + filtered.",
    ("quality", "quarantine"): "One row per refused record: file, line, reason, remedy, masked text.",
    ("quality", "filtered_rows"): "One row per load, table and reason for leaving rows out on purpose.",
    ("quality", "findings"): "One row per finding that stopped nothing.",
    ("identity", "identifiers_in_force"): "Who was known by which identifier and when, kept from load to load.",
    (
        "vault",
        "persons",
    ): "Names and e-mail addresses, in a file of their own; joined in nowhere but the workbench and the outbox.",
}


def _fed_by() -> dict[str, list[dg.AssetKey]]:
    """Raw table to the landing assets of the sources that fill it."""
    fed: dict[str, list[dg.AssetKey]] = {table.name: [] for table in TABLES}
    for source in configured_sources():
        for table in _tables_of(source):
            fed[table].append(dg.AssetKey(["landing", source.source_id]))
    return fed


def _tables_of(source: SourceSettings) -> list[str]:
    try:
        filled = CONNECTORS[source.connector].tables_filled(connector_options(source).get("mapping"))
    except (SettingsError, AttributeError, KeyError, TypeError):
        # The mapping is wrong: `impact check` and the load say how. Until then the source may fill any table.
        filled = frozenset(BY_NAME)
    return [table.name for table in TABLES if table.name in filled]


def _specs() -> list[dg.AssetSpec]:
    fed = _fed_by()
    every = [dg.AssetKey(["landing", source.source_id]) for source in configured_sources()]
    described = [((table.schema, table.name), table.grain, fed[table.name]) for table in TABLES]
    described += [(key, words, every) for key, words in RECORDS.items()]
    return [
        dg.AssetSpec(
            list(key), group_name=key[0], description=grain, owners=OWNERS, kinds={"polars", "duckdb"}, deps=deps
        )
        for key, grain, deps in described
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
