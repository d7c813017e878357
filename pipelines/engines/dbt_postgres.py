"""dbt's adapter of PostgreSQL, which can say a model's SQL in PostgreSQL's words (`adapter.translated` in macros/engines/)."""

from typing import Any

import sqlglot
from dbt.adapters import postgres
from dbt.adapters.base import available
from sqlglot import exp

from pipelines.engines.translation import Columns, translated, translated_type

COLUMNS = """
    select schemas.nspname, relations.relname, columns.attname, format_type(columns.atttypid, columns.atttypmod)
    from pg_attribute as columns
    inner join pg_class as relations on columns.attrelid = relations.oid
    inner join pg_namespace as schemas on relations.relnamespace = schemas.oid
    where columns.attnum > 0 and not columns.attisdropped and schemas.nspname || '.' || relations.relname = any(%s)
    order by columns.attnum
"""


class PostgresAdapter(postgres.PostgresAdapter):  # dbt finds an adapter's version by the name of its class
    """dbt's own adapter of PostgreSQL, with the translation."""

    @available
    def translated(self, query: str) -> str:
        """The models' SQL in PostgreSQL's words; what it reads must be there."""
        return translated(query, "postgres", self._columns_of(query))

    @available
    def translated_type(self, kind: str) -> str:
        """A contract's type in PostgreSQL's words."""
        return translated_type(kind, "postgres")

    def _columns_of(self, query: str) -> Columns:
        """Columns of what the query reads, as the database has them."""
        tables = [table for table in sqlglot.parse_one(query, dialect="duckdb").find_all(exp.Table) if table.db]
        _, cursor = self.connections.add_query(COLUMNS, bindings=([f"{table.db}.{table.name}" for table in tables],))
        found: dict[str, Any] = {}
        for schema, table, column, kind in cursor.fetchall():
            found.setdefault(schema, {}).setdefault(table, {})[column] = kind
        return {self.config.credentials.database: found}

    @classmethod
    def render_raw_columns_constraints(cls, raw_columns: dict[str, dict[str, Any]]) -> list[str]:
        """Columns of a contract, with their types in PostgreSQL's words."""
        known = {name: {**column, "data_type": translated_type(column["data_type"], "postgres")} for name, column in raw_columns.items()}  # fmt: skip
        return list(super().render_raw_columns_constraints(known))


def install() -> None:
    """Put the translating adapter in the place of dbt's own, in this process."""
    postgres.Plugin.adapter = PostgresAdapter
