"""Leximin, limits on who shares a mentor and floors under sums, each against trying every assignment of small cohorts."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching import InfeasibleRequest, MatchProblem, MatchResult, MentorGroups, Policy, Quota, solve
from pipelines.matching.affinity import SCALE
from tests.unit.matching.people import random_problem

SEEDS = st.integers(0, 100_000)
PLAIN = Policy(floor=False, keep_bonus=0.0)
Choice = tuple[tuple[int, ...], ...]
"""The mentors of each mentee."""


class Small:
    """A small problem with every assignment that rules, seats and demands allow."""

    def __init__(self, problem: MatchProblem) -> None:
        self.problem, self.solved = problem, solve(problem, PLAIN, salt="s").solved
        mentees, mentors = problem.mentees.height, problem.mentors.height
        rows, columns = (axis.ravel() for axis in np.indices((mentees, mentors)))
        self.scores = self.solved.model.scores(rows, columns).reshape(mentees, mentors)
        self.may = [np.nonzero(self.solved.feasibility.row(i))[0].tolist() for i in range(mentees)]

    def choices(self) -> Iterator[Choice]:
        wanted, seats = self.problem.wanted.tolist(), self.problem.seats
        options = [
            list(chain.from_iterable(combinations(may, n) for n in range(want + 1)))
            for may, want in zip(self.may, wanted, strict=True)
        ]
        for choice in product(*options):
            load = np.bincount(np.array(list(chain(*choice)), dtype=np.int64), minlength=seats.size)
            if (load <= seats).all():
                yield choice

    def values(self, choice: Choice) -> list[int]:
        return sorted(int(self.scores[i, j]) for i, some in enumerate(choice) for j in some)

    def sums(self, choice: Choice) -> dict[int, int]:
        return {i: sum(int(self.scores[i, j]) for j in some) for i, some in enumerate(choice) if some}

    def best(self, choices: list[Choice]) -> list[Choice]:
        """Those with the most mentees matched, then the most seats filled."""
        most = max((sum(map(bool, some)), sum(map(len, some))) for some in choices)
        return [some for some in choices if (sum(map(bool, some)), sum(map(len, some))) == most]


def small(seed: int, people: int = 5, others: int = 3, demand: int = 1) -> MatchProblem:
    problem, rng = random_problem(seed, people, others), np.random.default_rng(seed)
    return replace(
        problem,
        mentors=problem.mentors.with_columns(pl.Series("capacity", rng.integers(1, 4, others))),
        mentees=problem.mentees.with_columns(pl.Series("demand", rng.integers(1, demand + 1, people))),
    )


def scores_of(result: MatchResult) -> list[int]:
    return sorted(result.solved.scores.tolist())


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, demand=st.integers(1, 2))
def test_leximin_is_the_best_of_all_sorted_scores(seed: int, demand: int) -> None:
    problem = small(seed, 5 if demand == 1 else 4, 4 if demand == 1 else 3, demand)
    one = Small(problem)
    found = solve(problem, replace(PLAIN, floor="leximin"), salt="s")
    assert scores_of(found) == max(map(one.values, one.best(list(one.choices()))))
    assert found.gap == 0


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, limit=st.sampled_from([MentorGroups("department", at_most=1), MentorGroups("location", mixed=True)]))
def test_limits_on_mentors_groups_cost_no_more_than_they_must(seed: int, limit: MentorGroups) -> None:
    problem = small(seed, 6, 3)
    one, values = Small(problem), problem.mentees[limit.column].to_list()

    def keeps(choice: Choice) -> bool:
        for j in range(problem.mentors.height):
            mine = [values[i] for i, some in enumerate(choice) if j in some]
            if limit.at_most and mine and max(map(mine.count, mine)) > limit.at_most:
                return False
            if limit.mixed and len(mine) > 1 and len(set(mine)) == 1:
                return False
        return True

    allowed = one.best([choice for choice in one.choices() if keeps(choice)])
    found = solve(problem, replace(PLAIN, mentor_groups=(limit,)), salt="s")
    assert found.pairs.height == sum(map(len, allowed[0]))
    assert int(found.solved.scores.sum()) == max(sum(one.values(choice)) for choice in allowed)
    assert found.gap == 0
    free = found.without_limits()
    assert free is not None
    assert (free.pairs.height, free.total) >= (found.pairs.height, found.total - 1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_floor_under_sums_raises_the_worst_sum_as_far_as_coverage_allows(seed: int) -> None:
    problem = small(seed, 4, 3, 2)
    one = Small(problem)
    choices = one.best(list(one.choices()))
    wanted = problem.wanted.tolist()
    seats = problem.seats
    best = [
        sum(sorted((int(one.scores[i, j]) for j in may if seats[j]), reverse=True)[: wanted[i]])
        for i, may in enumerate(one.may)
    ]

    def floor_of(choice: Choice) -> int:
        """The greatest floor that a choice keeps; who is at their own best keeps any."""
        return min([value for i, value in one.sums(choice).items() if value < best[i]] or [max(best)])

    greatest = max(map(floor_of, choices))
    keeping = [some for some in choices if floor_of(some) >= greatest]
    found = solve(problem, replace(PLAIN, floor=True, floor_on="sum"), salt="s")
    assert found.solved.optimum.floor in (greatest, max(best)) or greatest == max(best)
    assert int(found.solved.scores.sum()) == max(sum(one.values(choice)) for choice in keeping)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_with_the_sum_first_a_floor_under_sums_leaves_out_who_stays_below(seed: int) -> None:
    problem = small(seed, 4, 3, 2)
    one, least = Small(problem), 400_000
    fine = [some for some in one.choices() if all(value >= least for value in one.sums(some).values())]
    found = solve(problem, replace(PLAIN, order="sum", floor=least / SCALE, floor_on="sum"), salt="s")
    assert int(found.solved.scores.sum()) == max(sum(one.values(choice)) for choice in fine)


def test_locked_pairs_count_in_a_mentors_group() -> None:
    problem = small(3, 6, 3)
    problem = replace(
        problem,
        rules=[],
        mentees=problem.mentees.with_columns(pl.lit("Sales").alias("department")),
        mentors=problem.mentors.with_columns(pl.lit(3).alias("capacity")),
    )
    mentees, mentors = problem.mentees["application_id"], problem.mentors["application_id"]
    policy = replace(PLAIN, mentor_groups=(MentorGroups("department", at_most=1),))
    locked = replace(problem, locks=[(mentees[0], mentors[0])])
    assert solve(locked, policy, salt="s").solved.columns.tolist().count(0) == 1
    with pytest.raises(InfeasibleRequest, match="at most 1 mentees of one department"):
        solve(replace(problem, locks=[(mentees[0], mentors[0]), (mentees[1], mentors[0])]), policy, salt="s")


def test_the_price_of_a_quota_and_of_a_reason_is_what_solving_again_says() -> None:
    problem = small(11, 6, 3)
    keys = problem.mentees["person_key"].to_list()
    groups = pl.DataFrame({"person_key": keys, "attribute": "site", "value": ["a", "b"] * 3})
    problem = replace(problem, groups=groups)
    quota = Quota("site", legal_basis="agreement", approved_by="council")
    found = solve(problem, replace(PLAIN, quota=quota), salt="s")
    free = found.without_limits()
    assert free is not None
    assert free.total == pytest.approx(solve(problem, PLAIN, salt="s").total)
    lexi = replace(PLAIN, floor="leximin")
    result = solve(problem, lexi, salt="s")
    for mentor in problem.mentors["application_id"]:
        told = result.why_not(problem.mentees["application_id"][0], mentor)
        if told.cost is not None and told.reason != "is_a_pair":
            after = solve(replace(problem, locks=((problem.mentees["application_id"][0], mentor),)), lexi, salt="s")
            assert told.cost == pytest.approx(result.total - after.total, abs=1e-6)


MENTEES = "email,skills,department\na@x.org,sql,Sales\nb@x.org,sql,Sales\nc@x.org,art,IT\nd@x.org,art,IT\n"
MENTORS = "email,skills,seats\nk@x.org,sql,2\nl@x.org,art,2\n"
BLOCK = "weights: {skills: 1}\nmentor_groups:\n  - {column: department, mixed: true, reason: meet others}\n"


def test_the_answer_says_what_declared_limits_cost(tmp_path: Path) -> None:
    files = {"mentees.csv": MENTEES, "mentors.csv": MENTORS, "p.yaml": BLOCK}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    mentees, mentors, programme = (str(tmp_path / name) for name in files)
    ended = CliRunner().invoke(app, ["match", mentees, mentors, "--programme", programme])
    said = " ".join(ended.output.split())
    assert "cost 2.000 of the total score (50.0 %) and 0 places" in said
    assert "no two or more mentees all of one department" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["--floor", "high"],
            "--floor high isn't known. Next step: give raise, none, leximin or a number from 0 to 1.",
        ),
        (["--places", "luck"], "--places luck isn't known. Next step: give one of score, lot."),
    ],
)
def test_an_unknown_aim_is_told_with_those_that_are_known(tmp_path: Path, words: list[str], expected: str) -> None:
    (tmp_path / "a.csv").write_text(MENTEES)
    (tmp_path / "b.csv").write_text(MENTORS)
    ended = CliRunner().invoke(app, ["match", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), *words])
    assert (ended.exit_code, expected in " ".join(ended.output.split())) == (1, True), ended.output
