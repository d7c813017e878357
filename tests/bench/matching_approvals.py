"""`python -m tests.bench.matching_approvals`: how many pairs move when all are approved and one is forbidden, with approvals unseen and seen. Prints JSON.

200 questions on 40 cohorts of 60 mentees and 32 mentors with two seats: a dozen skills, two wishes each, so that many pairs are worth the same.
"""

import json
import sys
from dataclasses import replace

import numpy as np

from pipelines.matching import MatchProblem, MatchResult, Policy, solve
from tests.unit.matching.people import RULES, mentees, mentors

Pairs = set[tuple[str, str]]


def cohort(rng: np.random.Generator) -> MatchProblem:
    words = [f"s{k}" for k in range(12)]
    wishes = [{"skills": list(rng.choice(words, 2, replace=False))} for _ in range(60)]
    offers = [{"skills": list(rng.choice(words, 4, replace=False)), "capacity": 2} for _ in range(32)]
    return MatchProblem(mentees(*wishes), mentors(*offers), RULES, {"skills": 1.0})


def pairs_of(result: MatchResult) -> Pairs:
    return set(result.pairs.select("mentee_application_id", "mentor_application_id").iter_rows())


def main() -> None:
    moved: dict[str, list[int]] = {"approvals_unseen": [], "approvals_seen": []}
    lost = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        problem = cohort(rng)
        approved = sorted(pairs_of(solve(problem, Policy(), salt="bench")))
        for at in rng.choice(len(approved), 5, replace=False):
            totals = []
            for way, held in zip(moved, ((), tuple(approved)), strict=True):
                after = solve(replace(problem, forbidden=(approved[at],), approved=held), Policy(), salt="bench")
                moved[way].append(len(set(approved) - {approved[at]} - pairs_of(after)))
                totals.append(int(after.solved.scores.sum()))
            lost += totals[0] - totals[1]
    figures = {way: {"moved": sum(some), "most": max(some), "questions": len(some)} for way, some in moved.items()}
    sys.stdout.write(json.dumps({**figures, "total_lost_in_millionths": lost}) + "\n")


if __name__ == "__main__":
    main()
