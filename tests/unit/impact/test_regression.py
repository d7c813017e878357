"""Least squares with clustered errors: against an independent program, and what it refuses."""

import numpy as np
import pytest

from pipelines.impact.regression import Fit, NotEstimable, least_squares


@pytest.fixture
def sample() -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(12)
    x = rng.normal(size=90)
    unit = np.repeat(np.arange(18), 5)
    y = 1 + 0.5 * x + rng.normal(size=18)[unit] + rng.normal(size=90)
    return y, {"constant": np.ones(90), "x": x}, unit


def test_clustered_errors_intervals_and_p_agree_with_statsmodels(sample) -> None:
    import statsmodels.api as sm

    y, regressors, unit = sample
    ours = least_squares(y, regressors, unit)
    theirs = sm.OLS(y, np.column_stack(list(regressors.values()))).fit(
        cov_type="cluster", cov_kwds={"groups": unit}, use_t=True
    )
    assert ours.estimate("x") == pytest.approx((theirs.params[1], theirs.bse[1]), abs=1e-12)
    assert ours.interval("x") == pytest.approx(tuple(theirs.conf_int()[1]), abs=1e-10)
    assert ours.p_value("x") == pytest.approx(theirs.pvalues[1], abs=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y, x, unit: (np.where(unit == 3, np.nan, y), x, unit), "Values are missing"),
        (lambda y, x, unit: (y, {**x, "x": np.where(unit == 3, np.nan, x["x"])}, unit), "Values are missing"),
        (lambda y, x, unit: (np.ones(y.size), x, unit), "same for everybody"),
        (lambda y, x, unit: (y, {**x, "twice": 2 * x["x"]}, unit), "collinear"),
        (lambda y, x, unit: (y, x, unit % 2), "90 rows in 2 clusters"),
    ],
)
def test_what_cannot_be_estimated_is_refused_with_the_reason(sample, change, message: str) -> None:
    with pytest.raises(NotEstimable, match=message):
        least_squares(*change(*sample))


def test_no_difference_without_error_is_no_evidence_and_a_difference_without_error_is_certain() -> None:
    exact = Fit(("a", "b"), np.array([0.0, 2.0]), np.zeros((2, 2)), 20, 10)
    assert (exact.p_value("a"), exact.p_value("b")) == (1.0, 0.0)
    assert exact.compare("b", "a") == (2.0, 0.0, 0.0)
