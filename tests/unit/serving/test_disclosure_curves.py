"""No month of a curve tells of fewer people than may be shown."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.serving.disclosure_curves import step_sizes, steps, suppress_curves

K = 5


def curve(*months: tuple[float | None, float, float], arm: str = "treated") -> pl.DataFrame:
    """One arm; months as (people at risk, events so far, left observation so far)."""
    began = months[0][0] or 1
    rows = [
        {"programme_id": "p", "outcome": "o", "arm": arm, "month": month, "share": 1 - events / began, "ci_low": 0.0, "ci_high": 1.0,
         "people_at_risk": risk, "events": 0.0, "cumulative_events": events, "cumulative_left": left}
        for month, (risk, events, left) in enumerate(months)
    ]  # fmt: skip
    return pl.DataFrame(
        rows,
        schema_overrides={"people_at_risk": pl.Float64, "cumulative_events": pl.Float64, "cumulative_left": pl.Float64},
    )


def test_a_share_stands_still_until_enough_events_have_come_together() -> None:
    shown = suppress_curves(
        curve((211, 0, 0), (210, 1, 0), (207, 4, 0), (206, 5, 0), (204, 7, 0), (199, 12, 0), (None, 12, 0)), K
    )
    assert shown["cumulative_events"].to_list() == [0, 0, 0, 5, 5, 12, 12]
    assert [round(share * 211) for share in shown["share"]] == [211, 211, 211, 206, 206, 199, 199]
    assert "events" not in shown.columns


def test_the_last_step_waits_for_the_end_rather_than_leave_a_few_behind() -> None:
    shown = suppress_curves(curve((100, 0, 0), (95, 5, 0), (93, 7, 0), (None, 7, 0)), K)
    assert shown["cumulative_events"].to_list() == [0, 0, 7, 7]


def test_fewer_events_than_may_be_shown_are_shown_at_no_time_and_not_as_none() -> None:
    shown = suppress_curves(curve((100, 0, 0), (98, 2, 0), (None, 2, 0)), K)
    assert shown["share"].to_list() == [1.0, None, None]
    assert shown["cumulative_events"].to_list() == [0, None, None]


def test_people_at_risk_are_rounded_so_that_losses_do_not_tell_other_ends() -> None:
    shown = suppress_curves(curve((101, 0, 0), (83, 10, 6), (61, 20, 6)), K)
    assert shown["people_at_risk"].to_list() == [100, 85, 60]


def test_both_arms_are_cut_where_one_is_thin() -> None:
    both = pl.concat(
        [curve((50, 0, 0), (40, 10, 0), (30, 20, 0)), curve((20, 0, 0), (9, 11, 0), (4, 16, 0), arm="comparison")]
    )
    assert suppress_curves(both, K)["month"].max() == 1
    assert suppress_curves(both.clear(), K).is_empty()


def test_who_left_observation_is_told_in_steps_too() -> None:
    shown = suppress_curves(curve((100, 0, 0), (98, 0, 2), (94, 0, 6), (92, 0, 8), (88, 0, 12)), K)
    assert shown["cumulative_left"].to_list() == [0, 0, 6, 6, 12]


def test_a_step_of_just_enough_people_is_shown() -> None:
    assert steps([0, 5, 10], K) == [0, 1, 2]
    assert steps([0, 2, 5], K) == [0, 0, 2]
    assert steps([], K) == []


@pytest.mark.parametrize("few", [1, K - 1])
def test_a_curve_ends_where_one_person_or_a_few_are_at_risk(few: int) -> None:
    assert suppress_curves(curve((50, 0, 0), (few, 0, 0), (few, 0, 0)), K)["month"].to_list() == [0]
    assert suppress_curves(curve((50, 0, 0), (K, 0, 0)), K)["month"].to_list() == [0, 1]


def test_curves_stay_in_the_order_in_which_they_came() -> None:
    months = pl.concat([curve((50, 0, 0), (40, 0, 0), arm="treated"), curve((50, 0, 0), (40, 0, 0), arm="comparison")])
    came = months.sort("month", "arm", descending=[True, False])
    assert suppress_curves(came, K).select("arm", "month").rows() == came.select("arm", "month").rows()


def test_months_that_come_in_another_order_move_in_the_same_steps() -> None:
    sorted_months = curve((100, 0, 0), (97, 3, 0), (92, 8, 0), (86, 8, 6))
    shown = suppress_curves(sorted_months.reverse(), K)
    assert shown.equals(suppress_curves(sorted_months, K).reverse())
    assert shown["cumulative_events"].to_list() == [8, 8, 0, 0]


def test_sizes_of_steps_pass_over_what_is_not_shown() -> None:
    assert step_sizes([0, None, 5, 5, 9]) == [5, 4]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=36), st.integers(3, 11))
def test_no_two_months_differ_by_a_few_people(monthly: list[int], k: int) -> None:
    counts = [float(sum(monthly[:i])) for i in range(len(monthly) + 1)]
    shown = [counts[at] if at is not None else None for at in steps(counts, k)]
    assert all(size >= k for size in step_sizes(shown))
    assert all(count is None or count == 0 or count >= k for count in shown)
    assert shown[-1] in (counts[-1], None)
