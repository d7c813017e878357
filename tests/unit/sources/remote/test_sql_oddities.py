"""What databases hold that nobody expects: types that change, stamps that are missing or lie ahead, cells of another type than their column. SQLite, which lets all of it in."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import Extract, SourceRefused
from tests.remote_runs import NOW, fetched, read_back

COLUMNS = {
    "person_id": {"from": "id", "reference": "hris"},
    "person_kind": {"const": "employee"},
    "status": {"const": "active"},
    "family_name": {"from": "name"},
    "email_work": {"from": "mail", "lower": True},
    "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
}
PLAIN = "create table t (id integer primary key, name text, mail text, hired date, updated_at timestamp)"
STAMP = "2026-10-01 06:00:00.000000"


class Database:
    """An SQLite file, and what comes of its table `t`."""

    def __init__(self, folder: Path, **columns: Any) -> None:
        self.path, self.pages = folder / "hr.sqlite", folder / "pages"
        self.mapping = {
            "format": {"zone": "Europe/Berlin"},
            "files": [
                {
                    "match": "t",
                    "key": "id",
                    "may_be_empty": True,
                    "tables": [{"table": "persons", "columns": {**COLUMNS, **columns}}],
                }
            ],
        }

    def run(self, *statements: str, rows: Sequence[Sequence[Any]] = ()) -> None:
        with sqlite3.connect(self.path) as connection:
            for statement in statements:
                connection.execute(statement)
            for row in rows:
                connection.execute(f"insert into t values ({', '.join('?' * len(row))})", row)

    def options(self, *, incremental: bool) -> dict[str, Any]:
        table = {"name": "t", "table": "t", "key": ["id"], **({"updated_at": "updated_at"} if incremental else {})}
        return {"url": f"sqlite:///{self.path}", "tables": [table], "page_rows": 2}

    def read(self, *, incremental: bool = False, now: datetime = NOW) -> Extract:
        options = self.options(incremental=incremental)
        fetched("sql", self.pages, options, mapping=self.mapping, now=now)
        return read_back("sql", self.pages, {**options, "mapping": self.mapping})


def people(extract: Extract, column: str = "family_name") -> dict[str, Any]:
    rows = extract.batch("persons").rows
    return dict(zip(rows["person_id"], rows[column], strict=True))


def test_a_row_without_a_stamp_is_read_with_every_change(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", STAMP), (2, "B", None, "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run(rows=[(3, "C", None, "2020-01-01", None)])
    assert set(people(database.read(incremental=True, now=NOW + timedelta(days=1)))) == {"hris:1", "hris:2", "hris:3"}


def test_a_stamp_that_lies_ahead_hides_no_later_change(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", "2099-01-01 00:00:00.000000"), (2, "B", None, "2020-01-01", STAMP)])  # fmt: skip
    database.read(incremental=True)
    later = f"{NOW + timedelta(hours=12):%Y-%m-%d %H:%M:%S.000000}"
    database.run(f"update t set name = 'Bo', updated_at = '{later}' where id = 2")
    assert people(database.read(incremental=True, now=NOW + timedelta(days=1)))["hris:2"] == "Bo"


def test_rows_that_share_the_newest_stamp_are_all_read(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run(rows=[(2, "B", None, "2020-01-01", STAMP), (3, "C", None, "2020-01-01", STAMP)])
    assert len(people(database.read(incremental=True, now=NOW + timedelta(days=1)))) == 3


def test_a_key_that_changes_its_type_between_two_reads_ends_in_no_error(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", STAMP), (2, "B", None, "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run("drop table t", PLAIN.replace("id integer", "id text"), rows=[("1", "A", None, "2020-01-01", "2026-11-02 12:00:00.000000"), ("2", "B", None, "2020-01-01", STAMP)])  # fmt: skip
    assert people(database.read(incremental=True, now=NOW + timedelta(days=1))) == {"hris:1": "A", "hris:2": "B"}


def test_a_column_that_is_gone_is_told_and_one_that_is_new_is_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", "a@x.example", "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run("alter table t drop column mail", "alter table t add column grade text")
    extract = database.read(incremental=False, now=NOW + timedelta(days=30))
    assert any("mail" in one.subject for one in extract.findings if one.kind == "column_absent")
    assert people(extract) == {"hris:1": "A"}


def test_cells_of_another_type_than_their_column_are_read_as_they_are(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        "create table t (id, name text, mail text, hired date, updated_at text)",
        rows=[(1, "A", None, "2020-01-01", STAMP), ("00002", "B", None, "2020-01-01", STAMP)],
    )
    assert people(database.read()) == {"hris:1": "A", "hris:00002": "B"}


def test_numbers_texts_and_nothing_in_one_column_of_names(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, 7, "", "2020-01-01", STAMP), (2, 7.5, "B@x.example", "2020-01-01", STAMP), (3, None, None, "2020-01-01", STAMP)])  # fmt: skip
    extract = database.read()
    assert people(extract) == {"hris:1": "7", "hris:2": "7.5", "hris:3": None}
    assert people(extract, "email_work") == {"hris:1": None, "hris:2": "b@x.example", "hris:3": None}


def test_days_with_midnight_and_days_that_are_none(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01 00:00:00", STAMP), (2, "B", None, "0000-00-00", STAMP), (3, "C", None, "9999-12-31", STAMP), (4, "D", None, "tomorrow", STAMP)])  # fmt: skip
    batch = database.read().batch("persons")
    assert [str(day) for day in batch.rows.sort("person_id")["latest_hire_date"]] == ["2020-01-01", "None", "None"]
    assert batch.rejects["rule"].to_list() == ["not_a_date"]


def test_ids_of_real_numbers_are_whole_ones(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        "create table t (id real primary key, name text, mail text, hired date, updated_at text)",
        rows=[
            (1.0, "A", None, "2020-01-01", STAMP),
            (2.0, "B", None, "2020-01-01", STAMP),
            (3.0, "C", None, None, STAMP),
        ],
    )
    assert set(people(database.read())) == {"hris:1", "hris:2", "hris:3"}


def test_ids_as_bytes_that_are_no_text_are_told_and_rejected_each_and_no_page_is_lost_for_them(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        "create table t (id blob primary key, name text, mail text, hired date, updated_at text)",
        rows=[
            (b"\x01\xff", "A", None, "2020-01-01", STAMP),
            (b"\x02\xff", "B", None, "2020-01-01", STAMP),
            (b"\x03\xff", "C", None, "2020-01-01", STAMP),
            (b"e4", "D", None, "2020-01-01", STAMP),
        ],
    )
    found = database.read()
    assert people(found) == {"hris:e4": "D"}
    assert found.batch("persons").rejects.height == 3
    assert [finding.subject.partition(": ")[2] for finding in found.findings if finding.kind == "bytes_unread"] == [
        "id",
        "id",
    ]


def test_text_that_some_rows_hold_as_bytes_is_text(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        PLAIN,
        rows=[(1, "A", None, None, None), (2, "Müller".encode(), None, None, None), (3, b"\xff\x00", None, None, None)],
    )
    assert people(database.read()) == {"hris:1": "A", "hris:2": "Müller", "hris:3": None}


def test_whole_numbers_beside_fractions_stay_whole(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        "create table t (id integer primary key, name, mail text, hired date, updated_at timestamp)",
        rows=[(1, 7, None, None, None), (2, 2.5, None, None, None)],
    )
    assert people(database.read()) == {"hris:1": "7", "hris:2": "2.5"}


def test_letters_that_are_no_unicode_are_refused_in_words(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, "insert into t values (1, cast(x'4dfc6c6c6572' as text), null, '2020-01-01', null)")
    with pytest.raises(SourceRefused, match="Next step"):
        database.read()


def test_a_view_and_names_that_need_quoting_are_read(tmp_path: Path) -> None:
    database = Database(tmp_path, family_name={"from": 'Full "Name" 100%'})
    database.run(
        'create table people (id integer primary key, "Full ""Name"" 100%" text, mail text, hired date)',
        "insert into people values (1, 'A', null, '2020-01-01'), (2, 'B', null, '2020-01-01'), (3, 'C', null, '2020-01-01')",
        "create view t as select * from people",
    )
    assert people(database.read()) == {"hris:1": "A", "hris:2": "B", "hris:3": "C"}


def test_words_for_nothing_are_nobody_and_no_address(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(
        "create table t (id text, name text, mail text, hired date, updated_at text)",
        rows=[
            ("1", "A", "N/A", "2020-01-01", STAMP),
            ("NULL", "B", None, "2020-01-01", STAMP),
            ("", "C", None, "2020-01-01", STAMP),
        ],
    )
    batch = database.read().batch("persons")
    assert people(Extract([batch], []), "email_work") == {"hris:1": None}
    assert batch.rejects.height == 2


def test_an_instant_is_a_day_in_the_sources_zone(tmp_path: Path) -> None:
    database = Database(tmp_path, latest_hire_date={"from": "hired", "date": "%Y-%m-%dT%H:%M:%S%z", "zone": "Pacific/Auckland"})  # fmt: skip
    database.run(PLAIN, rows=[(1, "A", None, "2026-03-31T11:30:00+00:00", STAMP), (2, "B", None, "2026-03-31T10:30:00+00:00", STAMP)])  # fmt: skip
    assert [str(day) for day in people(database.read(), "latest_hire_date").values()] == ["2026-04-01", "2026-03-31"]


def test_an_emptied_table_is_told_and_loads_nobody(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", STAMP), (2, "B", None, "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run("delete from t")
    extract = database.read(incremental=True, now=NOW + timedelta(days=1))
    assert extract.batch("persons").rows.is_empty()
    assert any("no longer in the table" in one.detail for one in extract.findings)


def test_a_row_that_was_deleted_and_came_back_is_there(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.run(PLAIN, rows=[(1, "A", None, "2020-01-01", STAMP), (2, "B", None, "2020-01-01", STAMP)])
    database.read(incremental=True)
    database.run("delete from t where id = 1")
    assert set(people(database.read(incremental=True, now=NOW + timedelta(days=1)))) == {"hris:2"}
    database.run(rows=[(1, "A again", None, "2020-01-01", f"{NOW + timedelta(days=1):%Y-%m-%d %H:%M:%S.000000}")])
    found = people(database.read(incremental=True, now=NOW + timedelta(days=2)))
    assert found == {"hris:1": "A again", "hris:2": "B"}


@pytest.mark.parametrize("kind", ["text", "integer", "real"])
def test_a_stamp_that_is_no_time_is_refused_in_words_before_anything_is_read(tmp_path: Path, kind: str) -> None:
    database = Database(tmp_path)
    database.run(PLAIN.replace("timestamp", kind), rows=[(1, "A", None, "2020-01-01", STAMP)])
    with pytest.raises(SourceRefused, match=r"no time.*Next step: leave `updated_at` out"):
        database.read(incremental=True)
