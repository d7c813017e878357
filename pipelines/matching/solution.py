"""Solve a `MatchProblem` and report what came out: pairs, reasons, who stays unmatched and why, quality against baselines."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching import baselines
from pipelines.matching.affinity import SCALE, score_components
from pipelines.matching.assignment import Assignment, assign, tie_break
from pipelines.matching.eligibility import Mask
from pipelines.matching.explanation import explain_pairs, explain_unmatched
from pipelines.matching.problem import MatchProblem

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class MatchResult:
    """pairs, unmatched, rules: frames; quality: one row. Scores are between 0 and 1."""

    pairs: pl.DataFrame
    unmatched: pl.DataFrame
    rules: pl.DataFrame
    quality: pl.DataFrame
    bound: float


def solve(problem: MatchProblem, *, salt: str, use_floor: bool = True) -> MatchResult:
    """The exact optimum of `problem`. Same problem and salt, same result, whatever the order of the rows.

    Raises `SolverRefused` where the solver doesn't end in an optimum.
    """
    mentees, mentors = problem.mentees, problem.mentors
    capacity = mentors["capacity"].fill_null(1).to_numpy().astype(np.int64)
    forbidden = [rule.forbids(mentees, mentors) for rule in problem.rules]
    shape = (mentees.height, mentors.height)
    feasible = ~np.logical_or.reduce(forbidden) if forbidden else np.ones(shape, dtype=bool)
    components = score_components(mentees, mentors, problem.weights)
    scores = sum(components.values(), start=np.zeros(shape, dtype=np.int64))
    ties = tie_break(mentees["application_id"].to_list(), mentors["application_id"].to_list(), salt)
    found = assign(scores, feasible, capacity, ties, use_floor=use_floor)
    pairs = explain_pairs(mentees, mentors, components, feasible, found.mentor_of)
    rules = pl.DataFrame(
        {
            "rule": [rule.name for rule in problem.rules],
            "words": [rule.words for rule in problem.rules],
            "pairs_removed": [int(mask.sum()) for mask in forbidden],
        },
        schema={"rule": pl.String, "words": pl.String, "pairs_removed": pl.Int64},
    )
    unmatched = explain_unmatched(mentees, mentors, problem.rules, forbidden, feasible, capacity, found.mentor_of)
    quality = _quality(problem, scores, feasible, capacity, ties, found, pairs, salt)
    return MatchResult(pairs, unmatched, rules, quality, found.bound / SCALE)


def _quality(
    problem: MatchProblem,
    scores: IntArray,
    feasible: Mask,
    capacity: IntArray,
    ties: IntArray,
    found: Assignment,
    pairs: pl.DataFrame,
    salt: str,
) -> pl.DataFrame:
    by_greed = baselines.greedy(scores, feasible, capacity, ties)
    by_time = baselines.first_come(
        scores, feasible, capacity, problem.mentees["submitted_rank"].fill_null(1 << 40).to_numpy().astype(np.int64)
    )
    gap = (found.bound - found.value) / max(found.bound, 1)
    mentees = problem.mentees.height
    return pl.DataFrame(
        [
            {
                "mentees": mentees,
                "mentors": problem.mentors.height,
                "seats": int(capacity.sum()),
                "feasible_pairs": int(feasible.sum()),
                "matched": found.coverage,
                "coverage": found.coverage / mentees if mentees else None,
                "total_score": found.value / SCALE,
                "worst_score": pairs["score"].min(),
                "p5_score": pairs["score"].quantile(0.05, "lower"),
                "median_score": pairs["score"].median(),
                "mean_score": pairs["score"].mean(),
                "first_choice_share": (pairs["rank"] == 1).mean(),
                "top3_share": (pairs["rank"] <= 3).mean(),
                "score_floor": found.floor / SCALE,
                "bound": found.bound / SCALE,
                "gap": gap,
                "greedy_matched": int((by_greed >= 0).sum()),
                "greedy_total_score": _total(scores, by_greed) / SCALE,
                "first_come_matched": int((by_time >= 0).sum()),
                "first_come_total_score": _total(scores, by_time) / SCALE,
                "input_hash": _input_hash(problem, salt),
                "output_hash": _frame_hash(pairs.select("mentee_application_id", "mentor_application_id", "score")),
                "solver_version": f"ortools {version('ortools')} SimpleMinCostFlow",
                "salt": salt,
            }
        ]
    )


def _total(scores: IntArray, mentor_of: IntArray) -> int:
    matched = mentor_of >= 0
    return int(scores[np.nonzero(matched)[0], mentor_of[matched]].sum())


def _frame_hash(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_ndjson().encode()).hexdigest()[:32]


def _input_hash(problem: MatchProblem, salt: str) -> str:
    rules = "|".join(f"{rule.name}:{rule.words}" for rule in problem.rules)
    weights = "|".join(f"{name}={weight:.6f}" for name, weight in sorted(problem.weights.items()))
    frames = problem.mentees.write_ndjson() + problem.mentors.write_ndjson()
    return hashlib.sha256(f"{salt}\n{rules}\n{weights}\n{frames}".encode()).hexdigest()[:32]
