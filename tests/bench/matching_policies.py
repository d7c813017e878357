"""What each aim costs and gives at 10,000 x 2,000: the floor, keeping pairs, a quota. Values without bonuses, all proven."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.matching import MatchProblem, MatchResult, Policy, Quota, solve
from tests.bench.matching_people import problem_of

PLAIN = Policy(floor=False, keep_bonus=0.0)


def figures(result: MatchResult, **more: Any) -> dict[str, Any]:
    solved = result.solved
    return {
        "matched": int(np.unique(solved.rows).size),
        "total_score": int(solved.scores.sum()) / 1e6,
        "worst_score": int(solved.scores.min()) / 1e6,
        "gap": result.gap,
        **more,
    }


def trade_offs() -> Mapping[str, Any]:
    problem = problem_of(10_000, 2_000)
    plain = solve(problem, PLAIN, salt="bench")
    baselines = plain.baselines.select("way", "matched", "total_score", "blocking_pairs").to_dicts()
    return {
        "floor": [
            figures(plain, floor=False),
            figures(solve(problem, replace(PLAIN, floor=True), salt="bench"), floor=True),
        ],
        "ways": baselines,
        "keeping_pairs": keeping(problem, plain),
        "quota": quotas(),
    }


def keeping(problem: MatchProblem, before: MatchResult) -> list[dict[str, Any]]:
    """A year later: a fifth of the mentees changed what they want to learn; last year's pairs may go on."""
    rng = np.random.default_rng(7)
    changed = rng.random(problem.mentees.height) < 0.2
    skills = problem.mentees["skills"].to_list()
    drawn = rng.permutation(problem.mentees.height)
    new = [skills[int(drawn[i])] if changed[i] else skills[i] for i in range(len(skills))]
    pairs = list(
        before.candidates.filter("is_pair").select("mentee_application_id", "mentor_application_id").iter_rows()
    )
    later = MatchProblem(
        problem.mentees.with_columns(pl.Series("skills", new)),
        problem.mentors,
        problem.rules,
        problem.score,
        current=pairs,
    )
    found = []
    for bonus in (0.0, 0.05, 0.1, 0.2):
        result = solve(later, replace(PLAIN, keep_bonus=bonus), salt="bench")
        made = set(
            result.candidates.filter("is_pair").select("mentee_application_id", "mentor_application_id").iter_rows()
        )
        kept = len(made & set(pairs))
        found.append(figures(result, keep_bonus=bonus, broken_share=round(1 - kept / len(pairs), 4)))
    return found


def quotas() -> list[dict[str, Any]]:
    """Seats for 76 of 100; a thin group (one in ten) whose wishes few mentors meet."""
    scarce = problem_of(10_000, 2_000, seats=0.76)
    rng = np.random.default_rng(11)
    thin = rng.random(scarce.mentees.height) < 0.1
    rare = [
        ["skill_46", "skill_47", row[0]] if small else row
        for small, row in zip(thin, scarce.mentees["skills"].to_list(), strict=True)
    ]
    people = scarce.mentees.with_columns(pl.Series("skills", rare))
    groups = pl.DataFrame(
        {"person_key": people["person_key"], "attribute": "group", "value": np.where(thin, "thin", "others").tolist()}
    )
    problem = MatchProblem(people, scarce.mentors, scarce.rules, scarce.score, groups=groups)
    found = []
    for quota in (None, Quota("group", legal_basis="benchmark", approved_by="benchmark")):
        result = solve(problem, replace(PLAIN, quota=quota), salt="bench")
        audit = result.audit(min_group_size=1).filter(pl.col("value") == "thin").row(0, named=True)
        keep = ("coverage", "coverage_ratio", "mean_score", "quality_ratio", "fails_four_fifths")
        found.append(figures(result, quota=quota is not None, **{f"thin_{name}": audit[name] for name in keep}))
    return found
