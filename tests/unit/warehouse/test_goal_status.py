"""The status of a goal on one row of hostile values each; what may be said was written down first."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from tests.unit.warehouse.sql_macros import model, rows

pytestmark = pytest.mark.slow

NAN = float("nan")
START, PAST, AHEAD = date(2025, 1, 1), date(2025, 12, 31), date(2026, 12, 31)
GOAL = {
    "goal_id": "g", "programme_id": "p", "statement": "", "metric_id": "m", "segment_kind": "all", "segment_value": "all", "baseline": 0.2, "target": 0.5,
    "unit": "share", "direction": "increase", "start_date": START, "due_date": PAST, "owner": "", "measured": None,
}  # fmt: skip
VALUE = {
    "metric_id": "m", "programme_id": "p", "cohort_id": "all", "segment_kind": "all", "segment_value": "all", "value": 0.4, "ci_low": 0.3, "ci_high": 0.45,
    "n_people": 50, "unit": "share", "suppression_reason": None, "period_kind": "to_date", "period_start": START, "period_end": date(2026, 1, 31),
}  # fmt: skip
NUMBERS = {
    "baseline": pl.Float64,
    "target": pl.Float64,
    "value": pl.Float64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
}
FORECASTS = {"goal_id": pl.String, "forecast_value": pl.Float64, "half_width": pl.Float64, "trials": pl.Int64, "coverage": pl.Float64}  # fmt: skip


MONTHS = ((date(2025, 11, 1), date(2025, 11, 30)), (date(2025, 12, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 1, 31)))  # fmt: skip


def judged(goal: dict[str, Any], *values: dict[str, Any], as_of: date = date(2026, 1, 31)) -> dict[str, Any]:
    goals = pl.DataFrame([GOAL | goal], schema_overrides={"measured": pl.String, **NUMBERS})
    known = pl.DataFrame([VALUE | value for value in values], schema_overrides={"suppression_reason": pl.String, **NUMBERS})  # fmt: skip
    (row,) = rows(
        f"select status, status_reason, target_value, current_value from ({model('goal_status')})", programme_goals=goals, metric_values=known,
        goal_forecasts=pl.DataFrame(schema=FORECASTS), stg_workspace=pl.DataFrame({"as_of_date": [as_of]}),
        int_periods=pl.DataFrame([("month", *month) for month in MONTHS], schema=["period_kind", "period_start", "period_end"], orient="row"),
    )  # fmt: skip
    return row


def by_month(*levels: float) -> list[dict[str, Any]]:
    """The last months' values, each with an interval of a tenth to each side."""
    return [
        {"period_kind": "month", "period_start": start, "period_end": end, "value": level, "ci_low": level - 0.1, "ci_high": level + 0.1}
        for (start, end), level in zip(MONTHS, levels, strict=True)
    ]  # fmt: skip


def score(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "ci_low": low, "ci_high": high, "unit": "score"}


CASES = [
    ("a fifth more of minus twenty", {"unit": "relative_percent", "baseline": -20, "target": 20}, score(-16.5, -18, -15), -16.0, "cannot_tell"),
    ("a fifth less of minus twenty", {"unit": "relative_percent", "baseline": -20, "target": 20, "direction": "decrease"}, score(-25, -26, -24.5), -24.0, "achieved"),
    ("ten points more of a score below zero", {"unit": "points", "baseline": -20, "target": 10}, score(-5, -9, -1), -10.0, "achieved"),
    ("ten points more of a share written as 0.4", {"unit": "points", "baseline": 0.4, "target": 10}, {}, 0.5, "missed"),
    ("ten points more of a share written as 40", {"unit": "points", "baseline": 40, "target": 10}, {}, 0.5, "missed"),
    ("a share of nothing", {"unit": "relative_percent", "baseline": 0, "target": 20}, {}, None, "cannot_tell"),
    ("not a number", {}, {"value": NAN, "ci_low": NAN, "ci_high": NAN}, 0.5, "cannot_tell"),
    ("due before it began", {"due_date": date(2024, 12, 31)}, {}, 0.5, "cannot_tell"),
    ("due today", {"due_date": date(2026, 1, 31)}, {}, 0.5, "missed"),
    ("not begun", {"start_date": date(2026, 6, 1), "due_date": AHEAD}, {"value": 0.9, "ci_low": 0.8, "ci_high": 0.95}, 0.5, "cannot_tell"),
    ("the value is there and its interval isn't", {"due_date": AHEAD}, {"value": 0.51, "ci_low": 0.4, "ci_high": 0.6}, 0.5, "achieved_within_margin"),
    ("wholly behind two months before", {"baseline": 3.5, "target": 4.5, "unit": "score", "due_date": date(2026, 3, 31)}, score(3.6, 3.4, 3.8), 4.5, "off_track"),
]  # fmt: skip


@pytest.mark.parametrize(("goal", "value", "target", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_a_goals_status_is_no_more_than_its_value_bears(
    goal: dict, value: dict, target: float | None, status: str
) -> None:
    found = judged(goal, value)
    assert found["target_value"] == target
    assert found["status"] == status


@pytest.mark.parametrize("measured", ["last_month", "last_wave"])
@pytest.mark.parametrize(
    ("levels", "status"),
    [((0.1, 0.3, 0.9), "missed"), ((0.1, 0.7, 0.1), "achieved"), ((0.1, 0.55, 0.9), "achieved_within_margin")],
    ids=["reached too late", "lost after it was reached", "nearly lost"],
)
def test_what_came_after_the_due_date_neither_earns_a_goal_nor_spoils_it(
    measured: str, levels: tuple[float, ...], status: str
) -> None:
    found = judged({"measured": measured}, *by_month(*levels))
    assert found["current_value"] == levels[1]
    assert found["status"] == status


def test_a_goal_whose_due_date_lies_within_a_month_is_judged_on_the_month_before() -> None:
    found = judged({"measured": "last_month", "due_date": date(2025, 12, 30)}, *by_month(0.7, 0.1, 0.1))
    assert (found["current_value"], found["status"]) == (0.7, "achieved")


def test_without_a_month_by_the_due_date_it_is_told_that_there_is_none() -> None:
    found = judged({"measured": "last_month", "due_date": date(2025, 11, 29)}, *by_month(0.7, 0.7, 0.7))
    assert found["status"] == "cannot_tell"
    assert "a month that was over by the due date" in found["status_reason"]


@pytest.mark.parametrize("level", [0.9, 0.1], ids=["reached", "short"])
def test_a_value_to_date_says_nothing_of_a_due_date_long_ago(level: float) -> None:
    reached = {"value": level, "ci_low": level - 0.1, "ci_high": level + 0.1, "period_end": date(2026, 2, 28)}
    soon, late = (judged({}, reached, as_of=day)["status"] for day in (date(2026, 1, 31), date(2026, 2, 28)))
    assert soon == ("achieved" if level == 0.9 else "missed")
    assert late == "cannot_tell"
