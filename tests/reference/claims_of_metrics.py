"""What is said of metrics, goals and months in which nothing is unusual: intervals, forecasts, alarms, statuses."""

from collections.abc import Callable

import numpy as np

from tests.reference.claim import Claim, Drawn, Values
from tests.reference.simulated_metrics import (
    alike_months,
    by_chance,
    covered,
    forecasts,
    goal_statuses,
    meetings,
    quiet_years,
    regular,
    sessions_held,
    stops_are_told,
    uneven,
)

MONTHS_KNOWN = 48
LEAST_TRIALS, LEAST_COVERAGE = 8, 0.9  # as dbt_project.yml says: forecasts that held less often aren't shown

Series = Callable[[np.random.Generator, int, int], Values]


def white_noise(rng: np.random.Generator, number: int, months: int) -> Values:
    return rng.normal(size=(number, months))


def alike_by_six_tenths(rng: np.random.Generator, number: int, months: int) -> Values:
    return alike_months(number, months, rng, 0.6)


def random_walk(rng: np.random.Generator, number: int, months: int) -> Values:
    return rng.normal(size=(number, months)).cumsum(axis=1)


def trailing_year(rng: np.random.Generator, number: int, months: int) -> Values:
    """Means of the twelve months up to each: neighbours share eleven."""
    sums = np.pad(rng.normal(size=(number, months + 11)), ((0, 0), (1, 0))).cumsum(axis=1)
    return (sums[:, 12:] - sums[:, :-12]) / 12


def forecast_holds(series: Series, ahead: int) -> Drawn:
    """Whether what comes lies within the forecast, where one is shown."""

    def drawn(seeds: range) -> Values:
        known = series(np.random.default_rng(seeds.start), len(seeds), MONTHS_KNOWN + ahead)
        said = forecasts(known, ahead)
        is_shown = (said["trials"] >= LEAST_TRIALS) & (said["coverage"].fill_null(0.0) >= LEAST_COVERAGE)
        holds = np.abs(known[:, -1] - said["forecast_value"].to_numpy()) <= said["half_width"].to_numpy()
        return np.where(is_shown.to_numpy(), holds.astype(np.float64), np.nan)

    return drawn


def sessions_hold(alike: float) -> Drawn:
    return lambda seeds: covered(sessions_held(seeds.start, len(seeds), 30, alike, 0.8), 0.8)


def meetings_hold(draw: Callable[[np.random.Generator, Values], Values]) -> Drawn:
    return lambda seeds: covered(meetings(seeds.start, len(seeds), 30, 1.5, draw), 1.5)


def quiet_year_alarms(pairs: int, swing: float) -> Drawn:
    return lambda seeds: quiet_years(seeds.start, len(seeds), pairs, 0.5, "per month", 23, swing).astype(np.float64)


def stop_is_told(pairs: int) -> Drawn:
    return lambda seeds: stops_are_told(seeds.start, len(seeds), pairs, 1.0, 12).astype(np.float64)


def goal_is_called(status: str, truth: float) -> Drawn:
    """A goal of one half is called so."""
    return lambda seeds: (goal_statuses(seeds.start, len(seeds), truth, 0.5) == status).astype(np.float64)


SERIES = (
    ("white noise", white_noise),
    ("autocorrelation .6", alike_by_six_tenths),
    ("random walk", random_walk),
    ("trailing year", trailing_year),
)
CLAIMS = (
    *(Claim(f"1 forecast, {name}, {ahead} months ahead: holds", forecast_holds(series, ahead), 0.98, low=0.90) for name, series in SERIES for ahead in (3, 6, 12)),
    *(Claim(f"10 show-up of 30 pairs alike by {alike}: interval holds the truth", sessions_hold(alike), 0.97, low=0.93) for alike in (0.0, 0.1, 0.2, 0.3)),
    *(Claim(f"10 meetings a month of 30 {name} pairs: interval holds the truth", meetings_hold(draw), 0.97, low=0.93) for name, draw in (("regular", regular), ("ordinary", by_chance), ("uneven", uneven))),
    Claim("14 goal just not reached: called achieved", goal_is_called("achieved", 0.4999), 0.05),
    Claim("14 goal just reached: called missed", goal_is_called("missed", 0.5), 0.05),
    *(Claim(f"15 quiet year of {pairs} pairs{words}: alarms", quiet_year_alarms(pairs, swing), 0.10, cost=2) for pairs in (5, 20, 100) for swing, words in ((0.0, ""), (0.3, ", months alike by .3"))),
    *(Claim(f"15 {pairs} pairs stop meeting: told within three months", stop_is_told(pairs), 1.0, low=0.95, cost=2) for pairs in (5, 20, 100)),
)  # fmt: skip
