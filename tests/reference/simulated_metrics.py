"""Metrics whose truth is known, through the project's own SQL: sessions of alike pairs, meetings a month, months that are quiet, goals, series with a future."""

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from tests.unit.warehouse.sql_macros import PROJECT, model, rows

SEEDS = {name: pl.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("t_quantiles", "poisson_limits")}
SHARES = (
    "with {{ cells_summed() }} {{ shares_estimated() }} done as (select 1) select * from cells_estimated order by cell"
)
EVENTS = "with {{ cells_summed(events=true) }} {{ events_estimated() }} done as (select 1) select * from cells_estimated order by cell"
JUDGED = "with {{ count_limits('series', ['cell', 'look']) }} select cell, look, rule is not null as alarms, signal from counted order by cell, look"

Draw = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def estimated(query: str, cell: Iterable, person: Iterable, numerator: Iterable, denominator: Iterable) -> list[dict]:
    """Cells with value and interval; one entry a unit."""
    units = pl.DataFrame({"cell": cell, "person_key": person, "numerator": numerator, "denominator": denominator})
    return rows(query, units_spread_over_cells=units.with_columns(pl.col("person_key").cast(pl.String)), **SEEDS)


def covered(found: list[dict], truth: float) -> np.ndarray:
    """Whether each interval holds the truth, as 0 and 1."""
    return np.array([row["ci_low"] <= truth <= row["ci_high"] for row in found], dtype=np.float64)


def sessions_held(seed: int, companies: int, pairs: int, alike: float, share: float) -> list[dict]:
    """Companies of `pairs` pairs with about eight sessions each, whose shares differ so that sessions of one pair correlate by `alike`."""
    rng = np.random.default_rng(seed)
    booked = rng.poisson(7, (companies, pairs)) + 1
    own = rng.beta(share * (1 - alike) / alike, (1 - share) * (1 - alike) / alike, booked.shape) if alike else share
    held = rng.binomial(booked, own)
    cell, pair = (index.ravel() for index in np.indices(booked.shape))
    sessions = booked.ravel()
    first = np.repeat(np.cumsum(sessions) - sessions, sessions)
    is_held = np.arange(sessions.sum()) - first < np.repeat(held.ravel(), sessions)
    cells, people = np.repeat(cell, sessions).tolist(), np.repeat(pair, sessions).tolist()
    return estimated(SHARES, cells, people, is_held.astype(int).tolist(), [1] * len(cells))


def regular(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Less spread than chance."""
    return np.floor(mean + rng.uniform(size=mean.shape))


def by_chance(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """As much spread as chance."""
    return rng.poisson(mean)


def uneven(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """More spread than chance: pairs differ."""
    return rng.poisson(mean * rng.gamma(4, 0.25, mean.shape))


def meetings(seed: int, companies: int, pairs: int, rate: float, draw: Draw) -> list[dict]:
    """Companies of pairs that were open for one to six months and met `rate` times a month."""
    rng = np.random.default_rng(seed)
    months = rng.uniform(1, 6, (companies, pairs))
    cell, pair = (index.ravel() for index in np.indices(months.shape))
    held = draw(rng, rate * months).astype(float)
    return estimated(EVENTS, cell.tolist(), pair.tolist(), held.ravel().tolist(), months.ravel().tolist())


def alike_months(years: int, months: int, rng: np.random.Generator, correlation: float = 0.3) -> np.ndarray:
    """Standard normal months with this autocorrelation, shape (years, months)."""
    steps = rng.normal(size=(years, months))
    for month in range(1, months):
        steps[:, month] = correlation * steps[:, month - 1] + np.sqrt(1 - correlation**2) * steps[:, month]
    return steps


def quiet_counts(
    rng: np.random.Generator, pairs: int, rate: float, unit: str, shape: tuple[int, int], swing: float
) -> np.ndarray:
    """Counts by chance around a rate that itself swings by `swing` (a standard deviation of its logarithm or logit) from month to month."""
    swings = swing * alike_months(*shape, rng)
    if unit == "share":
        return rng.binomial(pairs, 1 / (1 + np.exp(-np.log(rate / (1 - rate)) - swings)))
    return rng.poisson(pairs * rate * np.exp(swings - swing**2 / 2))


def alarms(counts: np.ndarray, pairs: int, unit: str, before: int) -> np.ndarray:
    """Whether each month after the first `before` alarms when it is the last one, shape (years, months - before)."""
    years, months = counts.shape
    frames = [
        pl.DataFrame(
            {
                "cell": np.repeat(np.arange(years), before + 1),
                "look": look,
                "month_index": np.tile(np.arange(before + 1), years),
                "numerator": counts[:, look : look + before + 1].ravel().astype(float),
            }
        )
        for look in range(months - before)
    ]
    series = pl.concat(frames).with_columns(denominator=pl.lit(float(pairs)), unit=pl.lit(unit))
    found = rows(JUDGED, series=series.with_columns(value=pl.col("numerator") / pl.col("denominator")))
    said = np.zeros((years, months - before), bool)
    for row in found:
        said[row["cell"], row["look"]] = row["alarms"]
    return said


def quiet_years(seed: int, years: int, pairs: int, rate: float, unit: str, before: int, swing: float) -> np.ndarray:
    """Whether some month of a year without any change alarms; `before` months lie before the first of them. Shape (years,)."""
    counts = quiet_counts(np.random.default_rng(seed), pairs, rate, unit, (years, before + 12), swing)
    return alarms(counts, pairs, unit, before).any(axis=1)


def stops_are_told(seed: int, programmes: int, pairs: int, rate: float, before: int) -> np.ndarray:
    """Whether pairs that stop meeting alarm within three months, after `before` usual ones."""
    counts = quiet_counts(np.random.default_rng(seed), pairs, rate, "per month", (programmes, before + 3), 0.0)
    counts[:, before:] = 0
    return alarms(counts, pairs, "per month", before).any(axis=1)


def forecasts(series: np.ndarray, ahead: int) -> pl.DataFrame:
    """What `goal_forecasts` says of each series but its last `ahead` months, for the last of them: goal_id, forecast_value, half_width, trials, coverage."""
    number, months = series.shape
    known = months - ahead
    due = pl.date(2000, 1, 1).dt.offset_by(pl.format("{}mo", pl.lit(months - 1)))
    goals = pl.select(goal_id=pl.int_range(number)).with_columns(
        metric_id=pl.lit("m"), programme_id=pl.lit("p"), segment_kind=pl.lit("all"), segment_value=pl.lit("all"), due_date=due,
    )  # fmt: skip
    first = pl.date(2000, 1, 1).dt.offset_by(pl.format("{}mo", pl.col("month")))
    values = pl.DataFrame({"goal": np.repeat(np.arange(number), known), "month": np.tile(np.arange(known), number), "value": series[:, :known].ravel()}).with_columns(
        metric_id=pl.format("m{}", "goal"), programme_id=pl.lit("p"), cohort_id=pl.lit("all"), segment_kind=pl.lit("all"), segment_value=pl.lit("all"), period_kind=pl.lit("month"), period_start=first,
    )  # fmt: skip
    own = goals.with_columns(metric_id=pl.format("m{}", "goal_id"))
    return pl.DataFrame(rows(model("goal_forecasts"), programme_goals=own, metric_values=values)).sort("goal_id")


def goal_statuses(seed: int, goals: int, truth: float, target: float, people: int = 60) -> np.ndarray:
    """What `goal_status` says of a share that is `truth` and was to be `target` by a day that has passed, each goal measured on so many people. Shape (goals,)."""
    rng = np.random.default_rng(seed)
    drawn = rng.random((goals, people)) < truth
    cell, person = (index.ravel() for index in np.indices(drawn.shape))
    found = pl.DataFrame(estimated(SHARES, cell.tolist(), person.tolist(), drawn.ravel().astype(int).tolist(), [1] * drawn.size))  # fmt: skip
    everybody = {"segment_kind": pl.lit("all"), "segment_value": pl.lit("all")}
    first, due = pl.date(2025, 1, 1), pl.date(2025, 12, 31)
    declared = pl.select(number=pl.int_range(goals)).select(
        goal_id=pl.format("g{}", "number"), programme_id=pl.lit("p"), statement=pl.lit(""), metric_id=pl.format("m{}", "number"), **everybody,
        baseline=pl.lit(0.2), target=pl.lit(target), unit=pl.lit("share"), direction=pl.lit("increase"), start_date=first, due_date=due,
        owner=pl.lit(""), measured=pl.lit(None, pl.String),
    )  # fmt: skip
    values = found.select(
        pl.format("m{}", "cell").alias("metric_id"), "value", "ci_low", "ci_high", programme_id=pl.lit("p"), cohort_id=pl.lit("all"), **everybody,
        n_people=pl.lit(people), unit=pl.lit("share"), suppression_reason=pl.lit(None, pl.String), period_kind=pl.lit("to_date"), period_start=first, period_end=due,
    )  # fmt: skip
    nothing = {"goal_id": pl.String, "forecast_value": pl.Float64, "half_width": pl.Float64, "trials": pl.Int64, "coverage": pl.Float64}  # fmt: skip
    said = rows(
        f"select goal_id, status from ({model('goal_status')})", programme_goals=declared, metric_values=values,
        goal_forecasts=pl.DataFrame(schema=nothing), stg_workspace=pl.select(as_of_date=pl.date(2026, 1, 31)),
        int_periods=pl.select(period_start=pl.date(2026, 1, 1), period_end=pl.date(2026, 1, 31), period_kind=pl.lit("month")),
    )  # fmt: skip
    return np.array([row["status"] for row in said])
