"""The canonical raw tables: what every connector maps its system to.

One `Table` per canonical table, one `Column` per column, with type, privacy class, whether it is required
and which values are allowed. Connectors build frames in this shape, the quality gate derives its row rules and its
Great Expectations suites from it, the loader creates the DuckDB tables from it and the dbt sources are
rendered from it, so a column is declared once.

Privacy classes: P0 none, P1 pseudonymous key, P2 direct identifier (goes to `vault` only), P3 special category (schema
`raw_demographics` only), F free text (not loaded unless asked for). P4 (password, SSN, bank) has no column here:
the allow-list of columns is this package.

A column with ``reference=True`` holds a person. Connectors deliver a typed identifier ``"<id_type>:<value>"``
(for example ``"email:ada@example.org"`` or ``"hris_hq:1042"``); the loader replaces it by its keyed hash before the first
write, so no table outside `vault` holds a name, an e-mail or a source's own person id.
"""

import polars as pl

from pipelines.contracts.model import DUCKDB_TYPES, LINEAGE, POLARS_TYPES, SOURCE_FACTS, Column, Table
from pipelines.contracts.people import PEOPLE
from pipelines.contracts.registry import REGISTRY
from pipelines.contracts.sessions import SESSIONS
from pipelines.contracts.surveys import SURVEYS

__all__ = [
    "BY_NAME",
    "DUCKDB_TYPES",
    "LINEAGE",
    "POLARS_TYPES",
    "SOURCE_FACTS",
    "TABLES",
    "Column",
    "Table",
    "create_statement",
    "empty_frame",
]

TABLES: tuple[Table, ...] = (*PEOPLE, *REGISTRY, *SESSIONS, *SURVEYS)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}


def empty_frame(table: Table, *, lineage: bool = True) -> pl.DataFrame:
    """A frame of no rows with every column of `table`, so that an all-null column still exists."""
    columns = table.all_columns if lineage else table.columns
    return pl.DataFrame(schema={c.name: POLARS_TYPES[c.type] for c in columns})


def create_statement(table: Table) -> str:
    """DuckDB DDL of `table`; P2 columns are left out, they belong to `vault`.

    A text that differs from row to row is stored as it is: no compression makes a hash much smaller, and trying each costs half of the time of a load.
    """
    columns = ",\n    ".join(
        f"{c.name} {DUCKDB_TYPES[c.type]}{' using compression uncompressed' if _differs_by_row(table, c) else ''}"
        for c in table.all_columns
        if c.pii != "P2"
    )
    return f"create table if not exists {table.address} (\n    {columns}\n)"


def _differs_by_row(table: Table, column: Column) -> bool:
    """Whether it is a hash of the row, of its record's id, or the one column that tells the table's rows apart."""
    is_own_key = column.type == "text" and set(table.key) <= {column.name, "source_instance"}
    return is_own_key or column.name in ("row_hash", "source_record_id")
