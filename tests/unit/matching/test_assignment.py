"""The optimum is the optimum: against brute force, against scipy, and with its own proof."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pipelines.matching.assignment import assign, greatest_coverage, tie_break


def random_problem(
    seed: int, mentees: int, mentors: int, density: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 1_000_000, size=(mentees, mentors))
    feasible = rng.random((mentees, mentors)) < density
    capacity = rng.integers(0, 3, size=mentors)
    ties = tie_break([f"a{i}" for i in range(mentees)], [f"b{j}" for j in range(mentors)], "salt")
    return scores, feasible, capacity, ties


def brute_force(scores: np.ndarray, feasible: np.ndarray, capacity: np.ndarray) -> tuple[int, int]:
    best = (0, 0)
    for choice in itertools.product(range(-1, scores.shape[1]), repeat=scores.shape[0]):
        load = np.bincount([j for j in choice if j >= 0], minlength=scores.shape[1])
        if (load > capacity).any() or any(j >= 0 and not feasible[i, j] for i, j in enumerate(choice)):
            continue
        matched = sum(j >= 0 for j in choice)
        best = max(best, (matched, sum(int(scores[i, j]) for i, j in enumerate(choice) if j >= 0)))
    return best


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    mentees=st.integers(1, 5),
    mentors=st.integers(1, 4),
    density=st.sampled_from([0.3, 0.7, 1.0]),
)
def test_no_other_assignment_covers_more_or_scores_higher(
    seed: int, mentees: int, mentors: int, density: float
) -> None:
    scores, feasible, capacity, ties = random_problem(seed, mentees, mentors, density)
    found = assign(scores, feasible, capacity, ties, use_floor=False)
    assert (found.coverage, found.value) == brute_force(scores, feasible, capacity)


@settings(max_examples=40)
@example(seed=104, density=0.05)  # many mentees without any mentor
@given(seed=st.integers(0, 10_000), density=st.sampled_from([0.05, 0.2, 0.8]))
def test_the_bound_proves_the_value(seed: int, density: float) -> None:
    scores, feasible, capacity, ties = random_problem(seed, 30, 12, density)
    found = assign(scores, feasible, capacity, ties, use_floor=False)
    assert found.bound == found.value


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_hard_rules_and_capacities_hold(seed: int) -> None:
    scores, feasible, capacity, ties = random_problem(seed, 40, 15, 0.3)
    found = assign(scores, feasible, capacity, ties)
    matched = found.mentor_of >= 0
    assert feasible[np.nonzero(matched)[0], found.mentor_of[matched]].all()
    assert (np.bincount(found.mentor_of[matched], minlength=15) <= capacity).all()
    assert matched.sum() == found.coverage == greatest_coverage(feasible, capacity)


def test_it_agrees_with_the_hungarian_method_where_that_applies() -> None:
    rng = np.random.default_rng(7)
    scores = rng.integers(0, 1_000_000, size=(60, 80))
    ties = tie_break([str(i) for i in range(60)], [str(j) for j in range(80)], "s")
    found = assign(scores, np.ones_like(scores, dtype=bool), np.ones(80, dtype=np.int64), ties, use_floor=False)
    rows, columns = linear_sum_assignment(scores, maximize=True)
    assert found.value == scores[rows, columns].sum()


def test_the_floor_raises_the_worst_score_and_keeps_coverage() -> None:
    # Without a floor the best total gives one mentee nothing.
    scores = np.array([[900_000, 500_000], [500_000, 0]])
    ties = np.zeros((2, 2), dtype=np.int64)
    everyone, seats = np.ones((2, 2), dtype=bool), np.ones(2, dtype=np.int64)
    with_floor = assign(scores, everyone, seats, ties)
    assert with_floor.coverage == 2
    assert with_floor.floor == 500_000
    assert with_floor.mentor_of.tolist() == [1, 0]


def test_taking_a_mentor_away_never_raises_the_optimum() -> None:
    scores, feasible, capacity, ties = random_problem(3, 25, 10, 0.6)
    whole = assign(scores, feasible, capacity, ties, use_floor=False)
    for gone in range(10):
        fewer = capacity.copy()
        fewer[gone] = 0
        less = assign(scores, feasible, fewer, ties, use_floor=False)
        assert (less.coverage, less.value) <= (whole.coverage, whole.value)


@pytest.mark.parametrize(("mentees", "mentors"), [(0, 3), (3, 0)])
def test_nobody_to_match_is_an_answer_not_an_error(mentees: int, mentors: int) -> None:
    empty = np.zeros((mentees, mentors), dtype=np.int64)
    ties = tie_break([str(i) for i in range(mentees)], [str(j) for j in range(mentors)], "s")
    found = assign(empty, empty.astype(bool), np.ones(mentors, dtype=np.int64), ties)
    assert found.coverage == 0
