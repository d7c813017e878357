"""The weights of nested target trials: who was as likely to start, and who was as likely not to have started since."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.impact.logit import LogitFit, fit_logit
from pipelines.impact.regression import Vector
from pipelines.impact.target_trial import PersonTrials, TargetTrial
from pipelines.impact.weighting import SampleSize, balance, estimand_weights, log_weight_slope, overlap, sample_size


@dataclass(frozen=True)
class TrialWeights:
    """baseline: weight of each trial row at time zero, 0 elsewhere; slope: derivative of its log by the logit.

    stay: running log probability of not having started, over a person's rows, so that a comparison person of month m is weighted by
    exp(stay[m] - stay[m + k]) in month m + k. probability: chance to start, 0 where not eligible. All of shape (rows,).
    """

    baseline: Vector
    slope: Vector
    stay: Vector
    probability: Vector
    enrolment: LogitFit
    estimand: str
    ipcw: bool


def weight_trials(trials: PersonTrials, trial: TargetTrial) -> TrialWeights:
    """Fit one pooled logistic model of starting over all eligible person-months, and weigh.

    Months after the last one in which anybody starts carry no chance to start. Reference: Robins & Finkelstein (2000), Biometrics 56, for the reweighting of those cut.
    """
    rows = trials.eligible
    fit = fit_logit(trials.design[rows], trials.starts[rows].astype(np.float64))
    probability = np.zeros(rows.size)
    probability[rows] = fit.probability
    shown = trials.in_trial
    baseline, slope = np.zeros(rows.size), np.zeros(rows.size)
    baseline[shown] = estimand_weights(probability[shown], trials.starts[shown], trial.estimand)
    slope[shown] = log_weight_slope(probability[shown], trials.starts[shown], trial.estimand)
    return TrialWeights(
        baseline, slope, np.cumsum(np.log1p(-probability)), probability, fit, trial.estimand, trial.ipcw
    )


@dataclass(frozen=True)
class TrialDiagnostics:
    """What shows whether the comparison is fair. balance: data of the Love plot; overlap: histogram.

    outside_support: share of the treated without counterpart. Sizes are those at time zero; `TrialEffects.curves` has the effective number in each month.
    """

    treated: SampleSize
    comparison: SampleSize
    comparison_pool: int
    balance: pl.DataFrame
    outside_support: float
    overlap: pl.DataFrame

    @property
    def largest_smd(self) -> tuple[str, float]:
        """The covariate that is least balanced after weighting, and its absolute standardised difference."""
        worst = self.balance.with_columns(pl.col("smd_after").abs()).sort("smd_after", "covariate").row(-1, named=True)
        return str(worst["covariate"]), float(worst["smd_after"])

    @property
    def effective_share(self) -> float:
        """Effective comparison people as a share of all comparison people."""
        return self.comparison.effective / self.comparison_pool if self.comparison_pool else 0.0


def diagnose_trials(trials: PersonTrials, weights: TrialWeights) -> TrialDiagnostics:
    """Balance, overlap and effective sample sizes at time zero, over trial rows; sizes count people once however many trials they are in."""
    shown = trials.in_trial
    treated: NDArray[np.bool_] = trials.starts[shown]
    weight, person = weights.baseline[shown], trials.person[shown]
    columns = {name: trials.design[shown, j] for j, name in enumerate(trials.names, start=1)}
    # an intake after the last trial has a term for the chance to start, and no row here
    covariates = {name: values for name, values in columns.items() if np.ptp(values) > 0}
    outside, histogram = overlap(weights.probability[shown], treated)
    return TrialDiagnostics(
        sample_size(weight[treated], person[treated]),
        sample_size(weight[~treated], person[~treated]),
        int(np.unique(person[~treated]).size),
        balance(covariates, treated, weight),
        outside,
        histogram,
    )
