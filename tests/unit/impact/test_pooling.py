"""Estimates of several programmes taken together: published figures, what shrinks, and how much a lucky result exaggerates."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.impact.pooled_effects import pooled_effects
from pipelines.impact.pooling import pool
from pipelines.impact.regression import NotEstimable

BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619],
    [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
])  # fmt: skip
"""Cases and others, vaccinated and not, of 13 trials of the BCG vaccine (Colditz et al. 1994, JAMA 271)."""


def log_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T.astype(float)
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_bcg_trials_pool_to_the_published_figures() -> None:
    """Viechtbauer (2010), Journal of Statistical Software 36: log risk ratio -0.7145 (error 0.1798), tau squared 0.3132."""
    found = pool(*log_ratios())
    assert found.mean == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau**2 == pytest.approx(0.3132, abs=5e-5)
    assert found.std_error == pytest.approx(0.18, abs=2e-3)
    assert found.heterogeneity_p < 1e-20


def test_estimates_that_agree_have_no_spread_and_share_their_mean() -> None:
    found = pool(np.array([0.04, 0.05, 0.06]), np.array([0.03, 0.03, 0.03]))
    assert found.tau == 0
    assert found.shrunk[:, 0] == pytest.approx([0.05, 0.05, 0.05])
    assert found.heterogeneity_p > 0.8


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0.01, 1)), min_size=3, max_size=12))
def test_every_shrunk_estimate_lies_between_its_own_and_the_mean(pairs: list[tuple[float, float]]) -> None:
    estimates, errors = map(np.array, zip(*pairs, strict=True))
    found = pool(estimates, errors)
    low, high = np.minimum(estimates, found.mean), np.maximum(estimates, found.mean)
    assert ((found.shrunk[:, 0] >= low - 1e-9) & (found.shrunk[:, 0] <= high + 1e-9)).all()
    assert found.prediction_low <= found.ci_low + 1e-12
    assert found.ci_high <= found.prediction_high + 1e-12


def test_those_that_stand_out_exaggerate_and_shrunk_they_hardly_do() -> None:
    """Six programmes of very different size whose effects differ a little: the ones whose interval leaves zero, alone and given the others."""
    rng = np.random.default_rng(5)
    errors = np.array([0.05, 0.045, 0.04, 0.03, 0.02, 0.015])
    alone, together, covered = [], [], []
    for _ in range(1500):
        truth = rng.normal(0.035, 0.01, errors.size)
        estimates = rng.normal(truth, errors)
        shrunk = pool(estimates, errors).shrunk
        covered += list((shrunk[:, 1] <= truth) & (truth <= shrunk[:, 2]))
        out = np.abs(estimates) > 1.96 * errors
        alone += list(np.abs(estimates[out]) / truth[out])
        together += list(np.abs(shrunk[out, 0]) / truth[out])
    assert np.median(alone) > 1.4
    assert np.median(together) < 1.3
    assert np.mean(covered) > 0.93


def test_two_estimates_or_one_without_an_error_are_refused() -> None:
    with pytest.raises(NotEstimable, match="3 are the least"):
        pool(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    with pytest.raises(ValueError, match="above zero"):
        pool(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0]))


def estimates(rows: list[tuple[str, str, str, str, float | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["programme_id", "cohort_id", "arm", "wave", "estimate"], orient="row")
    return frame.with_columns(
        outcome=pl.lit("retained"), unit=pl.lit("share"), std_error=pl.lit(0.02), estimate_id=pl.concat_str("programme_id", "cohort_id", "arm", "wave"),
        months_since_start=pl.col("wave").str.extract(r"(\d+)").cast(pl.Float64),
    )  # fmt: skip


def test_a_cohort_counts_once_and_arms_that_share_their_comparison_not_at_all() -> None:
    rows = [
        ("a", "all", "mentoring", "12 months", 0.05), ("b", "all", "mentoring", "12 months", 0.02),
        ("c", "lottery", "mentoring", "month 5", 0.9), ("c", "lottery", "mentoring", "month 12", 0.03),
        ("d", "arms", "mentor", "month 12", 0.5), ("d", "arms", "class", "month 12", 0.5), ("e", "all", "mentoring", "12 months", None),
    ]  # fmt: skip
    found = pooled_effects(estimates(rows))
    assert sorted(found["estimate"]) == [0.02, 0.03, 0.05]
    assert found["estimates_pooled"].unique().to_list() == [3]
    assert pooled_effects(estimates(rows[:2])).is_empty()
