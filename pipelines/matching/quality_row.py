"""How good one proposal is, in a row of figures, with hashes of what went in and came out."""

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from pipelines.matching.affinity import SCALE
from pipelines.matching.policy import Policy
from pipelines.matching.problem import MatchProblem
from pipelines.matching.quality import churn, gini

if TYPE_CHECKING:
    from pipelines.matching.solution import MatchResult


def quality_row(result: "MatchResult") -> dict[str, Any]:
    """One proposal: coverage, scores, ranks, loads, churn, proof, baselines, hashes."""
    solved, pairs, problem = result.solved, result.unpriced, result.problem
    mentees, seats = problem.mentees.height, int(problem.seats.sum())
    matched = pairs["mentee_application_id"].n_unique()
    ways = {row["way"]: row for row in result.baselines.to_dicts()}
    load = np.bincount(solved.columns, minlength=problem.mentors.height)[problem.seats > 0]
    could, kept = churn(solved)
    return {
        "mentees": mentees,
        "mentors": problem.mentors.height,
        "seats": seats,
        "feasible_pairs": solved.feasibility.pairs,
        "matched": matched,
        "coverage": matched / mentees if mentees else None,
        "coverage_is_proven": solved.coverage.proven,
        "seats_used_share": pairs.height / seats if seats else None,
        "total_score": int(solved.scores.sum()) / SCALE,
        "worst_score": pairs["score"].min(),
        "p5_score": pairs["score"].quantile(0.05, "lower"),
        "median_score": pairs["score"].median(),
        "mean_score": pairs["score"].mean(),
        "first_choice_share": (pairs["rank"] == 1).mean(),
        "top3_share": (pairs["rank"] <= 3).mean(),
        "mentor_first_choice_share": (pairs["mentor_rank"] == 1).mean(),
        "mentor_top3_share": (pairs["mentor_rank"] <= 3).mean(),
        "named_mentor_share": pairs["mentee_choice"].is_not_null().mean() if pairs.height else None,
        "blocking_pairs": ways["proposed"]["blocking_pairs"],
        "load_mean": float(load.mean()) if load.size else None,
        "load_max": int(load.max(initial=0)),
        "load_gini": gini(load),
        "idle_mentors": int((load == 0).sum()),
        "current_pairs": could,
        "kept_pairs": kept,
        "churn": 1 - kept / could if could else None,
        "score_floor": solved.optimum.floor / SCALE,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        **{
            f"{way}_{name}": ways[way][name]
            for way in ("greedy", "first_come", "stable", "random")
            for name in ("matched", "total_score")
        },
        "looks_at_all_pairs": result.looks_at_all_pairs,
        "input_hash": _input_hash(problem, result.policy, result.salt),
        "output_hash": _frame_hash(pairs.select("mentee_application_id", "mentor_application_id", "score")),
        "solver_version": f"ortools {version('ortools')} SimpleMinCostFlow",
        "salt": result.salt,
    }


def _frame_hash(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_ndjson().encode()).hexdigest()[:32]


def _input_hash(problem: MatchProblem, policy: Policy, salt: str) -> str:
    rules = "|".join(f"{rule.name}:{rule.words}" for rule in problem.rules)
    weights = "|".join(f"{name}={weight:.6f}" for name, weight in sorted(problem.score.items()))
    asked = [sorted(problem.locks), sorted(problem.forbidden), sorted(problem.current), policy]
    requests = repr(tuple([*asked, sorted(problem.approved)] if problem.approved else asked))
    frames = problem.mentees.write_ndjson() + problem.mentors.write_ndjson()
    if problem.own_scores is not None:
        frames += problem.own_scores.write_ndjson()
    return hashlib.sha256(f"{salt}\n{rules}\n{weights}\n{requests}\n{frames}".encode()).hexdigest()[:32]
