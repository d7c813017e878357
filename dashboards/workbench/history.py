"""Past runs of a cohort: what was proposed when, under which policy, and what people made of it."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.desk import Desk, frame_of
from pipelines.decisions import Decision, State

COLUMNS = {
    "when": "Data as of", "run": "Run", "pairs": "Pairs", "policy": "Policy", "approved": "Approved by", "standing": "Standing",
}  # fmt: skip


def history_section(desk: Desk) -> None:
    """One row per run, newest first."""
    st.header("Runs of this cohort", anchor=False)
    runs = frame_of(desk, "match_history").to_dicts()
    rows = history_rows(runs, str(desk.run["run_id"]), desk.decisions, desk.state)
    elements.table(
        pl.DataFrame(rows, infer_schema_length=None),
        COLUMNS,
        key="runs",
        takeaway=f"{plural(len(rows), 'run')}, newest first",
    )
    st.caption(
        "A run with the same people, rules and decisions is the same run and isn't listed twice. The policy's code changes with any change of rules, weights or aims in the programme's file."
    )


def history_rows(
    runs: Sequence[dict[str, Any]], current: str, decisions: Sequence[Decision], state: State
) -> list[dict[str, str]]:
    """Rows of `COLUMNS`, newest run first.

    runs: rows of match_history, oldest first. current: run_id of the proposal in force. A publication of a run from before runs were kept has a row of its own.
    """
    undone = {decision.undoes for decision in decisions if decision.kind == "undo"}
    publications = [decision for decision in decisions if decision.kind == "publish"]
    versions = {decision.revision: number for number, decision in enumerate(publications, start=1)}
    rows = []
    for run in reversed(runs):
        own = [one for one in decisions if one.run_id == run["run_id"]]
        standing = [_published(one, versions, undone, state) for one in own if one.kind == "publish"]
        approvers = {one.actor for one in own if one.kind == "approve" and one.revision not in undone}
        if not standing:
            standing = [_waiting(state) if run["run_id"] == current else "replaced before it was published"]
        rows.append(
            {
                "when": f"{run['as_of_date']:%d %b %Y}",
                "run": run["run_id"],
                "pairs": f"{run['matched']} of {run['mentees']} mentees",
                "policy": run["policy_version"],
                "approved": ", ".join(sorted(approvers)) or "nobody yet",
                "standing": "; ".join(standing),
            }
        )
    kept = {run["run_id"] for run in runs}
    rows += [
        {"when": "–", "run": one.run_id or "not kept", "pairs": plural(len(one.pairs), "pair"), "policy": "not kept", "approved": "see the log",
         "standing": _published(one, versions, undone, state)}
        for one in reversed(publications) if one.run_id not in kept
    ]  # fmt: skip
    return rows


def _published(decision: Decision, versions: dict[int, int], undone: set[int | None], state: State) -> str:
    number = versions[decision.revision]
    day = f" on {decision.made_at:%d %b %Y}" if decision.made_at else ""
    told = f"{plural(len(decision.pairs), 'pair')} published as version {number} by {decision.actor}{day}"
    if decision.revision in undone:
        return f"{told}, taken back"
    if state.published is not None and state.published.version > number:
        return f"{told}, replaced by version {state.published.version}"
    return told


def _waiting(state: State) -> str:
    return f"pending: {plural(len(state.approved), 'pair')} approved" if state.approved else "pending"
