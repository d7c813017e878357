"""Asking for the reason, and keeping the decision: every button that decides comes here, and nothing else writes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards.access.doors import decisions_for
from dashboards.access.who import actor, as_text, current_principal, draw_again_if_refused
from dashboards.workbench.desk import Desk
from pipelines.access.principal import NotForYou
from pipelines.counted import counted
from pipelines.decisions import Decision, DecisionRefused, StaleRevision, State, StoreUnreachable, state_of, told
from pipelines.decisions.decision import LONGEST_REASON
from pipelines.matching import InfeasibleRequest

ASKED, DONE = "workbench_asked", "workbench_done"
TITLES = {
    "lock": "Lock this pair",
    "unlock": "Unlock this pair",
    "forbid": "Forbid this pair",
    "allow": "Allow this pair again",
    "swap": "Swap the mentors",
    "capacity": "Set the seats",
    "approve": "Approve pairs",
    "withdraw": "Withdraw the approval",
    "publish": "Publish the approved pairs",
    "undo": "Take the last decision back",
}
NOTES = {
    "publish": "Publishing hands the list over. Nothing is sent and no pair becomes active by it.",
    "approve": "Approved pairs wait until somebody publishes them.",
    "undo": "The decision and this one both stay in the log.",
}


def decide_button(
    desk: Desk, kind: str, label: str, *, key: str, disabled: bool = False, primary: bool = False, **what: Any
) -> None:
    """A button that opens the question for a reason. what: pairs, mentor, seats or undoes."""
    st.button(
        label,
        key=key,
        on_click=_ask,
        args=(desk.cohort, desk.state.revision, kind, {**what, **_wanted(desk, what)}),
        disabled=disabled,
        type="primary" if primary else "secondary",
    )


def _wanted(desk: Desk, what: Mapping[str, Any]) -> dict[str, tuple[tuple[str, int], ...]]:
    """How many mentors those want who are to be decided about, where more than one."""
    if desk.result is None:
        return {}
    mentees = sorted({mentee for mentee, _ in what.get("pairs", ())} & set(desk.wanted))
    return {"wanted": tuple((mentee, desk.wanted[mentee]) for mentee in mentees)} if mentees else {}


def _ask(cohort: str, seen: int, kind: str, what: Mapping[str, Any]) -> None:
    st.session_state[ASKED] = {"cohort": cohort, "seen": seen, "kind": kind, "what": dict(what)}
    st.session_state.pop(DONE, None)


def _forget() -> None:
    st.session_state.pop(ASKED, None)


def open_question(desk: Desk) -> None:
    """Show what was done last, or the dialog that a button asked for. A question about another cohort is forgotten."""
    if DONE in st.session_state:
        st.toast(st.session_state.pop(DONE), icon=":material/check:")
    asked = st.session_state.get(ASKED)
    if asked is None:
        return
    if asked["cohort"] != desk.cohort:
        _forget()
        return
    st.dialog(TITLES[asked["kind"]], width="medium", on_dismiss=_forget)(_question)(desk, asked)


def _question(desk: Desk, asked: Mapping[str, Any]) -> None:
    draw_again_if_refused()
    decision = _drafted(asked, reason="")
    st.markdown(f"**{told(decision, desk.name)}**")
    refused = _speaks_against(desk, decision)
    if refused:
        st.error(refused, icon=":material/block:")
        return
    st.caption(NOTES.get(asked["kind"], "") or _outlook(desk, decision))
    reason = st.text_area("Reason", max_chars=LONGEST_REASON, key="workbench_reason", height=90)
    st.caption(f"Kept in the audit log as decided by {as_text(actor())}. Write no names of participants.")
    if st.button("Decide", type="primary", key="workbench_decide", disabled=False):
        _keep(desk, _drafted(asked, reason=reason))


def _drafted(asked: Mapping[str, Any], *, reason: str) -> Decision:
    return Decision(
        asked["cohort"],
        asked["seen"] + 1,
        asked["kind"],
        **asked["what"],
        actor=actor(),
        reason=reason,
        made_at=datetime.now(UTC).replace(microsecond=0),
    )


def _keep(desk: Desk, decision: Decision) -> None:
    try:
        decisions_for(current_principal(), desk.programme).record(decision)
    except (NotForYou, DecisionRefused, StaleRevision, StoreUnreachable) as problem:
        st.error(desk.named(str(problem)), icon=":material/block:")
        return
    _forget()
    st.session_state.pop("workbench_reason", None)
    st.session_state[DONE] = told(decision, desk.name)
    st.rerun()


def _speaks_against(desk: Desk, decision: Decision) -> str | None:
    """Why the decision can't be taken: the log, or a rule that the resulting proposal would break."""
    if decision.revision <= desk.state.revision:
        return None  # somebody was faster; the store will say who, when the decision is sent
    try:
        after = state_of([*desk.decisions, decision])
        return _cannot_be_kept(desk, after)
    except (DecisionRefused, InfeasibleRequest) as problem:
        return desk.named(str(problem))


def _cannot_be_kept(desk: Desk, after: State) -> str | None:
    _, aside = desk.after(after)
    new = [one for one in aside if one not in desk.set_aside]
    return desk.named(f"{new[0].mentee} with {new[0].mentor}: {new[0].words}.") if new else None


def _outlook(desk: Desk, decision: Decision) -> str:
    """What the proposal would become, as a difference."""
    if decision.revision <= desk.state.revision or desk.result is None:
        return ""
    after, _ = desk.after(state_of([*desk.decisions, decision]))
    one, other = desk.found.quality.row(0, named=True), after.quality.row(0, named=True)
    moved = moved_mentees(
        desk.pairs, list(after.pairs.select("mentee_application_id", "mentor_application_id").iter_rows())
    )
    return (
        f"The proposal would match {other['matched']} of {counted(other['mentees'], 'mentee')} ({other['matched'] - one['matched']:+d}), "
        f"with a total score of {other['total_score']:.2f} ({other['total_score'] - one['total_score']:+.2f}); "
        f"{counted(len(moved), 'mentee')} would get another mentor or none{_of_them_approved(desk, moved)}."
    )


def _of_them_approved(desk: Desk, moved: Sequence[str]) -> str:
    """How many of the mentees who would move have an approved pair."""
    approved = len({mentee for mentee, _ in desk.state.approved} & set(moved))
    return f", {approved} of them with an approved pair" if approved else ""


def moved_mentees(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[str]:
    """Mentees whose mentors differ between two lists of pairs."""
    return sorted({mentee for mentee, _ in set(before) ^ set(after)})
