"""The audit log: past runs, who decided what, when and why, and the way back."""

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.deciding import decide_button
from dashboards.workbench.desk import Desk
from dashboards.workbench.history import history_section
from pipelines.decisions import told, undoable


def log_section(desk: Desk) -> None:
    """Past runs; all decisions, newest first, and the button that takes the last one in effect back."""
    st.header("Decisions", anchor=False)
    if desk.decisions:
        _decisions(desk)
    else:
        elements.nothing_here("Nothing was decided yet.")
    history_section(desk)


def _decisions(desk: Desk) -> None:
    newest = undoable(desk.decisions)
    if newest is not None:
        decide_button(
            desk,
            "undo",
            f"Take back decision {newest.revision}: {newest.kind}",
            key="undo_last",
            undoes=newest.revision,
        )
    undone = {decision.undoes for decision in desk.decisions if decision.kind == "undo"}
    rows = [
        {
            "revision": decision.revision,
            "when": f"{decision.made_at:%Y-%m-%d %H:%M} UTC" if decision.made_at else "",
            "who": decision.actor,
            "what": told(decision, desk.name),
            "why": decision.reason,
            "standing": "taken back" if decision.revision in undone else "in effect",
        }
        for decision in reversed(desk.decisions)
    ]
    elements.table(
        pl.DataFrame(rows),
        {"revision": "No.", "when": "When", "who": "Who", "what": "What", "why": "Reason", "standing": "Standing"},
        key="log",
        takeaway=f"{plural(len(rows), 'decision')}, newest first",
    )
    st.caption(
        "The log only grows. Reasons and who decided stay in the decision store; the warehouse takes in the rest with the next run."
    )
