"""One database to read from: PostgreSQL over ADBC (rows arrive as Arrow), every other one over SQLAlchemy and the driver that its URL names.

Statements are built by SQLAlchemy, so that names are quoted as each dialect wants them and no value is pasted into text by hand. Sessions are read-only where
the database can promise that.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Protocol

import polars as pl
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.fetching import Context
from pipelines.sources.sql import mysql
from pipelines.sources.sql.frames import frame_of

POSTGRES = ("postgresql", "postgres")
_BYTES = (sa.LargeBinary, sa.BINARY, sa.VARBINARY)


class Database(Protocol):
    """A session: the columns of a table, and the rows of a statement."""

    def columns(self, table: str) -> dict[str, sa.types.TypeEngine[Any]]:
        """Name to type of every column of `table` ("schema.table" or "table"). Raises `SourceRefused` where it can't be read."""

    def frame(self, statement: sa.Select[Any]) -> pl.DataFrame:
        """The rows of `statement`, typed."""


@contextmanager
def open_database(context: Context) -> Iterator[Database]:
    """A read-only session. Options: `url`, best `${NAME}`: it holds the password."""
    url = str(context.options.get("url", ""))
    if not url:
        raise SourceRefused(
            f"Source {context.source_id}: no `url`. Next step: write `url: ${{HRIS_URL}}` and export HRIS_URL=postgresql://reader:...@host/database."
        )
    try:
        if url.partition("://")[0] in POSTGRES:
            with _postgres(context, url) as database:
                yield database
        else:
            with _any_dialect(context, url) as database:
                yield database
    except (sa.exc.SQLAlchemyError, OSError) as problem:
        raise _refused(context, problem) from None


def _refused(context: Context, problem: Exception) -> SourceRefused:
    words = context.secrets.hidden(str(problem).splitlines()[0])
    return SourceRefused(
        f"Source {context.source_id}: the database says: {words}. Next step: check the address, the account's password and its right to select."
    )


@contextmanager
def _postgres(context: Context, url: str) -> Iterator[Database]:
    import adbc_driver_manager
    from adbc_driver_postgresql import dbapi

    try:
        with dbapi.connect(url, autocommit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("set default_transaction_read_only = on")
            cursor.execute("set timezone = 'UTC'")
            cursor.execute("set intervalstyle = 'iso_8601'")  # days beside hours in the one way that durations know
            cursor.close()
            yield _Postgres(context, connection)
    except adbc_driver_manager.Error as problem:
        raise _refused(context, problem) from None


class _Postgres:
    def __init__(self, context: Context, connection: Any) -> None:
        self._context = context
        self._connection = connection
        self._dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy names no types here

    def columns(self, table: str) -> dict[str, sa.types.TypeEngine[Any]]:
        arrow = self._arrow(sa.select(sa.text("*")).select_from(named_table(table)).limit(0))
        return {field.name: _sql_type(field) for field in arrow.schema}

    def _arrow(self, statement: sa.Select[Any]) -> pa.Table:
        compiled = statement.compile(dialect=self._dialect, compile_kwargs={"literal_binds": True})
        with self._connection.cursor() as cursor:
            cursor.execute(str(compiled))
            return cursor.fetch_arrow_table()

    def frame(self, statement: sa.Select[Any]) -> pl.DataFrame:
        arrow = self._arrow(statement)
        # A type that Arrow lacks (numeric, uuid) comes as text that is marked as foreign; the text is what is wanted.
        plain = [
            field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type
            for field in arrow.schema
        ]
        arrow = arrow.cast(pa.schema([field.with_type(kind) for field, kind in zip(arrow.schema, plain, strict=True)]))
        return pl.DataFrame(arrow)


@contextmanager
def _any_dialect(context: Context, url: str) -> Iterator[Database]:
    try:
        engine = sa.create_engine(url)
    except ModuleNotFoundError as missing:
        raise SourceRefused(
            f"Source {context.source_id}: this database needs the Python package {missing.name!r}. Next step: install it beside the project."
        ) from None
    with engine.connect().execution_options(stream_results=True) as connection:
        if engine.dialect.name in mysql.NAMES:
            connection.execute(sa.text(mysql.UTC))
        yield _AnyDialect(context, connection)
    engine.dispose()


class _AnyDialect:
    def __init__(self, context: Context, connection: sa.Connection) -> None:
        self._context = context
        self._connection = connection

    def columns(self, table: str) -> dict[str, sa.types.TypeEngine[Any]]:
        schema, _, name = table.rpartition(".")
        found = sa.inspect(self._connection).get_columns(name, schema=schema or None)
        is_mysql = self._connection.dialect.name in mysql.NAMES
        return {column["name"]: mysql.own_type(column["type"]) if is_mysql else column["type"] for column in found}

    def frame(self, statement: sa.Select[Any]) -> pl.DataFrame:
        result = self._connection.execute(statement)
        names = list(result.keys())
        return frame_of(names, [tuple(row) for row in result.fetchall()])


def named_table(name: str, *columns: str) -> sa.TableClause:
    """A table by its name, "schema.table" or "table", with the named columns."""
    schema, _, table = name.rpartition(".")
    return sa.table(table, *(sa.column(column) for column in columns), schema=schema or None)


class WrittenOut(sa.types.Text):
    """A type that is read as PostgreSQL writes it: uuid, ranges, xml and others arrive as bytes, and an interval not at all."""


class Money(WrittenOut):
    """PostgreSQL's money, which arrives as whole hundredths without a word that it does, and is written with the sign of the server's currency."""


def selected(name: str, types: Mapping[str, sa.types.TypeEngine[Any]]) -> sa.ColumnElement[Any]:
    """A column as a statement asks for it."""
    column: sa.ColumnElement[Any] = sa.column(name)
    if isinstance(types[name], Money):
        column = sa.cast(column, sa.Numeric)
    own = mysql.asked(column, types[name])
    return (
        sa.cast(column, sa.Text).label(name)
        if isinstance(types[name], WrittenOut)
        else own.label(name)
        if own is not column
        else column
    )


def _sql_type(field: pa.Field) -> sa.types.TypeEngine[Any]:
    kind = field.type
    if (field.metadata or {}).get(b"POSTGRESQL:type") == b"money":
        return Money()
    if pa.types.is_timestamp(kind):
        return sa.DateTime(timezone=kind.tz is not None)
    if pa.types.is_date(kind):
        return sa.Date()
    if pa.types.is_interval(kind) or isinstance(kind, pa.UuidType) or _is_opaque(kind):
        return WrittenOut()
    return sa.BigInteger() if pa.types.is_integer(kind) else sa.Text()


def _is_opaque(kind: pa.DataType) -> bool:
    """Whether a type that Arrow lacks comes in the database's own bytes."""
    return isinstance(kind, pa.BaseExtensionType) and pa.types.is_binary(kind.storage_type)


def as_token(value: Any) -> Any:
    """A key's value as JSON can hold it."""
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else value if isinstance(value, int) else str(value)


def from_token(value: Any, column: sa.types.TypeEngine[Any]) -> Any:
    """The value of a token in the column's type."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(column, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column, sa.Date):
        return date.fromisoformat(value)
    return bytes.fromhex(value) if isinstance(column, _BYTES) else value
