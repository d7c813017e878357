"""Proportional hazards regression on (start, stop] spells: time-varying exposure, tied times, case weights, clustered errors.

The second line of evidence beside the target trials; a hazard ratio is never the headline. Definitions follow R's survival package, so that its
published validation cases hold to 1e-8. References: Therneau & Grambsch (2000), Modeling Survival Data, chapters 3, 7 and appendix E; Efron
(1977), JASA 72; Lin & Wei (1989), JASA 84 for the robust error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.survival import spell_arrays

Matrix = NDArray[np.float64]
Places = NDArray[np.int64]

TIES = ("efron", "breslow")
MAX_STEPS = 50
TOLERANCE = 1e-11


@dataclass(frozen=True)
class CoxFit:
    """Coefficients (log hazard ratios) by name; `covariance` is the robust one where a cluster was named, else the inverse information.

    clusters: how many there are, 0 without; with clusters intervals and p are Student's with one degree of freedom fewer, else normal.
    """

    names: tuple[str, ...]
    coefficients: Vector
    covariance: Matrix
    log_likelihood: float
    log_likelihood_null: float
    events: int
    spells: int
    clusters: int

    @property
    def is_robust(self) -> bool:
        return self.clusters > 0

    def table(self, level: float = 0.95) -> pl.DataFrame:
        """One row per covariate: covariate, coefficient, std_error, hazard_ratio, ci_low, ci_high (of the ratio), p_value."""
        error = np.sqrt(np.diag(self.covariance))
        degrees = self.clusters - 1 if self.is_robust else np.inf
        margin = float(stats.t.ppf(0.5 + level / 2, degrees)) * error
        return pl.DataFrame(
            {
                "covariate": self.names,
                "coefficient": self.coefficients,
                "std_error": error,
                "hazard_ratio": np.exp(self.coefficients),
                "ci_low": np.exp(self.coefficients - margin),
                "ci_high": np.exp(self.coefficients + margin),
                "p_value": 2 * stats.t.sf(np.abs(self.coefficients / error), degrees),
            }
        )


@dataclass(frozen=True)
class _Ties:
    """The data laid out by event time. Rows are at risk at event times `first` to `last` - 1.

    A draw is one event of a tie: Efron's l-th event of d leaves out the share l/d of those who leave at that time; Breslow leaves out none.
    """

    design: Matrix
    weight: Vector
    first: Places
    last: Places
    rows: Places
    place: Places
    draw_place: Places
    draw_share: Vector
    draw_weight: Vector
    times: int


@dataclass(frozen=True)
class _Step:
    value: float
    gradient: Vector
    information: Matrix


def cox_regression(
    spells: pl.DataFrame,
    covariates: Sequence[str],
    *,
    ties: str = "efron",
    cluster: str | None = None,
    strata: str | None = None,
) -> CoxFit:
    """Cox regression of `event` (0 or null is censored, anything else happened) on numeric columns `covariates`.

    spells: one row per spell at risk in (start, stop]; columns stop, event, covariates, and optionally start and weight; several rows per person where
    a covariate changes. cluster: column whose values share errors (a person with several spells, a manager): Lin-Wei sandwich without small-sample
    factor. strata: column with a baseline hazard of its own for each value. Missing covariates and collinear or separating ones raise NotEstimable.
    """
    if ties not in TIES:
        raise ValueError(f"ties must be one of {', '.join(TIES)}, not {ties!r}.")
    design, centre_scale = _design(spells, covariates)
    data = _lay_out(spells, design, ties, strata)
    beta, step, null = _maximise(data)
    inverse, clusters = np.linalg.inv(step.information), 0
    if cluster is not None:
        _, person = np.unique(spells[cluster].to_numpy(), return_inverse=True)
        clusters = int(person.max()) + 1
        if clusters < 2:
            raise NotEstimable(f"{cluster} has one value only; errors can't be shared by a single cluster.")
        scores = np.zeros((clusters, len(covariates)))
        np.add.at(scores, person, _score_residuals(data, beta))
        inverse = inverse @ (scores.T @ scores) @ inverse
    covariance = inverse / np.outer(centre_scale, centre_scale)
    return CoxFit(
        tuple(covariates),
        beta / centre_scale,
        covariance,
        step.value,
        null,
        data.rows.size,
        spells.height,
        clusters,
    )


def split_at_exposure(people: pl.DataFrame, *, exposed_from: str, exposure: str = "exposed") -> pl.DataFrame:
    """Cut each person's time at risk where the exposure begins, so that the time before it counts as unexposed.

    people: one row per person with `stop`, `event`, optionally `start` (default 0), and column `exposed_from` (null: never). Returns spells with
    column `exposure` 0 or 1; the event belongs to the last spell. An exposure from `start` or earlier leaves one exposed spell; one at `stop` or
    later, none. Treating the ever-exposed as exposed from the beginning instead gives them the time that they had to survive (immortal time).
    Reference: Suissa (2008), American Journal of Epidemiology 167.
    """
    known = people if "start" in people.columns else people.with_columns(start=pl.lit(0.0))
    since = pl.col(exposed_from)
    cut = since.is_not_null() & (since > pl.col("start")) & (since < pl.col("stop"))
    from_start = (since <= pl.col("start")).fill_null(value=False)
    time = pl.Float64
    before = known.with_columns(
        pl.when(cut).then(since.cast(time)).otherwise(pl.col("stop").cast(time)).alias("stop"),
        pl.col("start").cast(time),
        pl.when(cut).then(0).otherwise(pl.col("event").cast(pl.Int64)).alias("event"),
        from_start.cast(pl.Float64).alias(exposure),
    )
    after = known.filter(cut).with_columns(
        since.cast(time).alias("start"),
        pl.col("stop").cast(time),
        pl.col("event").cast(pl.Int64),
        pl.lit(1.0).alias(exposure),
    )
    return pl.concat([before, after])


def _design(spells: pl.DataFrame, covariates: Sequence[str]) -> tuple[Matrix, Vector]:
    missing = [name for name in covariates if spells[name].cast(pl.Float64).fill_nan(None).null_count()]
    if missing:
        raise NotEstimable(
            f"{', '.join(missing)} have missing values; leave those people out or fill them, and say so."
        )
    design = spells.select(pl.col(name).cast(pl.Float64) for name in covariates).to_numpy()
    design = design - design.mean(axis=0)
    scale: Vector = design.std(axis=0)
    constant = [name for name, spread in zip(covariates, scale, strict=True) if spread == 0]
    if constant:
        raise NotEstimable(f"{', '.join(constant)} have the same value for everybody.")
    return np.ascontiguousarray(design / scale), scale


def _lay_out(spells: pl.DataFrame, design: Matrix, ties: str, strata: str | None) -> _Ties:
    start, stop, event, weight = spell_arrays(spells)
    happened = (event != 0) & (weight > 0)
    if not happened.any():
        raise NotEstimable("Nobody left: there is no event to learn from.")
    moments, rank = np.unique(np.concatenate([start, stop]), return_inverse=True)
    if strata is not None:
        _, stratum = np.unique(spells[strata].to_numpy(), return_inverse=True)
        rank = rank + np.tile(stratum, 2) * moments.size
    start_rank, stop_rank = rank[: start.size], rank[start.size :]
    times, place = np.unique(stop_rank[happened], return_inverse=True)
    tied = np.bincount(place)
    mean_weight = tally(place, weight[happened], times.size) / tied
    draw_place = np.repeat(np.arange(times.size), tied)
    order = np.arange(draw_place.size) - np.repeat(np.concatenate([[0], np.cumsum(tied)[:-1]]), tied)
    share = order / tied[draw_place] if ties == "efron" else np.zeros(draw_place.size)
    return _Ties(
        design=design,
        weight=weight,
        first=np.searchsorted(times, start_rank, side="right"),
        last=np.searchsorted(times, stop_rank, side="right"),
        rows=np.flatnonzero(happened),
        place=place,
        draw_place=draw_place,
        draw_share=share,
        draw_weight=mean_weight[draw_place],
        times=times.size,
    )


def _over_time(data: _Ties, values: Vector) -> Vector:
    """Sum of `values` over the rows at risk at each event time."""
    change = tally(data.first, values, data.times + 1) - tally(data.last, values, data.times + 1)
    return change.cumsum()[:-1]


def _draws(data: _Ties, risk: Vector) -> tuple[Vector, Matrix]:
    """Total risk and mean covariates among those still in the draw, shapes (draws,) and (draws, covariates)."""
    columns = range(data.design.shape[1])
    leaving = data.rows
    total = _over_time(data, risk)[data.draw_place]
    total = total - data.draw_share * tally(data.place, risk[leaving], data.times)[data.draw_place]
    means = np.empty((data.draw_place.size, len(columns)))
    for j in columns:
        product = risk * data.design[:, j]
        moment = _over_time(data, product)[data.draw_place]
        moment -= data.draw_share * tally(data.place, product[leaving], data.times)[data.draw_place]
        means[:, j] = moment / total
    return total, means


def _hazards(data: _Ties, hazard: Vector) -> tuple[Vector, Vector]:
    """Hazard collected by each row while at risk, and by leaving rows the part that Efron's draws spare them; shapes (n,), (events,)."""
    cumulated = np.concatenate([[0.0], tally(data.draw_place, hazard, data.times).cumsum()])
    spared = tally(data.draw_place, hazard * data.draw_share, data.times)[data.place]
    return cumulated[data.last] - cumulated[data.first], spared


def _evaluate(data: _Ties, beta: Vector) -> _Step:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        score = data.design @ beta
        risk = data.weight * np.exp(score)
        total, means = _draws(data, risk)
        collected, spared = _hazards(data, data.draw_weight / total)
        own = data.weight[data.rows]
        value = float(own @ score[data.rows] - data.draw_weight @ np.log(total))
        load = risk * collected
        load[data.rows] -= risk[data.rows] * spared
        gradient = own @ data.design[data.rows] - data.draw_weight @ means
        information = (data.design * load[:, None]).T @ data.design - (means * data.draw_weight[:, None]).T @ means
    return _Step(value if np.isfinite(value) else -np.inf, gradient, information)


def _solve(step: _Step) -> Vector:
    eigen = np.linalg.eigvalsh(step.information) if np.isfinite(step.information).all() else np.zeros(1)
    if eigen.size and eigen[0] <= 1e-10 * max(float(eigen[-1]), 1e-300):
        raise NotEstimable("The covariates are collinear among those at risk, or one of them separates those who left.")
    move = np.linalg.solve(step.information, step.gradient).astype(np.float64, copy=False)
    return move


def _maximise(data: _Ties) -> tuple[Vector, _Step, float]:
    """Newton-Raphson with step halving from 0: the coefficients, the last step, and the log likelihood at 0."""
    beta = np.zeros(data.design.shape[1])
    step = _evaluate(data, beta)
    null = step.value
    for _ in range(MAX_STEPS):
        move = _solve(step)
        ahead = _evaluate(data, beta + move)
        halvings = 0
        while not ahead.value >= step.value - abs(step.value) * 1e-12 and halvings < 30:
            move, halvings = move / 2, halvings + 1
            ahead = _evaluate(data, beta + move)
        beta, step = beta + move, ahead
        if np.abs(move).max(initial=0.0) < TOLERANCE * max(1.0, np.abs(beta).max(initial=0.0)):
            return beta, step, null
    raise NotEstimable("The hazard model doesn't converge: a covariate separates those who left from those who stayed.")


def _score_residuals(data: _Ties, beta: Vector) -> Matrix:
    """Each row's part of the score, weighted, shape (n, covariates); sums to zero at the maximum."""
    risk = data.weight * np.exp(data.design @ beta)
    total, means = _draws(data, risk)
    hazard = data.draw_weight / total
    collected, spared = _hazards(data, hazard)
    tied = np.bincount(data.draw_place, minlength=data.times)
    residuals = np.empty_like(data.design)
    for j in range(data.design.shape[1]):
        x = data.design[:, j]
        shifted, shifted_spared = _hazards(data, hazard * means[:, j])
        expected = (tally(data.draw_place, means[:, j], data.times) / tied)[data.place]
        column = -risk * (x * collected - shifted)
        at = data.rows
        column[at] += data.weight[at] * (x[at] - expected) + risk[at] * (x[at] * spared - shifted_spared)
        residuals[:, j] = column
    return residuals
