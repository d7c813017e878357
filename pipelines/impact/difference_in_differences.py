"""Group-time effects for survey waves with staggered starts: each cohort against those not yet treated, never against those treated before.

Reference: Callaway & Sant'Anna (2021), Journal of Econometrics 225, without covariates. Two-way fixed effects compare late starters with early ones,
whose effect is still growing; they aren't offered here.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.sensitivity import NegativeControl

Matrix = NDArray[np.float64]
Places = NDArray[np.int64]
AGGREGATIONS = ("simple", "group", "dynamic", "calendar")
NEVER = np.iinfo(np.int64).max // 2


@dataclass(frozen=True)
class GroupTimeEffects:
    """cells: one row per cohort and wave; influence: (units or clusters, cells), root of summed squares is the error.

    cells: cohort, wave, event_time (waves since the start; negative before), estimate, std_error, ci_low, ci_high, n_treated, n_comparison (units
    observed in every comparison of the cell, at least). degrees: of the t intervals; 0 means normal ones.
    """

    cells: pl.DataFrame
    influence: Matrix
    membership: Matrix
    cohorts: Places
    clusters: Places
    degrees: int
    baseline_waves: int
    level: float = 0.05

    @property
    def shares(self) -> Vector:
        """Each cohort's share of all units, (cohorts,)."""
        means: Vector = self.membership.mean(axis=0)
        return means


@dataclass(frozen=True)
class _Panel:
    outcome: Matrix
    cohort: Places
    waves: Places
    clusters: Places


def group_time_effects(
    panel: pl.DataFrame,
    *,
    comparison: str = "not_yet",
    baseline_waves: int = 3,
    small_sample: bool = True,
    cluster: str | None = None,
    level: float = 0.05,
) -> GroupTimeEffects:
    """Effect of each cohort in each wave, against the units not yet treated ("not_yet") or never treated ("never").

    panel: one row per unit and wave: unit, wave (integer), outcome (null: no answer), cohort (first treated wave; null: never). Unbalanced panels are
    allowed: each comparison uses the units observed in both its waves.
    baseline_waves: from the start on, wave t is compared with each of that many last waves before the start and the comparisons are averaged (the
    mean of the last three; one bad wave before joining, Ashenfelter's dip, then weighs a third). Before the start, each wave with the one before.
    level: of the intervals, two-sided. small_sample: n / (n - 1) in each arm, and t intervals with treated units less cohorts as degrees of freedom. Raises NotEstimable if no cohort has
    both a wave before and comparison units.
    """
    if comparison not in {"not_yet", "never"}:
        raise ValueError(f'comparison must be "not_yet" or "never", not {comparison!r}.')
    data = _matrix(panel, cluster)
    cohorts = np.unique(data.cohort[(data.cohort < NEVER) & (data.cohort > data.waves[0])])
    cells, influence = [], []
    for cohort, place in product(cohorts, range(1, data.waves.size)):
        cell = _cell(data, int(cohort), place, comparison, baseline_waves, small_sample)
        if cell is not None:
            cells.append(cell[0])
            influence.append(cell[1])
    if not cells:
        raise NotEstimable("No cohort has a wave before its start and somebody not yet treated to compare with.")
    columns = np.column_stack(influence)
    joined = np.isin(data.cohort, cohorts) & ~np.isnan(data.outcome).all(axis=1)
    degrees = max(int(joined.sum()) - cohorts.size, 1) if small_sample else 0
    return GroupTimeEffects(
        _with_errors(pl.DataFrame(cells), _by_cluster(columns, data.clusters), degrees, level),
        columns,
        (data.cohort[:, None] == cohorts[None, :]).astype(np.float64),
        cohorts,
        data.clusters,
        degrees,
        baseline_waves,
        level,
    )


def aggregate(effects: GroupTimeEffects, kind: str = "simple") -> pl.DataFrame:
    """Averages of group-time effects from the start on, weighted by cohort size; the weights' own uncertainty is in the errors.

    kind: "simple" (all cells), "group" (by cohort), "dynamic" (by event time; earlier than 0 shown too), "calendar" (by wave). Returns term, estimate,
    std_error, ci_low, ci_high; term "overall" first, then the values. Reference: Callaway & Sant'Anna (2021), section 3.2.
    """
    if kind not in AGGREGATIONS:
        raise ValueError(f"kind must be one of {', '.join(AGGREGATIONS)}, not {kind!r}.")
    cells = effects.cells
    after = cells["event_time"].to_numpy() >= 0
    if not after.any():
        raise NotEstimable("No wave after a start has been observed yet.")
    if kind == "simple":
        return _table(effects, ["overall"], [_average(effects, after)])
    column = {"group": "cohort", "dynamic": "event_time", "calendar": "wave"}[kind]
    values = cells[column].to_numpy()
    terms = np.unique(values if kind == "dynamic" else values[after])
    parts = [_average(effects, (values == v) & (after | (kind == "dynamic"))) for v in terms]
    main = [part for v, part in zip(terms, parts, strict=True) if kind != "dynamic" or v >= 0]
    if kind == "group":
        chosen = np.isin(effects.cohorts, terms)
        overall = _weigh(
            effects, np.array([p[0] for p in main]), np.column_stack([p[1] for p in main]), np.flatnonzero(chosen)
        )
    else:
        overall = (float(np.mean([p[0] for p in main])), np.mean([p[1] for p in main], axis=0))
    return _table(effects, ["overall", *(str(v) for v in terms)], [overall, *parts])


@dataclass(frozen=True)
class PreTrend:
    """waves_before: fewest waves before the start over cohorts; fewest_pairs: smallest treated arm of any comparison; p_value: null without a test.

    drift: how much the cohorts had moved against the comparison over those steps together, as if they had begun before them; None without a test.
    """

    waves_before: int
    fewest_pairs: int
    statistic: float | None
    p_value: float | None
    drift: NegativeControl | None = None


def pre_trend(effects: GroupTimeEffects, gaps: int = 3) -> PreTrend:
    """Joint test that cohorts moved like the comparison over the last `gaps` steps before their start (F, on effects by event time).

    A small p refuses the design. It needs two waves before the start for one step; the policy asks for three.
    """
    cells = effects.cells
    place = cells["event_time"].to_numpy()
    fewest = int(cells["n_treated"].to_numpy().min())
    before = int(cells.group_by("cohort").agg((pl.col("event_time") < 0).sum())["event_time"].to_numpy().min()) + 1
    steps = [e for e in range(-gaps, 0) if (place == e).any()]
    if not steps:
        return PreTrend(before, fewest, None, None)
    parts = [_average(effects, place == e) for e in steps]
    moves = np.array([part[0] for part in parts])
    influence = _by_cluster(np.column_stack([part[1] for part in parts]), effects.clusters)
    covariance = influence.T @ influence
    if np.linalg.matrix_rank(covariance) < len(steps):
        return PreTrend(before, fewest, None, None)
    wald = float(moves @ np.linalg.solve(covariance, moves))
    k, degrees = len(steps), effects.degrees or 10**6
    scale = max(degrees - k + 1, 1)
    statistic = wald * scale / (k * degrees)
    drift = NegativeControl("the waves before the start", float(moves.sum()), float(np.sqrt(covariance.sum())))
    return PreTrend(before, fewest, statistic, float(stats.f.sf(statistic, k, scale)), drift)


def _matrix(panel: pl.DataFrame, cluster: str | None) -> _Panel:
    if panel.select("unit", "wave").is_duplicated().any():
        raise NotEstimable("A unit has two rows in one wave; one answer a wave is needed.")
    units = panel.group_by("unit").agg(
        pl.col("cohort").n_unique().alias("starts"),
        pl.col("cohort").first(),
        pl.col(cluster or "unit").first().alias("cluster"),
    )
    units = units.sort("unit")
    moved = units.filter(pl.col("starts") > 1)
    if moved.height:
        raise NotEstimable(f"{moved.height} units have more than one start, {moved['unit'][0]} for one.")
    waves = panel["wave"].unique().sort().cast(pl.Int64).to_numpy()
    rows = units.select("unit").with_row_index("place").join(panel, on="unit", how="inner")
    outcome = np.full((units.height, waves.size), np.nan)
    at = np.searchsorted(waves, rows["wave"].cast(pl.Int64).to_numpy())
    outcome[rows["place"].to_numpy(), at] = rows["outcome"].cast(pl.Float64).to_numpy()
    _, clusters = np.unique(units["cluster"].to_numpy(), return_inverse=True)
    return _Panel(outcome, units["cohort"].cast(pl.Int64).fill_null(NEVER).to_numpy(), waves, clusters)


def _cell(
    data: _Panel, cohort: int, place: int, comparison: str, baseline_waves: int, small_sample: bool
) -> tuple[dict[str, float], Vector] | None:
    """One cohort in one wave: the average of its comparisons with each baseline wave, and every unit's influence on it."""
    start = int(np.searchsorted(data.waves, cohort))
    bases = range(max(start - baseline_waves, 0), start) if place >= start else (place - 1,)
    found = [_two_by_two(data, cohort, place, base, comparison, small_sample) for base in bases]
    kept = [one for one in found if one is not None]
    if not kept:
        return None
    cell: dict[str, float] = {
        "cohort": cohort,
        "wave": int(data.waves[place]),
        "event_time": place - start,
        "estimate": float(np.mean([one[0] for one in kept])),
        "n_treated": min(one[2] for one in kept),
        "n_comparison": min(one[3] for one in kept),
    }
    return cell, np.mean([one[1] for one in kept], axis=0)


def _two_by_two(
    data: _Panel, cohort: int, place: int, base: int, comparison: str, small_sample: bool
) -> tuple[float, Vector, int, int] | None:
    change = data.outcome[:, place] - data.outcome[:, base]
    known = ~np.isnan(change)
    latest = data.waves[max(place, base)]
    others = (data.cohort == NEVER) if comparison == "never" else (data.cohort > latest) & (data.cohort != cohort)
    arms = ((data.cohort == cohort) & known, others & known)
    sizes = [int(arm.sum()) for arm in arms]
    if min(sizes) < 2:
        return None
    influence, means = np.zeros(change.size), []
    for arm, size, sign in zip(arms, sizes, (1.0, -1.0), strict=True):
        means.append(float(change[arm].mean()))
        factor = np.sqrt(size / (size - 1)) if small_sample else 1.0
        influence[arm] = sign * factor * (change[arm] - means[-1]) / size
    return means[0] - means[1], influence, sizes[0], sizes[1]


def _average(effects: GroupTimeEffects, chosen: NDArray[np.bool_]) -> tuple[float, Vector]:
    cohort = np.searchsorted(effects.cohorts, effects.cells["cohort"].to_numpy()[chosen])
    return _weigh(effects, effects.cells["estimate"].to_numpy()[chosen], effects.influence[:, chosen], cohort)


def _weigh(effects: GroupTimeEffects, values: Vector, influence: Matrix, cohort: Places) -> tuple[float, Vector]:
    """Average by cohort size, with the influence of having estimated the sizes."""
    sizes = effects.shares[cohort]
    total = float(sizes.sum())
    estimate = float(sizes @ values) / total
    sizing = (effects.membership[:, cohort] - sizes) @ (values - estimate) / total / effects.membership.shape[0]
    return estimate, influence @ (sizes / total) + sizing


def _by_cluster(influence: Matrix, clusters: Places) -> Matrix:
    count = int(clusters.max()) + 1
    return np.column_stack([tally(clusters, column, count) for column in influence.T])


def _with_errors(frame: pl.DataFrame, influence: Matrix, degrees: int, level: float) -> pl.DataFrame:
    error = np.sqrt((influence**2).sum(axis=0))
    quantile = float(stats.t.isf(level / 2, degrees) if degrees else stats.norm.isf(level / 2))
    return frame.with_columns(std_error=pl.Series(error)).with_columns(
        ci_low=pl.col("estimate") - quantile * pl.col("std_error"),
        ci_high=pl.col("estimate") + quantile * pl.col("std_error"),
    )


def _table(effects: GroupTimeEffects, terms: list[str], parts: list[tuple[float, Vector]]) -> pl.DataFrame:
    frame = pl.DataFrame({"term": terms, "estimate": [part[0] for part in parts]})
    influence = _by_cluster(np.column_stack([part[1] for part in parts]), effects.clusters)
    return _with_errors(frame, influence, effects.degrees, effects.level)
