"""Where one person is several units, intervals keep their level."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from tests.unit.warehouse.sql_macros import PROJECT, rows

SUMMED = """
with cells_summed as (
    select cell, sum(numerator) as numerator, sum(denominator) as denominator, count(distinct person_key) as n_people
    from units_spread_over_cells group by cell
),
"""
SEEDS = {name: pl.read_csv(PROJECT / f"seeds/{name}.csv") for name in ("t_quantiles", "poisson_limits")}
SHARES = SUMMED + "{{ shares_estimated() }} done as (select 1) select * from cells_estimated order by cell"
EVENTS = SUMMED + "{{ events_estimated() }} done as (select 1) select * from cells_estimated order by cell"
REPEATS = 2000


def estimated(query: str, cell: list, person: list, numerator: list, denominator: list) -> list[dict]:
    units = pl.DataFrame({"cell": cell, "person_key": person, "numerator": numerator, "denominator": denominator})
    return rows(query, units_spread_over_cells=units.with_columns(pl.col("person_key").cast(pl.String)), **SEEDS)


def coverage(found: list[dict], truth: float) -> float:
    return float(np.mean([row["ci_low"] <= truth <= row["ci_high"] for row in found]))


def sessions_held(pairs: int, alike: float, share: float) -> list[dict]:
    """Companies of `pairs` pairs with about eight sessions each, whose shares differ so that sessions of one pair correlate by `alike`."""
    rng = np.random.default_rng(20261128)
    booked = rng.poisson(7, (REPEATS, pairs)) + 1
    own = rng.beta(share * (1 - alike) / alike, (1 - share) * (1 - alike) / alike, booked.shape) if alike else share
    held = rng.binomial(booked, own)
    cell, pair = (index.ravel() for index in np.indices(booked.shape))
    sessions = booked.ravel()
    first = np.repeat(np.cumsum(sessions) - sessions, sessions)
    is_held = np.arange(sessions.sum()) - first < np.repeat(held.ravel(), sessions)
    cells, people = np.repeat(cell, sessions).tolist(), np.repeat(pair, sessions).tolist()
    return estimated(SHARES, cells, people, is_held.astype(int).tolist(), [1] * len(cells))


@pytest.mark.parametrize("alike", [0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_share_of_sessions_of_thirty_pairs_covers_the_truth(alike: float, share: float) -> None:
    """93 to 97 %, with a Monte-Carlo error of half a point."""
    assert 0.93 <= coverage(sessions_held(30, alike, share), share) <= 0.97


def meetings(pairs: int, rate: float, draw: Callable[[np.random.Generator, np.ndarray], np.ndarray]) -> list[dict]:
    rng = np.random.default_rng(20261129)
    months = rng.uniform(1, 6, (REPEATS, pairs))
    cell, pair = (index.ravel() for index in np.indices(months.shape))
    held = draw(rng, rate * months).astype(float)
    return estimated(EVENTS, cell.tolist(), pair.tolist(), held.ravel().tolist(), months.ravel().tolist())


@pytest.mark.parametrize("pairs", [10, 30])
@pytest.mark.parametrize(
    ("draw", "spread"),
    [
        (lambda rng, mean: np.floor(mean + rng.uniform(size=mean.shape)), "less than chance"),
        (lambda rng, mean: rng.poisson(mean), "chance"),
        (lambda rng, mean: rng.poisson(mean * rng.gamma(4, 0.25, mean.shape)), "more than chance"),
    ],
    ids=["regular", "chance", "uneven"],
)
def test_meetings_a_month_cover_the_truth_however_pairs_differ(pairs: int, draw: Callable, spread: str) -> None:
    assert 0.93 <= coverage(meetings(pairs, 1.5, draw), 1.5) <= 0.97, spread


def test_one_unit_a_person_keeps_wilsons_interval() -> None:
    row = estimated(SHARES, [1] * 20, list(range(20)), [1] * 12 + [0] * 8, [1] * 20)[0]
    assert (round(row["ci_low"], 4), round(row["ci_high"], 4), row["interval_method"]) == (0.3866, 0.7812, None)


def test_where_all_were_held_each_pair_counts_as_one() -> None:
    row = estimated(SHARES, [1] * 40, [index // 8 for index in range(40)], [1] * 40, [1] * 40)[0]
    assert (round(row["ci_low"], 4), row["interval_method"]) == (0.5655, "wilson_by_person")


def test_pairs_that_all_met_equally_often_get_the_poisson_interval() -> None:
    row = estimated(EVENTS, [1] * 6, list(range(6)), [3.0] * 6, [2.0] * 6)[0]
    assert row["interval_method"] is None
    assert row["ci_low"] < 1.5 < row["ci_high"]
