"""Descriptive survival: who is still here, and when others left. Kaplan-Meier, Aalen-Johansen, restricted mean, log-rank, numbers at risk.

Input everywhere is a frame of spells, one row per person or per stretch of a person's time at risk:
`stop` (number, end of the spell), `event` (what happened at `stop`: 0, False or null is censored), and optionally `start` (late entry; at
risk in (start, stop]) and `weight` (case weight). Times are in any unit, the same throughout; outputs keep it. A person who enters at t is not at
risk at t; a person who is censored at t still is. Reference: Klein & Moeschberger (2003), Survival Analysis, chapters 4 and 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.regression import NotEstimable, Vector, tally

INTERVALS = ("log-log", "log", "plain")


@dataclass(frozen=True)
class RiskSets:
    """Counts at the distinct times at which a spell ended; all of shape (times,), weighted where the spells are."""

    time: Vector
    at_risk: Vector
    events: Vector
    censored: Vector


def spell_arrays(spells: pl.DataFrame) -> tuple[Vector, Vector, NDArray[np.int64], Vector]:
    """Start, stop, event code and weight of each spell, shape (n,) each. Raises NotEstimable on empty or impossible spells."""
    if not spells.height:
        raise NotEstimable("There are no spells to estimate from.")
    stop = spells["stop"].cast(pl.Float64).to_numpy()
    start = spells["start"].cast(pl.Float64).to_numpy() if "start" in spells.columns else np.full(stop.size, -np.inf)
    weight = spells["weight"].cast(pl.Float64).to_numpy() if "weight" in spells.columns else np.ones(stop.size)
    event = spells["event"].cast(pl.Int64).fill_null(0).to_numpy()
    unknown = ~np.isfinite(stop) | np.isnan(start)
    if unknown.any():
        raise NotEstimable(f"{int(unknown.sum())} spells have no start or no stop.")
    backwards = int((start >= stop).sum())
    if backwards:
        raise NotEstimable(f"{backwards} spells end on or before their start; at risk means (start, stop].")
    if not ((weight >= 0) & (weight < np.inf)).all():
        raise NotEstimable("A weight is negative, infinite or missing.")
    return start, stop, event, weight


def risk_sets(start: Vector, stop: Vector, happened: NDArray[np.bool_], weight: Vector) -> RiskSets:
    """Weighted number at risk, events and censored at each distinct stop, for spells at risk in (start, stop]; sorts once."""
    time, ended, events = _sums_at(stop, weight, weight * happened)
    at_risk = np.cumsum(ended[::-1])[::-1]
    late = np.isfinite(start)
    if late.any():
        entry, entering = _sums_at(start[late], weight[late])
        entered = np.concatenate([[0.0], np.cumsum(entering)])
        at_risk = at_risk - (entered[-1] - entered[np.searchsorted(entry, time)])
    return RiskSets(time, at_risk, events, ended - events)


def _sums_at(values: Vector, *amounts: Vector) -> tuple[Vector, ...]:
    """Sorted distinct values, and the sum of each of `amounts` at them; whole numbers (days, months) are counted instead of sorted."""
    lowest, highest = float(values.min()), float(values.max())
    if highest - lowest <= 4 * values.size and (np.rint(values) == values).all():
        place = (values - lowest).astype(np.int64)
        present = np.flatnonzero(np.bincount(place))
        found: Vector = present.astype(np.float64) + lowest
        return found, *(tally(place, amount, 0)[present] for amount in amounts)
    order = np.argsort(values)
    ranked = values[order]
    first = np.flatnonzero(np.diff(ranked, prepend=-np.inf))
    if first.size == values.size:
        return ranked, *(amount[order] for amount in amounts)
    return ranked[first], *(np.add.reduceat(amount[order], first) for amount in amounts)


def kaplan_meier(
    spells: pl.DataFrame, *, by: str | None = None, interval: str = "log-log", level: float = 0.95
) -> pl.DataFrame:
    """Kaplan-Meier curve with Greenwood errors: one row per distinct `stop`, a curve for each value of column `by`.

    interval: "log-log" (default; stays within 0 and 1), "log" or "plain". With weights the error is Greenwood's on weighted counts.
    Returns stratum, time, n_risk, n_events, n_censored, survival, std_error, ci_low, ci_high. Where survival is 0 or 1 the interval is
    null for "log-log" and "log". Reference: Greenwood (1926); Kalbfleisch & Prentice (2002), section 1.4.
    """
    if interval not in INTERVALS:
        raise ValueError(f"interval must be one of {', '.join(INTERVALS)}, not {interval!r}.")
    curves = []
    for name, rows in strata_of(spells, by):
        start, stop, event, weight = spell_arrays(rows)
        sets = risk_sets(start, stop, event != 0, weight)
        survival, greenwood = _product_limit(sets)
        low, high = _interval(survival, greenwood, interval, level)
        curves.append(
            pl.DataFrame(
                {
                    "stratum": pl.Series([name]).new_from_index(0, sets.time.size),
                    "time": sets.time,
                    "n_risk": sets.at_risk,
                    "n_events": sets.events,
                    "n_censored": sets.censored,
                    "survival": survival,
                    "std_error": survival * np.sqrt(greenwood),
                    "ci_low": low,
                    "ci_high": high,
                }
            ).with_columns(pl.col("std_error", "ci_low", "ci_high").fill_nan(None))
        )
    return pl.concat(curves)


def survival_at(curve: pl.DataFrame, times: Sequence[float]) -> pl.DataFrame:
    """The survival in force at `times` (a step function): stratum, time, n_risk just before it, survival, std_error, ci_low, ci_high.

    Before the first end of a spell survival is 1 with error 0. Beyond the last one the last row holds, with n_risk 0.
    """
    steps: list[dict[str, object]] = []
    for (name,), rows in curve.group_by("stratum", maintain_order=True):
        known = rows["time"].to_numpy()
        for t in times:
            ahead = int(np.searchsorted(known, t, side="left"))
            i = int(np.searchsorted(known, t, side="right")) - 1
            row = {"stratum": name, "survival": 1.0, "std_error": 0.0} if i < 0 else rows.row(i, named=True)
            steps.append({**row, "time": float(t), "n_risk": float(rows["n_risk"][min(ahead, known.size - 1)])})
            if ahead == known.size:
                steps[-1]["n_risk"] = 0.0
    names = ("stratum", "time", "n_risk", "survival", "std_error", "ci_low", "ci_high")
    return pl.DataFrame(steps, schema={column: curve.schema[column] for column in names})


def median_survival(curve: pl.DataFrame, quantile: float = 0.5) -> pl.DataFrame:
    """Time by which `quantile` of people have left, with the interval read off the curve's own band; null where never reached.

    Where the curve lies exactly on the level, the middle of that step is given, as R's survfit does. Returns stratum, time, ci_low, ci_high.
    Reference: Brookmeyer & Crowley (1982), Biometrics 38.
    """
    found = []
    for (name,), rows in curve.group_by("stratum", maintain_order=True):
        time = rows["time"].to_numpy()
        crossing = [
            _first_at_or_below(time, rows[column].to_numpy(), 1 - quantile)
            for column in ("survival", "ci_low", "ci_high")
        ]
        found.append((name, *crossing))
    names = ("time", "ci_low", "ci_high")
    return pl.DataFrame(
        found, schema={"stratum": curve.schema["stratum"], **dict.fromkeys(names, pl.Float64)}, orient="row"
    )


def restricted_mean(spells: pl.DataFrame, horizon: float, *, by: str | None = None) -> pl.DataFrame:
    """Mean time at risk up to `horizon` (area under Kaplan-Meier), with its error. Returns stratum, rmst, std_error in the unit of time.

    Raises NotEstimable if nobody is followed as far as the horizon and the curve isn't zero there.
    Reference: Klein & Moeschberger (2003), eq. 4.5.2; Royston & Parmar (2013).
    """
    found = []
    for name, rows in strata_of(spells, by):
        start, stop, event, weight = spell_arrays(rows)
        sets = risk_sets(start, stop, event != 0, weight)
        survival, _ = _product_limit(sets)
        if stop.max() < horizon and survival[-1] > 0:
            raise NotEstimable(f"Follow-up ends at {stop.max():g}; a mean up to {horizon:g} can't be given.")
        inside = sets.time < horizon
        edges = np.concatenate([[0.0], sets.time[inside], [horizon]])
        areas = np.diff(edges) * np.concatenate([[1.0], survival[inside]])
        ahead = areas[::-1].cumsum()[::-1][1:]
        found.append((name, float(areas.sum()), float(np.sqrt((ahead**2 * _hazard_variance(sets)[inside]).sum()))))
    return pl.DataFrame(found, schema=["stratum", "rmst", "std_error"], orient="row")


def numbers_at_risk(spells: pl.DataFrame, times: Sequence[float], *, by: str | None = None) -> pl.DataFrame:
    """The extended table under a curve: stratum, time, n_risk just before it, and events and censored spells up to and including it.

    At the earliest start of all, those who start there count as at risk, so that a table from month 0 begins with everybody who is there.
    """
    found = []
    for name, rows in strata_of(spells, by):
        start, stop, event, weight = spell_arrays(rows)
        for t in times:
            over = stop <= t
            entered = (start < t) | ((start == t) & (t == start.min()))
            at_risk = weight[entered & (stop >= t)].sum()
            events, censored = weight[over & (event != 0)].sum(), weight[over & (event == 0)].sum()
            found.append((name, float(t), float(at_risk), float(events), float(censored)))
    return pl.DataFrame(found, schema=["stratum", "time", "n_risk", "events", "censored"], orient="row")


def log_rank(spells: pl.DataFrame, *, by: str) -> tuple[float, int, float]:
    """Chi-square, degrees of freedom and p of the log-rank test that the groups of column `by` leave at the same rate. Unweighted.

    Late entry is respected; a group that was never at risk when anybody left doesn't count as one, as in R's survdiff. Raises NotEstimable with fewer
    than two groups or no event. Reference: Mantel (1966); Klein & Moeschberger, 7.3.
    """
    start, stop, event, _ = spell_arrays(spells)
    labels, group = np.unique(spells[by].to_numpy(), return_inverse=True)
    happened = event != 0
    if labels.size < 2 or not happened.any():
        raise NotEstimable("A log-rank test needs two groups and at least one event.")
    times, place = np.unique(stop[happened], return_inverse=True)
    first = np.searchsorted(times, start, side="right")
    last = np.searchsorted(times, stop, side="right")
    shape = (times.size + 1, labels.size)
    change = np.zeros(shape)
    np.add.at(change, (first, group), 1.0)
    np.add.at(change, (last, group), -1.0)
    at_risk = change.cumsum(axis=0)[:-1]
    died = np.zeros((times.size, labels.size))
    np.add.at(died, (place, group[happened]), 1.0)
    n, d = at_risk.sum(axis=1), died.sum(axis=1)
    excess = (died - at_risk * (d / n)[:, None]).sum(axis=0)
    spread = d * (n - d) / np.maximum(n - 1, 1) / n**2
    covariance = np.diag((spread * n) @ at_risk) - (at_risk * spread[:, None]).T @ at_risk
    statistic = float(excess[1:] @ np.linalg.pinv(covariance[1:, 1:]) @ excess[1:])
    degrees = int(((at_risk * (d / n)[:, None]).sum(axis=0) > 0).sum()) - 1
    if not degrees:
        raise NotEstimable("Only one group was ever at risk when somebody left; there is nothing to compare.")
    return statistic, degrees, float(stats.chi2.sf(statistic, degrees))


def strata_of(spells: pl.DataFrame, by: str | None) -> list[tuple[object, pl.DataFrame]]:
    """The spells of each value of column `by`, in its order; one stratum "all" without it."""
    if by is None:
        return [("all", spells)]
    return [(key[0], rows) for key, rows in spells.sort(by).group_by(by, maintain_order=True)]


def _hazard_variance(sets: RiskSets) -> Vector:
    """Greenwood's d / (n (n - d)), 0 where everybody left (the curve is 0 from there on)."""
    rest = sets.at_risk * (sets.at_risk - sets.events)
    return np.divide(sets.events, rest, out=np.zeros_like(rest), where=rest > 0)


def _product_limit(sets: RiskSets) -> tuple[Vector, Vector]:
    share = np.divide(sets.events, sets.at_risk, out=np.zeros_like(sets.events), where=sets.at_risk > 0)
    return np.cumprod(1 - share), np.cumsum(_hazard_variance(sets))


def _interval(survival: Vector, greenwood: Vector, kind: str, level: float) -> tuple[Vector, Vector]:
    z = float(stats.norm.ppf(0.5 + level / 2))
    error = np.sqrt(greenwood)
    if kind == "plain":
        return np.clip(survival - z * survival * error, 0, 1), np.clip(survival + z * survival * error, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "log":
            low, high = survival * np.exp(-z * error), np.minimum(survival * np.exp(z * error), 1.0)
        else:
            log = np.log(survival)
            widen = np.exp(z * error / log)
            low, high = np.exp(log / widen), np.exp(log * widen)
    inner = (survival > 0) & (survival < 1)
    return np.where(inner, low, np.nan), np.where(inner, high, np.nan)


def _first_at_or_below(time: Vector, values: NDArray[np.floating], level: float) -> float | None:
    below = np.flatnonzero(values.astype(np.float64) <= level + 1e-12)
    if not below.size:
        return None
    i = int(below[0])
    if abs(values[i] - level) < 1e-12:
        lower = np.flatnonzero(values < level - 1e-12)
        return float((time[i] + time[lower[0]]) / 2) if lower.size else float(time[i])
    return float(time[i])
