"""Where one person is several units, intervals keep their level."""

import numpy as np
import pytest

from tests.reference.simulated_metrics import (
    EVENTS,
    SHARES,
    Draw,
    by_chance,
    covered,
    estimated,
    meetings,
    regular,
    sessions_held,
    uneven,
)

pytestmark = pytest.mark.slow

COMPANIES = 2000


@pytest.mark.parametrize("alike", [0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_share_of_sessions_of_thirty_pairs_covers_the_truth(alike: float, share: float) -> None:
    """93 to 97 %, with a Monte-Carlo error of half a point."""
    assert 0.93 <= np.mean(covered(sessions_held(20261128, COMPANIES, 30, alike, share), share)) <= 0.97


@pytest.mark.parametrize("pairs", [10, 30])
@pytest.mark.parametrize("draw", [regular, by_chance, uneven])
def test_meetings_a_month_cover_the_truth_however_pairs_differ(pairs: int, draw: Draw) -> None:
    assert 0.93 <= np.mean(covered(meetings(20261129, COMPANIES, pairs, 1.5, draw), 1.5)) <= 0.97, draw.__doc__


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
