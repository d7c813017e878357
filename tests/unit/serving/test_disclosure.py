"""Small groups never reach a reader, nor can they be worked out from what does."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from pipelines.serving.audit import audit
from pipelines.serving.disclosure import (
    suppress_costs,
    suppress_counts,
    suppress_signals,
    suppress_small_bins,
    suppress_small_groups,
    suppression_summary,
)
from pipelines.serving.disclosure_bounds import System, bounds
from pipelines.serving.published_cells import published_cells
from tests.published import metric_values


def cells(*groups: tuple[str, int]) -> pl.DataFrame:
    """A breakdown by department with its total, `groups` as (name, people)."""
    one = (
        metric_values()
        .filter((pl.col("metric_id") == "csat_mentee") & (pl.col("programme_id") == "mentoring_a"))
        .head(1)
    )
    rows = [one.with_columns(pl.lit(sum(n for _, n in groups)).cast(pl.Int64).alias("n_people"))]
    rows += [
        one.with_columns(
            pl.lit("department").alias("segment_kind"),
            pl.lit(name).alias("segment_value"),
            pl.lit(n).cast(pl.Int64).alias("n_people"),
        )
        for name, n in groups
    ]
    return pl.concat(rows)


def shown(frame: pl.DataFrame) -> set[str]:
    return set(frame.filter(~pl.col("is_suppressed"))["segment_value"])


def test_a_group_under_k_loses_every_number() -> None:
    hidden = suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 3)), 5).filter(
        pl.col("segment_value") == "Legal"
    )
    row = hidden.row(0, named=True)
    assert row["is_suppressed"]
    assert [row[name] for name in ("numerator", "denominator", "n_people", "value", "ci_low", "ci_high")] == [None] * 6
    assert row["suppression_reason"] == "fewer than 5 people, or a number that would give them away"


def shares(*groups: tuple[str, int, int], unit: str = "share") -> pl.DataFrame:
    """Groups as (name, people, of whom counted)."""
    names = dict(zip(range(len(groups)), groups, strict=True))
    base = cells(*((name, n) for name, n, _ in groups))
    counted = [sum(group[2] for group in names.values()), *(group[2] for group in groups)]
    return base.with_columns(
        pl.col("n_people").cast(pl.Float64).alias("denominator"),
        pl.Series("numerator", counted, dtype=pl.Float64),
        pl.lit(unit).alias("unit"),
    )


@pytest.mark.parametrize("counted", [1, 4, 27, 29])
def test_a_share_that_tells_of_a_few_or_of_all_but_a_few_is_hidden(counted: int) -> None:
    assert "Sales" not in shown(suppress_small_groups(shares(("Sales", 30, counted), ("IT", 30, 15)), 5))


@pytest.mark.parametrize("counted", [0, 19])
def test_a_share_of_nobody_or_of_everybody_in_a_group_under_twenty_is_hidden(counted: int) -> None:
    assert "Sales" not in shown(suppress_small_groups(shares(("Sales", 19, counted), ("IT", 30, 15)), 5))


def test_a_share_of_everybody_in_a_larger_group_is_shown() -> None:
    assert "Sales" in shown(suppress_small_groups(shares(("Sales", 20, 20), ("IT", 30, 15)), 5))


def test_a_whole_programme_shows_a_share_of_a_few() -> None:
    assert "all" in shown(suppress_small_groups(shares(("Sales", 30, 2), ("IT", 30, 1)), 5))


def test_k_is_never_below_three() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 2), ("IT", 2)), 1)) == {"all", "Sales"}


def test_a_cell_of_nobody_stays() -> None:
    assert "Legal" in shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 0)), 5))


def test_a_single_hidden_group_takes_its_smallest_neighbour_along() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 9)), 5)) == {"all", "Sales"}


def test_two_hidden_groups_protect_each_other() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 3)), 5)) == {"all", "Sales"}


def test_nothing_is_hidden_without_a_small_group() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("IT", 9)), 5)) == {"all", "Sales", "IT"}


def test_keys_and_row_count_stay() -> None:
    before = cells(("Sales", 40), ("Legal", 4))
    after = suppress_small_groups(before, 5)
    assert after.height == before.height
    assert after.columns == before.columns


def test_small_counts_are_emptied_and_said_to_be() -> None:
    frame = suppress_counts(pl.DataFrame({"people": [4, 5, 0]}), "people", 5)
    assert frame.to_dict(as_series=False) == {"people": [None, 5, 0], "is_suppressed": [True, False, False]}


def test_the_time_of_a_few_people_takes_its_neighbour_along() -> None:
    shown = suppress_costs(
        pl.DataFrame({
            "programme_id": ["p"] * 4, "period_kind": ["quarter"] * 3 + ["to_date"], "cost_kind": ["bill"] + ["meeting_time"] * 3,
            "amount": [100.0, 30.0, 60.0, 900.0], "hours": [None, 1.0, 2.0, 30.0], "n_people": [0, 3, 8, 20], "entries": [1, 3, 9, 60],
        }), 5)  # fmt: skip
    assert shown["amount"].to_list() == [100.0, None, None, 900.0]
    assert shown["is_suppressed"].to_list() == [False, True, True, False]


def show_up(
    held: float, booked: float, people: int, *, cohort: str = "all", metric: str = "show_up_rate", unit: str = "share"
) -> pl.DataFrame:
    """Sessions of one month: held of booked (share), or held per pair month."""
    base = (
        metric_values()
        .filter((pl.col("metric_id") == "csat_mentee") & (pl.col("programme_id") == "mentoring_a"))
        .head(1)
    )
    return base.with_columns(
        metric_id=pl.lit(metric), cohort_id=pl.lit(cohort), unit=pl.lit(unit), numerator=pl.lit(held), denominator=pl.lit(booked), n_people=pl.lit(people).cast(pl.Int64), value=pl.lit(held / booked)
    )  # fmt: skip


def test_meetings_a_month_are_shown_where_the_few_that_were_missed_are_not() -> None:
    frequency = show_up(26.0, 12.9, 14, metric="session_frequency", unit="sessions_per_month")
    both = suppress_small_groups(pl.concat([show_up(26.0, 27.0, 14), frequency]), 5)
    assert dict(both.select("metric_id", "is_suppressed").iter_rows()) == {
        "show_up_rate": True,
        "session_frequency": False,
    }


def test_leavers_a_person_year_leave_nobody_over() -> None:
    assert not suppress_small_groups(show_up(30.0, 33.5, 40, cohort="2025"), 5)["is_suppressed"].any()


def test_a_cohort_that_is_the_whole_programme_is_shown_like_it() -> None:
    both = pl.concat([show_up(43.0, 47.0, 47), show_up(43.0, 47.0, 47, cohort="2026B")])
    assert not suppress_small_groups(both, 5)["is_suppressed"].any()


def test_what_a_whole_programme_tells_its_parts_may_tell() -> None:
    everybody_matched = shares(("Sales", 30, 30), ("IT", 30, 30))
    assert not suppress_small_groups(everybody_matched, 5)["is_suppressed"].any()
    three_wait = shares(("Sales", 30, 30), ("IT", 30, 27))
    assert shown(suppress_small_groups(three_wait, 5)) == {"all"}


def test_everybody_of_a_group_under_twenty_is_not_shown_although_the_whole_tells_it() -> None:
    assert shown(suppress_small_groups(shares(("Sales", 30, 30), ("IT", 19, 19), ("Legal", 6, 6)), 5)) == {
        "all",
        "Sales",
    }


def by_month(
    metric: str, unit: str, to_date: tuple[float, float, int], *months: tuple[float, float, int]
) -> pl.DataFrame:
    """A whole programme's cells as (numerator, denominator, people): to date, and of each month since January."""
    base = show_up(1.0, 1.0, 1, metric=metric, unit=unit)
    dates = ["to_date", *(f"2026-{number:02d}-01" for number in range(1, len(months) + 1))]
    return pl.concat([
        base.with_columns(
            period_kind=pl.lit("month" if when != "to_date" else when),
            period_start=pl.lit(date.fromisoformat(when) if when != "to_date" else date(2026, 1, 1)),
            numerator=pl.lit(float(counted)), denominator=pl.lit(float(whole)), n_people=pl.lit(people).cast(pl.Int64), value=pl.lit(counted / whole),
        )
        for when, (counted, whole, people) in zip(dates, (to_date, *months), strict=True)
    ])  # fmt: skip


def whole_programme_shown(published: pl.DataFrame) -> set[str]:
    to_date = (pl.col("period_kind") == "to_date") & ~pl.col("is_suppressed")
    return set(published.filter(to_date)["metric_id"])


@pytest.mark.parametrize("rounding", [2e-6, -2e-6, 5e-5])
def test_sums_that_are_out_by_their_rounding_move_no_bound_beyond_the_truth(rounding: float) -> None:
    """Two published sums of the same two counts that differ by a rounding: bounds moved apart with every round, to 1e60 in larger systems, and everything beside them was hidden."""
    values = np.array([0.0, 10.0, 10.0, 10.0 + rounding])
    sums = sparse.csr_array(np.array([[1.0, 1.0, -1.0, 0.0], [1.0, 1.0, 0.0, -1.0]]))
    system = System(sums, np.zeros(4), np.full(4, np.inf), np.empty((0, 2), dtype=int), sums @ values)
    low, high = bounds(system, values, np.array([False, False, True, True]))
    assert (low <= values).all()
    assert (high >= values).all()
    assert low[:2].tolist() == pytest.approx([0.0, 0.0])
    assert high[:2].tolist() == pytest.approx([10.0, 10.0])


def test_a_programme_that_nobody_left_shows_its_other_figures_and_passes_the_audit() -> None:
    """Everybody stayed, so those who stayed are as many as the pairs, month by month: by chance, not as one count that a reader knows."""
    began = [8, 15, 23, 30, 36, 36]
    stayed = [(count, count, count) for count in began]
    active = [(3, 8, 8), (11, 15, 15), (16, 23, 23), (23, 30, 30), (31, 36, 36), (29, 36, 36)]
    cells = pl.concat([
        by_month("retention_rate_3m", "share", (36, 36, 36), *stayed),
        by_month("retention_rate_6m", "share", (36, 36, 36), *stayed),
        by_month("match_rate_open", "share", (36, 36, 36), *stayed),
        by_month("active_pair_rate", "share", (29, 36, 36), *active),
        by_month("active_pairs", "pairs", (29, 36, 36), *active),
    ])  # fmt: skip
    published = suppress_small_groups(cells, 5)
    assert whole_programme_shown(published) == set(cells["metric_id"])
    early = published.filter((pl.col("period_kind") == "month") & (pl.col("period_start") < date(2026, 3, 1)))
    assert early["is_suppressed"].all()
    assert audit(published, cells, 5).told.is_empty()


def test_months_of_cohorts_and_segments_of_months_are_not_published() -> None:
    kinds = [
        (cohort, segment, period)
        for cohort in ("all", "2025")
        for segment in ("all", "department")
        for period in ("month", "to_date")
    ]
    frame = pl.DataFrame(kinds, schema=["cohort_id", "segment_kind", "period_kind"], orient="row").with_columns(
        metric_id=pl.lit("csat_mentee")
    )
    kept = set(published_cells(frame).select("cohort_id", "segment_kind", "period_kind").iter_rows())
    assert kept == {
        ("all", "all", "month"),
        ("all", "all", "to_date"),
        ("2025", "all", "to_date"),
        ("all", "department", "to_date"),
    }
    path = published_cells(frame.with_columns(metric_id=pl.lit("leadership_representation")))
    assert ("all", "department", "month") in set(path.select("cohort_id", "segment_kind", "period_kind").iter_rows())
    assert path.filter((pl.col("cohort_id") == "2025") & (pl.col("period_kind") == "month")).is_empty()
    rounds = published_cells(frame.with_columns(metric_id=pl.lit("applicant_representation")))
    kept |= {("2025", "department", "to_date")}
    assert set(rounds.select("cohort_id", "segment_kind", "period_kind").iter_rows()) == kept


def judged_months(*, hidden: int | None, held: int | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One metric judged in October on eight months before; `hidden` is the month (2 to 10) that isn't published, `held` the one that wasn't renewed."""
    key = {"metric_id": "show_up_rate", "programme_id": "p", "cohort_id": "all"}
    numbers = dict.fromkeys(("baseline_mean", "mean_moving_range", "limit_low", "limit_high"), 0.5)
    signals = pl.DataFrame(
        [{**key, "period_start": date(2026, 10, 1), "baseline_months": 8, "value": 0.9, "n_people": 20, **numbers, "signal": "above", "rule": "beyond_a_limit", "no_limits_reason": None}],
        schema_overrides={"no_limits_reason": pl.String},
    )  # fmt: skip
    months = [
        {**key, "segment_kind": "all", "period_kind": "month", "period_start": date(2026, month, 1), "is_suppressed": month == hidden, "held_since": date(2026, month, 28) if month == held else None}
        for month in range(1, 11)
    ]  # fmt: skip
    return signals, pl.DataFrame(months, schema_overrides={"held_since": pl.Date})


@pytest.mark.parametrize("hidden", [2, 6, 10])
def test_limits_do_not_tell_a_month_that_is_not_published_and_the_answer_stays(hidden: int) -> None:
    row = suppress_signals(*judged_months(hidden=hidden), k=5).row(0, named=True)
    assert (row["is_suppressed"], row["signal"], row["rule"]) == (True, "above", "beyond_a_limit")
    assert [row[name] for name in ("baseline_mean", "mean_moving_range", "limit_low", "limit_high")] == [None] * 4
    assert (row["value"] is None) == (hidden == 10)


def test_a_month_that_was_not_renewed_has_no_limits_either() -> None:
    row = suppress_signals(*judged_months(hidden=None, held=6), k=5).row(0, named=True)
    assert (row["is_suppressed"], row["limit_low"], row["signal"]) == (True, None, "above")


def test_a_month_of_too_few_people_has_no_answer() -> None:
    signals, published = judged_months(hidden=10)
    row = suppress_signals(signals.with_columns(n_people=pl.lit(4)), published, k=5).row(0, named=True)
    assert (row["signal"], row["value"], row["n_people"], row["rule"]) == ("cannot_tell", None, None, None)
    assert row["no_limits_reason"] == "a month has too few people to show"


@pytest.mark.parametrize("hidden", [None, 1])
def test_a_hidden_month_before_the_baseline_changes_nothing(hidden: int | None) -> None:
    signals, published = judged_months(hidden=hidden)
    assert suppress_signals(signals, published, k=5).drop("is_suppressed").equals(signals)


def test_a_cohort_of_which_no_month_is_published_is_not_judged() -> None:
    signals, published = judged_months(hidden=None)
    assert suppress_signals(signals.with_columns(cohort_id=pl.lit("2025")), published, k=5).is_empty()


@pytest.mark.parametrize(
    ("people", "shown_as"),
    [
        ([30, 4, 20, 25], [30, None, None, 25]),
        ([30, 1, 2, 25], [30, None, None, None]),
        ([30, 2, 3, 25], [30, None, None, 25]),
        ([30, 5, 0, 25], [30, 5, 0, 25]),
        ([30, 1, 20, 25], [30, None, None, 25]),
        ([4, 0], [None, 0]),
        ([None, 4, 9], [None, None, None]),
    ],
    ids=[
        "the next smallest goes along",
        "until k people are hidden",
        "enough",
        "nothing small",
        "one person",
        "alone",
        "unknown",
    ],
)
def test_a_small_count_of_a_sum_that_is_known_does_not_go_alone(people: list[int], shown_as: list[int]) -> None:
    other = pl.DataFrame({"run": "other", "people": [6, 7]})
    frame = pl.concat([pl.DataFrame({"run": "r", "people": people}), other])
    after = suppress_counts(frame, "people", 5, whole=["run"])
    assert after["people"].to_list() == [*shown_as, 6, 7]
    hidden = [count is None and was is not None for count, was in zip(shown_as, people, strict=True)]
    assert after["is_suppressed"].to_list() == [*hidden, False, False]


def bins(treated: list[float], comparison: list[float], outcome: str = "o") -> pl.DataFrame:
    return pl.DataFrame(
        {"programme_id": "p", "outcome": outcome, "treated_share": treated, "comparison_share": comparison}
    )


def sizes(design: str = "target_trial", outcome: str = "o", treated: int | None = 100) -> pl.DataFrame:
    return pl.DataFrame(
        {"programme_id": "p", "outcome": outcome, "design": design, "n_treated": treated, "n_control": 1000},
        schema_overrides={"n_treated": pl.Int64},
    )


def test_a_bar_of_few_people_is_not_told_by_the_others() -> None:
    after = suppress_small_bins(bins([0.7, 0.26, 0.04, 0.0], [0.5, 0.49, 0.005, 0.005]), sizes(), 5)
    assert after["treated_share"].to_list() == [0.7, None, None, 0.0]
    assert after["comparison_share"].to_list() == [0.5, 0.49, 0.005, 0.005]
    assert after.columns == ["programme_id", "outcome", "treated_share", "comparison_share"]


def test_bars_are_of_the_people_who_were_compared_for_that_outcome() -> None:
    both = pl.concat([bins([0.9, 0.1], [0.5, 0.5]), bins([0.9, 0.1], [0.5, 0.5], "other")])
    people = pl.concat([sizes(treated=1000), sizes(outcome="other", treated=20), sizes(design="weighted", treated=2)])
    assert suppress_small_bins(both, people, 5)["treated_share"].to_list() == [0.9, 0.1, None, None]


def test_no_bar_is_shown_of_an_arm_of_unknown_size() -> None:
    nobody = suppress_small_bins(bins([0.9, 0.1], [0.5, 0.5]), sizes(treated=None), 5)
    assert nobody["treated_share"].to_list() == [None, None]
    assert nobody["comparison_share"].to_list() == [0.5, 0.5]
    assert suppress_small_bins(bins([1.0], [1.0]), sizes("lottery"), 5).select(pl.col("^.*share$").is_null()).row(0) == (True, True)  # fmt: skip


def test_the_summary_counts_cells_by_the_reason_that_they_show() -> None:
    values = pl.DataFrame(
        {
            "is_suppressed": [True, True, False, False, False],
            "suppression_reason": ["few", "few", None, None, None],
            "held_since": [None, None, None, None, date(2026, 1, 31)],
        },
        schema_overrides={"held_since": pl.Date},
    )
    assert suppression_summary(values).rows() == [
        ("metric_values", "few", 2, True),
        ("metric_values", "shown", 2, False),
        ("metric_values", "shown as in an earlier release, since too few people changed", 1, False),
    ]


def test_the_time_of_nobody_or_of_enough_is_shown_and_bills_always() -> None:
    costs = pl.DataFrame({
        "programme_id": ["p", "p", "q", "q"], "period_kind": "quarter", "cost_kind": ["bill", "meeting_time", "meeting_time", "meeting_time"],
        "amount": [1.0, 2.0, 3.0, 4.0], "hours": [1.0, 2.0, 3.0, 4.0], "n_people": [3, 5, 1, 0], "entries": [1, 2, 3, 4],
    })  # fmt: skip
    after = suppress_costs(costs, 5)
    assert after.select("amount", "hours", "n_people", "entries").rows() == [(1.0, 1.0, 3, 1), (2.0, 2.0, 5, 2), (None,) * 4, (None,) * 4]  # fmt: skip
    assert after["is_suppressed"].to_list() == [False, False, True, True]


def test_months_of_segments_do_not_stand_in_for_a_hidden_month_of_all() -> None:
    signals, published = judged_months(hidden=6)
    segments = published.with_columns(segment_kind=pl.lit("department"), is_suppressed=pl.lit(value=False))
    to_date = published.with_columns(period_kind=pl.lit("to_date"), is_suppressed=pl.lit(value=False))
    row = suppress_signals(signals, pl.concat([published, segments, to_date]), k=5).row(0, named=True)
    assert (row["is_suppressed"], row["limit_low"]) == (True, None)


def test_a_month_of_just_enough_people_is_answered() -> None:
    signals, published = judged_months(hidden=None)
    row = suppress_signals(signals.with_columns(n_people=pl.lit(5)), published, k=5).row(0, named=True)
    assert (row["signal"], row["n_people"]) == ("above", 5)


def test_the_time_of_one_fewer_than_may_be_shown_is_not() -> None:
    costs = pl.DataFrame({"programme_id": ["p"], "period_kind": "quarter", "cost_kind": "meeting_time", "amount": 1.0, "hours": 1.0, "n_people": 4, "entries": 4})  # fmt: skip
    assert suppress_costs(costs, 5)["amount"].to_list() == [None]


def test_a_bar_is_of_whole_people() -> None:
    after = suppress_small_bins(bins([0.5, 0.455, 0.045], [0.4, 0.3, 0.3]), sizes(), 5)
    assert after["treated_share"].to_list() == [0.5, None, None]
