"""The models' SQL in the words of another engine.

The models are written in DuckDB's SQL. sqlglot knows how engines differ in names, casts, division and the order of nulls; what it doesn't know is rewritten here, on the tree, once
stars and references are spelt out and every expression has its type.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from pipelines.engines.postgres_words import POSTGRES
from pipelines.engines.rewrites import EVERYWHERE, NotTranslated
from pipelines.engines.spark_words import SPARK

Columns = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""database -> schema -> table -> column -> type, types in the engine's own words; without the database where the engine has none."""
REWRITES: Mapping[str, tuple[Callable[[exp.Expr], None], ...]] = {"postgres": POSTGRES, "spark": SPARK}
FUNCTIONS = {
    "postgres": frozenset({"product", "get_byte", "cardinality"}),
    "spark": frozenset({"aggregate", "array_join", "conv", "element_at", "slice", "struct", "collect_set"}),
}
"""Functions that sqlglot doesn't know and the engine has; any other is a mistake that is named before the engine sees it."""


def translated(query: str, engine: str, columns: Columns) -> str:
    """A query in DuckDB's words in those of `engine` ("postgres", "spark").

    columns: those of every relation that the query reads, as the engine has them. Raises NotTranslated, sqlglot's ParseError.
    """
    return written_for(engine, spelt_out(query, columns, engine))


def spelt_out(query: str, columns: Columns, dialect: str = "duckdb") -> exp.Expr:
    """The tree of a query in DuckDB's words: no stars, every column with its table, every expression with its type. dialect: whose words the types of `columns` are."""
    schema = MappingSchema({database: dict(schemas) for database, schemas in columns.items()}, dialect=dialect)
    tree = qualify(sqlglot.parse_one(query, dialect="duckdb"), schema=schema, dialect="duckdb")
    return annotate_types(tree, schema=schema, dialect="duckdb")


def written_for(engine: str, tree: exp.Expr) -> str:
    """The SQL of such a tree for `engine`; the tree is changed. Raises NotTranslated, with the construct and its line."""
    for rewrite in (*EVERYWHERE, *REWRITES[engine]):
        rewrite(tree)
    for node in tree.find_all(exp.Anonymous, exp.Pivot):
        if node.name.lower() not in FUNCTIONS[engine]:
            construct = f"{node.name.lower()}()" if isinstance(node, exp.Anonymous) else "pivot"
            raise NotTranslated(f"line {_line(node)}: {construct} has no words in {engine}")
    try:
        return tree.sql(engine, pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.UnsupportedError as unsupported:
        raise NotTranslated(str(unsupported).strip()) from unsupported


def _line(node: exp.Expr) -> int | str:
    """Where a construct stands in the compiled query, as near as the parser kept it."""
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    return min(lines) if lines else "?"


def translated_type(kind: str, engine: str) -> str:
    """A column's type in DuckDB's words in those of `engine`."""
    column = exp.Cast(this=exp.column("x"), to=exp.DataType.build(kind, dialect="duckdb"))
    for rewrite in REWRITES[engine]:
        rewrite(column)
    return column.to.sql(engine)
