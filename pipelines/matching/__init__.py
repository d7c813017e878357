"""Exact mentor-mentee matching: frames in, frames out, no warehouse, no clock.

problem = MatchProblem(mentees=..., mentors=..., rules=[...], score={...})
result = solve(problem, Policy(), salt="cohort-2026-11")
result.pairs, result.unmatched, result.alternatives, result.quality, result.compare(), result.explain("a-17")
"""

from pipelines.matching.audit import group_audit
from pipelines.matching.declared_rules import rules_from_policy
from pipelines.matching.eligibility import (
    Availability,
    DeclaredExclusion,
    ForbiddenPair,
    LevelGap,
    OwnReportingLine,
    Population,
    PreviousPair,
    Rule,
    SharedLanguage,
    TimeZoneGap,
)
from pipelines.matching.network import SolverRefused
from pipelines.matching.policy import (
    MentorGroups,
    Policy,
    PolicyRefused,
    Quota,
    block_from_text,
    policy_from_block,
    weights_from_block,
)
from pipelines.matching.problem import MatchProblem, MatchProblemError
from pipelines.matching.reach import InfeasibleRequest
from pipelines.matching.solution import MatchResult, solve

__all__ = [
    "Availability",
    "DeclaredExclusion",
    "ForbiddenPair",
    "InfeasibleRequest",
    "LevelGap",
    "MatchProblem",
    "MatchProblemError",
    "MatchResult",
    "MentorGroups",
    "OwnReportingLine",
    "Policy",
    "PolicyRefused",
    "Population",
    "PreviousPair",
    "Quota",
    "Rule",
    "SharedLanguage",
    "SolverRefused",
    "TimeZoneGap",
    "block_from_text",
    "group_audit",
    "policy_from_block",
    "rules_from_policy",
    "solve",
    "weights_from_block",
]
