"""Who is still here, and when others left: checked by hand, and against an independent program."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.impact.incidence import aalen_johansen, incidence_at, naive_incidence
from pipelines.impact.regression import NotEstimable
from pipelines.impact.survival import (
    kaplan_meier,
    log_rank,
    median_survival,
    numbers_at_risk,
    restricted_mean,
    survival_at,
)


@pytest.fixture(scope="module")
def staff() -> pl.DataFrame:
    rng = np.random.default_rng(3)
    n = 400
    start = rng.choice([0.0, 1.0, 2.0], n)
    return pl.DataFrame(
        {
            "start": start,
            "stop": start + np.ceil(rng.exponential(8, n)),
            "event": rng.choice([0, 1, 2], n, p=[0.3, 0.4, 0.3]),
            "group": rng.choice(["a", "b", "c"], n),
        }
    )


def test_a_curve_by_hand_drops_by_the_share_that_leaves_of_those_still_here() -> None:
    curve = kaplan_meier(pl.DataFrame({"stop": [1, 2, 2, 3], "event": [1, 1, 0, 0]}))
    assert curve["n_risk"].to_list() == [4, 3, 1]
    assert curve["survival"].to_list() == pytest.approx([0.75, 0.5, 0.5])
    assert curve["std_error"][0] == pytest.approx(np.sqrt(0.75 * 0.25 / 4))


def test_nobody_counts_as_at_risk_on_the_day_they_enter() -> None:
    late = pl.DataFrame({"start": [0, 0, 2], "stop": [2, 3, 4], "event": [1, 1, 1]})
    assert kaplan_meier(late)["n_risk"].to_list() == [2, 2, 1]


def test_weights_count_like_copies_of_a_person() -> None:
    once = pl.DataFrame({"stop": [1, 2, 3], "event": [1, 0, 1], "weight": [2.0, 1.0, 3.0]})
    copies = pl.DataFrame({"stop": [1, 1, 2, 3, 3, 3], "event": [1, 1, 0, 1, 1, 1]})
    assert kaplan_meier(once).equals(kaplan_meier(copies))


def test_curves_with_late_entry_agree_with_lifelines(staff: pl.DataFrame) -> None:
    from lifelines import KaplanMeierFitter

    theirs = KaplanMeierFitter().fit(
        staff["stop"].to_numpy(), staff["event"].to_numpy() > 0, entry=staff["start"].to_numpy()
    )
    at = [1.0, 3.0, 7.0, 12.0]
    ours = survival_at(kaplan_meier(staff), at)
    assert ours["survival"].to_numpy() == pytest.approx(theirs.survival_function_at_times(at).to_numpy(), abs=1e-12)
    band = theirs.confidence_interval_survival_function_.loc[at].to_numpy()
    assert ours.select("ci_low", "ci_high").to_numpy() == pytest.approx(band, abs=1e-12)


def test_log_rank_of_three_groups_agrees_with_lifelines(staff: pl.DataFrame) -> None:
    from lifelines.statistics import multivariate_logrank_test

    plain = staff.drop("start")
    theirs = multivariate_logrank_test(
        plain["stop"].to_numpy(), plain["group"].to_numpy(), plain["event"].to_numpy() > 0
    )
    assert log_rank(plain, by="group") == pytest.approx((theirs.test_statistic, 2, theirs.p_value), rel=1e-9)


def test_log_rank_with_late_entry_is_the_score_test_of_a_proportional_model() -> None:
    pair = pl.DataFrame({"start": [0, 1, 0], "stop": [2, 3, 4], "event": [1, 1, 0], "g": ["a", "b", "b"]})
    excess = 1 - 1 / 3 + 0
    statistic, _, _ = log_rank(pair, by="g")
    assert statistic == pytest.approx(excess**2 / (2 / 9))


def test_incidence_without_competitors_is_one_minus_survival_with_the_same_error(staff: pl.DataFrame) -> None:
    only = staff.with_columns(event=pl.col("event") > 0)
    incidence, survival = aalen_johansen(only, cause=1), kaplan_meier(only)
    assert (incidence["incidence"] + survival["survival"]).to_numpy() == pytest.approx(1, abs=1e-12)
    assert incidence["std_error"].to_numpy() == pytest.approx(survival["std_error"].to_numpy(), abs=1e-10)


def test_incidence_of_all_causes_and_survival_add_to_one(staff: pl.DataFrame) -> None:
    shares = sum(aalen_johansen(staff, cause=c)["incidence"].to_numpy() for c in (1, 2))
    assert shares == pytest.approx(1 - kaplan_meier(staff)["survival"].to_numpy(), abs=1e-12)
    naive = naive_incidence(staff, cause=1)["incidence"].to_numpy()
    assert (naive >= aalen_johansen(staff, cause=1)["incidence"].to_numpy() - 1e-12).all()


def test_incidence_and_its_error_agree_with_lifelines() -> None:
    from lifelines import AalenJohansenFitter

    rng = np.random.default_rng(8)
    stop, event = rng.exponential(5, 150).round(9), rng.choice([0, 1, 2], 150)
    theirs = AalenJohansenFitter(calculate_variance=True).fit(stop, event, event_of_interest=1)
    at = [1.0, 3.0, 6.0]
    ours = incidence_at(aalen_johansen(pl.DataFrame({"stop": stop, "event": event}), cause=1), at)
    assert ours["incidence"].to_numpy() == pytest.approx(theirs.predict(at).to_numpy(), abs=1e-12)
    variance = theirs.variance_.iloc[theirs.variance_.index.get_indexer(at, method="ffill")].to_numpy().ravel()
    assert ours["std_error"].to_numpy() == pytest.approx(np.sqrt(variance), rel=0.02)


SPELL = st.tuples(
    st.integers(0, 6), st.sampled_from([0.5, 1, 1.5, 2, 4]), st.integers(0, 2), st.sampled_from([0.5, 1.0, 2.0])
)


@settings(max_examples=60)
@given(st.lists(SPELL, min_size=1, max_size=25), st.booleans())
def test_curves_are_what_the_definition_gives_time_by_time(spells: list[tuple], is_weighted: bool) -> None:
    start, length, event, weight = (np.array(column, dtype=float) for column in zip(*spells, strict=True))
    stop, weight = start + length, weight if is_weighted else np.ones(weight.size)
    frame = pl.DataFrame({"start": start, "stop": stop, "event": event.astype(int), "weight": weight})
    curve, incidence = kaplan_meier(frame), aalen_johansen(frame, cause=1)
    survival, share = 1.0, 0.0
    for place, t in enumerate(np.unique(stop)):
        at_risk = weight[(start < t) & (stop >= t)].sum()
        leaving, mine = (weight[(stop == t) & which].sum() for which in (event > 0, event == 1))
        share += survival * mine / at_risk
        survival *= 1 - leaving / at_risk
        row = curve.row(place, named=True)
        assert (row["time"], row["n_risk"], row["n_events"]) == (t, pytest.approx(at_risk), pytest.approx(leaving))
        assert row["survival"] == pytest.approx(survival, abs=1e-12)
        assert incidence["incidence"][place] == pytest.approx(share, abs=1e-12)


def test_incidence_without_censoring_has_the_error_of_a_share_and_of_the_bootstrap_with_it() -> None:
    rng = np.random.default_rng(0)
    whole = pl.DataFrame({"stop": rng.integers(1, 9, 60), "event": rng.choice([1, 2], 60)})
    row = aalen_johansen(whole, cause=1)
    share = row["incidence"].to_numpy()
    assert row["std_error"].to_numpy() == pytest.approx(np.sqrt(share * (1 - share) / 60), abs=1e-14)
    cut = pl.DataFrame({"stop": rng.integers(1, 9, 300), "event": rng.choice([0, 1, 2], 300)})
    drawn = [
        incidence_at(aalen_johansen(cut[rng.integers(0, 300, 300)], cause=1), [3, 7])["incidence"].to_numpy()
        for _ in range(400)
    ]
    stated = incidence_at(aalen_johansen(cut, cause=1), [3, 7])["std_error"].to_numpy()
    assert stated == pytest.approx(np.std(drawn, axis=0), rel=0.12)


def test_incidence_and_its_error_are_those_of_r_survival() -> None:
    """R 4.2.2 with survival 3.5-3: survfit(Surv(stop, factor(event)) ~ 1), columns pstate and std.err at 2, 5 and 9."""
    i = np.arange(90)
    spells = pl.DataFrame({"stop": (i * i * 7 + 3 * i) % 11 + 1, "event": (i * 5 + i // 7) % 3})
    published = {
        1: ([0.116438356164, 0.216143385899, 0.286433057211], [0.0346920858533, 0.0470358132965, 0.0542251791442]),
        2: ([0.104261796043, 0.203966825777, 0.274256497089], [0.0329656082828, 0.0461025799232, 0.0536145659014]),
    }
    for cause, (shares, errors) in published.items():
        ours = incidence_at(aalen_johansen(spells, cause=cause), [2, 5, 9])
        assert ours["incidence"].to_list() == pytest.approx(shares, abs=1e-11)
        assert ours["std_error"].to_list() == pytest.approx(errors, abs=1e-11)


def test_a_group_that_was_never_at_risk_when_anybody_left_is_no_degree_of_freedom() -> None:
    three = pl.DataFrame({"stop": [1, 3, 4, 3, 4], "event": [0, 1, 1, 1, 0], "group": ["c", "a", "a", "b", "b"]})
    assert log_rank(three, by="group") == pytest.approx(log_rank(three.filter(pl.col("group") != "c"), by="group"))
    with pytest.raises(NotEstimable, match="Only one group"):
        log_rank(three.filter(pl.col("group") != "b"), by="group")


def test_the_table_begins_with_everybody_who_is_there_at_the_first_start() -> None:
    spells = pl.DataFrame({"start": [0, 0, 1], "stop": [2, 3, 3], "event": [1, 0, 0]})
    assert numbers_at_risk(spells, [0, 1, 2])["n_risk"].to_list() == [2, 2, 3]


def test_the_median_is_null_where_half_never_leave_and_midway_where_the_curve_rests_on_it() -> None:
    few = kaplan_meier(pl.DataFrame({"stop": [1, 5, 5, 5], "event": [1, 0, 0, 0]}))
    assert median_survival(few)["time"].to_list() == [None]
    resting = kaplan_meier(pl.DataFrame({"stop": [1, 2, 3, 4], "event": [1, 1, 1, 1]}))
    assert median_survival(resting)["time"].to_list() == [2.5]


def test_a_mean_beyond_follow_up_is_refused() -> None:
    spells = pl.DataFrame({"stop": [1.0, 2.0], "event": [1, 0]})
    assert restricted_mean(spells, 2).row(0)[1] == pytest.approx(1.5)
    with pytest.raises(NotEstimable, match="Follow-up ends at 2"):
        restricted_mean(spells, 3)


def test_the_table_under_the_curve_counts_risk_events_and_censored() -> None:
    spells = pl.DataFrame({"stop": [1, 2, 2, 3], "event": [1, 1, 0, 0]})
    assert numbers_at_risk(spells, [0, 2, 3]).drop("stratum").rows() == [(0, 4, 0, 0), (2, 3, 2, 1), (3, 1, 2, 2)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"start": [2], "stop": [2], "event": [1]}, "end on or before their start"),
        ({"stop": [], "event": []}, "no spells"),
        ({"stop": [None], "event": [1]}, "no start or no stop"),
        ({"stop": [1], "event": [1], "weight": [-1.0]}, "negative"),
        ({"stop": [1], "event": [1], "weight": [float("inf")]}, "infinite"),
        ({"stop": [float("inf")], "event": [0]}, "no start or no stop"),
    ],
)
def test_impossible_spells_are_refused(rows: dict, message: str) -> None:
    with pytest.raises(NotEstimable, match=message):
        kaplan_meier(pl.DataFrame(rows))
