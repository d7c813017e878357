"""Tables that go to another engine and come back: what they are called, what they hold, how the warehouse takes them."""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds


class Table(NamedTuple):
    """A table or view, here and there."""

    schema: str
    name: str


class Column(NamedTuple):
    """A column and its type in DuckDB's words."""

    name: str
    kind: str


def columns_of(warehouse: duckdb.DuckDBPyConnection, table: Table) -> list[Column]:
    """The columns of a table in their order."""
    found = warehouse.execute(
        "select column_name, data_type from duckdb_columns() where database_name = current_database() and schema_name = ? and table_name = ? order by column_index",
        [table.schema, table.name],
    )
    return [Column(name, kind) for name, kind in found.fetchall()]


def replace_with(warehouse: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table | pa.RecordBatchReader | ds.Dataset, columns: Sequence[Column]) -> None:  # fmt: skip
    """Put a table of `rows` in the place of the table or view of that name."""
    place = f'"{table.schema}"."{table.name}"'
    found = warehouse.execute(
        "select table_type from information_schema.tables where table_catalog = current_database() and table_schema = ? and table_name = ?",
        [table.schema, table.name],
    ).fetchone()
    warehouse.execute(f'create schema if not exists "{table.schema}"')
    if found:
        warehouse.execute(f"drop {'view' if found[0] == 'VIEW' else 'table'} {place}")
    taken = ", ".join(f'cast("{column.name}" as {column.kind}) as "{column.name}"' for column in columns)
    warehouse.register("incoming", rows)
    warehouse.execute(f"create table {place} as select {taken} from incoming")
    warehouse.unregister("incoming")
