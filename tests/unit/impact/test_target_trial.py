"""Nested target trials on a company whose truth is known, and what they refuse."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.impact.regression import NotEstimable
from pipelines.impact.survival import kaplan_meier, survival_at
from pipelines.impact.target_trial import Covariate, LookAheadError, TargetTrial, emulate
from pipelines.impact.trial_effects import TrialEffects, estimate_effects
from pipelines.impact.trial_evidence import gather_evidence
from pipelines.impact.trial_weights import diagnose_trials, weight_trials
from tests.reference import fixed_company

DATA = Path(__file__).parents[2] / "reference/data/synthetic/company_seed2026.csv"


@pytest.fixture(scope="module")
def company() -> pl.DataFrame:
    return pl.read_csv(DATA)


def effect(panel: pl.DataFrame, people: pl.DataFrame, trial: TargetTrial = fixed_company.TRIAL, **how) -> TrialEffects:
    trials = emulate(panel, people, trial)
    return estimate_effects(trials, weight_trials(trials, trial), trial, **how)


def test_the_interval_holds_the_planted_effect_and_not_the_naive_gap(company: pl.DataFrame) -> None:
    frames = fixed_company.panel(company), fixed_company.people(company)
    row = effect(*frames, small_sample=False).at([12]).row(0, named=True)
    assert row["survival_comparison"] == pytest.approx(0.8346828574715, abs=1e-10)
    assert row["survival_treated"] == pytest.approx(0.8861283643892, abs=1e-10)
    assert row["std_error"] == pytest.approx(0.020503604106565723, abs=1e-9)
    assert -row["ci_high"] < 0.03464 < -row["ci_low"] < 0.334


def test_an_event_counts_once_however_many_trials_somebody_is_in(company: pl.DataFrame) -> None:
    found = effect(fixed_company.panel(company), fixed_company.people(company))
    last = found.curves.filter(pl.col("month") == 12).select("arm", "cumulative_events")
    assert dict(last.iter_rows()) == {"treated": found.events_treated, "comparison": found.events_comparison}


def test_whoever_joins_is_at_risk_or_had_the_event_or_left_observation(company: pl.DataFrame) -> None:
    """Mentees are in one trial each, so the three counts of the table add up in every month."""
    cut = fixed_company.panel(company).filter(pl.col("month") <= 30)
    begun = fixed_company.people(company).with_columns(
        pl.when(pl.col("event_month") <= 30).then(pl.col("event")).otherwise(0).alias("event"),
        pl.when(pl.col("event_month") <= 30).then(pl.col("event_month")).alias("event_month"),
        pl.when(pl.col("start_month") <= 30).then(pl.col("start_month")).alias("start_month"),
    )
    rows = effect(cut, begun).curves.filter((pl.col("arm") == "treated") & pl.col("people_at_risk").is_not_null())
    added = rows["people_at_risk"] + rows["cumulative_events"] + rows["cumulative_left"]
    assert rows["cumulative_left"].max() > 0
    assert added.to_list() == [rows["people_at_risk"][0]] * rows.height


def test_whoever_is_cut_at_their_own_start_has_left_the_comparison() -> None:
    """Two of five wait for two months and join; one leaves the firm in the third month; two stay in the comparison to the end."""
    people = pl.DataFrame(
        {
            "person_key": ["mentee", "second mentee", "joins", "joins too", "leaves", "stays", "stays too"],
            "start_month": [0, 0, 2, 2, None, None, None],
            "event_month": [3, None, None, None, 2, None, None],
            "event": [1, 0, 0, 0, 1, 0, 0],
        }
    )
    months = pl.int_ranges(0, pl.coalesce("event_month", 5) + 1).alias("month")
    panel = people.select("person_key", months).explode("month").with_columns(is_eligible=pl.lit(value=True))
    trial = replace(fixed_company.TRIAL, covariates=(), first_month=0, last_month=0, horizon_months=4)
    comparison = effect(panel, people, trial).curves.filter(pl.col("arm") == "comparison")
    assert comparison["people_at_risk"].to_list() == [5, 5, 3, 2, None]
    assert comparison["cumulative_events"].to_list() == [0, 0, 0, 1, 1]
    assert comparison["cumulative_left"].to_list() == [0, 0, 2, 2, 2]


def test_the_error_agrees_with_the_jackknife(company: pl.DataFrame) -> None:
    """Leaving out one of 40 groups of people at a time, everything refitted."""
    small = company.filter(pl.col("id") % 3 == 0).with_row_index("place")
    whole = effect(fixed_company.panel(small), fixed_company.people(small)).at([6, 12])
    left_out = []
    for group in range(40):
        rest = small.filter(pl.col("place") % 40 != group)
        left_out.append(
            effect(fixed_company.panel(rest), fixed_company.people(rest)).at([6, 12])["difference"].to_numpy()
        )
    spread = np.array(left_out) - np.mean(left_out, axis=0)
    jackknife = np.sqrt(39 / 40 * (spread**2).sum(axis=0))
    assert whole["std_error"].to_numpy() == pytest.approx(jackknife, rel=0.2)


@pytest.mark.parametrize("estimand", ["att", "overlap"])
def test_the_influence_of_one_person_is_what_counting_them_twice_does(company: pl.DataFrame, estimand: str) -> None:
    small = company.filter(pl.col("id") % 3 == 0)
    trial = TargetTrial(fixed_company.TRIAL.covariates, 0, 23, estimand=estimand)
    panel, people = fixed_company.panel(small), fixed_company.people(small)
    trials = emulate(panel, people, trial)
    result = estimate_effects(trials, weight_trials(trials, trial), trial, small_sample=False)
    order = np.argsort(-np.abs(result.influence[:, -1]))[[0, 40, 80]]
    for place in order:
        key = trials.keys[int(place)]
        twice = [
            pl.concat(
                [frame, frame.filter(pl.col("person_key") == key).with_columns(person_key=pl.lit(10**6, pl.Int64))]
            )
            for frame in (panel, people)
        ]
        moved = effect(*twice, trial).effects["difference"][-1] - result.effects["difference"][-1]
        assert moved == pytest.approx(result.influence[place, -1], rel=0.15, abs=2e-5)


def test_in_the_small_sample_form_the_influence_on_a_plain_curve_is_what_leaving_the_person_out_does() -> None:
    """One mentee of ten leaves in the first month: without one of them the share is 0 or 1 of 9, and the jackknife's error is the classical one."""
    n = 30
    panel = pl.DataFrame({"person_key": range(n), "month": [0] * n, "is_eligible": [True] * n, "x": [0.0, 1.0] * 15})
    people = pl.DataFrame(
        {
            "person_key": range(n),
            "start_month": [0] * 10 + [None] * 20,
            "event_month": [0] + [None] * 24 + [0] * 5,
            "event": [1] + [0] * 24 + [1] * 5,
        }
    )
    trial = TargetTrial((Covariate("x"),), 0, 0, horizon_months=1)
    trials = emulate(panel, people, trial)
    plain = replace(weight_trials(trials, trial), baseline=np.ones(n), slope=np.zeros(n))
    found = {form: estimate_effects(trials, plain, trial, small_sample=form) for form in (True, False)}
    assert found[True].influence[:10, 0] == pytest.approx([1 / 10 - 0, *[1 / 10 - 1 / 9] * 9])
    assert found[False].influence[:10, 0] == pytest.approx([0.09, *[-0.01] * 9])
    first = found[True].effects.row(0, named=True)
    assert first["std_error"] == pytest.approx(np.sqrt(0.1 * 0.9 * 10 / 81 + 0.25 * 0.75 * 20 / 361))
    assert first["degrees"] == pytest.approx(9)
    assert first["ci_high"] == pytest.approx(first["difference"] + 2.262157163 * first["std_error"])
    wide = found[False].effects.row(0, named=True)
    assert wide["ci_high"] == pytest.approx(wide["difference"] + 1.959963985 * wide["std_error"])


def test_few_clusters_widen_the_interval_and_one_alone_is_refused(company: pl.DataFrame) -> None:
    panel, people = fixed_company.panel(company), fixed_company.people(company)
    keys = np.sort(people["person_key"].to_numpy())
    row, many = (effect(panel, people, cluster=keys % n).at([12]).row(0, named=True) for n in (5, 400))
    assert 2 < row["degrees"] < 4 < 80 < many["degrees"]
    assert row["ci_high"] - row["difference"] > 2.7 * row["std_error"]
    with pytest.raises(NotEstimable, match="Only one person or cluster of the treated arm"):
        effect(panel, people, cluster=keys * 0)
    with pytest.raises(ValueError, match="3 labels for 1662 people"):
        effect(panel, people, cluster=keys[:3])


def test_no_error_is_given_where_nobody_of_an_arm_has_had_the_event(company: pl.DataFrame) -> None:
    panel, people = fixed_company.panel(company), fixed_company.people(company)
    stayed = people.with_columns(event=pl.when(pl.col("start_month").is_null()).then(pl.col("event")).otherwise(0))
    trials = emulate(panel, stayed, fixed_company.TRIAL)
    weights = weight_trials(trials, fixed_company.TRIAL)
    found = estimate_effects(trials, weights, fixed_company.TRIAL)
    row = found.at([12]).row(0, named=True)
    assert (row["incidence_treated"], row["std_error"], row["ci_low"], row["p_value"]) == (0, None, None, None)
    assert row["difference"] < -0.1
    with pytest.raises(NotEstimable, match="Staying: nobody of the mentees had the event"):
        gather_evidence(trials, fixed_company.TRIAL, diagnose_trials(trials, weights), found, outcome="Staying")


def test_promotion_with_exit_competing_needs_both_to_be_told_apart(company: pl.DataFrame) -> None:
    panel, people = fixed_company.before_first_promotion(company)
    result = effect(panel, people).at([12]).row(0, named=True)
    exits = (
        effect(panel, people, TargetTrial(fixed_company.TRIAL.covariates, 0, 23, cause=2)).at([12]).row(0, named=True)
    )
    either = effect(panel, people.with_columns(pl.col("event").clip(0, 1))).at([12]).row(0, named=True)
    for side in ("treated", "comparison"):
        together = result[f"incidence_{side}"] + exits[f"incidence_{side}"]
        assert together == pytest.approx(either[f"incidence_{side}"], abs=1e-12)


def test_mentees_alone_are_a_plain_kaplan_meier(company: pl.DataFrame) -> None:
    curve = effect(fixed_company.panel(company), fixed_company.people(company)).curves.filter(
        pl.col("arm") == "treated"
    )
    mentees = company.filter(pl.col("enrol_month") >= 0).select(
        stop=pl.col("exit_month") - pl.col("enrol_month") + 1, event="exited"
    )
    plain = survival_at(kaplan_meier(mentees), range(1, 13))["survival"].to_numpy()
    assert 1 - curve["incidence"].to_numpy()[1:] == pytest.approx(plain, abs=1e-12)


def test_a_covariate_dated_at_time_zero_is_an_error_not_a_warning(company: pl.DataFrame) -> None:
    dated = fixed_company.panel(company).with_columns(known=pl.col("month") - 1)
    trial = TargetTrial((Covariate("engagement", "known"), Covariate("perf")), 0, 23)
    emulate(dated, fixed_company.people(company), trial)
    planted = dated.with_columns(
        known=pl.when((pl.col("person_key") == 7) & (pl.col("month") == 5)).then(5).otherwise(pl.col("known"))
    )
    with pytest.raises(
        LookAheadError, match=r"engagement became known in month 5 but is used at time zero in month 5 \(1 rows\)"
    ):
        emulate(planted, fixed_company.people(company), trial)


def test_balance_overlap_and_sizes_are_counted_in_people(company: pl.DataFrame) -> None:
    trials = emulate(fixed_company.panel(company), fixed_company.people(company), fixed_company.TRIAL)
    shown = diagnose_trials(trials, weight_trials(trials, fixed_company.TRIAL))
    assert (shown.treated.people, shown.comparison.people, shown.comparison_pool) == (483, 1601, 1601)
    assert 500 < shown.comparison.effective < 700
    assert shown.comparison.largest_share < 0.01
    assert shown.largest_smd[1] < 0.01
    assert shown.balance.filter(pl.col("covariate") == "engagement")["smd_before"][0] == pytest.approx(0.82028873)
    assert shown.outside_support == 0.0


def test_errors_shared_by_a_cluster_of_one_person_are_the_same_and_wider_clusters_differ(company: pl.DataFrame) -> None:
    panel, people = fixed_company.panel(company), fixed_company.people(company)
    alone = effect(panel, people).effects["std_error"].to_numpy()
    keys = np.sort(people["person_key"].to_numpy())
    assert effect(panel, people, cluster=keys).effects["std_error"].to_numpy() == pytest.approx(alone, rel=1e-12)
    assert effect(panel, people, cluster=keys // 20).effects["std_error"].to_numpy() != pytest.approx(alone, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda panel: panel.filter((pl.col("person_key") != 0) | (pl.col("month") != 20)),
            "0 has month 19 followed by 21",
        ),
        (
            lambda panel: panel.filter((pl.col("person_key") != 1) | (pl.col("month") < 11)),
            "event after their last month",
        ),
        (
            lambda panel: panel.with_columns(perf=pl.when(pl.col("month") > 3).then(pl.col("perf"))),
            "perf is missing in",
        ),
        (lambda panel: panel.with_columns(is_eligible=pl.lit(value=False)), "No month has both"),
        (lambda panel: panel.filter(pl.col("month") < 5), "Nobody|after their last month"),
        (lambda panel: panel.with_columns(perf=pl.col("engagement") * 2), "collinear"),
    ],
)
def test_records_that_cannot_carry_trials_are_refused_by_name(company: pl.DataFrame, change, message: str) -> None:
    with pytest.raises(NotEstimable, match=message):
        effect(change(fixed_company.panel(company)), fixed_company.people(company))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda people: people.filter(pl.col("person_key") != 3), "1 persons of the panel are missing in people, 3"),
        (lambda people: people.with_columns(event_month=None), "have an event without a month"),
        (lambda people: pl.concat([people, people.head(1)]), "more than once"),
    ],
)
def test_facts_that_are_missing_are_not_taken_for_nothing_having_happened(company, change, message: str) -> None:
    with pytest.raises(NotEstimable, match=message):
        emulate(fixed_company.panel(company), change(fixed_company.people(company)), fixed_company.TRIAL)


def test_whoever_starts_after_the_last_trial_is_reweighted_for_too(company: pl.DataFrame) -> None:
    """People go on starting to month 23; without their chance to, those cut after month 8 would be left unweighted."""
    trial = replace(fixed_company.TRIAL, last_month=8)
    trials = emulate(fixed_company.panel(company), fixed_company.people(company), trial)
    chance = weight_trials(trials, trial).probability
    assert trials.month[trials.in_trial].max() == 8
    assert chance[trials.eligible & (trials.month == 23)].min() > 0
    assert trials.month[trials.eligible].max() == 23


def test_months_on_record_before_anybody_could_start_change_nothing(company: pl.DataFrame) -> None:
    panel, people = fixed_company.panel(company), fixed_company.people(company)
    at_launch = panel.filter(pl.col("month") == 0)
    earlier = [at_launch.with_columns(month=pl.lit(month, panel.schema["month"])) for month in range(-12, 0)]
    longer = effect(pl.concat([*earlier, panel]), people).effects
    assert longer["difference"].to_numpy() == pytest.approx(effect(panel, people).effects["difference"].to_numpy())


def test_follow_up_beyond_the_record_asks_for_a_shorter_horizon(company: pl.DataFrame) -> None:
    trial = TargetTrial(fixed_company.TRIAL.covariates, 0, 23, horizon_months=40)
    with pytest.raises(NotEstimable, match="shorten the horizon to 36"):
        effect(fixed_company.panel(company), fixed_company.people(company), trial)
