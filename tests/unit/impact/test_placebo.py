"""A start dated a year earlier: promotions before the start are compared with the estimate's own weights."""

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.placebo import earlier_start
from pipelines.impact.sensitivity import NegativeControl
from pipelines.impact.target_trial import emulate
from pipelines.impact.trial_weights import weight_trials
from tests.unit.impact.made_months import measures, months

RISING = Outcome("promoted_12m", "Promoted", "share", "share")


def found(frame: pl.DataFrame, outcome: Outcome = RISING) -> NegativeControl | None:
    records = employment_records(frame, measures(frame), outcome, ("quality", "tenure_months"))
    trials = emulate(records.panel, records.people, records.trial)
    return earlier_start(records, outcome, trials, weight_trials(trials, records.trial))


def rose_before(frame: pl.DataFrame, share: float) -> pl.DataFrame:
    """The same firm in which this share of the mentees was promoted three months before they began."""
    chosen = pl.col("person_key").hash(7) % 1000 < 1000 * share
    return frame.with_columns(
        is_promoted=pl.col("is_promoted") | (chosen & (pl.col("month") == pl.col("start_month") - 3)).fill_null(value=False)
    )  # fmt: skip


def test_promotions_before_the_start_differ_only_where_they_were_planted() -> None:
    firm = months(seed=6, people=1500)
    fair, planted = found(firm), found(rose_before(firm, 0.3))
    assert fair is not None
    assert planted is not None
    assert fair.p_value > 0.05
    assert planted.p_value < 0.001
    assert planted.estimate == pytest.approx(fair.estimate + 0.3, abs=0.1)


def test_a_fair_comparison_is_suspected_as_seldom_as_the_level_says() -> None:
    """Sixteen firms at 5 %: three and more would be a test that suspects too often."""
    said = [found(months(seed=seed, people=900)) for seed in range(40, 56)]
    assert np.sum([one is not None and one.p_value < 0.05 for one in said]) <= 3


def test_leaving_has_no_earlier_start_and_few_people_none_either() -> None:
    firm = months(seed=5, people=400)
    assert found(firm, Outcome("retained_12m", "Still employed", "share", "share")) is None
    assert found(months(seed=5, people=60)) is None
