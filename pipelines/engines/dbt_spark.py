"""dbt's adapter of Spark, on the session of its own process, which can say a model's SQL in Spark's words (`adapter.translated` in macros/engines/)."""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import sqlglot
from dbt.adapters import spark
from dbt.adapters.base import available
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.spark import connections
from dbt.adapters.spark import session as dbt_session
from dbt_common.exceptions import DbtRuntimeError
from pyspark.errors import PySparkException
from sqlglot import exp

from pipelines.engines.engine import EngineRefused
from pipelines.engines.fixpoints import cut_fixpoints
from pipelines.engines.spark_session import reached, schema_place, session
from pipelines.engines.translation import spelt_out, translated_type, written_for

ENGINE = "spark"
_numbers = itertools.count(1)


class Cursor(dbt_session.Cursor):
    """dbt's own asks for Hive and switches ANSI mode off."""

    def execute(self, sql: str, *parameters: Any) -> None:
        with _told_as_dbt_does():
            self._df = session().sql(sql % parameters if parameters else sql)

    def fetchall(self) -> list[Any] | None:
        with _told_as_dbt_does():
            return super().fetchall()


@contextlib.contextmanager
def _told_as_dbt_does() -> Iterator[None]:
    """dbt asks the words of a refusal whether a schema is missing, and knows its own exceptions alone."""
    try:
        yield
    except (PySparkException, EngineRefused) as refused:
        raise DbtRuntimeError(str(refused)) from refused


class OpenSession(dbt_session.Connection):
    """The one session, as dbt wants to hold it."""

    def cursor(self) -> Cursor:
        return Cursor()


class SparkConnectionManager(connections.SparkConnectionManager):
    """Connections of dbt's threads: all of them the one session."""

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        if connection.state != ConnectionState.OPEN:
            with _told_as_dbt_does():
                session()
            connection.handle = dbt_session.SessionConnectionWrapper(OpenSession())
            connection.state = ConnectionState.OPEN
        return connection


class SparkAdapter(spark.SparkAdapter):  # dbt finds an adapter's version by the name of its class
    """dbt's own adapter of Spark, with the translation."""

    ConnectionManager = SparkConnectionManager

    @available
    def translated(self, query: str) -> str:
        """The models' SQL in Spark's words; what it reads must be there, and what it reaches by recursion is worked out on the way."""
        tree = spelt_out(query, _columns_of(query), ENGINE)
        for loop in cut_fixpoints(tree, f"reached_{next(_numbers)}"):
            helpers = {name: written_for(ENGINE, helper) for name, helper in loop.helpers.items()}
            reached(written_for(ENGINE, loop.start), written_for(ENGINE, loop.step), loop.name, helpers)
        return written_for(ENGINE, tree)

    @available
    def translated_type(self, kind: str) -> str:
        """A contract's type in Spark's words."""
        return translated_type(kind, ENGINE)

    @available
    def schema_place(self, schema: str) -> str:
        """Where the tables of a schema are written."""
        return schema_place(schema)


def _columns_of(query: str) -> dict[str, dict[str, dict[str, str]]]:
    """schema -> table -> column -> type of what the query reads, as Spark has them."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for table in sqlglot.parse_one(query, dialect="duckdb").find_all(exp.Table):
        if table.db:
            columns = session().table(f"{table.db}.{table.name}").schema
            found.setdefault(table.db, {})[table.name] = {field.name: field.dataType.simpleString() for field in columns}  # fmt: skip
    return found


def install() -> None:
    """Put the translating adapter in the place of dbt's own, in this process."""
    spark.Plugin.adapter = SparkAdapter
