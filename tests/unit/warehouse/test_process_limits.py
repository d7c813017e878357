"""Natural process limits against published figures and a recount in numpy."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.warehouse.sql_macros import rows

JUDGED = "with {{ process_limits('series', ['cell']) }} select * from judged"

# Flow rates of ten batches, NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 (individuals control charts)
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def judged(values: list[float | None], cell: str = "all") -> dict:
    frame = pl.DataFrame({"cell": cell, "month_index": range(len(values)), "value": values}).drop_nulls("value")
    return rows(JUDGED, series=frame)[0]


def test_the_limits_are_those_of_the_nist_handbook() -> None:
    """The handbook divides by d2 = 1.128 and multiplies by 3, which is 2.6596; Wheeler rounds to 2.66."""
    row = judged([*FLOW, 50.0])
    assert row["baseline_mean"] == pytest.approx(50.81, abs=1e-9)
    assert row["mean_moving_range"] == pytest.approx(1.8778, abs=5e-5)
    assert (row["limit_low"], row["limit_high"]) == pytest.approx((45.8159, 55.8041), abs=1e-3)


@pytest.mark.parametrize("months", [7, 8])
def test_limits_want_eight_months_in_a_row(months: int) -> None:
    row = judged([*FLOW[:months], 50.0])
    assert row["baseline_months"] == months
    assert (row["limit_low"] is None) == (months < 8)


def test_a_gap_ends_the_baseline() -> None:
    assert judged([*FLOW, None, *FLOW[:8], 50.0])["baseline_months"] == 8
    assert judged([*FLOW, None, 50.0])["baseline_months"] == 0


def test_months_that_do_not_differ_have_no_limits() -> None:
    assert judged([0.9] * 12 + [0.8])["limit_low"] is None


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=9, max_size=30))
def test_the_judged_month_does_not_move_its_own_limits(values: list[float]) -> None:
    row, other = judged(values), judged([*values[:-1], values[-1] + 50])
    assert (row["limit_low"], row["limit_high"]) == (other["limit_low"], other["limit_high"])
    before = np.array(values[:-1])
    spread = 2.66 * np.abs(np.diff(before)).mean()
    if row["limit_low"] is not None:
        assert (row["limit_low"], row["limit_high"]) == pytest.approx((before.mean() - spread, before.mean() + spread))


def test_one_to_four_in_a_hundred_quiet_months_lie_outside() -> None:
    """What the page tells its readers of chance."""
    generator = np.random.default_rng(11)
    for months, least, most in ((8, 0.02, 0.05), (23, 0.005, 0.02)):
        values = generator.normal(size=(4000, months + 1))
        frame = pl.DataFrame(
            {
                "cell": np.repeat(np.arange(4000), months + 1),
                "month_index": np.tile(np.arange(months + 1), 4000),
                "value": values.ravel(),
            }
        )
        found = rows(
            JUDGED.replace("*", "avg(cast(value < limit_low or value > limit_high as double)) as outside"), series=frame
        )
        assert least < found[0]["outside"] < most
