"""PostgreSQL as the engine of the models: what they read is sent there, what they made comes back, both as Arrow."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pyarrow as pa

from pipelines.engines.engine import EngineRefused
from pipelines.engines.postgres_words import PRODUCT
from pipelines.engines.tables import Column, Table, columns_of, replace_with
from pipelines.engines.translation import translated_type

SESSION = "-c timezone=UTC -c jit=off -c work_mem=64MB -c enable_nestloop=off -c search_path=main"
"""Of every connection. Compiling queries costs more than most of these queries take, and the planner, which knows nothing of how many rows a subquery gives, would go through some of them
once for each row of another."""
ASKED_AS = {"numeric": "double precision", "numeric[]": "text[]"}
"""Kinds that Arrow has no word for, and as what they are asked for: sums, and numbers of 64 bits without sign."""
KINDS = {"text": "varchar", "character varying": "varchar", "integer": "integer", "bigint": "bigint", "smallint": "integer", "boolean": "boolean", "date": "date", "double precision": "double", "numeric": "double", "numeric(20,0)": "ubigint", "numeric[]": "ubigint[]", "numeric(20,0)[]": "ubigint[]", "text[]": "varchar[]", "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp"}  # fmt: skip
"""PostgreSQL's types -> DuckDB's, of columns that no contract gives a type."""


@dataclass(frozen=True)
class Postgres:
    """A database of its own. address: postgresql://user:password@host:port/database."""

    address: str
    name: str = "postgres"
    left_to_duckdb: tuple[str, ...] = ()

    def environment(self) -> Mapping[str, str]:
        """What dbt's profile and PostgreSQL's library read, for the process that builds the models."""
        parts = urlsplit(self.address)
        return {
            "ENGINE_HOST": parts.hostname or "localhost",
            "ENGINE_PORT": str(parts.port or 5432),
            "ENGINE_USER": unquote(parts.username or ""),
            "DBT_ENV_SECRET_ENGINE_PASSWORD": unquote(parts.password or ""),
            "ENGINE_DBNAME": parts.path.lstrip("/"),
            "PGOPTIONS": SESSION,
        }

    def beside(self, folder: Path) -> "Postgres":  # noqa: ARG002
        """It needs no folder."""
        return self

    def clear(self) -> None:
        """Everything stays in the database, for who looks there."""

    def send(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> int:
        """Replace tables of the database by those of the warehouse, in one transaction; returns the rows sent. Raises EngineRefused."""
        rows = 0
        with self._connected() as connection, connection.cursor() as cursor:
            _compares_bytes(cursor)
            cursor.execute("create schema if not exists main")
            cursor.execute(PRODUCT)
            for table in tables:
                rows += _send(cursor, warehouse, table)
            connection.commit()
        return rows

    def bring_back(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table], declared: Mapping[Table, Mapping[str, str]]) -> int:  # fmt: skip
        """Replace tables of the warehouse by those of the database; returns the rows. declared: DuckDB's types of columns that have a contract."""
        rows = 0
        with self._connected() as connection, connection.cursor() as cursor:
            for table in tables:
                columns = _columns(cursor, table)
                asked = ", ".join(f'"{name}"::{ASKED_AS[kind]}' if kind in ASKED_AS else f'"{name}"' for name, kind in columns)  # fmt: skip
                cursor.execute(f'select {asked} from "{table.schema}"."{table.name}"')
                found = cursor.fetch_arrow_table()
                known = declared.get(table, {})
                kinds = [Column(name, known.get(name) or KINDS.get(kind, kind)) for name, kind in columns]
                replace_with(warehouse, table, found, kinds)
                rows += found.num_rows
        return rows

    @contextlib.contextmanager
    def _connected(self) -> Iterator[postgres.Connection]:
        try:
            with postgres.connect(self.address) as connection:
                yield connection
        except postgres.Error as problem:
            password = urlsplit(self.address).password
            said = str(problem).splitlines()[0] if str(problem) else "no reason was given"
            said = said.replace(unquote(password), "***").replace(password, "***") if password else said
            raise EngineRefused(f"PostgreSQL refuses: {said}. Next step: check the address in IMPACT_ENGINE_DATABASE, and that its user may create schemas there.") from None  # fmt: skip


def _compares_bytes(cursor: postgres.Cursor) -> None:
    """Texts must be in the order of their bytes, as DuckDB has them: `max` of two texts depends on it."""
    cursor.execute("select datcollate::text, pg_encoding_to_char(encoding)::text from pg_database where datname = current_database()")  # fmt: skip
    found = cursor.fetchone()
    if found not in {("C", "UTF8"), ("POSIX", "UTF8"), ("C.UTF-8", "UTF8"), ("C.utf8", "UTF8")}:
        raise EngineRefused(f"The database compares texts by {found[0]}, not by their bytes. Next step: create database NAME template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'.")  # fmt: skip


def _send(cursor: postgres.Cursor, warehouse: duckdb.DuckDBPyConnection, table: Table) -> int:
    place = f'"{table.schema}"."{table.name}"'
    columns = columns_of(warehouse, table)
    made = ", ".join(f'"{column.name}" {translated_type(column.kind, "postgres")}' for column in columns)
    cursor.execute(f'create schema if not exists "{table.schema}"')
    cursor.execute(f"drop table if exists {place} cascade")
    cursor.execute(f"create table {place} ({made})")
    rows: pa.Table = warehouse.sql(f"from {place}").to_arrow_table()
    if rows.num_rows:
        cursor.adbc_ingest(table.name, rows, mode="append", db_schema_name=table.schema)
    cursor.execute(f"analyze {place}")
    return int(rows.num_rows)


def _columns(cursor: postgres.Cursor, table: Table) -> list[tuple[str, str]]:
    """Names and kinds, without lengths and precision but those of unsigned numbers of 64 bits."""
    cursor.execute(
        "select attname::text, regexp_replace(format_type(atttypid, atttypmod), '\\((?!20,0\\))[0-9,]+\\)', '') from pg_attribute "
        "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum",
        (f'"{table.schema}"."{table.name}"',),
    )
    return [(str(name), str(kind)) for name, kind in cursor.fetchall()]
