"""Database files without a person: rows that name them go, texts that tell of them lose the words, and the file is written anew so that no bytes stay."""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.duckdb_config import duckdb_config
from pipelines.erasure.traces import Traces
from pipelines.warehouse import copy_into_new_file

PATIENCE_SECONDS = 15
KEY_COLUMNS = ("application_id", "pair_id")
"""Ends of names of columns whose values are ids of applications and pairs."""


def is_key(table: str, column: str) -> bool:
    """Whether rows of `table` with the id of the person's application or pair in `column` go with it. What somebody else answered stays, and so does a later pair."""
    return column.endswith(KEY_COLUMNS) and column != "rematch_of_pair_id" and "survey" not in table


def is_mention(column: str) -> bool:
    """Whether rows with the person in `column` are somebody else's."""
    return column.startswith("manager")


def erase_from_duckdb(path: Path, traces: Traces, *, dry_run: bool = False) -> int:
    """How many rows and texts went. Raises duckdb.IOException where another process holds the file longer than a page or a query does."""
    with _opened_when_free(path, read_only=dry_run) as connection:
        number = sum(erase_from_table(connection, table, traces, dry_run=dry_run) for table in tables_of(connection))
    if number and not dry_run:
        copy_into_new_file(path)
    return number


def _opened_when_free(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Readers of a published file hold it for a page: DuckDB doesn't wait for them by itself."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=duckdb_config(path))
        except duckdb.IOException as problem:
            if "lock" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(0.1)


def erase_from_table(
    connection: duckdb.DuckDBPyConnection, table: str, traces: Traces, *, dry_run: bool = False
) -> int:
    """One table of an open file."""
    number = 0
    for name, kind in _columns(connection, table):
        wanted = traces.words | traces.keys if is_key(table, name) else traces.words
        number += _rows_of(connection, table, name, wanted, dry_run=dry_run)
        number += _texts_of(connection, table, name, kind, traces, dry_run=dry_run)
    return number


def tables_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Addresses of the tables of a file, quoted."""
    query = """select '"' || schema_name || '"."' || table_name || '"' from duckdb_tables() where not internal and database_name = current_database() order by 1"""
    return [row[0] for row in connection.execute(query).fetchall()]


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Columns that can hold text, with their types."""
    found = connection.execute(f"select column_name, column_type from (describe {table})").fetchall()
    return [(name, kind) for name, kind in found if "VARCHAR" in kind or kind == "JSON"]


def _rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, wanted: Iterable[str], *, dry_run: bool
) -> int:
    """Rows whose value is one of `wanted`."""
    chosen = f'from {table} where lower(cast("{column}" as varchar)) in (select lower(unnest(?)))'
    number = connection.execute(f"select count(*) {chosen}", [sorted(wanted)]).fetchall()[0][0]
    if number and not dry_run:
        if is_mention(column):
            connection.execute(
                f'update {chosen.removeprefix("from ").replace(" where", f""" set "{column}" = null where""", 1)}',
                [sorted(wanted)],
            )
        else:
            connection.execute(f"delete {chosen}", [sorted(wanted)])
    return number


def _texts_of(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, traces: Traces, *, dry_run: bool
) -> int:
    """Values that tell of the person among other things: a text loses the words; a list or a record of values goes with its row."""
    values = [
        row[0] for row in connection.execute(f'select distinct cast("{column}" as varchar) from {table}').fetchall()
    ]
    cleaned = {value: traces.taken_from(value)[0] for value in values if value and traces.are_in(value)}
    if not cleaned or dry_run:
        return len(cleaned)
    changes = pl.DataFrame({"before": list(cleaned), "after": list(cleaned.values())}).to_arrow()  # noqa: F841
    there = f'cast({table}."{column}" as varchar) = changes.before'
    if kind == "VARCHAR":
        connection.execute(f'update {table} set "{column}" = changes.after from changes where {there}')
    else:
        connection.execute(f"delete from {table} using changes where {there}")
    return len(cleaned)


def erase_from_sqlite(path: Path, traces: Traces, *, dry_run: bool = False) -> int:
    """How many values lost their words."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"pragma busy_timeout = {PATIENCE_SECONDS * 1000}")
        connection.create_function("taken", 1, lambda value: _taken(value, traces))
        connection.create_function("tells", 1, lambda value: _tells(value, traces))
        number = sum(
            _erase_column(connection, table, column, dry_run=dry_run) for table, column in _sqlite_columns(connection)
        )
        if number and not dry_run:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return number


def _sqlite_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [
        row[0]
        for row in connection.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        )
    ]
    return [(table, row[1]) for table in tables for row in connection.execute(f'pragma table_info("{table}")')]


def _erase_column(connection: sqlite3.Connection, table: str, column: str, *, dry_run: bool) -> int:
    chosen = f"where typeof(\"{column}\") in ('text', 'blob') and tells(\"{column}\")"
    number = connection.execute(f'select count(*) from "{table}" {chosen}').fetchone()[0]
    if number and not dry_run:
        connection.execute(f'update "{table}" set "{column}" = taken("{column}") {chosen}')
    return number


def _tells(value: Any, traces: Traces) -> bool:
    return traces.are_in(value if isinstance(value, str) else bytes(value).decode("utf-8", errors="replace"))


def _taken(value: Any, traces: Traces) -> Any:
    if isinstance(value, str):
        return traces.taken_from(value)[0]
    return traces.taken_from(bytes(value).decode("utf-8", errors="replace"))[0].encode()
