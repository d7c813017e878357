"""Which neighbour goes with a secret count: the cheapest of a sum that tells it, a whole that holds it, or one a sum further away."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from pipelines.serving.disclosure import _price, _protected, _protection, _system, _together
from pipelines.serving.disclosure_bounds import System
from pipelines.serving.disclosure_sums import Counts
from tests.unit.serving.test_disclosure_rule import CELL, cells

INF = np.inf
WIDTH = 4.0


def taken_along(
    sums: list[list[float]],
    values: list[float],
    hidden: list[int],
    price: list[float],
    *,
    secret: int = 0,
    parts_of: list[list[int]] | None = None,
    high: list[float] | None = None,
) -> list[int]:
    """The counts, one per cell, that are hidden in the end where `secret` must stay open by `WIDTH`."""
    size = len(values)
    table = pl.DataFrame({"variable": range(size), "count": [float(value) for value in values]})
    of_cell = np.column_stack([np.arange(size), *[np.full(size, -1)] * 3])
    system = System(
        sparse.csr_array(np.array(sums, dtype=float).reshape(-1, size)),
        np.zeros(size),
        np.array(high or [INF] * size),
        np.array(parts_of or np.zeros((0, 2)), dtype=int),
        np.zeros(len(sums)),
    )
    width = np.where(np.arange(size) == secret, WIDTH, 0.0)
    found = _protected(Counts(table, of_cell), system, width, np.isin(np.arange(size), hidden), np.array(price))
    return np.flatnonzero(found).tolist()


SUM = [[1, 1, 1, -1]]


@pytest.mark.parametrize(
    ("price", "expected"),
    [([1, 10, 5, 90], [0, 2]), ([1, 5, 5, 90], [0, 1]), ([1, INF, INF, 90], [0, 3]), ([1, INF, INF, INF], [0])],
)
def test_of_a_sum_that_tells_a_secret_the_cheapest_goes_and_what_is_known_anyway_stays(
    price: list[float], expected: list[int]
) -> None:
    assert taken_along(SUM, [2, 30, 20, 52], [0], price) == expected


def test_neighbours_go_until_the_secret_is_open_wide_enough() -> None:
    assert taken_along(SUM, [1, 1, 20, 22], [0], [1, 2, 3, 90]) == [0, 1, 2]
    assert taken_along(SUM, [2, 2, 20, 24], [0], [1, 2, 3, 90]) == [0, 1]


def test_a_sum_that_tells_nothing_loses_nothing() -> None:
    sums = [[1, 1, -1, 0, 0, 0], [1, 0, 0, 1, 1, -1]]
    assert taken_along(sums, [2, 30, 32, 4, 5, 11], [0, 3, 4], [1, 9, 8, 1, 1, 0.5]) == [0, 2, 3, 4]
    assert taken_along(sums, [2, 30, 32, 4, 5, 11], [0, 1, 3, 4], [1] * 6) == [0, 1, 3, 4]


def test_where_no_sum_tells_it_the_whole_that_holds_it_goes_and_so_does_a_part_of_it() -> None:
    assert taken_along([], [2, 3, 9], [0], [1, 9, 9], parts_of=[[0, 1], [1, 2]]) == [0, 1]
    assert taken_along([], [2, 3, 9], [0], [1, 9, INF], parts_of=[[0, 1], [0, 2]]) == [0, 1]
    assert taken_along([], [7, 5, 9], [0], [1, 9, 9], parts_of=[[1, 0], [1, 2]], high=[8, INF, INF]) == [0, 1]


def test_what_tells_a_secret_a_sum_further_away_goes() -> None:
    chain = [[1, 1, -1, 0, 0, 0, 0], [0, 1, 0, 1, -1, 0, 0], [0, 0, 1, 0, 0, 1, -1]]
    values = [2, 6, 8, 5, 11, 7, 15]
    assert taken_along(chain, values, [0, 1, 2], [1, 1, 1, 9, 5, 30, 40]) == [0, 1, 2, 4, 5]
    assert taken_along(chain, values, [0, 1, 2], [1, 1, 1, INF, INF, INF, INF]) == [0, 1, 2]


def counts(of_cell: list[list[int]], values: list[float]) -> Counts:
    table = pl.DataFrame(
        {"variable": range(len(values)), "count": values, "count_key": [str(i) for i in range(len(values))]}
    )
    return Counts(table, np.array(of_cell))


def test_a_part_costs_its_people_a_whole_programme_more_and_nobody_most() -> None:
    of = cells(
        {"cohort_id": "c1", "segment_kind": "all"},
        {"segment_kind": "department"},
        {"period_kind": "month"},
        {},
        {"cohort_id": "c1", "n_people": 0},
        {"cohort_id": "c1", "n_people": None},
        {"cohort_id": "c1", "n_people": 1},
    )
    alone = [[i, -1, -1, -1] for i in range(7)]
    found = _price(of, counts(alone, [1.0] * 7))
    assert found.tolist() == [31, 31, 1e6 + 31, 1e7 + 31, 1e9, 1e9, 2]


def test_a_count_costs_all_cells_that_show_it_in_whichever_quantity() -> None:
    of = cells({"cohort_id": "c1"}, {"cohort_id": "c2", "n_people": 9})
    assert _price(of, counts([[0, 1, -1, 2], [1, -1, 0, -1]], [1.0] * 3)).tolist() == [41, 41, 31]


def test_a_count_is_held_open_as_wide_as_the_strictest_cell_asks() -> None:
    of = cells({"segment_kind": "department", "n_people": 4}, {"segment_kind": "site", "numerator": 4.0})
    found = _protection(of, counts([[0, 1, 2, 3], [2, 4, 5, 0]], [1.0] * 6), 9)
    assert found.tolist() == [4, 8, 8, 4, 0, 0]


def test_a_shares_parts_are_parts_of_its_whole_and_limits_are_the_strictest_of_all_cells() -> None:
    table = pl.DataFrame(
        [
            {"variable": i, "count_key": key, **{name: CELL[name] for name in ("programme_id", "cohort_id", "segment_kind", "segment_value", "period_kind", "period_start")}, "count": count}
            for i, (key, count) in enumerate((("a", 15.0), ("b", 30.0), ("c", 15.0), ("d", 30.0), ("e", 3.5)))
        ]
    )  # fmt: skip
    of = cells({}, {}, {"unit": "points on the scale", "complement": None})
    found = _system(of, Counts(table, np.array([[0, 1, 3, 2], [0, 1, 3, 2], [4, 1, 3, -1]])))
    assert found.matrix.toarray().tolist() == [[1, -1, 1, 0, 0]]
    assert found.parts_of.tolist() == [[0, 1], [2, 1]]
    assert found.low.tolist() == [0, 0, 0, 1, -INF]
    assert found.high.tolist() == [INF] * 5
    assert found.out.tolist() == [0]


def test_counts_hang_together_by_sums_and_by_standing_in_one_cell() -> None:
    matrix = sparse.csr_array(np.array([[1.0, 1, 0, 0, 0, 0]]))
    of_cell = np.array([[1, 2, -1, -1], [3, -1, -1, -1], [-1, -1, 4, -1]])
    groups = {tuple(np.flatnonzero(group).tolist()) for group in _together(matrix, of_cell)}
    assert groups == {(0, 1, 2), (3,), (4,), (5,)}
