"""Was the draw a draw? Whether the arms are as large as was planned, and as alike in what was known before as a draw makes them.

Balance is tested over all covariates at once (Hansen & Bowers 2008, Statistical Science 23): the sum over treated units of what each differs from its stratum's mean, against the
variance that drawing so many of so many units without replacement has, a chi-square with as many degrees of freedom as covariates. The ratio is a binomial test. Both look at
everybody who was drawn, whether or not an outcome is known. A level of 0.001 is usual (Fabijan et al. 2019): chance alone trips it in one honest draw of a thousand.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.regression import Vector

CONTROL = "control"


@dataclass(frozen=True)
class DrawCheck:
    """balance_p: that the arms are alike in what was known before; None where nothing was. ratio_p: that they have the planned sizes; None where no share was declared."""

    balance_p: float | None = None
    ratio_p: float | None = None


UNCHECKED = DrawCheck()


def check_draw(people: pl.DataFrame, known_before: list[str], arm: str, planned_share: float | None) -> DrawCheck:
    """Look at an arm and the control. people: one row per person drawn: arm, unit_id, stratum (nullable) and the columns `known_before` (numbers, nullable)."""
    chosen = people.filter(pl.col("arm").is_in([arm, CONTROL]))
    filled = [
        part
        for name in known_before
        for part in (
            pl.col(name).cast(pl.Float64).fill_null(strategy="mean").fill_null(0.0).mean().alias(name),
            pl.col(name).is_null().cast(pl.Float64).mean().alias(f"{name} missing"),
        )
    ]
    units = chosen.group_by("unit_id", maintain_order=True).agg(pl.col("arm", "stratum").first(), *filled)
    treated = (units["arm"] == arm).to_numpy()
    strata = units["stratum"].cast(pl.String).fill_null("").to_numpy()
    values = units.drop("unit_id", "arm", "stratum").to_numpy()
    ratio = None
    if planned_share is not None and treated.size:
        ratio = float(stats.binomtest(int(treated.sum()), treated.size, planned_share).pvalue)
    return DrawCheck(balance_p(values, treated, strata) if known_before else None, ratio)


def balance_p(values: NDArray[np.float64], treated: NDArray[np.bool_], strata: NDArray[np.generic]) -> float | None:
    """p of Hansen and Bowers' test. values: (units, covariates); treated, strata: (units,). None where no covariate varies within a stratum that holds both arms."""
    scale = np.maximum(np.abs(values).max(axis=0, initial=0.0), 1e-300)
    gap, variance = np.zeros(values.shape[1]), np.zeros((values.shape[1], values.shape[1]))
    for stratum in np.unique(strata):
        own = strata == stratum
        count, drawn = int(own.sum()), int(treated[own].sum())
        if not 0 < drawn < count:
            continue
        apart = (values[own] - values[own].mean(axis=0)) / scale
        gap += apart[treated[own]].sum(axis=0)
        variance += drawn * (count - drawn) / (count * (count - 1)) * apart.T @ apart
    rank = int(np.linalg.matrix_rank(variance, tol=1e-12)) if variance.size else 0
    return float(stats.chi2.sf(_distance(gap, variance), rank)) if rank else None


def _distance(gap: Vector, variance: NDArray[np.float64]) -> float:
    return float(gap @ np.linalg.pinv(variance, rcond=1e-10, hermitian=True) @ gap)
