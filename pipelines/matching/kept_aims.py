"""Which declared aims a way of matching can't keep: they are refused, since a limit that is declared and left aside in silence is worse than no answer."""

from collections.abc import Mapping

from pipelines.matching.policy import Policy
from pipelines.matching.problem import MatchProblem
from pipelines.matching.reach import InfeasibleRequest

STABLE, OPENED, LIMITED, LEXIMIN = (
    "a stable matching",
    "groups with a least size",
    "limits on mentors' groups or floors under sums",
    "leximin",
)
QUOTA, GROUPS, FIGURE, SUMS, LOT, SUM_FIRST, LOADS, POOLS = (
    "a quota",
    "limits on mentors' groups",
    "a floor in figures",
    "a floor under sums",
    "a lot",
    "the sum of scores first",
    "least loads",
    "seats of a pool",
)
NOT_KEPT: Mapping[str, tuple[str, ...]] = {
    STABLE: (QUOTA, GROUPS, FIGURE, LEXIMIN, SUMS, LOT, SUM_FIRST, LOADS),
    OPENED: (QUOTA, GROUPS, FIGURE, LEXIMIN, SUMS, LOT, SUM_FIRST, POOLS),
    LIMITED: (LEXIMIN, LOT),
    LEXIMIN: (SUM_FIRST,),
}
"""What each way of matching doesn't keep. One flow, the usual way, keeps everything that it isn't asked for another way by."""


def refuse_what_is_not_kept(problem: MatchProblem, policy: Policy) -> None:
    """Raise `InfeasibleRequest`, naming both, where a policy declares an aim that its way of matching leaves aside."""
    way = _way(policy)
    declared = _declared(problem, policy)
    unkept = [aim for aim in NOT_KEPT[way] if declared[aim]]
    if unkept:
        raise InfeasibleRequest(
            f"{way.capitalize()} can't keep {' or '.join(unkept)}. Next step: leave one of them out."
        )


def _way(policy: Policy) -> str:
    if policy.mode == "stable":
        return STABLE
    if policy.minimum == "if_opened":
        return OPENED
    return LEXIMIN if policy.by_network else LIMITED


def _declared(problem: MatchProblem, policy: Policy) -> dict[str, bool]:
    floor = policy.floor
    mentors = problem.mentors
    has_loads = "minimum" in mentors.columns and bool((mentors["minimum"].fill_null(0) > 0).any())
    return {
        QUOTA: policy.quota is not None,
        GROUPS: bool(policy.mentor_groups),
        FIGURE: not isinstance(floor, bool | str) and floor > 0,
        LEXIMIN: floor == "leximin",
        SUMS: policy.floor_on == "sum" and floor is not False,
        LOT: policy.places == "lot",
        SUM_FIRST: policy.order == "sum",
        LOADS: has_loads,
        POOLS: bool(problem.pools),
    }
