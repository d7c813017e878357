"""Exact mentor-mentee matching: frames in, frames out, no warehouse, no clock.

problem = MatchProblem(mentees=..., mentors=..., rules=[...], weights={...})
result = solve(problem, salt="cohort-2026-11")
result.pairs, result.unmatched, result.quality, result.rules
"""

from pipelines.matching.eligibility import (
    DeclaredExclusion,
    LevelGap,
    OwnReportingLine,
    PreviousPair,
    Rule,
    SharedLanguage,
    TimeZoneGap,
    rules_from_policy,
)
from pipelines.matching.problem import MatchProblem
from pipelines.matching.solution import MatchResult, solve

__all__ = [
    "DeclaredExclusion",
    "LevelGap",
    "MatchProblem",
    "MatchResult",
    "OwnReportingLine",
    "PreviousPair",
    "Rule",
    "SharedLanguage",
    "TimeZoneGap",
    "rules_from_policy",
    "solve",
]
