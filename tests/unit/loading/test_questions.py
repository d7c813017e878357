"""What must be asked before a load replaces the last one."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts import BY_NAME, TABLES
from pipelines.contracts.losses import MAY_LOSE
from pipelines.loading.acceptance import Acceptance
from pipelines.loading.stop_rules import LoadAsks, Question, Standing, question_about_bad_rows, questions_about


def asked(table: str, before: Standing, after: Standing, people_gone: int = 0) -> list[Question]:
    return questions_about(
        BY_NAME[table], before, after, people_gone=people_gone, source_id="hq", load_id="0123456789abcdef"
    )


def test_every_table_says_how_much_of_it_may_go_and_why():
    assert set(MAY_LOSE) == {table.name for table in TABLES}
    assert all(loss.reason and 0 <= loss.share < 1 for loss in MAY_LOSE.values())


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_table_that_comes_without_rows_is_asked_about(table):
    (question,) = asked(table, Standing(28), Standing(0))
    assert question.key == f"hq/{table}/rows_gone/01234567"
    assert f"28 of 28 rows of {table} (100.0%)" in question.words


@pytest.mark.parametrize("table", [table.name for table in TABLES if MAY_LOSE[table.name].share])
def test_one_row_fewer_is_an_edit_and_more_than_the_table_may_lose_is_asked_about(table):
    share = MAY_LOSE[table].share
    assert not asked(table, Standing(3), Standing(2))
    assert not asked(table, Standing(1000), Standing(1000 - int(share * 1000)))
    assert asked(table, Standing(1000), Standing(1000 - int(share * 1000) - 1))
    assert not asked(table, Standing(1000), Standing(2000))


def test_people_are_asked_about_by_name_not_by_number():
    assert not asked("persons", Standing(20), Standing(20), people_gone=1)
    (question,) = asked("persons", Standing(20), Standing(20, file="f.csv"), people_gone=2)
    assert "2 of 20 people of the last load (10.0%) are no longer in f.csv, more than 5%" in question.words


def test_people_who_are_all_others_are_a_question_about_their_ids():
    (question,) = asked("persons", Standing(200), Standing(210), people_gone=200)
    assert "210 whom it didn't have came in their place" in question.words
    assert "same column" in question.first
    (question,) = asked("persons", Standing(200), Standing(120), people_gone=80)
    assert "came in their place" not in question.words
    assert "complete" in question.first


@pytest.mark.parametrize(
    ("table", "column"), [(table.name, column.name) for table in TABLES for column in table.columns]
)
def test_every_column_that_was_filled_and_comes_empty_or_nearly_so_is_asked_about(table, column):
    before = Standing(100, {column: 90})
    (question,) = asked(table, before, Standing(100, {column: 0}, "f.csv"))
    assert f"{column} of {table} is empty in every row of f.csv" in question.words
    (question,) = asked(table, before, Standing(100, {column: 3}, "f.csv"))
    assert f"{column} of {table} is filled in 3% of the rows of f.csv, in the last load in 90%" in question.words
    assert not asked(table, before, Standing(100, {column: 60}))


def test_a_stopped_load_prints_the_key_that_lets_it_go_on():
    question = asked("sessions", Standing(28), Standing(0))[0]
    assert f"`impact run --accept {question.key}`" in str(LoadAsks([question]))


def test_what_was_accepted_is_kept_with_who_and_when_and_not_asked_again(tmp_path: Path):
    log, question = tmp_path / "audit/accepted.jsonl", asked("sessions", Standing(28), Standing(0))[0]
    assert Acceptance(log).unanswered([question]) == [question]
    assert not log.exists()
    saying_yes = Acceptance(log, [question.key, "hq/nothing"], "ada")
    assert saying_yes.unanswered([question]) == []
    assert saying_yes.record() == ["hq/nothing"]
    (entry,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert (entry["actor"], entry["key"], entry["words"]) == ("ada", question.key, question.words)
    assert log.stat().st_mode & 0o077 == 0
    again = Acceptance(log)
    assert again.unanswered([question]) == []
    again.record()
    assert len(log.read_text().splitlines()) == 1


def test_a_line_that_a_killed_process_left_half_written_accepts_nothing(tmp_path: Path):
    log = tmp_path / "accepted.jsonl"
    log.write_text('{"at": "2026-01-01", "key": "hq/sess')
    question = asked("sessions", Standing(28), Standing(0))[0]
    assert Acceptance(log).unanswered([question]) == [question]


def test_rows_that_stand_on_no_line_are_said_to_be_so() -> None:
    held = {"source_file": "answers.csv", "reason": "wave is missing", "remedy": "correct it in the mapping"}
    quarantine = pl.DataFrame([{**held, "source_line": None}], schema_overrides={"source_line": pl.Int64})
    asked = question_about_bad_rows("surveys", quarantine, 1, source_id="forms", load_id="0123456789")
    assert asked is not None
    assert "line None" not in asked.words
    assert "First: a row that stands on no line of answers.csv" in asked.words
    on_a_line = quarantine.with_columns(source_line=pl.lit(7))
    asked = question_about_bad_rows("surveys", on_a_line, 1, source_id="forms", load_id="0123456789")
    assert asked is not None and "First: answers.csv, line 7: wave is missing" in asked.words
