"""Quotas, floors, own scores and the worth of keeping pairs, alone and together, against trying every assignment of small cohorts.

The oracle knows the order of aims in words only: the most mentees matched, the quota on those who are left, the floor, then the sum of scores with the bonus of pairs that stand.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.matching import InfeasibleRequest, MatchProblem, MentorGroups, Policy, Quota, solve
from pipelines.matching.affinity import SCALE
from pipelines.matching.feasibility import Feasibility
from tests.unit.matching.people import mentees, mentors, random_problem

SEEDS = st.integers(0, 100_000)
BONUSES = st.sampled_from([0.0, 0.05, 0.2])
Choice = tuple[int, ...]
"""Each mentee's mentor, -1 for none."""


@dataclass(frozen=True)
class World:
    """A small problem: who may be with whom, and what a pair scores, in the engine's units."""

    problem: MatchProblem
    may: np.ndarray
    scores: np.ndarray

    def choices(self) -> Iterator[Choice]:
        seats = self.problem.seats
        options = [[-1, *np.nonzero(row)[0].tolist()] for row in self.may]
        for choice in itertools.product(*options):
            load = np.bincount([mentor for mentor in choice if mentor >= 0], minlength=seats.size)
            if (load <= seats).all():
                yield choice

    def own(self, choice: Choice) -> list[int]:
        return [int(self.scores[mentee, mentor]) for mentee, mentor in enumerate(choice) if mentor >= 0]

    def could_rise(self, choice: Choice) -> list[int]:
        """The scores of those who could have more with somebody who has a seat."""
        best = np.where(self.may & (self.problem.seats > 0), self.scores, 0).max(axis=1, initial=0)
        return [int(self.scores[i, j]) for i, j in enumerate(choice) if j >= 0 and self.scores[i, j] < best[i]]

    def with_bonus(self, choice: Choice, bonus: float) -> int:
        ids = self.problem.mentees["application_id"].to_list(), self.problem.mentors["application_id"].to_list()
        stand = {(ids[0].index(one), ids[1].index(other)) for one, other in self.problem.current}
        kept = sum((mentee, mentor) in stand for mentee, mentor in enumerate(choice))
        return sum(self.own(choice)) + kept * round(bonus * SCALE)


def world(problem: MatchProblem) -> World:
    feasible = Feasibility(problem.rules, problem.mentees, problem.mentors)
    may = np.array([feasible.row(i) for i in range(problem.mentees.height)])
    rows, columns = (axis.ravel() for axis in np.indices(may.shape))
    model = solve(problem, Policy(floor=False, keep_bonus=0.0), salt="s").solved.model
    return World(problem, may, model.scores(rows, columns).reshape(may.shape))


def best_of(some: Sequence[Choice], worth: Callable[[Choice], int]) -> list[Choice]:
    most = max(map(worth, some))
    return [choice for choice in some if worth(choice) == most]


def matched(choice: Choice) -> int:
    return sum(mentor >= 0 for mentor in choice)


def found_by(problem: MatchProblem, policy: Policy) -> Choice:
    solved = solve(problem, policy, salt="s").solved
    mentors_of = dict(zip(solved.rows.tolist(), solved.columns.tolist(), strict=True))
    return tuple(mentors_of.get(mentee, -1) for mentee in range(problem.mentees.height))


def scored(seed: int, people: int = 5, others: int = 3, *, standing: int = 3) -> MatchProblem:
    """A problem of one's own scores alone: few values, so that many assignments tie, and pairs that stand now."""
    rng = np.random.default_rng(seed)
    one = mentees(*({} for _ in range(people)))
    other = mentors(*({"capacity": int(n)} for n in rng.integers(0, 3, others)))
    scores = rng.integers(0, 6, (people, others)) * rng.choice([1.0, 20.0])
    rows, columns = np.nonzero(scores)
    own = pl.DataFrame(
        {
            "mentee_application_id": one["application_id"].gather(rows),
            "mentor_application_id": other["application_id"].gather(columns),
            "score": scores[rows, columns],
        }
    )
    current = [(f"a{i}", f"b{rng.integers(others)}") for i in rng.choice(people, standing, replace=False)]
    return MatchProblem(one, other, [], {"own_scores": 1.0}, own_scores=own, current=current)


def in_groups(problem: MatchProblem, seed: int) -> MatchProblem:
    """The problem with two groups, and somebody who declared none."""
    sites = np.random.default_rng(seed + 3).choice(["x", "y", "z"], problem.mentees.height, p=[0.5, 0.4, 0.1])
    groups = pl.DataFrame({"person_key": problem.mentees["person_key"], "attribute": "site", "value": sites.tolist()})
    return replace(problem, groups=groups.filter(pl.col("value") != "z"))


def left_out(problem: MatchProblem, choice: Choice) -> dict[str, tuple[int, int]]:
    """Group to how many of it are without a mentor, and its size."""
    assert problem.groups is not None
    of = dict(problem.groups.select("person_key", "value").iter_rows())
    sites = [of.get(key) for key in problem.mentees["person_key"]]
    return {
        site: (sum(s == site and mentor < 0 for s, mentor in zip(sites, choice, strict=True)), sites.count(site))
        for site in sorted({s for s in sites if s is not None})
    }


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.booleans(), bonus=BONUSES)
def test_own_scores_a_raised_floor_and_the_worth_of_keeping_come_in_their_order(
    seed: int, floor: bool, bonus: float
) -> None:
    one = world(scored(seed))
    some = best_of(list(one.choices()), matched)
    if floor:
        some = best_of(some, lambda choice: min(one.could_rise(choice), default=SCALE))
    best = max(one.with_bonus(choice, bonus) for choice in some)
    found = found_by(one.problem, Policy(floor=floor, keep_bonus=bonus))
    assert found in some
    assert one.with_bonus(found, bonus) == best


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.sampled_from([0.0, 0.2, 0.4, 0.6]), bonus=BONUSES)
def test_a_floor_in_figures_is_kept_by_every_pair_or_refused(seed: int, floor: float, bonus: float) -> None:
    one = world(scored(seed))
    some = best_of(list(one.choices()), matched)
    keeping = [choice for choice in some if min(one.own(choice), default=SCALE) >= round(floor * SCALE)]
    policy = Policy(floor=floor, keep_bonus=bonus)
    if not keeping:
        with pytest.raises(InfeasibleRequest, match="is the most"):
            found_by(one.problem, policy)
        return
    found = found_by(one.problem, policy)
    assert found in keeping
    assert one.with_bonus(found, bonus) == max(one.with_bonus(choice, bonus) for choice in keeping)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, floor=st.booleans(), bonus=BONUSES, rules=st.booleans())
def test_a_quota_evens_those_who_are_left_as_far_as_coverage_allows(
    seed: int, floor: bool, bonus: float, rules: bool
) -> None:
    problem = in_groups(random_problem(seed, 6, 3) if rules else scored(seed, 6), seed)
    one = world(problem)
    some = best_of(list(one.choices()), matched)

    def share(choice: Choice) -> float:
        """The least share at which both groups keep it: of a group's people that many whole ones may be left."""
        return max((gone / size for gone, size in left_out(problem, choice).values()), default=0.0)

    least = min(map(share, some))
    allowed = [choice for choice in some if share(choice) <= least + 1e-9]
    if floor:
        allowed = best_of(allowed, lambda choice: min(one.could_rise(choice), default=SCALE))
    quota = Quota("site", legal_basis="works agreement 7", approved_by="council")
    found = found_by(problem, Policy(floor=floor, keep_bonus=bonus, quota=quota))
    assert found in allowed
    assert one.with_bonus(found, bonus) == max(one.with_bonus(choice, bonus) for choice in allowed)


@settings(max_examples=25, deadline=None)
@given(
    seed=SEEDS, x=st.sampled_from([0.0, 0.25, 0.5, 1.0]), y=st.sampled_from([0.0, 0.34, 0.5, 1.0]), floor=st.booleans()
)
def test_a_declared_quota_is_kept_or_refused(seed: int, x: float, y: float, floor: bool) -> None:
    problem = in_groups(scored(seed, 6), seed)
    one = world(problem)
    some = best_of(list(one.choices()), matched)
    limits = {"x": x, "y": y}
    quota = Quota("site", legal_basis="works agreement 7", approved_by="council", at_most=limits)
    policy = Policy(floor=floor, keep_bonus=0.05, quota=quota)
    everybody = matched(some[0]) == problem.mentees.height

    def keeps(choice: Choice) -> bool:
        return all(gone <= limits[site] * size + 1e-9 for site, (gone, size) in left_out(problem, choice).items())

    allowed = [choice for choice in some if everybody or keeps(choice)]
    if not allowed:
        with pytest.raises(InfeasibleRequest, match="quota"):
            found_by(problem, policy)
        return
    if floor:
        allowed = best_of(allowed, lambda choice: min(one.could_rise(choice), default=SCALE))
    found = found_by(problem, policy)
    assert found in allowed
    assert one.with_bonus(found, 0.05) == max(one.with_bonus(choice, 0.05) for choice in allowed)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, bonus=BONUSES)
def test_the_sum_first_with_a_floor_in_figures_leaves_out_pairs_below_it(seed: int, bonus: float) -> None:
    one, least = world(scored(seed)), 0.4
    fine = [choice for choice in one.choices() if min(one.own(choice), default=SCALE) >= round(least * SCALE)]
    found = found_by(one.problem, Policy(order="sum", floor=least, keep_bonus=bonus))
    assert min(one.own(found), default=SCALE) >= round(least * SCALE)
    assert one.with_bonus(found, bonus) == max(one.with_bonus(choice, bonus) for choice in fine)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_a_lock_and_a_forbidden_pair_are_kept_at_the_least_cost(seed: int) -> None:
    problem, rng = scored(seed), np.random.default_rng(seed + 5)
    free = [j for j in range(problem.mentors.height) if problem.seats[j]]
    if not free:
        return
    lock, ban = (0, int(rng.choice(free))), (1, int(rng.integers(problem.mentors.height)))
    one = world(problem)
    held = replace(problem, locks=[(f"a{lock[0]}", f"b{lock[1]}")], forbidden=[(f"a{ban[0]}", f"b{ban[1]}")])
    some = [choice for choice in one.choices() if choice[lock[0]] == lock[1] and choice[ban[0]] != ban[1]]
    some = best_of(some, matched)
    found = found_by(held, Policy(floor=False, keep_bonus=0.05))
    assert found in some
    assert one.with_bonus(found, 0.05) == max(one.with_bonus(choice, 0.05) for choice in some)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            Policy(mode="stable", quota=Quota("site", "works agreement 7", "council")),
            "A stable matching can't keep a quota",
        ),
        (Policy(mode="stable", mentor_groups=(MentorGroups("department", at_most=1),)), "limits on mentors' groups"),
        (Policy(mode="stable", floor=0.3, places="lot"), "a floor in figures or a lot"),
        (Policy(minimum="if_opened", floor="leximin"), "Groups with a least size can't keep leximin"),
        (Policy(minimum="if_opened", order="sum"), "the sum of scores first"),
        (Policy(floor_on="sum", places="lot"), "floors under sums can't keep a lot"),
        (Policy(floor="leximin", order="sum"), "Leximin can't keep the sum of scores first"),
    ],
)
def test_an_aim_that_a_way_of_matching_would_leave_aside_is_refused(policy: Policy, words: str) -> None:
    with pytest.raises(InfeasibleRequest, match=words):
        solve(in_groups(scored(1), 1), policy, salt="s")


def test_stable_matching_and_least_loads_and_groups_and_pools_refuse_each_other() -> None:
    problem = scored(1)
    loaded = replace(
        problem, mentors=problem.mentors.with_columns(pl.lit(1).alias("minimum"), pl.lit(2).alias("capacity"))
    )
    with pytest.raises(InfeasibleRequest, match="A stable matching can't keep least loads"):
        solve(loaded, Policy(mode="stable"), salt="s")
    pooled = replace(problem, mentors=problem.mentors.with_columns(pl.lit("lab").alias("pool")), pools={"lab": 1})
    with pytest.raises(InfeasibleRequest, match="seats of a pool"):
        solve(pooled, Policy(minimum="if_opened"), salt="s")
