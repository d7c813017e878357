"""People who asked for a place in vain: no effect is found of nothing, and an unmeasured reason to ask is found out."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts.declared_outcomes import Outcome, read_declaration
from pipelines.impact.estimate_rows import with_verdict
from pipelines.impact.judgement import judge_comparison
from pipelines.impact.negative_exposure import unmatched_applicants
from pipelines.impact.programme_effects import ProgrammeData, programme_effects
from pipelines.impact.rating import bounded_by_rating, rate, unregistered
from tests.unit.impact.made_months import measures, months
from tests.unit.impact.test_programme_effects import BLOCK, NO_WAVES, by_outcome
from tests.unit.impact.test_rules import SURVEY, TRIAL

STAYING = Outcome("retained_12m", "Still employed", "share", "share")
MEASURED, UNMEASURED = ("quality", "tenure_months"), ("tenure_months",)
ORDER = {"supported": 2, "suggestive": 1}


def firm(seed: int, people: int = 700) -> pl.DataFrame:
    """A firm whose programme does nothing; half of those who asked got no place. Joining and leaving hang on quality."""
    made = months(seed=seed, people=people, exit_ratio=1.0, start_chance=0.03)
    refused = pl.col("person_key").str.slice(1).cast(pl.Int64) % 2 == 0
    begins = pl.col("start_month")
    return made.with_columns(refused_month=pl.when(refused).then(begins), start_month=pl.when(~refused).then(begins))


def chance(seed: int, covariates: tuple[str, ...]) -> float:
    made = firm(seed)
    found = unmatched_applicants(made, measures(made), STAYING, covariates)
    assert found is not None
    return found.p_value


def test_who_asked_in_vain_differs_only_where_the_reason_to_ask_was_not_measured() -> None:
    """Planted: quality, or nothing, stands behind asking. At p < .20 a fair comparison is suspected one time in five; 16 runs have an error of 10 points."""
    suspected = np.mean([chance(seed, MEASURED) < 0.20 for seed in range(16)])
    found_out = np.mean([chance(seed, UNMEASURED) < 0.20 for seed in range(16)])
    assert suspected <= 0.20 + 2 * 0.1
    assert found_out >= 0.5
    assert found_out > suspected


def test_an_outcome_that_already_differs_without_mentoring_is_no_effect() -> None:
    made = firm(2, people=2000)
    data = ProgrammeData((), made, measures(made), NO_WAVES, has_other_cohorts=True)
    declared = {**BLOCK, "comparison": {"covariates": list(UNMEASURED)}}
    row = by_outcome(programme_effects(read_declaration("p", declared), data, is_registered=True).estimates)[
        "retained_12m"
    ]
    assert row["negative_exposure_p"] < 0.20
    assert 0 < row["negative_exposure_detectable"] < 0.3
    assert row["negative_exposure_ratio"] == pytest.approx(1.0, abs=0.5)
    assert row["rating"] == 1
    assert row["verdict"] in {"suggestive", "not_detected", "not_supported"}


def test_those_rejected_and_those_who_waited_are_told_apart() -> None:
    """Whoever waited is more likely to stay and whoever was rejected less: together they look like others, and still they are found out."""
    made = firm(4, people=2000)
    kinds = np.random.default_rng(4).random(2000) < 0.5
    rejected = pl.DataFrame({"person_key": [f"p{number:04d}" for number in range(2000)], "is_rejected": kinds})
    goes_anyway = pl.Series(np.random.default_rng(5).random(made.height) < 0.2)
    waited = pl.col("refused_month").is_not_null() & ~pl.col("is_rejected")
    leaves = pl.col("leaves") & (~waited | goes_anyway)
    marked = made.join(rejected, on="person_key").with_columns(
        leaves=leaves.fill_null(value=False), asked_in_vain=pl.when("is_rejected").then(pl.lit("rejected")).otherwise(pl.lit("waited"))
    )  # fmt: skip
    found = unmatched_applicants(marked, measures(made), STAYING, MEASURED)
    assert found is not None
    assert found.waited is not None
    assert found.rejected is not None
    assert found.waited.estimate < found.rejected.estimate
    assert found.p_value <= 2 * found.waited.p_value < 0.05


def test_one_kind_alone_is_no_test_of_its_own() -> None:
    made = firm(2, people=1200).with_columns(asked_in_vain=pl.lit("waited"))
    found = unmatched_applicants(made, measures(made), STAYING, MEASURED)
    assert found is not None
    assert found.rejected is None
    assert found.p_value == found.together.p_value


def test_too_few_who_asked_in_vain_are_told_as_untested() -> None:
    made = firm(3, people=150)
    assert unmatched_applicants(made, measures(made), STAYING, MEASURED) is None
    assert any(
        "asked for a place in vain" in words
        for words in judge_comparison(replace(TRIAL, negative_exposure_p=None)).untested
    )


@pytest.mark.parametrize(("p", "ratio", "points"), [(0.5, 1.0, 2), (0.19, 1.0, 1), (0.5, 2.1, 1), (None, None, 1)])
def test_only_a_sharp_test_that_passes_earns_a_dot(p: float | None, ratio: float | None, points: int) -> None:
    row = {"design": "target_trial", "negative_exposure_p": p, "negative_exposure_ratio": ratio}
    assert rate(row, ()).points == points


@settings(max_examples=300, deadline=None)
@given(
    evidence=st.sampled_from([TRIAL, SURVEY]),
    control=st.floats(0, 1),
    trend=st.floats(0, 1),
    exposure=st.none() | st.floats(0, 1),
    placebo=st.none() | st.floats(0, 1),
    is_registered=st.booleans(),
)
def test_not_declaring_a_check_never_improves_a_verdict(
    evidence, control: float, trend: float, exposure: float | None, placebo: float | None, *, is_registered: bool
) -> None:
    def said(p_control: float | None) -> str:
        known = {"negative_control_p": p_control, "negative_exposure_p": exposure, "placebo_p": placebo}
        if evidence is SURVEY:
            known |= {"pre_trend_p": trend}
        seen = type(evidence)(**{**evidence.__dict__, **known})
        row = {
            "design": evidence.design,
            "negative_control": "commute" if p_control is not None else None,
            "negative_control_ratio": 1.0,
            "negative_exposure_ratio": 1.0,
            "placebo_ratio": 1.0,
            **known,
        }
        row = with_verdict(row, judge_comparison(seen))
        rated = rate(row, ())
        return bounded_by_rating(row, rated if is_registered else unregistered(rated))["verdict"]

    assert ORDER.get(said(None), 0) <= ORDER.get(said(control), 0)
