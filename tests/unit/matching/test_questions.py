"""What the answers about one pair or one seat say is what solving again says, also where mentees want several mentors."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.matching import MatchProblem, MatchResult, Policy, solve
from pipelines.matching.affinity import SCALE
from tests.unit.matching.people import RULES, SCORE, mentees, mentors, random_problem

SEEDS = st.integers(0, 100_000)
PLAIN = Policy(floor=False, keep_bonus=0.0)
CLOSE = 1e-5


def wanting_several(seed: int, people: int = 14, others: int = 8) -> MatchProblem:
    """A random cohort in which some mentees want two or three mentors, mentors have one to three seats, and some seats are pooled."""
    rng = np.random.default_rng(seed)
    problem = random_problem(seed, people, others)
    return replace(
        problem,
        mentees=problem.mentees.with_columns(pl.Series("demand", rng.integers(1, 4, people))),
        mentors=problem.mentors.with_columns(pl.Series("capacity", rng.integers(1, 4, others))),
    )


def total(result: MatchResult) -> float:
    return int(result.solved.scores.sum()) / SCALE


def matched(result: MatchResult) -> int:
    return result.pairs["mentee_application_id"].n_unique()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, floor=st.booleans())
def test_locking_a_pair_that_is_proposed_changes_nothing(seed: int, floor: bool) -> None:
    problem = wanting_several(seed)
    policy = replace(PLAIN, floor=floor)
    result = solve(problem, policy, salt="s")
    chosen = result.pairs.select("mentee_application_id", "mentor_application_id").rows()
    for pair in chosen[:6]:
        after = solve(replace(problem, locks=(pair,)), policy, salt="s")
        assert matched(after) == matched(result)
        assert after.pairs.height == result.pairs.height
        if not floor:
            assert total(after) == pytest.approx(total(result), abs=CLOSE)
    every = solve(replace(problem, locks=tuple(chosen)), policy, salt="s")
    assert set(every.pairs.select("mentee_application_id", "mentor_application_id").rows()) == set(chosen)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_why_not_says_what_forcing_the_pair_costs(seed: int) -> None:
    problem = wanting_several(seed, 10, 6)
    result = solve(problem, PLAIN, salt="s")
    rng = np.random.default_rng(seed)
    for _ in range(8):
        mentee = str(rng.choice(problem.mentees["application_id"].to_numpy()))
        mentor = str(rng.choice(problem.mentors["application_id"].to_numpy()))
        told = result.why_not(mentee, mentor)
        if told.cost is None:
            continue
        forced = solve(replace(problem, locks=((mentee, mentor),)), PLAIN, salt="s")
        assert (matched(forced), forced.pairs.height) == (matched(result), result.pairs.height)
        assert told.cost == pytest.approx(total(result) - total(forced), abs=CLOSE)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, enough=st.booleans())
def test_a_seats_price_is_what_one_more_seat_adds(seed: int, enough: bool) -> None:
    problem = wanting_several(seed, 9, 6)
    if enough:  # as many seats as are wanted: the dual price of a seat is one of many there
        problem = replace(problem, mentees=problem.mentees.with_columns(pl.lit(1).alias("demand")))
        problem = replace(problem, mentors=problem.mentors.with_columns(pl.Series("capacity", [2, 2, 2, 1, 1, 1])))
    result = solve(problem, PLAIN, salt="s")
    for mentor, price in result.prices.select("application_id", "price").iter_rows():
        more = result.what_if(seats={mentor: 1}).after
        assert price == pytest.approx(max(0.0, total(more) - total(result)), abs=CLOSE)


def test_a_seat_that_nobody_needs_costs_nothing() -> None:
    problem = MatchProblem(
        mentees({"skills": ["x"]}, {"skills": ["x"]}), mentors({"skills": ["x"]}, {"skills": ["x"]}), RULES, SCORE
    )
    assert solve(problem, Policy(), salt="s").prices["price"].to_list() == [0.0, 0.0]


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_who_can_score_with_nobody_takes_the_floor_from_nobody_else(seed: int) -> None:
    problem = random_problem(seed, 12, 14)
    blank = {
        name: [[]]
        for name in ("skills", "topics", "interests", "preferred", "goals")
        if name in problem.mentees.columns
    }
    row = problem.mentees.head(1).with_columns(
        pl.lit("blank").alias("application_id"),
        pl.lit("p-blank").alias("person_key"),
        *(pl.Series(name, value, dtype=problem.mentees.schema[name]) for name, value in blank.items()),
    )
    only_skills = replace(problem, score={"skills": 1.0})
    roomy = replace(only_skills, mentors=only_skills.mentors.with_columns(pl.lit(20).alias("capacity")))
    alone = solve(roomy, Policy(), salt="s")
    with_blank = solve(replace(roomy, mentees=pl.concat([roomy.mentees, row])), Policy(), salt="s")
    mine = with_blank.pairs.filter(pl.col("mentee_application_id") != "blank")
    assert mine["score"].min() == alone.pairs["score"].min()
    assert with_blank.solved.optimum.floor >= alone.solved.optimum.floor


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.booleans())
def test_alternatives_cost_what_is_said_although_most_detours_are_never_followed_to_their_end(
    seed: int, floor: bool
) -> None:
    problem = wanting_several(seed)
    result = solve(problem, replace(PLAIN, floor=floor), salt="s")
    table = result.alternatives
    for mentee, mentor, cost in table.select("mentee_application_id", "mentor_application_id", "cost").iter_rows():
        assert result.why_not(mentee, mentor).cost == pytest.approx(cost, abs=1e-9)
    for mentee in table["mentee_application_id"].unique():
        own = table.filter(pl.col("mentee_application_id") == mentee)
        assert own["cost"].is_sorted()
        assert own.equals(result.explain(mentee)["alternatives"])


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.booleans())
def test_a_free_seat_is_taken_from_nobody(seed: int, floor: bool) -> None:
    result = solve(wanting_several(seed), replace(PLAIN, floor=floor), salt="s")
    free = result.prices.filter((pl.col("taken") < pl.col("seats")) & (pl.col("seats") > 0))["application_id"]
    pooled = result.problem.mentors.filter(pl.col("pool").is_not_null())["application_id"]
    table = result.alternatives.filter(
        pl.col("mentor_application_id").is_in(free.implode()) & ~pl.col("mentor_application_id").is_in(pooled.implode())
    )
    assert table["displaced_application_id"].null_count() == table.height
    assert table["words"].str.ends_with("the seat is free").all()
