"""A quota's limits: as even as the network allows, or as declared, and in words where they can't be met."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipelines.matching import InfeasibleRequest, MatchProblem, MatchProblemError, Quota
from pipelines.matching.candidates import Edges
from pipelines.matching.network import Seats
from pipelines.matching.quotas import evened, group_codes
from pipelines.matching.reach import Coverage
from tests.unit.matching.people import RULES, SCORE, mentees, mentors

EVEN = Quota("site", "works agreement 7", "council")


def cohort(sites: str, *seats: int) -> MatchProblem:
    """A mentee per letter of `sites`; "-" declared none."""
    people = [{"application_id": f"a{i:03}", "person_key": f"p{i:03}"} for i in range(len(sites))]
    declared = [
        {"person_key": f"p{i:03}", "attribute": "site", "value": site} for i, site in enumerate(sites) if site != "-"
    ]
    groups = pl.DataFrame(
        [*declared, {"person_key": "p000", "attribute": "grade", "value": "z"}],
        schema={"person_key": pl.String, "attribute": pl.String, "value": pl.String},
    )
    return MatchProblem(mentees(*people), mentors(*({"capacity": n} for n in seats)), RULES, SCORE, groups=groups)


def limits(
    problem: MatchProblem,
    *,
    matched: int | None = None,
    may: str = "",
    active: list[bool] | None = None,
    open_wish: list[bool] | None = None,
    quota: Quota | None = EVEN,
) -> list[int] | None:
    """How many of each site may stay unmatched; None where nothing is limited. may: the sites that the mentors take (all without it). open_wish: who still wants a first mentor."""
    names = problem.groups.filter(attribute="site") if problem.groups is not None else pl.DataFrame()
    site = dict(zip(names["person_key"], names["value"], strict=True))
    who = [i for i, key in enumerate(problem.mentees["person_key"]) if not may or site.get(key, "-") in may]
    rows, columns = (axis.ravel() for axis in np.meshgrid(who, np.arange(problem.mentors.height), indexing="ij"))
    taking_part = np.ones(problem.mentees.height, dtype=bool) if active is None else np.array(active)
    seats = replace(Seats.simple(problem.seats, problem.mentees.height), demand=taking_part.astype(np.int64))
    if open_wish is not None:
        seats = replace(seats, met=~np.array(open_wish))
    covered = min(int(problem.seats.sum()), len(who)) if matched is None else matched
    found = evened(
        Edges(rows, columns, np.ones(rows.size, dtype=np.int64)),
        seats,
        Coverage(covered, covered, True),
        problem,
        quota,
        taking_part,
    )
    if found is seats:
        return None
    codes, _ = group_codes(problem, "site")
    assert found.group.tolist() == codes.tolist()
    assert found.unmatched_at_most.dtype == np.int64
    return found.unmatched_at_most.tolist()


def test_groups_are_numbered_by_their_names_and_who_declared_none_has_none() -> None:
    codes, names = group_codes(cohort("yx-y", 1), "site")
    assert (codes.tolist(), names, codes.dtype) == ([1, 0, -1, 1], ["x", "y"], np.int64)


def test_a_quota_needs_to_know_each_persons_one_group() -> None:
    problem = cohort("xy", 1)
    with pytest.raises(
        MatchProblemError, match=r"^A quota on site needs to know who belongs to which group\. Next step"
    ):
        group_codes(MatchProblem(problem.mentees, problem.mentors, RULES, SCORE), "site")
    twice = pl.DataFrame({"person_key": ["p000"] * 2, "attribute": ["site"] * 2, "value": ["x", "y"]})
    problem = MatchProblem(problem.mentees, problem.mentors, RULES, SCORE, groups=twice)
    with pytest.raises(MatchProblemError, match=r"^groups: a person has two values of site\. Next step"):
        group_codes(problem, "site")


def test_nothing_is_limited_without_a_quota_or_where_nobody_stays_unmatched() -> None:
    assert limits(cohort("xxyy", 2), quota=None) is None
    assert limits(cohort("xxyy", 4)) is None
    assert limits(cohort("xxyy", 2), active=[True, True, False, False]) is None


@pytest.mark.parametrize(
    ("sites", "seats", "may", "expected"),
    [
        ("xxxxyyyy", [4], "", [2, 2]),
        ("xxxxyy-", [3], "", [2, 1]),
        ("xxxxxxyyy", [2, 4], "", [2, 1]),
        ("xxxyyyy", [3], "x", [3, 4]),
        ("xxyyyy", [1, 2], "xy", [1, 2]),
        ("xxxxx", [1], "", [4]),
        ("---", [1], "", []),
        ("xy", [1], "", [1, 1]),
    ],
)
def test_the_greatest_share_of_any_group_is_as_small_as_full_coverage_allows(
    sites: str, seats: list[int], may: str, expected: list[int]
) -> None:
    assert limits(cohort(sites, *seats), may=may) == expected


def test_who_does_not_take_part_or_wants_no_first_mentor_counts_in_no_group() -> None:
    left = [True, True, False, False, True, True, True, True]
    assert limits(cohort("xxxxyyyy", 3), active=left) == limits(cohort("xxxxyyyy", 3), open_wish=left) == [1, 2]
    assert limits(cohort("xxxxyy", 2), active=[True] * 4 + [False] * 2) == [2, 0]


@pytest.mark.parametrize(
    ("sites", "seats", "at_most", "expected"),
    [
        ("xxxxyyyy", 4, {"x": 0.5}, [2, 4]),
        ("xxxxyyyy", 4, {"x": 0.74, "y": 0.75}, [2, 3]),
        ("x" * 50 + "y", 22, {"x": 0.58}, [29, 1]),
    ],
)
def test_a_declared_share_is_of_whole_people_and_who_has_none_is_not_limited(
    sites: str, seats: int, at_most: dict[str, float], expected: list[int]
) -> None:
    assert limits(cohort(sites, seats), quota=Quota("site", "x", "y", at_most=at_most)) == expected


def test_a_share_that_one_group_alone_cannot_keep_is_told_with_the_least_that_it_can() -> None:
    message = (
        r"^The quota on site can't be met: of 4 mentees of 'y' at least 3 stay unmatched whatever is done, and 1 are allowed\. "
        r"Next step: add seats that they may have, or raise the share\.$"
    )
    with pytest.raises(InfeasibleRequest, match=message):
        limits(cohort("xxxxyyyy", 1), may="y", quota=Quota("site", "x", "y", at_most={"x": 1.0, "y": 0.25}))


def test_shares_that_only_all_together_cannot_be_kept_are_told_so() -> None:
    message = r"^The quotas on site can each be met, but not together\. Next step: raise one of the shares\.$"
    with pytest.raises(InfeasibleRequest, match=message):
        limits(cohort("xxxxyyyy", 4), quota=Quota("site", "x", "y", at_most={"x": 0.25, "y": 0.25}))
