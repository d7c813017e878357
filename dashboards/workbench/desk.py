"""All that the workbench shows of one cohort: the published run, the decisions since, and the proposal that follows from both.

The proposal is worked out here with the engine's own function on the published inputs. Same inputs, same result: it is what the next run will propose.
"""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.access.doors import decisions_for
from dashboards.snapshot import Snapshot
from pipelines.access.principal import Principal
from pipelines.decisions import Decision, State, StoreUnreachable, state_of
from pipelines.matching import InfeasibleRequest, MatchProblem, MatchResult, Policy, policy_from_block, solve
from pipelines.matching.decided import SetAside, with_decisions
from pipelines.matching.policy import problem_from_block

__all__ = [
    "Desk",
    "StoreUnreachable",
    "frame_of",
    "has_quota",
    "newer_decisions",
    "open_desk",
]

Pair = tuple[str, str]
TOLD = ("application_id", "person_key", "department", "level_rank", "utc_offset_hours")
Key = tuple[tuple[Pair, ...], tuple[Pair, ...], tuple[tuple[str, int], ...], tuple[Pair, ...] | None, tuple[Pair, ...]]


@dataclass(frozen=True)
class Desk:
    """One cohort on the desk. result: the proposal with all decisions, None where `stuck` says why there is none. names: by pseudonym, of whom the reader may see and has asked for."""

    managers: Snapshot
    run: dict[str, Any]
    decisions: list[Decision]
    state: State
    result: MatchResult | None
    set_aside: Sequence[SetAside]
    stuck: str | None
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def programme(self) -> str:
        return str(self.run["programme_id"])

    @property
    def cohort(self) -> str:
        return str(self.run["cohort_id"])

    @property
    def found(self) -> MatchResult:
        """The proposal. Raises RuntimeError where there is none; the page stops before."""
        if self.result is None:
            raise RuntimeError(self.stuck)
        return self.result

    @cached_property
    def pairs(self) -> list[Pair]:
        """The proposed pairs."""
        return list(self.found.unpriced.select("mentee_application_id", "mentor_application_id").iter_rows())

    @cached_property
    def proposed(self) -> frozenset[Pair]:
        """The proposed pairs, to look one up."""
        return frozenset(self.pairs)

    @cached_property
    def current(self) -> dict[str, list[str]]:
        """Mentee to mentors of what is published, or of the platform's own proposals before the first publication."""
        return by_mentee(self.found.problem.current)

    @cached_property
    def wanted(self) -> dict[str, int]:
        """Mentee to mentors wanted, of those who want more than one."""
        rows = self.found.problem.mentees.filter(pl.col("demand") > 1).select("application_id", "demand").iter_rows()
        return dict(rows)

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Application to what the page tells of the person; lists of wishes and lines aren't among it, which would be most of a rerun's time."""
        problem = self.found.problem
        rows = [row for side in (problem.mentees, problem.mentors) for row in side.select(TOLD).iter_rows(named=True)]
        return {row["application_id"]: row for row in rows}

    def name(self, application: str) -> str:
        """What a programme manager knows somebody by: the name where it is shown, the application's number on the mentoring platform, department and level."""
        person = self.people.get(application) if self.result is not None else None
        if person is None:
            return application
        more = [person["department"], f"level {person['level_rank']}" if person["level_rank"] is not None else None]
        known = self.names.get(person["person_key"])
        return ", ".join([f"{known} ({application})" if known else application, *(part for part in more if part)])

    def named(self, words: str) -> str:
        """`words` with every application in it told as `name` tells it."""
        known = sorted((key for key in self.people if key in words), key=len, reverse=True)
        if not known:
            return words
        pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, known)) + r")(?![\w-])")
        return pattern.sub(lambda found: self.name(found.group(1)), words)

    def key(self, widget: str) -> str:
        """A choice of people is another one once they have names: the browser keeps the words of what was chosen."""
        return f"{widget}_named" if self.names else widget

    @property
    def person_keys(self) -> list[str]:
        """Pseudonyms of everybody on the desk."""
        return [person["person_key"] for person in self.people.values()] if self.result is not None else []

    def after(self, state: State) -> tuple[MatchResult, Sequence[SetAside]]:
        """The proposal under another state of decisions. Raises `InfeasibleRequest`."""
        return proposal(self.managers.key, self.managers, self.cohort, *decisions_key(state))


def by_mentee(pairs: Sequence[Pair]) -> dict[str, list[str]]:
    """Mentee to mentors."""
    found: dict[str, list[str]] = {}
    for mentee, mentor in sorted(pairs):
        found.setdefault(mentee, []).append(mentor)
    return found


def runs_to_decide(runs: pl.DataFrame, principal: Principal) -> pl.DataFrame:
    """The runs of programmes of which the principal sees everybody. Raises NotForYou where there are runs and none is theirs."""
    own = runs.filter(pl.Series([principal.may_decide(one) for one in runs["programme_id"]], dtype=pl.Boolean))
    if own.is_empty() and not runs.is_empty():
        principal.must_decide(str(runs["programme_id"][0]))
    return own


def with_names(desk: Desk, names: Mapping[str, str]) -> Desk:
    """The desk with names by pseudonym."""
    return replace(desk, names=names)


def open_desk(managers: Snapshot, run: dict[str, Any], principal: Principal) -> Desk:
    """Read the decisions of the run's cohort and work the proposal out. Raises `StoreUnreachable`, NotForYou."""
    decisions = decisions_for(principal, str(run["programme_id"])).decisions(run["cohort_id"])
    state = state_of(decisions)
    try:
        result, set_aside = proposal(managers.key, managers, run["cohort_id"], *decisions_key(state))
    except InfeasibleRequest as problem:
        return Desk(managers, run, decisions, state, None, [], str(problem))
    return Desk(managers, run, decisions, state, result, set_aside, None)


def decisions_key(state: State) -> Key:
    """All decisions that a proposal depends on, to keep what was worked out under them."""
    published = tuple(sorted(state.published.pairs)) if state.published else None
    seats = tuple(sorted(state.capacities.items()))
    return tuple(sorted(state.locks)), tuple(sorted(state.forbidden)), seats, published, tuple(sorted(state.approved))


@st.cache_resource(max_entries=24, show_spinner="Working the proposal out ...")
def proposal(
    key: str,
    _managers: Snapshot,
    cohort: str,
    locks: tuple[Pair, ...],
    forbidden: tuple[Pair, ...],
    seats: tuple[tuple[str, int], ...],
    published: tuple[Pair, ...] | None,
    approved: tuple[Pair, ...],
) -> tuple[MatchResult, Sequence[SetAside]]:
    """The proposal for a published cohort under some decisions, and what of them couldn't be kept. Raises `InfeasibleRequest`."""
    declared, policy, salt = declared_problem(key, _managers, cohort)
    problem, aside = with_decisions(
        declared, locks=locks, forbidden=forbidden, capacity=dict(seats), current=published, approved=approved
    )
    return solve(problem, policy, salt=salt), aside


@st.cache_resource(max_entries=8, show_spinner=False)
def declared_problem(key: str, _managers: Snapshot, cohort: str) -> tuple[MatchProblem, Policy, str]:
    """Problem, policy and salt of a published run before any decision.

    A quota by group, and a limit on mentors' groups by one, is left out: it needs demographics, which the snapshot doesn't hold.
    """
    logging.getLogger("dashboards").debug("%s of %s is read", cohort, key)
    row = _managers.frame("from match_problems where cohort_id = $1", [cohort]).to_dicts()[0]
    block = json.loads(row["matching_policy"])
    people = [
        _managers.frame(f"select * from {table} where cohort_id = $1", [cohort])
        for table in ("match_mentees", "match_mentors")
    ]
    current = [(pair["mentee"], pair["mentor"]) for pair in row["declared_current"]]
    problem = problem_from_block(block, *people, current=current)
    policy = policy_from_block(block)
    limits = tuple(one for one in policy.mentor_groups if not one.needs_groups)
    return problem, replace(policy, quota=None, mentor_groups=limits), row["salt"]


def has_quota(desk: Desk) -> bool:
    """Whether the programme declared an even share over groups, or a limit by one, which this page can't work out."""
    row = queries.ask(desk.managers, "select matching_policy from match_problems where cohort_id = $1", desk.cohort)
    block = json.loads(row.item())
    return bool(block.get("quota")) or any(one.needs_groups for one in policy_from_block(block).mentor_groups)


def newer_decisions(desk: Desk) -> int:
    """How many decisions the published run hasn't seen."""
    seen = queries.ask(desk.managers, "select decided_revision from match_problems where cohort_id = $1", desk.cohort)
    return desk.state.revision - int(seen.item())


def frame_of(desk: Desk, table: str) -> pl.DataFrame:
    """One of the managers' tables for this cohort."""
    return queries.ask(desk.managers, f"select * from {table} where cohort_id = $1", desk.cohort)
