"""What anybody can work out of sums: each bound by hand."""

import numpy as np
import pytest
from scipy import sparse

from pipelines.serving.disclosure_bounds import System, bounds, implied

NONE = np.zeros((0, 2), dtype=int)
INF = np.inf


def system(
    sums: list[list[float]],
    low: list[float] | None = None,
    high: list[float] | None = None,
    parts_of: np.ndarray = NONE,
    out: list[float] | None = None,
) -> System:
    matrix = sparse.csr_array(np.array(sums, dtype=float))
    size = matrix.shape[1]
    return System(
        matrix,
        np.zeros(size) if low is None else np.array(low, dtype=float),
        np.full(size, INF) if high is None else np.array(high, dtype=float),
        parts_of,
        np.zeros(len(sums)) if out is None else np.array(out, dtype=float),
    )


def found(of: System, values: list[float], known: list[int]) -> list[tuple[float, float]]:
    shown = np.isin(np.arange(len(values)), known)
    low, high = bounds(of, np.array(values, dtype=float), shown)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def test_two_hidden_parts_of_a_known_sum_lie_between_nobody_and_all_of_the_rest() -> None:
    assert found(system([[1, 1, 1, -1]]), [2, 3, 5, 10], [2, 3]) == [(0, 5), (0, 5), (5, 5), (10, 10)]


def test_a_single_hidden_part_is_known() -> None:
    assert found(system([[1, 1, -1]]), [2, 3, 5], [1, 2])[0] == (2, 2)


def test_a_hidden_total_is_at_least_what_its_parts_are_and_has_no_end_while_one_has_none() -> None:
    assert found(system([[1, 1, -1]]), [2, 3, 5], [0]) == [(2, 2), (0, INF), (2, INF)]
    assert found(system([[1, 1, -1]]), [2, 3, 5], [0, 1])[2] == (5, 5)


def test_what_one_sum_tells_is_used_in_the_next() -> None:
    chain = system([[1, 1, -1, 0, 0, 0], [0, 0, 1, 1, -1, 0], [0, 0, 0, 0, 1, -1]])
    assert found(chain, [2, 3, 5, 4, 9, 9], [0, 1, 3]) == [(2, 2), (3, 3), (5, 5), (4, 4), (9, 9), (9, 9)]


def test_what_one_sum_tells_is_used_in_the_next_where_nothing_has_an_upper_end() -> None:
    chain = system([[0, 0, 0, 1, 1, -1], [1, 1, -1, 0, 0, 0], [0, 0, 1, -1, 0, 0]])
    assert found(chain, [2, 3, 5, 5, 4, 9], [0, 4])[5] == (6, INF)


def test_counts_without_limits_of_their_own_stay_open() -> None:
    open_ended = system([[1, 1, -1]], low=[-INF, -INF, 0])
    assert found(open_ended, [2, 3, 5], [2]) == [(-INF, INF), (-INF, INF), (5, 5)]
    assert found(open_ended, [2, 3, 5], [0, 2])[1] == (3, 3)


def test_of_sums_that_are_out_by_a_rounding_bounds_stay_at_the_truth() -> None:
    below = system([[1, 1, -1]], out=[-0.1])
    assert found(below, [2, 3, 5.1], [0, 1]) == [(2, 2), (3, 3), pytest.approx((5.1, 5.1))]
    assert found(below, [2, 3, 5.1], [1, 2])[0] == pytest.approx((2, 2))
    above = system([[1, -1, -1]], out=[0.2])
    assert found(above, [5.2, 2, 3], [0, 1])[2] == pytest.approx((3, 3))


def test_a_part_is_no_more_than_its_whole_and_a_whole_no_less_than_its_part() -> None:
    alone = system([[0, 0, 0, 0]], parts_of=np.array([[0, 1], [2, 3]]))
    assert found(alone, [2, 7, 3, 9], [1, 2]) == [(0, 7), (7, 7), (3, 3), (3, INF)]


def test_each_entry_of_a_sum_is_bounded_by_the_others_of_its_row() -> None:
    of = system([[1, 1, -1, 0, 0], [0, 0, 1, 0, -1]], out=[0.5, 0.0])
    least, most = implied(of, np.array([1.0, 2, 4, 0, 3]), np.array([3.0, INF, 9, 1, 6]))
    assert least.tolist() == [-INF, 1.5, 2.5, 3, 4]
    assert most.tolist() == [7.5, 8.5, INF, 6, 9]


def test_a_row_with_two_endless_counts_bounds_neither_and_with_one_bounds_that_one_alone() -> None:
    low, high = np.array([-INF, -INF, 1.0]), np.array([INF, INF, 1.0])
    least, most = implied(system([[1, 1, 1]]), low, high)
    assert (least.tolist(), most.tolist()) == ([-INF] * 3, [INF] * 3)
    least, most = implied(system([[1, 1, 1]]), np.array([-INF, 2, 1]), np.array([INF, 2, 1]))
    assert (least.tolist(), most.tolist()) == ([-3, -INF, -INF], [-3, INF, INF])


def test_a_part_of_the_system_keeps_its_own_sums_parts_and_limits() -> None:
    whole = system(
        [[1, 1, -1, 0, 0, 0], [0, 0, 0, 1, -1, 0], [0, 0, 0, 0, 0, 1]],
        low=[0, 1, 2, 3, 4, 5],
        high=[10, 11, 12, 13, 14, 15],
        parts_of=np.array([[0, 2], [3, 4], [5, 5]]),
        out=[0.1, 0.2, 0.3],
    )
    part = whole.of(np.array([False, False, False, True, True, True]))
    assert part.matrix.toarray().tolist() == [[1, -1, 0], [0, 0, 1]]
    assert (part.low.tolist(), part.high.tolist()) == ([3, 4, 5], [13, 14, 15])
    assert part.parts_of.tolist() == [[0, 1], [2, 2]]
    assert part.out.tolist() == [0.2, 0.3]
    assert system([[1, 1]]).of(np.array([True, True])).parts_of.shape == (0, 2)
