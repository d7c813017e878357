"""Recursion with `union` is worked out round by round for an engine that doesn't know it, and finds what DuckDB finds."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from pipelines.engines.fixpoints import cut_fixpoints
from pipelines.engines.rewrites import NotTranslated
from pipelines.engines.translation import spelt_out, translated

pytestmark = pytest.mark.slow

TABLES = {"marts": {"links": {"here": "integer", "there": "integer"}}}
REACHED = """
with recursive
both_ways as (select here, there from marts.links union select there as here, here as there from marts.links),
everybody as (select distinct here as node from both_ways),
reached as (
    select node, node as other from everybody
    union
    select reached.node, both_ways.there as other from reached inner join both_ways on reached.other = both_ways.here
),
final as (select node, min(other) as component from reached group by node)
select * from final
"""


def rounds(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    """The answer in rounds, as an engine would go."""
    tree = spelt_out(query, TABLES)
    (loop,) = cut_fixpoints(tree, "round")
    for name, helper in loop.helpers.items():
        connection.execute(f"create or replace table {name} as {helper.sql('duckdb')}")
    found = newest = set(connection.sql(loop.start.sql("duckdb")).fetchall())
    while True:
        connection.execute(f"create or replace table {loop.name} (node integer, other integer)")
        if not newest:
            break
        connection.executemany(f"insert into {loop.name} values (?, ?)", sorted(newest))
        newest = set(connection.sql(loop.step.sql("duckdb")).fetchall()) - found
        found = found | newest
    if found:
        connection.executemany(f"insert into {loop.name} values (?, ?)", sorted(found))
    return sorted(connection.sql(tree.sql("duckdb")).fetchall())


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_rounds_find_what_the_recursion_finds(links: list[tuple[int, int]]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.links (here integer, there integer)")
        if links:
            connection.executemany("insert into marts.links values (?, ?)", links)
        assert rounds(connection, REACHED) == sorted(connection.sql(REACHED).fetchall())


def test_the_step_reads_what_it_needs_and_the_start_nothing_more() -> None:
    (loop,) = cut_fixpoints(spelt_out(REACHED, TABLES), "round")
    assert loop.name == "round_reached"
    assert list(loop.helpers) == ["round_both_ways"]
    assert {table.name for table in loop.step.find_all(exp.Table)} == {"round_reached", "round_both_ways"}  # fmt: skip
    assert "final" not in loop.start.sql()


def test_a_query_that_recurs_by_union_all_is_left_as_it_is() -> None:
    query = "with recursive numbers as (select 1 as n union all select n + 1 from numbers where n < 5) select n from numbers"  # fmt: skip
    tree = spelt_out(query, TABLES)
    assert cut_fixpoints(tree, "round") == []
    assert tree.args["with_"].recursive


def test_a_recursion_where_no_round_can_be_cut_out_is_named() -> None:
    with pytest.raises(NotTranslated, match="union in the recursive query reached"):
        translated(f"select * from ({REACHED}) as inside", "spark", TABLES)
