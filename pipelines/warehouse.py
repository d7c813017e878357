"""The only opener of the warehouse file, and the lock that keeps it to one writer."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from pipelines.duckdb_config import clear_spills, duckdb_config
from pipelines.told import ToldInWords
from pipelines.whole_files import sync, sync_folder

_HELD: dict[Path, FileLock] = {}
"""Keeps the locks of this process alive; filelock releases a lock that is garbage-collected."""


class WarehouseBusy(ToldInWords, RuntimeError):
    """Another run holds the warehouse; the message says what to do."""


def claim_writer(warehouse: Path) -> None:
    """Take the operating system's lock beside the warehouse and keep it until this process ends, however it ends.

    A second call in the same process does nothing. Raises WarehouseBusy at once where another process holds it.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(warehouse.with_suffix(".lock"), is_singleton=True)
    if lock.is_locked:
        return
    try:
        lock.acquire(timeout=0)
    except Timeout as busy:
        raise WarehouseBusy(
            f"Another run is writing {warehouse.name}. Wait until it ends; dashboards keep showing the last published snapshot."
        ) from busy
    _HELD[warehouse] = lock
    clear_spills(warehouse)


@contextmanager
def connect(warehouse: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed in every case, as every DuckDB here is opened (`duckdb_config`)."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(warehouse), read_only=read_only, config=duckdb_config(warehouse))
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


def attached_file(path: Path, name: str) -> str:
    """The statement that puts another database file beside a connection's own, to be read as `name`."""
    return f"attach {text_literal(str(path))} as {name} (read_only)"


def text_literal(words: str) -> str:
    """`words` as SQL writes a text where no parameter may stand: in `attach` and `comment`."""
    return "'" + words.replace("'", "''") + "'"


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def copy_into_new_file(path: Path) -> None:
    """Put a copy in the place of a database file that nobody has open: rows that were deleted leave their bytes in a file, and only a copy is without them."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with duckdb.connect(config=duckdb_config(draft)) as connection:
        # Views name the file that they were made in, and are bound while they are copied.
        connection.execute(attached_file(path, f'"{path.stem}"'))
        connection.execute(f"attach {text_literal(str(draft))} as draft")
        connection.execute(f'copy from database "{path.stem}" to draft')
    draft.chmod(path.stat().st_mode & 0o777)
    sync(draft)
    os.replace(draft, path)
    sync_folder(path.parent)


def replace_rows(
    connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, *, where: Mapping[str, str] | None = None
) -> None:
    """Replace the rows of `table` that match `where` (all, if None) by `frame`, by column name, as Arrow."""
    condition = " and ".join(f"{column} = ?" for column in where or {})
    connection.execute(
        f"delete from {table}" + (f" where {condition}" if condition else ""), list((where or {}).values())
    )
    append_rows(connection, table, frame)


def append_rows(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Add `frame` to `table`, by column name, as Arrow. A column of nothing but nulls is left to the table."""
    if frame.height:
        filled = [column.name for column in frame if column.null_count() < frame.height] or frame.columns
        # DuckDB finds the variable by its name. A registered view would be kept, rows and all, until the transaction ends.
        incoming = frame.select(filled).to_arrow()  # noqa: F841
        connection.execute(f"insert into {table} by name from incoming")


def replace_table(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Create or replace `table` as `frame`, types as Arrow gives them."""
    schema = table.split(".", maxsplit=1)[0]
    connection.execute(f"create schema if not exists {schema}")
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"create or replace table {table} as from incoming")
    connection.unregister("incoming")


def read_frame(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
    """The result of `query` as a Polars frame."""
    return connection.sql(query, params=parameters).pl() if parameters else connection.sql(query).pl()


def read_kept(connection: duckdb.DuckDBPyConnection, table: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a table that is kept from run to run, with the columns of `schema`: none where it isn't there, null in those that an earlier version didn't have."""
    query = "select count(*) from duckdb_tables() where database_name = current_database() and schema_name || '.' || table_name = ?"
    if not read_frame(connection, query, [table])[0, 0]:
        return pl.DataFrame(schema=schema)
    found = read_frame(connection, f"from {table}")
    known = [
        (pl.col(name) if name in found.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in schema.items()
    ]
    return found.select(known)
