"""Limits of counts: a fall to nothing is told, and a quiet year is quiet."""

import polars as pl
import pytest

from tests.reference.simulated_metrics import quiet_years, stops_are_told
from tests.unit.warehouse.sql_macros import rows

pytestmark = pytest.mark.slow

COUNTED = "with {{ count_limits('series', ['cell']) }} select * from counted"


def judged(counts: list[int], of: list[float], unit: str = "per month") -> dict:
    frame = pl.DataFrame({"cell": "all", "month_index": range(len(counts)), "numerator": counts, "denominator": of})
    frame = frame.with_columns(pl.col("numerator", "denominator").cast(pl.Float64), unit=pl.lit(unit))
    return rows(COUNTED, series=frame.with_columns(value=pl.col("numerator") / pl.col("denominator")))[0]


@pytest.mark.parametrize("pairs", [20, 100])
def test_sessions_that_fall_to_nothing_over_eight_months_signal(pairs: int) -> None:
    rates = [0.51, 0.49, 0.52, 0.5, 0.53, 0.48, 0.51, 0.5, 0.51, 0.44, 0.36, 0.29, 0.21, 0.14, 0.07, 0.0]
    assert judged([round(rate * pairs) for rate in rates], [pairs] * len(rates))["signal"] == "below"


def test_the_lower_limit_of_twenty_pairs_lies_above_nothing() -> None:
    assert judged([9, 11, 10, 10, 12, 8, 10, 11, 9, 10, 10], [20] * 11)["limit_low"] > 0


@pytest.mark.parametrize("pairs", [5, 20, 100])
@pytest.mark.parametrize("rate", [0.5, 1.0])
def test_pairs_that_stop_meeting_signal_within_three_months(pairs: int, rate: float) -> None:
    before = [round(rate * pairs + swing) for swing in (0, 1, -1, 0, 1, 0, -1, 0, 0, 1, 0, -1)]
    found = [judged([*before, *[0] * silent], [pairs] * (12 + silent))["signal"] for silent in (1, 2, 3)]
    assert "below" in found


def test_one_leaver_of_eight_is_no_signal() -> None:
    assert judged([0] * 12 + [1], [8] * 13, "share")["signal"] == "within"


def test_limits_want_eight_months_and_lie_within_what_is_possible() -> None:
    row = judged([19, 20] * 5 + [20], [20] * 11, "share")
    assert 0 < row["limit_low"] < row["limit_high"] <= 1
    assert rows(COUNTED, series=pl.DataFrame({"cell": ["all"] * 8, "month_index": range(8), "numerator": [5.0] * 8, "denominator": [9.0] * 8, "value": [5 / 9] * 8, "unit": ["share"] * 8})) == []  # fmt: skip


@pytest.mark.parametrize("pairs", [5, 20, 100])
@pytest.mark.parametrize("swing", [0, 0.15, 0.3])
@pytest.mark.parametrize(("rate", "unit"), [(0.5, "per month"), (1.0, "per month"), (0.8, "share")])
def test_a_quiet_year_alarms_in_at_most_one_of_ten(pairs: int, swing: float, rate: float, unit: str) -> None:
    """Baselines of 12 and 23 months, independent and dependent months; the error of 600 years at 10 % is 1.2 points."""
    for before in (12, 23):
        assert quiet_years(20260 + pairs, 600, pairs, rate, unit, before, swing).mean() <= 0.10


@pytest.mark.parametrize("pairs", [5, 20, 100])
def test_pairs_that_stop_meeting_after_a_year_by_chance_are_told_within_three_months(pairs: int) -> None:
    """Before a rule for silence 23 of a hundred programmes of five pairs weren't."""
    assert stops_are_told(20260 + pairs, 300, pairs, 1.0, 12).mean() >= 0.99


def test_three_months_of_silence_say_nothing_where_hardly_anything_was_expected() -> None:
    assert judged([1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0], [5] * 15)["signal"] == "within"
