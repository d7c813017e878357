"""The models' SQL in the words of another engine.

The models are written in DuckDB's SQL. sqlglot knows how engines differ in names, casts, division and the order of nulls; what it doesn't know is rewritten here, on the tree, once
stars and references are spelt out and every expression has its type.
"""

from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from pipelines.engines.postgres_words import POSTGRES
from pipelines.engines.rewrites import EVERYWHERE

Columns = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]
"""database -> schema -> table -> column -> type, types in the engine's own words."""
REWRITES: Mapping[str, tuple[Callable[[exp.Expression], None], ...]] = {"postgres": POSTGRES}


def translated(query: str, engine: str, columns: Columns) -> str:
    """A query in DuckDB's words in those of `engine` ("postgres").

    columns: those of every relation that the query reads, as the engine has them. Raises NotTranslated, sqlglot's ParseError.
    """
    schema = MappingSchema({d: dict(s) for d, s in columns.items()}, dialect=engine)
    tree = qualify(sqlglot.parse_one(query, dialect="duckdb"), schema=schema, dialect="duckdb")
    tree = annotate_types(tree, schema=schema, dialect="duckdb")
    for rewrite in (*EVERYWHERE, *REWRITES[engine]):
        rewrite(tree)
    return tree.sql(engine, pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE)


def translated_type(kind: str, engine: str) -> str:
    """A column's type in DuckDB's words in those of `engine`."""
    column = exp.Cast(this=exp.column("x"), to=exp.DataType.build(kind, dialect="duckdb"))
    for rewrite in REWRITES[engine]:
        rewrite(column)
    return column.to.sql(engine)
