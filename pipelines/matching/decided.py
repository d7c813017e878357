"""What people decided, laid over a problem: locks, forbidden pairs, seats, and the pairs that are published.

A decision beats the programme file. What no longer can be kept (somebody withdrew, a rule now speaks against it, no seat is left) is set aside and
told, so that one outdated decision doesn't stop a whole run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.matching.eligibility import ForbiddenPair
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.problem import MatchProblem, Pairs


@dataclass(frozen=True)
class SetAside:
    """A decision that the problem can't take: decision (lock, forbid, seats), the applications it names, and why."""

    decision: str
    mentee: str | None
    mentor: str
    words: str


def with_decisions(
    problem: MatchProblem,
    *,
    locks: Pairs = (),
    forbidden: Pairs = (),
    capacity: Mapping[str, int] | None = None,
    current: Pairs | None = None,
    approved: Pairs = (),
) -> tuple[MatchProblem, list[SetAside]]:
    """The problem with decisions (application ids), and what was set aside.

    capacity: mentor to seats, in the place of those declared. current: the published pairs; None leaves the problem's own.
    approved: pairs that stay unless the total gains by moving them.
    A lock takes the place of a declared lock of the same mentee unless the mentee wants several mentors; a forbidden pair takes a declared lock
    away.
    """
    mentees, mentors = set(problem.mentees["application_id"]), set(problem.mentors["application_id"])
    aside: list[SetAside] = []

    def here(pairs: Pairs, word: str) -> list[tuple[str, str]]:
        known = [(a, b) for a, b in sorted(set(pairs)) if a in mentees and b in mentors]
        gone = sorted(set(pairs) - set(known))
        aside.extend(SetAside(word, a, b, "one of them no longer applies to this cohort") for a, b in gone)
        return known

    seats = {mentor: count for mentor, count in (capacity or {}).items() if mentor in mentors}
    aside += [
        SetAside("seats", None, mentor, "the mentor no longer applies to this cohort")
        for mentor in sorted(set(capacity or {}) - set(seats))
    ]
    banned = here(forbidden, "forbid")
    wished = here(locks, "lock")
    single = dict(zip(problem.mentees["application_id"], problem.wanted.tolist(), strict=True))
    taken = {mentee for mentee, _ in wished if single[mentee] == 1}
    declared = [pair for pair in problem.locks if pair not in set(banned) | set(wished) and pair[0] not in taken]
    changed = replace(
        problem,
        capacity={**problem.capacity, **seats},
        forbidden=sorted({*problem.forbidden, *banned}),
        locks=declared,
        current=problem.current if current is None else sorted(set(current)),
        approved=sorted(set(approved)),
    )
    kept, refused = _kept(changed, wished)
    return replace(changed, locks=[*declared, *kept]), [*aside, *refused]


def _kept(problem: MatchProblem, wished: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[SetAside]]:
    """The wished locks that rules and seats allow beside the declared ones, and the others with the reason."""
    if not wished:
        return [], []
    rules = [*problem.rules, *([ForbiddenPair(tuple(problem.forbidden))] if problem.forbidden else [])]
    feasibility = Feasibility(rules, problem.mentees, problem.mentors)
    left = dict(zip(problem.mentors["application_id"], problem.seats.tolist(), strict=True))
    for _, mentor in problem.locks:
        left[mentor] -= 1
    kept, aside = [], []
    rows, columns = problem.positions(wished, "locks")
    for (mentee, mentor), i, j in zip(wished, rows.tolist(), columns.tolist(), strict=True):
        broken = feasibility.breaks(i, j)
        if broken:
            aside.append(SetAside("lock", mentee, mentor, f"the rule that {broken[0].words} speaks against it"))
        elif left[mentor] <= 0:
            aside.append(SetAside("lock", mentee, mentor, "the mentor has no seat left for it"))
        else:
            left[mentor] -= 1
            kept.append((mentee, mentor))
    return kept, aside
