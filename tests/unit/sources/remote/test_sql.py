"""An HRIS in a database: effective-dated tables, changes with a lag, deletes by comparing keys. Against a real PostgreSQL, and SQLite for the other road."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from adbc_driver_postgresql import dbapi

from pipelines.sources.records import Extract, SourceRefused
from tests.postgres import running_postgres
from tests.remote_runs import NOW, fetched, read_back

MAPPING = {
    "files": [
        {
            "match": "employees",
            "key": "employee_id",
            "tables": [
                {
                    "table": "persons",
                    "columns": {
                        "person_id": {"from": "employee_id", "reference": "hris"},
                        "person_kind": {"const": "employee"},
                        "family_name": {"from": "surname"},
                        "latest_hire_date": {"from": "hired_on", "date": "%Y-%m-%d"},
                        "source_updated_at": {"from": "updated_at", "instant": "%+"},
                    },
                }
            ],
        },
        {
            "match": "jobs",
            "key": ["employee_id", "valid_from"],
            "tables": [
                {
                    "table": "job_history",
                    "derive": ["job_history"],
                    "columns": {
                        "person_id": {"from": "employee_id", "reference": "hris"},
                        "assignment_id": {"const": "primary"},
                        "valid_from": {"from": "valid_from", "date": "%Y-%m-%d"},
                        "valid_to": {"from": "valid_to", "date": "%Y-%m-%d", "plus_days": 1, "null": ["9999-12-31"]},
                        "level": {"from": "grade"},
                        "level_rank": {"from": "grade", "level_rank": True},
                        "fte": {"from": "fte", "number": True},
                    },
                }
            ],
        },
    ]
}
TABLES = [
    {"name": "employees", "table": "hr.employees", "key": ["employee_id"], "updated_at": "updated_at"},
    {
        "name": "jobs",
        "table": "hr.jobs",
        "key": ["employee_id", "valid_from"],
        "updated_at": "updated_at",
        "lag_minutes": 30,
    },
]
SCHEMA = """
drop schema if exists hr cascade;
create schema hr;
create table hr.employees (employee_id bigint primary key, surname text, hired_on date, iban text, updated_at timestamptz not null);
create table hr.jobs (employee_id bigint, valid_from date, valid_to date, grade text, fte numeric(3, 2), updated_at timestamptz not null, primary key (employee_id, valid_from));
insert into hr.employees select n, 'O''Family ' || n, date '2020-01-01' + n, 'DE00' || n, timestamptz '2026-10-01 08:00:00+02' from generate_series(1, 25) n;
insert into hr.jobs select n, date '2020-01-01' + n, date '2023-12-31', 'L1', 0.80, timestamptz '2026-10-01 08:00:00+02' from generate_series(1, 25) n;
insert into hr.jobs select n, date '2024-01-01', date '9999-12-31', case when n % 2 = 0 then 'L2' else 'L1' end, 1, timestamptz '2026-10-01 08:00:00+02' from generate_series(1, 25) n;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture
def database(server: str) -> str:
    execute(server, SCHEMA)
    return server


def execute(url: str, statements: str) -> None:
    with dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in filter(str.strip, statements.split(";\n")):
            cursor.execute(statement)


def options(**more) -> dict:
    return {
        "url": "${HRIS_URL}",
        "tables": TABLES,
        "page_rows": 10,
        "levels": {"L1": 1, "L2": 2},
        "mapping": MAPPING,
        **more,
    }


def fetch(url: str, root: Path, **more):
    given = {
        name: value for name, value in options(**more.pop("options", {})).items() if name not in ("mapping", "levels")
    }
    return fetched("sql", root, given, environment={"HRIS_URL": url}, mapping=MAPPING, **more)


def read(root: Path, **more) -> Extract:
    return read_back("sql", root, options(**more))


def comparable(extract: Extract, table: str) -> pl.DataFrame:
    columns = [name for name in extract.batch(table).rows.columns if not name.startswith(("source_", "raw_"))]
    return (
        extract.batch(table).rows.select(columns).sort("person_id", *(["valid_from"] if table == "job_history" else []))
    )


def test_an_effective_dated_table_becomes_job_history(database: str, tmp_path: Path) -> None:
    result = fetch(database, tmp_path)
    extract = read(tmp_path)
    assert (result.mode, result.rows) == ("full", 75)
    jobs = extract.batch("job_history").rows
    assert jobs.height == 50
    assert jobs.filter(pl.col("change_action") == "promotion").height == 12
    first = jobs.filter((pl.col("person_id") == "hris:3") & (pl.col("valid_from") == date(2020, 1, 4))).row(
        0, named=True
    )
    assert first["valid_to"] == date(2024, 1, 1)
    assert first["fte"] == 0.8
    people = extract.batch("persons").rows
    assert people["source_updated_at"].unique().to_list() == [datetime(2026, 10, 1, 6, 0, tzinfo=UTC)]
    assert "O'Family 3" in people["family_name"].to_list()


def test_columns_that_the_mapping_does_not_read_never_leave_the_database(database: str, tmp_path: Path) -> None:
    fetch(database, tmp_path)
    pages = [path for path in tmp_path.rglob("*.parquet") if "employees" in path.name]
    assert set(pl.read_parquet(pages[0]).columns) == {"employee_id", "surname", "hired_on", "updated_at"}


def test_a_read_that_broke_goes_on_behind_the_last_key(database: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="has no column 'nothing'"):
        fetch(database, tmp_path, options={"tables": [TABLES[0], {**TABLES[1], "key": ["nothing"]}]})
    said: list[str] = []
    result = fetch(database, tmp_path, said=said)
    assert "goes on after page 3 (25 rows)" in said[0]
    assert result.rows == 50
    assert read(tmp_path).batch("persons").rows.height == 25


def test_changes_and_deletes_give_the_same_tables_as_a_full_read(database: str, tmp_path: Path) -> None:
    fetch(database, tmp_path / "changes")
    execute(
        database,
        """
        update hr.employees set surname = 'Married', updated_at = '2026-11-02 10:00+00' where employee_id in (4, 17);
        delete from hr.jobs where employee_id = 5;
        delete from hr.employees where employee_id = 5;
        insert into hr.employees values (26, 'New', '2026-11-01', null, '2026-11-02 10:00+00');
        update hr.jobs set grade = 'L2', updated_at = '2026-11-02 10:00+00' where employee_id = 7 and valid_from = '2024-01-01';
        """,
    )
    result = fetch(database, tmp_path / "changes", now=NOW + timedelta(days=1))
    fetch(database, tmp_path / "full")
    changes, full = read(tmp_path / "changes"), read(tmp_path / "full")
    assert result.mode == "changes"
    for table in ("persons", "job_history"):
        assert comparable(changes, table).equals(comparable(full, table)), table
    deleted = {finding.subject: finding.detail for finding in changes.findings if finding.kind == "rows_deleted"}
    assert deleted == {
        "hr.employees": "1 rows are no longer in the table",
        "hr.jobs": "2 rows are no longer in the table",
    }


def test_the_lag_finds_a_row_that_was_committed_late(database: str, tmp_path: Path) -> None:
    fetch(database, tmp_path)
    execute(database, "insert into hr.employees values (27, 'Late', '2026-10-01', null, '2026-10-01 05:30+00')")
    fetch(database, tmp_path, now=NOW + timedelta(days=1))
    assert "Late" in read(tmp_path).batch("persons").rows["family_name"].to_list()


def test_one_percent_of_changes_brings_one_percent_of_the_rows(database: str, tmp_path: Path) -> None:
    execute(
        database,
        "insert into hr.employees select n, 'F' || n, '2020-01-01', null, '2026-09-01 06:00+00' from generate_series(100, 1099) n;\nupdate hr.employees set updated_at = '2026-10-05 06:00+00' where employee_id = 1",
    )
    fetch(database, tmp_path, options={"page_rows": 1000})
    execute(
        database, "update hr.employees set updated_at = '2026-11-02 10:00+00' where employee_id between 100 and 109"
    )
    tables = [{**table, "lag_minutes": 0} for table in TABLES]
    fetch(database, tmp_path, options={"tables": tables, "page_rows": 1000}, now=NOW + timedelta(days=1))
    changed = sorted(tmp_path.glob("*-changes/*-employees-*.parquet"))
    assert (
        sum(pl.read_parquet(path).height for path in changed) == 11
    )  # the newest of the last read comes again: its stamp may be shared


def test_without_comparing_keys_a_deleted_row_stays_until_the_full_read(database: str, tmp_path: Path) -> None:
    more = {"tables": [{**TABLES[0], "compare_keys": False}, TABLES[1]]}
    fetch(database, tmp_path, options=more)
    execute(database, "delete from hr.employees where employee_id = 5")
    fetch(database, tmp_path, options=more, now=NOW + timedelta(days=1))
    assert read(tmp_path, **more).batch("persons").rows.height == 25
    fetch(database, tmp_path, options=more, now=NOW + timedelta(days=8))
    assert read(tmp_path, **more).batch("persons").rows.height == 24


def test_the_session_can_write_nothing(database: str, tmp_path: Path) -> None:
    import random

    from adbc_driver_manager import Error

    from pipelines.sources.remote.fetching import Context
    from pipelines.sources.remote.retries import RetryBudget, RetryPolicy
    from pipelines.sources.remote.secrets import Secrets
    from pipelines.sources.sql.database import open_database

    context = Context(
        "hris",
        {"url": database},
        Secrets({}),
        RetryBudget(RetryPolicy(), lambda s: None, lambda: NOW, random.Random(1)),
    )
    with (
        open_database(context) as session,
        pytest.raises(Error, match="read-only"),
        session._connection.cursor() as cursor,
    ):
        cursor.execute("delete from hr.employees")


def test_a_refused_login_is_told_without_its_password(database: str, tmp_path: Path) -> None:
    wrong = database.replace("hr@", "nobody_such:s3cret-pass@")
    with pytest.raises(SourceRefused, match="the database says") as told:
        fetch(wrong, tmp_path)
    assert "s3cret-pass" not in str(told.value)


def test_another_dialect_goes_through_sqlalchemy(tmp_path: Path) -> None:
    path = tmp_path / "hr.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "create table employees (employee_id integer primary key, surname text, hired_on date, iban text, updated_at text);"
            "create table jobs (employee_id integer, valid_from date, valid_to date, grade text, fte real, updated_at text);"
        )
        connection.executemany(
            "insert into employees values (?, ?, ?, null, '2026-10-01T06:00:00+00:00')",
            [(n, f"F{n}", "2020-01-01") for n in range(1, 26)],
        )
        connection.executemany(
            "insert into jobs values (?, '2020-01-01', null, 'L1', 1.0, '2026-10-01T06:00:00+00:00')",
            [(n,) for n in range(1, 26)],
        )
    tables = [{"table": "employees", "key": "employee_id"}, {"table": "jobs", "key": ["employee_id", "valid_from"]}]
    more = {"tables": tables}
    fetch(f"sqlite:///{path}", tmp_path / "pages", options=more)
    extract = read(tmp_path / "pages", **more)
    assert extract.batch("persons").rows.height == 25
    assert extract.batch("job_history").rows["valid_from"].unique().to_list() == [date(2020, 1, 1)]


def rows_of(url: str, root: Path, ddl: str, *, key: str = "id", page_rows: int = 2) -> Extract:
    """What comes of a table `hr.t` with a key and a day."""
    execute(url, f"drop schema if exists hr cascade;\ncreate schema hr;\n{ddl}")
    columns = {
        "person_id": {"from": key, "reference": "hris"},
        "person_kind": {"const": "employee"},
        "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
    }
    mapping = {"files": [{"match": "t", "key": key, "tables": [{"table": "persons", "columns": columns}]}]}
    given = {"url": "${HRIS_URL}", "tables": [{"name": "t", "table": "hr.t", "key": [key]}], "page_rows": page_rows}
    fetched("sql", root, given, environment={"HRIS_URL": url}, mapping=mapping)
    return read_back("sql", root, {**given, "mapping": mapping})


UUIDS = [f"{letter}0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" for letter in "abc"]


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("uuid", UUIDS),
        ("char(8)", ["A1", "A2", "A3"]),
        ("numeric(10, 0)", ["1", "2", "10"]),
        ("smallint", ["1", "2", "10"]),
        ("text", ["a", "B", "é1"]),
    ],
)
def test_a_key_of_any_type_turns_pages(server: str, tmp_path: Path, kind: str, ids: list[str]) -> None:
    values = ", ".join(f"('{one}', date '2020-01-01', '1 year'::interval)" for one in ids)
    ddl = f"create table hr.t (id {kind}, hired date, beside interval);\ninsert into hr.t values {values};\n"
    people = rows_of(server, tmp_path, ddl).batch("persons").rows
    assert sorted(people["person_id"]) == sorted(f"hris:{one}" for one in ids)


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
def test_infinity_is_no_day_and_is_told(server: str, tmp_path: Path, kind: str) -> None:
    ddl = f"create table hr.t (id int, hired {kind});\ninsert into hr.t values (1, 'infinity'), (2, '-infinity');\n"
    extract = rows_of(server, tmp_path, ddl)
    assert extract.batch("persons").rows["latest_hire_date"].to_list() == [None, None]
    assert [finding.detail[:6] for finding in extract.findings if finding.kind == "no_end"] == ["2 rows"]


def test_names_of_columns_are_known_in_any_case(server: str, tmp_path: Path) -> None:
    ddl = "create table hr.t (id int, HIRED date);\ninsert into hr.t values (1, '2020-01-01');\n"
    people = rows_of(server, tmp_path, ddl, key="ID").batch("persons").rows
    assert people["person_id"].to_list() == ["hris:1"]


def test_a_row_without_a_key_is_counted_and_not_passed_over(server: str, tmp_path: Path) -> None:
    ddl = "create table hr.t (id int, hired date);\ninsert into hr.t values (1, '2020-01-01'), (null, '2020-01-01'), (3, '2020-01-01');\n"
    batch = rows_of(server, tmp_path, ddl, page_rows=1).batch("persons")
    assert (batch.rows.height, batch.rejects.height) == (2, 1)


def test_a_key_that_several_rows_share_across_pages_is_refused(server: str, tmp_path: Path) -> None:
    ddl = "create table hr.t (id int, hired date);\ninsert into hr.t values (1, '2020-01-01'), (1, '2020-02-01'), (1, '2020-03-01'), (2, '2020-03-01');\n"
    with pytest.raises(SourceRefused, match="several rows share one"):
        rows_of(server, tmp_path, ddl)


def columns_of(url: str, root: Path, ddl: str, table: str, **columns: dict) -> Extract:
    """What comes of a table `hr.t` with the key `id` where the canonical `table` reads `columns` of it."""
    execute(url, f"drop schema if exists hr cascade;\ncreate schema hr;\n{ddl}")
    mapping = {"files": [{"match": "t", "key": "id", "tables": [{"table": table, "columns": columns}]}]}
    given = {"url": "${HRIS_URL}", "tables": [{"name": "t", "table": "hr.t", "key": ["id"]}]}
    fetched("sql", root, given, environment={"HRIS_URL": url}, mapping=mapping)
    return read_back("sql", root, {**given, "mapping": mapping})


def test_money_is_what_the_database_shows_and_not_its_hundredths(server: str, tmp_path: Path) -> None:
    ddl = "create table hr.t (id int, spent money);\ninsert into hr.t values (1, 12.5), (2, 1234567), (3, -3), (4, null);\n"
    costs = columns_of(
        server,
        tmp_path,
        ddl,
        "costs",
        programme_id={"const": "p"},
        item={"from": "id"},
        incurred_date={"const": date(2026, 1, 31)},
        amount={"from": "spent", "number": True},
        currency={"const": "USD"},
    )
    assert costs.batch("costs").rows["amount"].to_list() == [12.5, 1234567.0, -3.0, None]


def test_an_interval_is_a_length_of_minutes(server: str, tmp_path: Path) -> None:
    ddl = "create table hr.t (id int, took interval);\ninsert into hr.t values (1, '1 hour 30 min'), (2, '45 min'), (3, '90 sec');\n"
    stays = columns_of(
        server,
        tmp_path,
        ddl,
        "session_participants",
        session_id={"from": "id"},
        person_id={"from": "id", "reference": "hris"},
        join_seq={"const": 1},
        minutes={"from": "took", "duration": "minutes"},
    )
    assert stays.batch("session_participants").rows["minutes"].to_list() == [90, 45, 1.5]


@pytest.mark.parametrize(
    ("kind", "value"), [("xml", "<a/>"), ("inet", "1.2.3.4/32"), ("timetz", "10:00:00+00"), ("int4range", "[1,3)")]
)
def test_a_type_that_arrow_lacks_is_read_as_postgres_writes_it(
    server: str, tmp_path: Path, kind: str, value: str
) -> None:
    ddl = f"create table hr.t (id int, beside {kind});\ninsert into hr.t values (1, '{value}');\n"
    people = columns_of(
        server,
        tmp_path,
        ddl,
        "persons",
        person_id={"from": "id", "reference": "hris"},
        person_kind={"const": "employee"},
        degree={"from": "beside"},
    )
    assert people.batch("persons").rows["degree"].to_list() == [value]
