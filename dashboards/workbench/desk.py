"""All that the workbench shows of one cohort: the published run, the decisions since, and the proposal that follows from both.

The proposal is worked out here with the engine's own function on the published inputs. Same inputs, same result: it is what the next run will propose.
"""

import getpass
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.snapshot import Snapshot, serving_folder
from pipelines.decisions import Decision, DecisionStore, State, StoreUnreachable, state_of
from pipelines.matching import InfeasibleRequest, MatchProblem, MatchResult, Policy, policy_from_block, solve
from pipelines.matching.decided import SetAside, with_decisions
from pipelines.matching.policy import problem_from_block

__all__ = [
    "Desk",
    "StoreUnreachable",
    "actor",
    "decision_store",
    "frame_of",
    "has_quota",
    "newer_decisions",
    "open_desk",
]

Pair = tuple[str, str]
Key = tuple[tuple[Pair, ...], tuple[Pair, ...], tuple[tuple[str, int], ...], tuple[Pair, ...] | None, tuple[Pair, ...]]


def decision_store() -> DecisionStore:
    """The store that IMPACT_DECISIONS names, or the SQLite file in the data folder beside the snapshot."""
    file = serving_folder().resolve().parent / "decisions" / "decisions.sqlite"
    return DecisionStore(os.environ.get("IMPACT_DECISIONS") or f"sqlite:///{file}")


def actor() -> str:
    """Who decides: IMPACT_ACTOR, or the operating system's user. Sign-in is off, so this is a claim, not a proof."""
    try:
        return os.environ.get("IMPACT_ACTOR") or getpass.getuser()
    except OSError:
        return "somebody"


@dataclass(frozen=True)
class Desk:
    """One cohort on the desk. result: the proposal with all decisions, None where `stuck` says why there is none."""

    managers: Snapshot
    run: dict[str, Any]
    decisions: list[Decision]
    state: State
    result: MatchResult | None
    set_aside: Sequence[SetAside]
    stuck: str | None

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
        return list(self.found.pairs.select("mentee_application_id", "mentor_application_id").iter_rows())

    @cached_property
    def current(self) -> dict[str, str]:
        """Mentee to mentor of what is published, or of the platform's own proposals before the first publication."""
        return dict(self.found.problem.current)

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Application to what the solver knew of the person."""
        rows = [*self.found.problem.mentees.to_dicts(), *self.found.problem.mentors.to_dicts()]
        return {row["application_id"]: row for row in rows}

    def name(self, application: str) -> str:
        """What a programme manager knows somebody by: the application's number on the mentoring platform, department and level."""
        person = self.people.get(application) if self.result is not None else None
        if person is None:
            return application
        more = [person["department"], f"level {person['level_rank']}" if person["level_rank"] is not None else None]
        return ", ".join([application, *(part for part in more if part)])

    def named(self, words: str) -> str:
        """`words` with every application in it told as `name` tells it."""
        known = sorted((key for key in self.people if key in words), key=len, reverse=True)
        if not known:
            return words
        pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, known)) + r")(?![\w-])")
        return pattern.sub(lambda found: self.name(found.group(1)), words)

    def after(self, state: State) -> tuple[MatchResult, Sequence[SetAside]]:
        """The proposal under another state of decisions. Raises `InfeasibleRequest`."""
        return proposal(str(self.managers.path), self.cohort, *_key(state))


def open_desk(managers: Snapshot, run: dict[str, Any]) -> Desk:
    """Read the decisions of the run's cohort and work the proposal out. Raises `StoreUnreachable`."""
    decisions = decision_store().decisions(run["cohort_id"])
    state = state_of(decisions)
    try:
        result, set_aside = proposal(str(managers.path), run["cohort_id"], *_key(state))
    except InfeasibleRequest as problem:
        return Desk(managers, run, decisions, state, None, [], str(problem))
    return Desk(managers, run, decisions, state, result, set_aside, None)


def _key(state: State) -> Key:
    published = tuple(sorted(state.published.pairs)) if state.published else None
    seats = tuple(sorted(state.capacities.items()))
    return tuple(sorted(state.locks)), tuple(sorted(state.forbidden)), seats, published, tuple(sorted(state.approved))


@st.cache_resource(max_entries=24, show_spinner="Working the proposal out ...")
def proposal(
    path: str,
    cohort: str,
    locks: tuple[Pair, ...],
    forbidden: tuple[Pair, ...],
    seats: tuple[tuple[str, int], ...],
    published: tuple[Pair, ...] | None,
    approved: tuple[Pair, ...],
) -> tuple[MatchResult, Sequence[SetAside]]:
    """The proposal for a published cohort under some decisions, and what of them couldn't be kept. Raises `InfeasibleRequest`."""
    declared, policy, salt = declared_problem(path, cohort)
    problem, aside = with_decisions(
        declared, locks=locks, forbidden=forbidden, capacity=dict(seats), current=published, approved=approved
    )
    return solve(problem, policy, salt=salt), aside


@st.cache_resource(max_entries=8, show_spinner=False)
def declared_problem(path: str, cohort: str) -> tuple[MatchProblem, Policy, str]:
    """Problem, policy and salt of a published run before any decision.

    A quota by group is left out: it needs demographics, which the snapshot doesn't hold.
    """
    managers = Snapshot(Path(path))
    row = managers.frame("from match_problems where cohort_id = $1", [cohort]).to_dicts()[0]
    block = json.loads(row["matching_policy"])
    people = [
        managers.frame(f"select * from {table} where cohort_id = $1", [cohort])
        for table in ("match_mentees", "match_mentors")
    ]
    current = [(pair["mentee"], pair["mentor"]) for pair in row["declared_current"]]
    problem = problem_from_block(block, *people, current=current)
    return problem, replace(policy_from_block(block), quota=None), row["salt"]


def has_quota(desk: Desk) -> bool:
    """Whether the programme declared an even share over groups, which this page can't work out."""
    row = queries.ask(desk.managers, "select matching_policy from match_problems where cohort_id = $1", desk.cohort)
    return bool(json.loads(row.item()).get("quota"))


def newer_decisions(desk: Desk) -> int:
    """How many decisions the published run hasn't seen."""
    seen = queries.ask(desk.managers, "select decided_revision from match_problems where cohort_id = $1", desk.cohort)
    return desk.state.revision - int(seen.item())


def frame_of(desk: Desk, table: str) -> pl.DataFrame:
    """One of the managers' tables for this cohort."""
    return queries.ask(desk.managers, f"select * from {table} where cohort_id = $1", desk.cohort)
