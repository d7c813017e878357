"""What the loads of a source have left in the warehouse: the last one, and the one that is being written."""

from collections.abc import Sequence

import duckdb

from pipelines.contracts import TABLES, Table
from pipelines.loading.stop_rules import Standing
from pipelines.loading.vault import PERSONS

OWN = "source_instance = ? and load_id = ?"
EARLIER = "source_instance = ? and load_id <> ?"
ASIDE = " (before)"
"""Ends the load's name of rows that stand aside for a load of the same name."""


def tables_held(warehouse: duckdb.DuckDBPyConnection, source_id: str) -> list[Table]:
    """The tables in which the source has rows, deleted ones too."""
    parts = (
        f"select '{table.name}' where exists (select 1 from {table.address} where source_instance = $source)"
        for table in TABLES
    )
    found = warehouse.execute(" union all ".join(parts), {"source": source_id}).fetchall()
    names = {row[0] for row in found}
    return [table for table in TABLES if table.name in names]


def step_aside(warehouse: duckdb.DuckDBPyConnection, tables: Sequence[Table], source_id: str, load_id: str) -> None:
    """Rows of the last load give the name free that the next one has too: the same bytes, read on another day or under another key."""
    for table in tables:
        warehouse.execute(
            f"update {table.address} set load_id = load_id || '{ASIDE}' where {OWN}", [source_id, load_id]
        )


def standing(
    warehouse: duckdb.DuckDBPyConnection, table: Table, source_id: str, load_id: str, *, is_own: bool
) -> Standing:
    """The rows of `table` that the load wrote (is_own), or those of the load before it. Direct identifiers are counted in the vault, as it is now."""
    names = [column.name for column in table.columns if column.pii != "P2"]
    counts = ", ".join(f"count({name})" for name in names)
    query = f"select count(*), {counts} from {table.address} where {OWN if is_own else EARLIER} and not is_deleted"
    rows, *filled = warehouse.execute(query, [source_id, load_id]).fetchall()[0]
    return Standing(rows, {**dict(zip(names, filled, strict=True)), **_in_the_vault(warehouse, table, source_id)})


def _in_the_vault(warehouse: duckdb.DuckDBPyConnection, table: Table, source_id: str) -> dict[str, int]:
    names = [column.name for column in table.columns if column.pii == "P2"]
    if not names:
        return {}
    counts = ", ".join(f"count(distinct person_id) filter (where {name} is not null)" for name in names)
    query = f"select {counts} from {PERSONS} where source_instance = ?"
    return dict(zip(names, warehouse.execute(query, [source_id]).fetchall()[0], strict=True))
