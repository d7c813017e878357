"""One person is planted in every place that a workspace has, and erased: no byte of theirs stays below the data folder, and nobody else loses anything."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.serving.snapshot import current, is_whole
from pipelines.settings import settings
from pipelines.warehouse import connect
from tests.pipeline.canary import CANARY, PEOPLE, build, deliver, everybody_else, hits, impact, load, plant, sums_add_up


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everybody in CSV, XLSX, Parquet, JSON and a calendar, all within the data folder; loaded once."""
    return build(tmp_path, monkeypatch)


def test_the_person_is_everywhere_before_and_nowhere_after(workspace: Path) -> None:
    plant(workspace)
    before, others = hits(workspace), everybody_else()
    assert len(before) > 20, "planted in vain"
    listed = impact("erase", CANARY, "--dry-run")
    assert listed.exit_code == 0, listed.output
    assert hits(workspace) == before, "a dry run changes nothing"
    erased = impact("erase", CANARY, "--yes")
    assert erased.exit_code == 0, erased.output
    assert hits(workspace) == []
    assert everybody_else() == others
    assert is_whole(current(settings().serving))
    sums_add_up()


def test_other_peoples_records_stay_and_lose_the_mention_alone(workspace: Path) -> None:
    impact("erase", "E-90210X", "--yes")
    (landed,) = (settings().landing / "people").glob("*/people.csv")
    lines = landed.read_text().splitlines()
    assert lines[1] == "E-1,Ada,Stone,ada@canary.example,"
    assert lines[2] == "E-2,Bo,Lee,bo@canary.example,", "the superior is gone, the record isn't"
    (scores,) = (settings().landing / "scores").glob("*/scores.csv")
    assert "7,7\n" in scores.read_text(encoding="utf-16")
    (shared,) = (settings().landing / "cal").glob("*/bo.ics")
    assert shared.read_text().count("BEGIN:VEVENT") == 2
    assert shared.read_text().count("ATTENDEE") == 3
    with connect(settings().warehouse, read_only=True) as warehouse:
        jobs = "select count(*), count(manager_person_id) from raw_people.job_history where source_instance = 'people'"
        assert warehouse.execute(jobs).fetchall() == [(len(PEOPLE) - 1, len(PEOPLE) - 3)]


@pytest.mark.parametrize("given", [CANARY.upper(), "E-90210X", "Quetzala Zyxwvut", "zyxwvut, quetzala"])
def test_any_identifier_names_the_person(workspace: Path, given: str) -> None:
    assert impact("erase", given, "--yes").exit_code == 0
    assert hits(workspace) == []


def test_the_receipt_says_what_and_where_and_names_nobody(workspace: Path) -> None:
    plant(workspace)
    impact("erase", CANARY, "--yes")
    told = json.loads((workspace / "erasures/erasure-0001.json").read_text())
    assert {"landing", "vault", "warehouse", "decisions", "corrections", "Dagster"} <= {
        one["kind"] for one in told["removed"]
    }
    assert "impact run" in (workspace / "erasures/erasure-0001.txt").read_text()
    assert hits(workspace / "erasures") == []


def test_who_is_delivered_again_is_left_out_counted_and_not_kept(workspace: Path) -> None:
    impact("erase", CANARY, "--yes")
    deliver(workspace, "E-50,New,Comer,new@canary.example,E-90210X")
    load()
    (workspace / "exports/people/people.csv").unlink()
    assert hits(workspace) == []
    with connect(settings().warehouse, read_only=True) as warehouse:
        left_out = "select reason, rows from quality.filtered_rows inner join quality.loads using (load_id, source_id) where is_current and source_id = 'people' and table_name = 'persons'"
        assert warehouse.execute(left_out).fetchall() == [("erased at the person's request", 1)]
        people = "select count(*) from raw_people.persons where source_instance = 'people' and not is_deleted"
        assert warehouse.execute(people).fetchall() == [(len(PEOPLE),)]
    sums_add_up()


def test_a_load_after_the_erasure_reads_nothing_again_that_it_has(workspace: Path) -> None:
    impact("erase", CANARY, "--yes")
    load()
    files = {path: path.read_bytes() for path in settings().landing.rglob("*") if path.is_file()}
    load()
    assert {path: path.read_bytes() for path in settings().landing.rglob("*") if path.is_file()} == files
    assert hits(workspace) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [("nobody@else.example", None), ("E-404", "Nobody is known as"), ("Somebody Else", "Next step: give an e-mail")],
)
def test_who_isnt_known_is_said_with_the_next_step(workspace: Path, given: str, words: str | None) -> None:
    result = impact("erase", given, "--yes")
    assert (words or "nothing: no trace was found") in result.output


def test_a_name_of_two_people_is_asked_back(workspace: Path) -> None:
    deliver(workspace, "E-51,Quetzala,Zyxwvut,other@canary.example,E-1")
    load()
    result = impact("erase", "Quetzala Zyxwvut", "--yes")
    assert result.exit_code == 1
    assert "2 people are known" in result.output or "people are known as" in result.output


@pytest.mark.parametrize("left", ["", "{", "[]", "null"])
def test_a_load_whose_manifest_was_cut_loses_the_person_too(workspace: Path, left: str) -> None:
    (manifest,) = (settings().landing / "people").glob("*/.manifest.json")
    manifest.write_text(left)
    erased = impact("erase", CANARY, "--yes")
    assert erased.exit_code == 0, erased.output
    assert hits(workspace) == []


def test_what_a_killed_run_had_only_begun_goes(workspace: Path) -> None:
    (people,) = (settings().landing / "people").glob("*/people.csv")
    for draft in (
        settings().landing / "people/.0123.draft/people.csv",
        settings().warehouse.with_name(".warehouse.duckdb.draft"),
        settings().history.with_name(".history.duckdb.draft"),
    ):
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(people.read_bytes())
    assert impact("erase", CANARY, "--yes").exit_code == 0
    assert hits(workspace) == []


def test_what_dagster_left_beside_its_databases_stops_no_erasure(workspace: Path) -> None:
    """Opening a database whose writer was killed removes the two files that lie beside it."""
    runs = workspace / "dagster/history/runs"
    runs.mkdir(parents=True)
    with closing(sqlite3.connect(workspace / "elsewhere.db")) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table events (told text)")
        database.execute("insert into events values (?)", [f"mail to {CANARY}"])
        database.commit()
        for end in ("", "-wal", "-shm"):
            shutil.copyfile(workspace / f"elsewhere.db{end}", runs / f"run.db{end}")
    (workspace / "elsewhere.db").unlink()
    erased = impact("erase", CANARY, "--yes")
    assert erased.exit_code == 0, erased.output
    assert hits(workspace) == []
