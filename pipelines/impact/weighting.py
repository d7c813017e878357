"""Weights that make those who didn't join look like those who did, and what shows whether they succeed.

Arrays in, arrays out: `treated` is boolean, `probability` the fitted chance to join, both shape (n,). Estimands: "att" (for those who joined;
weights 1 and e/(1-e)), "overlap" (for those who might or might not; 1-e and e), "ate" (for everyone; 1/e and 1/(1-e)).
References: Hirano, Imbens & Ridder (2003), Econometrica 71; Li, Morgan & Zaslavsky (2018), JASA 113; Austin (2009), Statistics in Medicine 28.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.impact.regression import NotEstimable, Vector, tally

Flags = NDArray[np.bool_]
ESTIMANDS = ("att", "overlap", "ate")


def estimand_weights(probability: Vector, treated: Flags, estimand: str = "att") -> Vector:
    """Weight of each row, shape (n,). Raises NotEstimable where a probability is 0 or 1."""
    if estimand not in ESTIMANDS:
        raise ValueError(f"estimand must be one of {', '.join(ESTIMANDS)}, not {estimand!r}.")
    if ((probability <= 0) | (probability >= 1)).any():
        raise NotEstimable("Somebody's chance to join is 0 or 1, so there is nobody to compare them with.")
    if estimand == "att":
        return np.where(treated, 1.0, probability / (1 - probability))
    if estimand == "overlap":
        return np.where(treated, 1 - probability, probability)
    return np.where(treated, 1 / probability, 1 / (1 - probability))


def log_weight_slope(probability: Vector, treated: Flags, estimand: str) -> Vector:
    """Derivative of the log weight by the logit of the probability, shape (n,); the standard error needs it."""
    if estimand == "att":
        return np.where(treated, 0.0, 1.0)
    return (
        np.where(treated, -probability, 1 - probability)
        if estimand == "overlap"
        else np.where(treated, probability - 1, probability)
    )


@dataclass(frozen=True)
class SampleSize:
    """How much a weighted arm really holds.

    people: distinct people with weight; effective: Kish's (sum w)^2 / sum w^2 over people's total weights; effective_rows: the same over rows
    (person-trials); largest_share: the weight share of the heaviest person.
    """

    people: int
    effective: float
    effective_rows: float
    largest_share: float


def sample_size(weight: Vector, person: NDArray[np.generic]) -> SampleSize:
    """Effective sample size by people and by rows. weight, person: shape (n,). Reference: Kish (1965), section 11.7."""
    _, place = np.unique(person, return_inverse=True)
    total = tally(place, weight, int(place.max()) + 1 if place.size else 0)
    total = total[total > 0]
    if not total.size:
        return SampleSize(0, 0.0, 0.0, 1.0)
    return SampleSize(
        total.size,
        float(total.sum() ** 2 / (total**2).sum()),
        float(weight.sum() ** 2 / (weight**2).sum()),
        float(total.max() / total.sum()),
    )


def balance(covariates: Mapping[str, Vector], treated: Flags, weight: Vector) -> pl.DataFrame:
    """Standardised mean differences before and after weighting, the data of a Love plot, one row per covariate.

    The difference is treated less comparison, in standard deviations of the treated before weighting (n - 1; the pooled ones where the treated
    don't vary). Raises NotEstimable where an arm has no weight or a value is missing. Returns covariate, mean_treated, mean_comparison_before, mean_comparison_after, smd_before, smd_after; `mean_treated` is weighted.
    """
    if not weight[treated].sum() > 0 or not weight[~treated].sum() > 0:
        raise NotEstimable("Balance needs people with weight in both arms.")
    rows = []
    for name, values in covariates.items():
        if np.isnan(values).any():
            raise NotEstimable(f"{name} has missing values; its balance can't be told.")
        joined, others = values[treated], values[~treated]
        spread = float(joined.std(ddof=1)) if joined.size > 1 else 0.0
        spread = spread or float(values.std(ddof=1))
        mean = float(np.average(joined, weights=weight[treated]))
        after = float(np.average(others, weights=weight[~treated]))
        gaps = (float(joined.mean() - others.mean()), mean - after)
        smd = [gap / spread if spread else 0.0 for gap in gaps]
        rows.append((name, mean, float(others.mean()), after, *smd))
    names = ["covariate", "mean_treated", "mean_comparison_before", "mean_comparison_after", "smd_before", "smd_after"]
    return pl.DataFrame(rows, schema=names, orient="row")


def overlap(probability: Vector, treated: Flags, bins: int = 20) -> tuple[float, pl.DataFrame]:
    """Share of the treated whose chance to join lies outside the comparison's range, and a histogram of both arms on the logit.

    Histogram: bin_low, bin_high (probabilities), treated_share, comparison_share. Reference: Crump et al. (2009), Biometrika 96.
    """
    others = probability[~treated]
    joined = probability[treated]
    if not others.size or not joined.size:
        raise NotEstimable("Overlap needs people in both arms.")
    outside = float(((joined < others.min()) | (joined > others.max())).mean())
    logit = np.log(probability / (1 - probability))
    edges = np.linspace(logit.min(), logit.max() + 1e-9, bins + 1)
    shown = 1 / (1 + np.exp(-edges))
    parts = [np.histogram(logit[arm], edges)[0] / max(int(arm.sum()), 1) for arm in (treated, ~treated)]
    frame = {"bin_low": shown[:-1], "bin_high": shown[1:], "treated_share": parts[0], "comparison_share": parts[1]}
    return outside, pl.DataFrame(frame)
