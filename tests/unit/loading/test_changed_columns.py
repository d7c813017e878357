"""Whole columns that come otherwise than in the last load, which no count of rows or of empty cells shows."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import duckdb
import pytest

from pipelines.contracts import BY_NAME
from pipelines.loading.changed_columns import changed_columns
from pipelines.loading.schemas import prepare_schemas

pytestmark = pytest.mark.slow

STARTS = [date(2026, 1 + number % 12, 1 + number % 11) for number in range(40)]
TIMES = [datetime(2026, 1 + number % 12, 1 + number % 28, 9) for number in range(40)]
Told = tuple[list[str], dict[str, str]]


def compared(table: str, before: Sequence[dict[str, object]], after: Sequence[dict[str, object]]) -> Told:
    """Words of the questions, and kind of finding to its words, of two loads of one table."""
    with duckdb.connect() as warehouse:
        prepare_schemas(warehouse)
        for load, rows in (("old", before), ("new", after)):
            for row in rows:
                _insert(warehouse, table, {"load_id": load, "is_deleted": False, "source_instance": "hq", **row})
        questions, findings = changed_columns(warehouse, BY_NAME[table], "hq", "new", rows_before=len(before))
        return [question.words for question in questions], {
            one.kind: f"{one.subject}: {one.detail}" for one in findings
        }


def _insert(warehouse: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" for _ in row)
    warehouse.execute(f"insert into {BY_NAME[table].address} ({', '.join(row)}) values ({marks})", list(row.values()))


def pairs(days: Sequence[date]) -> list[dict[str, object]]:
    return [{"pair_id": str(number), "actual_start_date": day} for number, day in enumerate(days)]


def sessions(times: Sequence[datetime]) -> list[dict[str, object]]:
    return [{"session_id": str(number), "scheduled_start_at": time} for number, time in enumerate(times)]


def members(people: Sequence[str], pair: Callable[[int], str] = str) -> list[dict[str, object]]:
    return [{"pair_id": pair(number), "person_id": person} for number, person in enumerate(people)]


def test_days_whose_day_and_month_have_changed_places_are_asked_about():
    swapped = [day.replace(month=day.day, day=day.month) for day in STARTS]
    (words,), _ = compared("pairs", pairs(STARTS), pairs(swapped))
    assert "day and month the other way round" in words
    assert "of 40 rows" in words


@pytest.mark.parametrize("hours", [[1], [1, 2], [-5]])
def test_times_that_all_lie_an_hour_later_or_two_by_season_are_asked_about(hours):
    moved = [time + timedelta(hours=hours[number % len(hours)]) for number, time in enumerate(TIMES)]
    (words,), findings = compared("sessions", sessions(TIMES), sessions(moved))
    assert f"{abs(hours[0])} h {'later' if hours[0] > 0 else 'earlier'}" in words
    assert "40 of 40 rows" in words
    assert not findings


def test_a_column_that_was_sorted_alone_is_told_with_its_count():
    _, findings = compared("pairs", pairs(STARTS), pairs(sorted(STARTS)))
    assert findings["column_rewritten"].startswith("actual_start_date: ")


def test_people_who_stand_a_line_further_down_are_told():
    people = [f"p{number}" for number in range(40)]
    goals = [{"goal_id": str(number), "owner_person_id": person} for number, person in enumerate(people)]
    shifted = [{**row, "owner_person_id": people[number - 1]} for number, row in enumerate(goals)]
    _, findings = compared("goals", goals, shifted)
    assert "40 of 40 rows hold other people" in findings["column_rewritten"]


def test_keys_that_are_all_new_beside_as_many_rows_are_told():
    people = [f"p{number}" for number in range(40)]
    _, findings = compared("pair_members", members(people), members([*people[1:], people[0]]))
    assert "40 of 40 rows" in findings["keys_replaced"]


@pytest.mark.parametrize("changed", [0, 1, 9])
def test_what_somebody_corrects_by_hand_is_no_matter(changed):
    corrected = [day + timedelta(days=number < changed) for number, day in enumerate(STARTS)]
    assert compared("pairs", pairs(STARTS), pairs(corrected)) == ([], {})


def test_a_few_rows_show_nothing():
    moved = [time + timedelta(hours=1) for time in TIMES[:9]]
    assert compared("sessions", sessions(TIMES[:9]), sessions(moved)) == ([], {})


def plans(days: Sequence[date], column: str) -> list[dict[str, object]]:
    return [{"pair_id": str(number), column: day} for number, day in enumerate(days)]


@pytest.mark.parametrize("column", ["planned_start_date", "planned_end_date", "actual_end_date"])
def test_a_cohort_that_is_put_off_or_prolonged_asks_nothing_and_is_told(column: str):
    later = [day + timedelta(days=31) for day in STARTS]
    questions, findings = compared("pairs", plans(STARTS, column), plans(later, column))
    assert questions == []
    assert "40 of 40 days lie 31 days later" in findings["column_rewritten"]


@pytest.mark.parametrize("days", [1, -1, 1462])
@pytest.mark.parametrize("column", ["planned_end_date", "actual_start_date"])
def test_plans_moved_by_what_a_zone_or_a_workbook_moves_days_by_are_asked_about(column: str, days: int):
    moved = [day + timedelta(days=days) for day in STARTS]
    (words,), _ = compared("pairs", plans(STARTS, column), plans(moved, column))
    assert "40 of 40 rows" in words


@pytest.mark.parametrize("before", [6, 40])
def test_a_new_cohort_in_the_place_of_the_earlier_one_is_asked_about_however_many_came(before: int):
    earlier = [{"pair_id": f"old{number}"} for number in range(before)]
    (words,), findings = compared("pairs", earlier, [{"pair_id": f"new{number}"} for number in range(before + 10)])
    assert f"{before} of {before} pairs of the last load are no longer there" in words
    assert not findings


def test_a_new_cohort_beside_the_earlier_one_asks_nothing():
    earlier = [{"pair_id": f"old{number}"} for number in range(20)]
    assert compared("pairs", earlier, [*earlier, *({"pair_id": f"new{number}"} for number in range(30))]) == ([], {})


def test_one_pair_taken_out_by_hand_asks_nothing():
    earlier = [{"pair_id": str(number)} for number in range(6)]
    assert compared("pairs", earlier, [*earlier[1:], {"pair_id": "7"}]) == ([], {})
