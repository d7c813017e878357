"""The table that tells of each part of the warehouse what it was made from and what it holds.

A node is a source, seed, view, table, snapshot or test of dbt under dbt's name for it, or a stage of ours. `made_from` is a hash of the program and of what everything that the node reads held;
`content` is a fingerprint of its rows, whatever their order. A table whose rows came out the same stops what rests on it from being made again.
"""

from collections.abc import Iterable, Mapping

import duckdb

from pipelines.builds.program import hash_of, program
from pipelines.warehouse import read_frame

MADE_FROM = "builds.made_from"
PROGRAM = "program"
"""The row that tells which program made the others."""

CONTENT = "concat_ws(':', count(*), sum(hash(rows_of_it)), bit_xor(hash(rows_of_it)))"
"""Of the rows of a table that is called rows_of_it; dbt's macros say the same (macros/builds.sql)."""


def prepare(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make the table where there is none, and empty it where another program filled it."""
    warehouse.execute("create schema if not exists builds")
    warehouse.execute(f"create table if not exists {MADE_FROM} (node varchar, made_from varchar, content varchar)")
    if warehouse.execute(f"select made_from from {MADE_FROM} where node = ?", [PROGRAM]).fetchall() != [(program(),)]:
        forget_all(warehouse)
        note(warehouse, {PROGRAM: (program(), None)})


def forget_all(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Let everything be made again: for whoever changes rows of the warehouse in another way than a run."""
    if warehouse.execute("select 1 from duckdb_tables() where schema_name || '.' || table_name = ?", [MADE_FROM]).fetchall():  # fmt: skip
        warehouse.execute(f"delete from {MADE_FROM}")


def forget(warehouse: duckdb.DuckDBPyConnection, nodes: Iterable[str]) -> None:
    """Let some nodes be made again."""
    warehouse.execute(f"delete from {MADE_FROM} where node in (select unnest(?))", [list(nodes)])


def note(warehouse: duckdb.DuckDBPyConnection, nodes: Mapping[str, tuple[str | None, str | None]]) -> None:
    """Put made_from and content of nodes in the place of what was told of them, in one statement: a program that is killed meanwhile leaves all of it or nothing."""
    if not nodes:
        return
    warehouse.execute(
        f"""
        merge into {MADE_FROM} as known using (select unnest(?) as node, unnest(?) as made_from, unnest(?) as content) as told on known.node = told.node
        when matched then update set made_from = told.made_from, content = told.content
        when not matched then insert values (told.node, told.made_from, told.content)
        """,
        [list(nodes), *(list(one) for one in zip(*nodes.values(), strict=True))],
    )


def noted(warehouse: duckdb.DuckDBPyConnection) -> dict[str, tuple[str | None, str | None]]:
    """made_from and content by node."""
    rows = read_frame(warehouse, f"select node, made_from, content from {MADE_FROM}")
    return {node: (made_from, content) for node, made_from, content in rows.iter_rows()}


LINEAGE = ("load_id", "extracted_at", "source_file", "source_line")
"""Columns that tell where a raw row came from, not what it says: the same rows in a new file are the same rows. A node that reads them says so (`READS_LOADS`)."""

LOADS = "loads"
"""The node whose content is the loads behind every source."""

READS_LOADS = "reads_loads"
"""In a model's meta: its rows tell of loads."""


def contents(warehouse: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """What tables hold now, as fingerprints."""
    return _asked(warehouse, {table: f"from {table}" for table in tables})


def raw_contents(warehouse: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, str]:
    """As `contents`, without where the rows came from."""
    words = f"select columns(lambda name: name not in {LINEAGE})"
    return _asked(warehouse, {table: f"{words} from {table}" for table in tables})


def loads_behind(warehouse: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> str:
    """Which loads the rows of raw tables came from."""
    told = _asked(warehouse, {table: f"select distinct load_id from {table}" for table in tables})
    return hash_of(f"{table} {content}" for table, content in sorted(told.items()))


def _asked(warehouse: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> dict[str, str]:
    each = [f"select '{name}' as name, {CONTENT} as content from ({query}) as rows_of_it" for name, query in sorted(queries.items())]  # fmt: skip
    return dict(read_frame(warehouse, " union all ".join(each)).iter_rows()) if each else {}
