"""The tables that a load writes: the contracts', and what is kept about loads."""

import duckdb

from pipelines.contracts import TABLES, create_statement
from pipelines.loading.identity import IDENTITY_TABLES
from pipelines.warehouse import transaction

QUALITY_TABLES = {
    "quality.loads": "load_id varchar, source_id varchar, source_system varchar, connector varchar, extracted_at timestamptz, "
    "as_of_date date, files bigint, bytes bigint, mapping_hash varchar, newest_record_on date, is_current boolean",
    "quality.reconciliation": "load_id varchar, source_id varchar, table_name varchar, rows_in bigint, loaded bigint, "
    "quarantined bigint, duplicates bigint, filtered bigint",
    "quality.filtered_rows": "load_id varchar, source_id varchar, table_name varchar, reason varchar, rows bigint",
    "quality.quarantine": "load_id varchar, source_id varchar, table_name varchar, source_file varchar, source_line bigint, "
    "rule varchar, reason varchar, remedy varchar, masked_text varchar",
    "quality.findings": "load_id varchar, source_id varchar, kind varchar, table_name varchar, subject varchar, detail varchar",
    "quality.state": "name varchar, value varchar",
}


NEEDED = {"recorded_tz": "UTC"}
"""What stands in a needed column that is new, in rows that no load brings again: people who left a list stay in it as deleted. An earlier version knew no zones but UTC."""


def wanted_tables() -> dict[str, str]:
    """Address to the statement that creates the table, of every table that a load writes."""
    wanted = {table.address: create_statement(table) for table in TABLES}
    kept = QUALITY_TABLES | IDENTITY_TABLES
    return wanted | {name: f"create table if not exists {name} ({columns})" for name, columns in kept.items()}


def prepare_schemas(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Create every raw and quality table that doesn't exist yet; an empty table still has all its columns.

    A table that was made by an older version with other columns is made anew with the rows that it had, and every source is read again: the landing zone
    holds what the new columns need. Nothing is dropped.
    """
    wanted = wanted_tables()
    for schema in sorted({address.split(".")[0] for address in wanted}):
        warehouse.execute(f"create schema if not exists {schema}")
    with transaction(warehouse):
        for statement in wanted.values():
            warehouse.execute(statement)
        changed = [name for name, statement in wanted.items() if not _has_the_columns(warehouse, name, statement)]
        for address in changed:
            _bring_forward(warehouse, address, wanted[address])
        if changed:
            warehouse.execute("update quality.loads set is_current = false")


def _bring_forward(warehouse: duckdb.DuckDBPyConnection, address: str, statement: str) -> None:
    """The table with today's columns and the rows that it had; a column that is new, or of another kind of value, is empty in them."""
    warehouse.execute(f"create or replace temp table earlier as from {address}")
    warehouse.execute(f"drop table {address} cascade")
    warehouse.execute(statement)
    types = dict(warehouse.execute(f"select column_name, column_type from (describe {address})").fetchall())
    names = [row[0] for row in warehouse.execute("select column_name from (describe earlier)").fetchall()]
    both = ", ".join(f'try_cast("{name}" as {types[name]}) as "{name}"' for name in names if name in types)
    if both:
        warehouse.execute(f"insert into {address} by name select {both} from earlier")
    for name, value in NEEDED.items():
        if name in types and name not in names:
            warehouse.execute(f'update {address} set "{name}" = ?', [value])
    warehouse.execute("drop table earlier")


def _has_the_columns(warehouse: duckdb.DuckDBPyConnection, address: str, statement: str) -> bool:
    draft = f"draft_{address.replace('.', '_')}"
    warehouse.execute(
        statement.replace("create table if not exists", "create or replace temp table").replace(address, draft, 1)
    )
    columns = "select list((column_name, column_type)) from (describe {})"
    found, expected = (warehouse.execute(columns.format(name)).fetchall() for name in (address, draft))
    warehouse.execute(f"drop table {draft}")
    return found == expected
