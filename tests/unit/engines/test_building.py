"""A build elsewhere changes the warehouse once, at its end, or not at all."""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.engines.building import Step, steps_on
from pipelines.engines.engine import EngineRefused
from pipelines.engines.lake import Lake, in_sparks_words
from pipelines.engines.tables import Table

pytestmark = pytest.mark.slow

SENT, HISTORY, SEED, MODEL = Table("raw", "people"), Table("snapshots", "people_history"), Table("seeds", "limits"), Table("marts", "people")  # fmt: skip


def node(kind: str, table: Table, *reads: str, **more: Any) -> dict[str, Any]:
    return {"resource_type": kind, "schema": table.schema, "name": table.name, "depends_on": {"nodes": list(reads)}, "config": {}, "columns": {}, **more}  # fmt: skip


FILLED = {"config": {"contract": {"enforced": True}}, "columns": {"person_id": {"name": "person_id", "data_type": "varchar", "constraints": [{"type": "not_null"}]}}}  # fmt: skip
MANIFEST = {
    "sources": {"source.people": node("source", SENT)},
    "nodes": {
        "snapshot.people": node("snapshot", HISTORY, "source.people"),
        "seed.limits": node("seed", SEED),
        "model.people": node("model", MODEL, "source.people", "seed.limits", **FILLED),
    },
}


@dataclass
class Elsewhere:
    """An engine that makes one table."""

    rows: str = "values ('a'), ('b')"
    left_to_duckdb: tuple[str, ...] = ("seed", "snapshot")
    name: str = "elsewhere"
    got: tuple[Table, ...] = ()

    def environment(self) -> Mapping[str, str]:
        return {}

    def beside(self, folder: Path) -> "Elsewhere":
        return self

    def clear(self) -> None:
        pass

    def send(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> int:
        self.got += tuple(tables)
        return 0

    def bring_back(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table], declared: Any) -> int:
        warehouse.execute(f"create or replace table marts.people as select * from ({self.rows}) as rows(person_id)")
        return 0


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    place = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(place)) as made:
        made.execute("create schema raw; create schema snapshots; create schema marts")
        made.execute("create table raw.people as select 'a' as person_id")
        made.execute("create table snapshots.people_history as select 'before' as person_id")
        made.execute("create table marts.people as select 'before' as person_id")
    return place


def run(engine: Elsewhere, warehouse: Path, dbt: Callable[[Step], None]) -> None:
    with contextlib.closing(steps_on(engine, warehouse, MANIFEST)) as steps:
        for step in steps:
            dbt(step)


def rows(warehouse: Path, table: str) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [row[0] for row in connection.execute(f"from {table} order by all").fetchall()]


def builds(warehouse: Path) -> Callable[[Step], None]:
    """dbt, which adds to the history and makes the seed in the file that its environment names."""

    def dbt(step: Step) -> None:
        if step.target == "warehouse":
            with duckdb.connect(str(warehouse.parent / ".elsewhere" / warehouse.name)) as beside:
                beside.execute("insert into snapshots.people_history select person_id from raw.people")
                beside.execute("create schema seeds; create table seeds.limits as select 'one' as limit_id")

    return dbt


def test_models_come_from_the_engine_and_the_history_from_duckdb(warehouse: Path) -> None:
    engine = Elsewhere()
    run(engine, warehouse, builds(warehouse))
    assert rows(warehouse, "marts.people") == ["a", "b"]
    assert rows(warehouse, "snapshots.people_history") == ["a", "before"]
    assert rows(warehouse, "seeds.limits") == ["one"]
    assert engine.got == (SENT, SEED), "no model reads the history"
    assert not (warehouse.parent / ".elsewhere").exists()


@pytest.mark.parametrize("fails_at", ["warehouse", "elsewhere"])
def test_where_dbt_fails_the_warehouse_is_as_it_was(fails_at: str, warehouse: Path) -> None:
    def dbt(step: Step) -> None:
        builds(warehouse)(step)
        if step.target == fails_at:
            raise RuntimeError("dbt")

    with pytest.raises(RuntimeError, match="dbt"):
        run(Elsewhere(), warehouse, dbt)
    assert rows(warehouse, "marts.people") == rows(warehouse, "snapshots.people_history") == ["before"]
    assert not (warehouse.parent / ".elsewhere").exists()


def test_a_null_where_a_contract_allows_none_is_refused_with_its_column(warehouse: Path) -> None:
    with pytest.raises(EngineRefused, match=r"marts.people: .*\{'person_id': 1\}"):
        run(Elsewhere(rows="values ('a'), (null)"), warehouse, builds(warehouse))
    assert rows(warehouse, "marts.people") == rows(warehouse, "snapshots.people_history") == ["before"]


def test_tables_go_through_a_folder_and_nothing_of_them_stays(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("of somebody else")
    lake = Lake(str(tmp_path))
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema raw; create table raw.people as select 'a' as person_id, 18446744073709551615::ubigint as n from range(300000)")  # fmt: skip
        assert lake.write(warehouse, SENT) == 300_000
    lake.note({"raw": {"people": {"person_id": "STRING"}}})
    assert lake.noted()["raw"]["people"] == {"person_id": "STRING"}
    lake.clear()
    assert lake.noted() == {}
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


@pytest.mark.parametrize(
    ("place", "there"),
    [("/mnt/shared/impact/", "file:///mnt/shared/impact"), ("hdfs://host:9000/impact", "hdfs://host:9000/impact"), ("s3://bucket/impact?endpoint_override=minio:9000", "s3a://bucket/impact")],
)  # fmt: skip
def test_spark_has_its_own_name_of_the_folder(place: str, there: str) -> None:
    assert in_sparks_words(place) == there


@pytest.mark.parametrize(("place", "said"), [("gopher://host/folder", "can't be opened"), ("/tmp/o'clock", "a quote"), ("/proc/nowhere", "can't be written")])  # fmt: skip
def test_a_folder_that_cannot_be_used_is_refused_with_the_next_move(place: str, said: str) -> None:
    with pytest.raises(EngineRefused, match=f"{said}.*IMPACT_ENGINE_FOLDER"):
        Lake(place).note({})
