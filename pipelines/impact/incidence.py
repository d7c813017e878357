"""Cumulative incidence where one event makes another impossible: promotion where people also leave, voluntary exit beside dismissal."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import stats

from pipelines.impact.regression import Vector
from pipelines.impact.survival import kaplan_meier, risk_sets, spell_arrays, strata_of


def aalen_johansen(spells: pl.DataFrame, *, cause: int, by: str | None = None, level: float = 0.95) -> pl.DataFrame:
    """Aalen-Johansen cumulative incidence of events coded `cause`; every other code than 0 competes. One row per distinct `stop`.

    Returns stratum, time, n_risk, n_events (of the cause), n_competing, incidence, std_error, ci_low, ci_high (complementary log-log; null
    where incidence is 0). Without competing events it is 1 - Kaplan-Meier, with Greenwood's error.
    Error by the delta method: Marubini & Valsecchi (1995), section 10.4; Klein & Moeschberger (2003), eq. 4.7.2.
    Spells as in `survival`; late entry and case weights allowed.
    """
    curves = []
    for name, rows in strata_of(spells, by):
        start, stop, event, weight = spell_arrays(rows)
        sets = risk_sets(start, stop, event != 0, weight)
        mine = risk_sets(start, stop, event == cause, weight).events
        incidence, error = _incidence(sets.at_risk, sets.events, mine)
        low, high = _complementary_log_log(incidence, error, level)
        curves.append(
            pl.DataFrame(
                {
                    "stratum": [name] * sets.time.size,
                    "time": sets.time,
                    "n_risk": sets.at_risk,
                    "n_events": mine,
                    "n_competing": sets.events - mine,
                    "incidence": incidence,
                    "std_error": error,
                    "ci_low": low,
                    "ci_high": high,
                }
            ).with_columns(pl.col("ci_low", "ci_high").fill_nan(None))
        )
    return pl.concat(curves)


def naive_incidence(spells: pl.DataFrame, *, cause: int, by: str | None = None) -> pl.DataFrame:
    """1 - Kaplan-Meier with competing events taken as censored: too high, shown only beside `aalen_johansen` to say by how much."""
    curve = kaplan_meier(spells.with_columns(event=(pl.col("event") == cause)), by=by)
    return curve.select("stratum", "time", incidence=1 - pl.col("survival"))


def _incidence(at_risk: Vector, events: Vector, mine: Vector) -> tuple[Vector, Vector]:
    share = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    own = np.divide(mine, at_risk, out=np.zeros_like(mine), where=at_risk > 0)
    before = np.concatenate([[1.0], np.cumprod(1 - share)[:-1]])
    incidence = np.cumsum(before * own)
    rest = at_risk * (at_risk - events)
    left = np.divide(events, rest, out=np.zeros_like(rest), where=rest > 0)
    jump = np.divide(mine * (at_risk - mine), at_risk**3, out=np.zeros_like(rest), where=at_risk > 0) * before**2
    cross = np.divide(mine, at_risk**2, out=np.zeros_like(rest), where=at_risk > 0) * before
    variance = (
        incidence**2 * np.cumsum(left)
        - 2 * incidence * np.cumsum(left * incidence)
        + np.cumsum(left * incidence**2)
        + np.cumsum(jump)
        - 2 * (incidence * np.cumsum(cross) - np.cumsum(cross * incidence))
    )
    return incidence, np.sqrt(np.maximum(variance, 0))


def _complementary_log_log(incidence: Vector, error: Vector, level: float) -> tuple[Vector, Vector]:
    z = float(stats.norm.ppf(0.5 + level / 2))
    stay = 1 - incidence
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * error / (stay * np.log(stay))
        low, high = 1 - stay ** np.exp(spread), 1 - stay ** np.exp(-spread)
    inner = (incidence > 0) & (incidence < 1)
    return np.where(inner, low, np.nan), np.where(inner, high, np.nan)


def incidence_at(curve: pl.DataFrame, times: Sequence[float]) -> pl.DataFrame:
    """The rows of an incidence curve in force at `times`: stratum, time, incidence, std_error, ci_low, ci_high; 0 before the first step."""
    asked = pl.DataFrame({"time": [float(t) for t in times]}).sort("time")
    found = []
    for (name,), rows in curve.group_by("stratum", maintain_order=True):
        steps = asked.join_asof(rows.drop("stratum").sort("time"), on="time", strategy="backward")
        found.append(steps.with_columns(pl.lit(name).alias("stratum")))
    kept = ("stratum", "time", "incidence", "std_error", "ci_low", "ci_high")
    return pl.concat(found).with_columns(pl.col("incidence", "std_error").fill_null(0.0)).select(kept)
