"""Tables of an earlier version keep their rows, of a later one are left alone, and a warehouse that is gone begins with its history."""

from pathlib import Path

import duckdb
import pytest

from pipelines.data_version import DATA_VERSION, TooNew
from pipelines.loading.history import keep_history
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.state import read_state, write_state
from pipelines.loading.upgrades import NAME, upgrade
from pipelines.warehouse import connect

pytestmark = pytest.mark.slow

ROWS = {
    "raw_people.persons": ("source_instance, person_id, is_deleted", "('hris', 'p1', false), ('hris', 'p2', false)"),
    "quality.loads": ("load_id, source_id, is_current", "('l1', 'hris', true)"),
    "quality.quarantine": ("load_id, source_id, reason", "('l1', 'hris', 'no such day')"),
    "identity.people": ("source_instance, person_id, given_hash", "('hris', 'p1', 'aa')"),
}


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse of this version with rows."""
    path = tmp_path / "warehouse.duckdb"
    with connect(path) as connection:
        prepare_schemas(connection)
        for table, (columns, rows) in ROWS.items():
            connection.execute(f"insert into {table} ({columns}) values {rows}")
    return path


def counts(path: Path) -> dict[str, int]:
    with connect(path, read_only=True) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchall()[0][0] for table in ROWS}


EARLIER = {
    "a column that is new since": "alter table quality.findings drop column detail",
    "a column that went": "alter table quality.loads add column gone varchar",
    "a column of another kind": "alter table quality.reconciliation alter rows_in type varchar",
    "a raw table": "alter table raw_people.persons drop column degree",
    "what is known of who is who": "alter table identity.people drop column same_as",
    "a table that is new since": "drop table quality.filtered_rows",
}


@pytest.mark.parametrize("change", EARLIER.values(), ids=EARLIER.keys())
def test_tables_of_an_earlier_version_keep_every_row_of_every_table(warehouse: Path, change: str) -> None:
    before = counts(warehouse)
    with connect(warehouse) as connection:
        connection.execute(change)
        prepare_schemas(connection)
    assert counts(warehouse) == before
    with connect(warehouse, read_only=True) as connection:
        current = connection.execute("select is_current from quality.loads").fetchall()
    is_new_table = change.startswith("drop table")
    assert current == [(is_new_table,)], "where columns changed, every source is read again"


def test_people_who_left_a_list_keep_what_their_table_needs_though_no_load_brings_them_again(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        people = connection.execute("select count(*) from raw_people.persons").fetchall()
        connection.execute("alter table raw_people.persons drop column recorded_tz")
        prepare_schemas(connection)
        zones = connection.execute("select count(*) from raw_people.persons where recorded_tz = 'UTC'").fetchall()
    assert zones == people


def test_a_value_that_fits_todays_kind_of_column_is_kept_and_one_that_doesnt_is_empty(warehouse: Path) -> None:
    with connect(warehouse) as connection:
        connection.execute("alter table quality.reconciliation alter rows_in type varchar")
        connection.execute("insert into quality.reconciliation (load_id, rows_in) values ('a', '12'), ('b', 'many')")
        prepare_schemas(connection)
        rows = connection.execute("select load_id, rows_in from quality.reconciliation order by load_id").fetchall()
    assert rows == [("a", 12), ("b", None)]


def test_tables_of_a_later_version_are_refused_and_stay_as_they_are(warehouse: Path, tmp_path: Path) -> None:
    with connect(warehouse) as connection:
        write_state(connection, NAME, str(DATA_VERSION + 1))
        connection.execute("alter table quality.findings add column of_tomorrow varchar")
    before = warehouse.read_bytes()
    with pytest.raises(TooNew, match="Next step"):
        upgrade(warehouse, tmp_path / "vault.duckdb", tmp_path / "history.duckdb")
    assert warehouse.read_bytes() == before


def test_a_history_of_a_later_version_is_refused_and_no_warehouse_begins_with_it(
    warehouse: Path, tmp_path: Path
) -> None:
    history = tmp_path / "kept/history.duckdb"
    with connect(warehouse) as connection:
        write_state(connection, NAME, str(DATA_VERSION + 1))
    keep_history(warehouse, history)
    warehouse.unlink()
    with pytest.raises(TooNew, match="Next step"):
        upgrade(warehouse, tmp_path / "vault.duckdb", history)
    assert not warehouse.exists()


def test_an_upgraded_warehouse_says_its_version_and_is_left_alone_from_then_on(warehouse: Path, tmp_path: Path) -> None:
    for _ in range(2):
        upgrade(warehouse, tmp_path / "vault.duckdb", tmp_path / "history.duckdb")
        with connect(warehouse, read_only=True) as connection:
            assert read_state(connection, NAME) == str(DATA_VERSION)
            assert connection.execute("select is_current from quality.loads").fetchall() == [(True,)]


def test_a_warehouse_that_is_gone_begins_with_its_history(warehouse: Path, tmp_path: Path) -> None:
    vault, history = tmp_path / "vault.duckdb", tmp_path / "kept/history.duckdb"
    keep_history(warehouse, history)
    assert history.stat().st_mode & 0o777 == 0o600
    warehouse.unlink()
    upgrade(warehouse, vault, history)
    with connect(warehouse, read_only=True) as connection:
        assert connection.execute("select person_id, given_hash from identity.people").fetchall() == [("p1", "aa")]
        assert connection.execute("select load_id, is_current from quality.loads").fetchall() == [("l1", False)]


def test_a_history_that_was_half_written_when_the_process_was_killed_leaves_the_one_before(
    warehouse: Path, tmp_path: Path
) -> None:
    history = tmp_path / "kept/history.duckdb"
    keep_history(warehouse, history)
    (history.parent / ".history.duckdb.draft").write_bytes(b"half")
    keep_history(warehouse, history)
    with duckdb.connect(str(history), read_only=True) as kept:
        assert kept.execute("select count(*) from quality.quarantine").fetchall() == [(1,)]
    assert [path.name for path in history.parent.iterdir()] == ["history.duckdb"]
