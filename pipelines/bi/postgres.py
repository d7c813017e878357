"""The contract's tables in a schema of a PostgreSQL database, replaced in one transaction: who reads sees all of the old release or all of the new one.

A table whose columns are as before is emptied and filled, so that grants and views on it stay; one that has changed is made anew.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import adbc_driver_postgresql.dbapi as postgres
import polars as pl

from pipelines.bi.contract import CONTRACT, BiContract, BiTable
from pipelines.told import ToldInWords
from pipelines.warehouse import text_literal

SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
COLUMN_TYPES = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
}


class DatabaseRefused(ToldInWords, RuntimeError):
    """The database can't be reached or doesn't let us; the message says what it said, without the address's password."""


def write_postgres(
    address: str, schema: str, frames: Mapping[str, pl.DataFrame], contract: BiContract = CONTRACT
) -> int:
    """Replace the contract's tables in `schema`; returns the rows written. Other tables there stay.

    address: postgresql://user:password@host/database. Raises ValueError for a schema's name that isn't plain, DatabaseRefused.
    """
    if not SCHEMA_NAME.fullmatch(schema):
        raise ValueError(f"{schema!r} isn't a schema's name: small letters, digits and underscores.")
    try:
        with postgres.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(f"create schema if not exists {schema}")
            for table in contract.tables:
                _make_ready(cursor, schema, table)
                cursor.adbc_ingest(table.name, frames[table.name].to_arrow(), mode="append", db_schema_name=schema)
            connection.commit()
    except postgres.Error as problem:
        said = _without_password(str(problem), address)
        raise DatabaseRefused(f"The database refuses: {said}. Next step: check the address, and that its user may create the schema.") from None  # fmt: skip
    return sum(frame.height for frame in frames.values())


def _make_ready(cursor: postgres.Cursor, schema: str, table: BiTable) -> None:
    """An empty table of the contract's columns, with their meaning as comments."""
    place = f'{schema}."{table.name}"'
    wanted = [(column.name, COLUMN_TYPES[column.type]) for column in table.columns]
    known = "select column_name::text, data_type::text from information_schema.columns where table_schema = $1 and table_name = $2 order by ordinal_position"
    cursor.execute(known, (schema, table.name))
    if cursor.fetchall() == wanted:
        # not truncate: a reader in the middle of a query would find it empty
        cursor.execute(f"delete from {place}")
        return
    cursor.execute(f"drop table if exists {place}")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted)
    cursor.execute(f"create table {place} ({columns})")
    cursor.execute(f"comment on table {place} is {text_literal(table.grain)}")
    for column in table.columns:
        cursor.execute(f'comment on column {place}."{column.name}" is {text_literal(column.meaning)}')


def _without_password(words: str, address: str) -> str:
    """What the database says, without any part of the password: one with an `@` that isn't percent-encoded is taken for a part of the host and repeated."""
    password = urlsplit(address).netloc.rpartition("@")[0].partition(":")[2]
    for part in filter(None, password.split("@")):
        words = words.replace(part, "***")
    return words.splitlines()[0] if words else "no reason was given"
