"""Who gets a place where seats are short: by lot, whatever anybody wishes; against trying every set on small cohorts."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.matching import MatchProblem, MatchResult, Policy, engine, solve
from pipelines.matching.assignment import TieBreak
from pipelines.matching.candidates import Edges, all_pairs
from pipelines.matching.eligibility import IntArray
from pipelines.matching.network import Seats, greatest_fill
from pipelines.matching.places import turns
from tests.unit.matching.people import RULES, mentees, mentors, random_problem

SEEDS = st.integers(0, 100_000)
LOT = Policy(places="lot")
WORDS = [f"s{k}" for k in range(8)]


def short_of_seats(seed: int, people: int = 9, others: int = 5) -> MatchProblem:
    """A random cohort with fewer seats than mentees."""
    problem = random_problem(seed, people, others)
    return replace(problem, mentors=problem.mentors.with_columns(pl.lit(1).alias("capacity")))


def placed(result: MatchResult) -> set[str]:
    return set(result.problem.mentees["application_id"].gather(np.unique(result.solved.rows)))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.booleans())
def test_no_shorter_list_gains_a_place_and_no_longer_one_loses_it(seed: int, floor: bool) -> None:
    problem, rng = short_of_seats(seed), np.random.default_rng(seed)
    policy = replace(LOT, floor=floor)
    before = placed(solve(problem, policy, salt="s"))
    at = int(rng.integers(problem.mentees.height))
    name, own = problem.mentees["application_id"][at], problem.mentees["skills"][at].to_list()
    for wishes, is_cut in (([], True), (own[:1], True), (list(dict.fromkeys([*own, *WORDS])), False)):
        lists = problem.mentees["skills"].to_list()
        lists[at] = wishes
        people = problem.mentees.with_columns(pl.Series("skills", lists, dtype=pl.List(pl.String)))
        after = placed(solve(replace(problem, mentees=people), policy, salt="s"))
        if is_cut:
            assert not (name in after and name not in before), "a shorter list gained a place"
        else:
            assert not (name in before and name not in after), "a longer list lost a place"


def test_whom_some_mentor_can_help_comes_before_whom_none_can() -> None:
    """Three want a mentor, two offer: who wants what nobody offers doesn't take the seat of somebody who fits."""
    people = mentees({"skills": ["sql"]}, {"skills": ["cobol"]}, {"skills": ["sql", "art"]})
    others = mentors({"skills": ["sql"]}, {"skills": ["sql", "art"]})
    for salt in map(str, range(12)):
        found = solve(MatchProblem(people, others, RULES, {"skills": 1.0}), LOT, salt=salt)
        assert placed(found) == {"a0", "a2"}


def can_all_be_matched(edges: Edges, chosen: IntArray, seats: Seats) -> bool:
    demand = np.zeros(seats.demand.size, dtype=np.int64)
    demand[chosen] = 1
    return greatest_fill(edges, demand, seats)[0] == chosen.size


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_the_lot_falls_to_the_first_set_of_turns_that_can_be_matched(seed: int) -> None:
    problem = short_of_seats(seed, 8, 4)
    result = solve(problem, LOT, salt="s")
    plain = solve(problem, Policy(), salt="s")
    assert len(placed(result)) == len(placed(plain))
    edges = all_pairs(result.solved.model, result.solved.feasibility)
    best = np.zeros(problem.mentees.height, dtype=np.int64)
    np.maximum.at(best, edges.rows, edges.scores)
    ties = TieBreak(problem.mentees["application_id"].to_list(), problem.mentors["application_id"].to_list(), "s")
    turn = turns(ties, best)
    sets = [
        chosen
        for some in combinations(range(problem.mentees.height), len(placed(result)))
        for chosen in [np.array(some, dtype=np.int64)]
        if can_all_be_matched(edges, chosen, result.solved.asked)
    ]
    first = max(sets, key=lambda chosen: sorted(turn[chosen], reverse=True), default=np.zeros(0, dtype=np.int64))
    assert placed(result) == set(problem.mentees["application_id"].gather(first))


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_among_those_whom_the_lot_falls_to_the_greatest_sum_holds(seed: int) -> None:
    problem = short_of_seats(seed)
    result = solve(problem, replace(LOT, floor=False), salt="s")
    only = replace(problem, mentees=problem.mentees.filter(pl.col("application_id").is_in(placed(result))))
    assert result.total == pytest.approx(solve(only, Policy(floor=False), salt="s").total, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_price_and_a_reason_after_a_lot_are_what_solving_again_says(seed: int) -> None:
    problem, rng = short_of_seats(seed), np.random.default_rng(seed)
    policy = replace(LOT, floor=False, keep_bonus=0.0)
    result = solve(problem, policy, salt="s")
    for mentor, price in result.prices.select("application_id", "price").iter_rows():
        more = result.what_if(seats={mentor: 1}).after
        assert price == pytest.approx(max(0.0, more.total - result.total), abs=1e-6)
    for _ in range(6):
        pair = tuple(
            str(rng.choice(getattr(problem, side)["application_id"].to_numpy())) for side in ("mentees", "mentors")
        )
        told = result.why_not(*pair)
        if told.cost is not None:
            after = solve(replace(problem, locks=(pair,)), policy, salt="s")
            assert told.cost == pytest.approx(result.total - after.total, abs=1e-5)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_pairs_that_the_solver_has_not_seen_take_nobodys_turn(seed: int) -> None:
    problem = short_of_seats(seed, 14, 8)
    whole = placed(solve(problem, LOT, salt="s"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "COMPLETE", 0)
        patch.setattr(engine, "FIRST_CANDIDATES", 1)
        assert placed(solve(problem, LOT, salt="s")) == whole


def test_who_is_left_out_is_told_that_a_lot_decided() -> None:
    people = mentees({"skills": ["sql"]}, {"skills": ["art"]})
    result = solve(MatchProblem(people, mentors({"skills": ["sql"]}), RULES, {"skills": 1.0}), LOT, salt="s")
    assert result.unmatched["detail"].to_list() == [
        "2 mentees share the 1 seat of 1 mentor; 1 short, and the lot fell to others"
    ]
