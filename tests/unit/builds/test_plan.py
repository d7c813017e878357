"""Which of dbt's nodes a build makes again, on a project of five nodes."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.builds import made_from, plan, whole
from pipelines.builds.made_from import MADE_FROM, READS_LOADS, contents, forget_all, note
from pipelines.builds.plan import nodes_of, planned
from pipelines.operations.attached import narrowed

pytestmark = pytest.mark.slow

READS = {
    "source.people": [],
    "source.meetings": [],
    "model.stg_people": ["source.people"],
    "model.stg_meetings": ["source.meetings"],
    "model.people": ["model.stg_people"],
    "model.pairs": ["model.people", "model.stg_meetings"],
    "model.loads_told": ["model.stg_people"],
    "test.pairs": ["model.pairs"],
    "test.construction": ["model.pairs"],
}


def told(node_id: str) -> dict[str, Any]:
    kind, name = node_id.split(".")
    materialized = "view" if name.startswith("stg_") else "table"
    return {
        "unique_id": node_id,
        "resource_type": kind,
        "name": name,
        "schema": "raw" if kind == "source" else "marts",
        "config": {"materialized": materialized, "meta": {READS_LOADS: name == "loads_told"}},
        "depends_on": {"nodes": READS[node_id]},
        "tags": ["construction"] if name == "construction" else [],
    }


NODES = nodes_of(
    {
        "sources": {node_id: told(node_id) for node_id in READS if node_id.startswith("source")},
        "nodes": {node_id: told(node_id) for node_id in reversed(READS) if not node_id.startswith("source")},
    },
    without_tag="construction",
)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema marts")
        connection.execute(
            "create table raw.people as select 1 as id, 'one' as load_id; create table raw.meetings as select 1 as id, 2 as pair, 'one' as load_id"
        )
        make(connection, planned(connection, NODES))
        yield connection


def make(warehouse: duckdb.DuckDBPyConnection, must: set[str]) -> set[str]:
    """What dbt does with a plan: each node in its order, left alone where it would be made from the same (macros/builds.sql)."""
    made = set()
    for node in NODES.values():
        known = made_from.noted(warehouse)
        now = plan.made_from(node, known)
        if node.node_id not in must or (node.kind == "table" and known.get(node.node_id, ("", ""))[0] == now):
            continue
        made.add(node.node_id)
        if node.kind == "test":
            note(warehouse, {node.node_id: (now, None)})
            continue
        body = {
            "stg_people": "from raw.people",
            "stg_meetings": "from raw.meetings",
            "people": "select id % 10 as id from marts.stg_people",
            "loads_told": "select distinct load_id from marts.stg_people",
        }
        query = body.get(node.name, "select * from marts.people cross join (select count(*) from marts.stg_meetings)")
        warehouse.execute(f"create or replace {node.kind} {node.table} as {query}")
        content = contents(warehouse, [str(node.table)])[str(node.table)]
        note(
            warehouse,
            {node.node_id: (now, content) if node.kind == "table" else (plan.program(), known[node.node_id][1])},
        )
    return made


def built(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    return make(warehouse, planned(warehouse, NODES))


def test_nodes_come_after_what_they_read_and_tests_of_the_sql_are_left_out() -> None:
    order = list(NODES)
    assert all(
        order.index(read) < order.index(node) for node, reads in READS.items() if node in NODES for read in reads
    )
    assert "test.construction" not in NODES


def test_the_first_build_makes_everything() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create schema raw; create table raw.people as select 1 as id, 'one' as load_id; create table raw.meetings as select 1 as id, 'one' as load_id"
        )
        assert planned(connection, NODES) == set(NODES) - {"source.people", "source.meetings"}


def test_nothing_is_made_where_nothing_changed(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert planned(warehouse, NODES) == set()


def test_a_view_that_is_lost_is_made_again_with_all_that_rests_on_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Told as kept, what rests on it would stand in Dagster before it, which Dagster refuses: no run ended well any more."""
    warehouse.execute("drop view marts.stg_meetings")
    assert planned(warehouse, NODES) == {"model.stg_meetings", "model.pairs", "test.pairs"}


def test_rows_in_another_order_are_the_same_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into raw.people by name (select *, 'one' as load_id from (values (2), (3)) as rows (id))")
    built(warehouse)
    warehouse.execute(
        "create or replace table raw.people as select *, 'one' as load_id from (values (3), (1), (2)) as people (id)"
    )
    assert planned(warehouse, NODES) == set()


def test_a_row_twice_is_another_table_than_none(warehouse: duckdb.DuckDBPyConnection) -> None:
    before = contents(warehouse, ["raw.people"])
    warehouse.execute("insert into raw.people by name (from (values (7), (7)) as rows (id))")
    assert contents(warehouse, ["raw.people"]) != before


def test_what_rests_on_a_changed_source_is_made_and_nothing_else(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into raw.meetings by name (select 2 as id, 'one' as load_id)")
    assert planned(warehouse, NODES) == {"model.pairs", "test.pairs"}


def test_the_same_rows_of_another_load_make_only_what_tells_of_loads(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update raw.people set load_id = 'two'")
    assert planned(warehouse, NODES) == {"model.loads_told"}
    assert make(warehouse, {"model.loads_told"}) == {"model.loads_told"}


def test_a_table_that_comes_out_the_same_stops_what_rests_on_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("update raw.people set id = 11")  # people keeps the last digit only
    must = planned(warehouse, NODES)
    assert must == {"model.people", "model.pairs", "test.pairs", "model.loads_told"}
    assert make(warehouse, must) == {"model.people", "test.pairs", "model.loads_told"}


def test_a_table_that_is_gone_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("drop table marts.people")
    assert "model.people" in planned(warehouse, NODES)


def test_a_table_whose_rows_somebody_changed_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("delete from marts.people")
    must = planned(warehouse, NODES)
    assert must == {"model.people", "model.pairs", "test.pairs"}
    assert "model.people" in make(warehouse, must)


def test_a_test_that_did_not_pass_is_asked_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(f"delete from {MADE_FROM} where node = 'test.pairs'")
    assert planned(warehouse, NODES) == {"test.pairs"}


def test_a_build_that_ended_half_way_is_finished(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("insert into raw.people by name (select 5 as id)")
    make(warehouse, planned(warehouse, NODES) & {"model.people"})
    assert planned(warehouse, NODES) == {"model.pairs", "test.pairs", "model.loads_told"}


def test_another_program_makes_everything(
    warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (made_from, plan):
        monkeypatch.setattr(module, "program", lambda: "another")
    assert planned(warehouse, NODES) == set(NODES) - {"source.people", "source.meetings"}


def test_what_was_forgotten_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    forget_all(warehouse)
    assert planned(warehouse, NODES) == set(NODES) - {"source.people", "source.meetings"}


def test_forgetting_where_nothing_was_noted_is_no_error() -> None:
    with duckdb.connect() as connection:
        forget_all(connection)


def test_a_week_after_everything_was_made_it_is_made_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    whole.begin_again_where_due(warehouse, date(2026, 11, 2), asked=False)
    built(warehouse)
    whole.begin_again_where_due(warehouse, date(2026, 11, 8), asked=False)
    assert planned(warehouse, NODES) == set()
    whole.begin_again_where_due(warehouse, date(2026, 11, 9), asked=False)
    assert "model.people" in planned(warehouse, NODES)


def test_what_was_kept_and_comes_out_differently_is_named_once(warehouse: duckdb.DuckDBPyConnection) -> None:
    whole.begin_again_where_due(warehouse, date(2026, 11, 2), asked=False)
    built(warehouse)
    warehouse.execute(f"update {MADE_FROM} set content = '0:0:0' where node = 'model.people'")
    whole.begin_again_where_due(warehouse, date(2026, 11, 3), asked=True)
    built(warehouse)
    assert whole.kept_too_long(warehouse) == ["model.people"]
    assert whole.kept_too_long(warehouse) == []


def test_new_rows_since_are_not_taken_for_something_kept_too_long(warehouse: duckdb.DuckDBPyConnection) -> None:
    whole.begin_again_where_due(warehouse, date(2026, 11, 2), asked=False)
    built(warehouse)
    warehouse.execute(
        "insert into raw.people by name (select 4 as id); insert into raw.meetings by name (select 4 as id)"
    )
    whole.begin_again_where_due(warehouse, date(2026, 11, 20), asked=False)
    built(warehouse)
    assert whole.kept_too_long(warehouse) == []


def test_dbt_is_asked_for_the_nodes_of_the_plan(tmp_path) -> None:
    only = tmp_path / "only.txt"
    only.write_text("people\npairs")
    asked = ["build", "--select", "fqn:*", "--exclude", "tag:construction"]
    assert narrowed(asked, str(only)) == [
        "build",
        "--select",
        "people",
        "pairs",
        "--exclude",
        "tag:construction",
        "--indirect-selection",
        "empty",
    ]
    assert narrowed(asked, "") == asked
