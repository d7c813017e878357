"""Decisions over a problem: they hold in the next solution, and one that no longer can be kept is told instead of stopping the run."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.matching import MatchProblem, MatchResult, Policy, solve
from pipelines.matching.decided import with_decisions
from pipelines.matching.policy import problem_from_block
from pipelines.matching.solved import APPROVED
from tests.published_matching import BLOCK, participants
from tests.unit.matching.people import RULES, mentees, mentors

MENTEES, MENTORS = [f"EE-{i}" for i in range(1, 13)], [f"OR-{i}" for i in range(1, 7)]
PAIRS = st.lists(st.tuples(st.sampled_from([*MENTEES, "EE-99"]), st.sampled_from(MENTORS)), max_size=6)


def problem(**more: object) -> MatchProblem:
    return problem_from_block({**BLOCK, **more}, *participants())


def pairs_of(result: MatchResult) -> set[tuple[str, str]]:
    return set(result.pairs.select("mentee_application_id", "mentor_application_id").iter_rows())


def solved(one: MatchProblem) -> set[tuple[str, str]]:
    pairs = solve(one, Policy(), salt="t").pairs
    return set(pairs.select("mentee_application_id", "mentor_application_id").iter_rows())


@settings(max_examples=25)
@given(
    st.dictionaries(st.sampled_from([*MENTEES, "EE-99"]), st.sampled_from(MENTORS), max_size=6),
    PAIRS,
    st.dictionaries(st.sampled_from(MENTORS), st.integers(0, 4)),
)
def test_every_lock_is_kept_or_told_and_no_forbidden_pair_is_proposed(
    locks: dict, forbidden: list, seats: dict
) -> None:
    one, aside = with_decisions(problem(), locks=sorted(locks.items()), forbidden=forbidden, capacity=seats)
    found = solved(one)
    told = {(each.mentee, each.mentor) for each in aside if each.decision == "lock"}
    assert set(locks.items()) == {pair for pair in locks.items() if pair in found} | told
    assert not found & set(forbidden)
    for mentor, count in seats.items():
        assert sum(pair[1] == mentor for pair in found) <= count


@pytest.mark.parametrize(
    ("decided", "words"),
    [
        ({"locks": [("EE-1", "OR-1")]}, "reporting line"),
        ({"locks": [("EE-2", "OR-5"), ("EE-3", "OR-5")]}, "no seat left"),
        ({"locks": [("EE-99", "OR-5")]}, "no longer applies"),
        ({"capacity": {"OR-99": 2}}, "no longer applies"),
        ({"locks": [("EE-2", "OR-5")], "forbidden": [("EE-2", "OR-5")]}, "ruled out"),
    ],
)
def test_what_cannot_be_kept_is_set_aside_with_its_reason(decided: dict, words: str) -> None:
    one, aside = with_decisions(problem(), **decided)
    assert words in aside[-1].words
    assert solved(one)


def test_a_decision_beats_the_programme_file() -> None:
    declared = problem(locks=[{"mentee": "EE-2", "mentor": "OR-5", "reason": "x"}])
    assert ("EE-2", "OR-5") in solved(declared)
    moved, _ = with_decisions(declared, locks=[("EE-2", "OR-6")])
    assert ("EE-2", "OR-6") in solved(moved)
    banned, _ = with_decisions(declared, forbidden=[("EE-2", "OR-5")])
    assert ("EE-2", "OR-5") not in solved(banned)


def forms(seed: int) -> MatchProblem:
    """A cohort as forms give it: a dozen skills, two wishes each, so that many pairs are worth the same."""
    rng, words = np.random.default_rng(seed), [f"s{k}" for k in range(12)]
    wishes = [{"skills": list(rng.choice(words, 2, replace=False))} for _ in range(30)]
    offers = [{"skills": list(rng.choice(words, 4, replace=False)), "capacity": 2} for _ in range(17)]
    return MatchProblem(mentees(*wishes), mentors(*offers), RULES, {"skills": 1.0})


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_an_approved_pair_moves_only_where_the_total_gains_by_it(seed: int) -> None:
    before = forms(seed)
    approved = sorted(solved(before))
    out = approved[seed % len(approved)]
    freely = solve(replace(before, forbidden=(out,)), Policy(), salt="t")
    kept = solve(replace(before, forbidden=(out,), approved=tuple(approved)), Policy(), salt="t")
    stay = [set(approved) & pairs_of(one) for one in (freely, kept)]
    assert len(stay[1]) >= len(stay[0])
    assert kept.pairs.height == freely.pairs.height
    assert abs(int(kept.solved.scores.sum()) - int(freely.solved.scores.sum())) <= APPROVED * len(approved)
    assert pairs_of(solve(replace(before, approved=tuple(approved)), Policy(), salt="t")) == set(approved)


def test_approvals_halve_how_many_move_when_one_pair_is_forbidden() -> None:
    moved = [0, 0]
    for seed in range(12):
        before = forms(seed)
        approved = tuple(sorted(solved(before)))
        for at, held in enumerate(((), approved)):
            after = solve(replace(before, forbidden=(approved[0],), approved=held), Policy(), salt="t")
            moved[at] += len(set(approved[1:]) - pairs_of(after))
    assert moved[1] <= moved[0] / 2
