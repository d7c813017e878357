"""What the load of sources writes besides the raw tables, and which raw tables a source may fill."""

from pipelines.checkout import SettingsError
from pipelines.contracts import BY_NAME, TABLES
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources, connector_options
from pipelines.workspace_entries import SourceSettings

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


def fed_by() -> dict[str, list[str]]:
    """Raw table to the sources that may fill it."""
    fed: dict[str, list[str]] = {table.name: [] for table in TABLES}
    for source in configured_sources():
        for table in tables_filled_by(source):
            fed[table].append(source.source_id)
    return fed


def tables_filled_by(source: SourceSettings) -> list[str]:
    """Names of the raw tables that the source may fill, in the order of the contracts."""
    try:
        filled = CONNECTORS[source.connector].tables_filled(connector_options(source).get("mapping"))
    except (SettingsError, AttributeError, KeyError, TypeError):
        # The mapping is wrong: `impact check` and the load say how. Until then the source may fill any table.
        filled = frozenset(BY_NAME)
    return [table.name for table in TABLES if table.name in filled]
