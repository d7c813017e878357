"""The form in which a goal is changed or declared, where this server may write to the workspace."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboards.access.doors import workspace_for
from dashboards.access.who import current_principal
from dashboards.parts.states import declare_first
from pipelines.access.principal import NotForYou, Role
from pipelines.first_hour.goal_files import UNITS, goal_of, goals_in, name_in, new_id
from pipelines.first_hour.opening import Opened
from pipelines.first_hour.programme import LETTERS, OBJECTIVES
from pipelines.sources.records import SourceRefused

NEW = "A new goal"
WRITTEN = "goal_written"
DIRECTIONS = {"increase": "Up is better", "decrease": "Down is better"}
READ_FROM = {
    None: "As the metric says",
    "last_month": "The last complete month",
    "last_wave": "The last survey",
    "to_date": "Everything to date",
}


def show(how: str, metrics: Mapping[str, str]) -> None:
    """The form, or how to declare a goal where this server only reads. metrics: metric id to its label."""
    principal = current_principal()
    found = workspace_for(principal, Role.MANAGER) if principal.may_open(Role.MANAGER) else None
    files = {one: file for one, file in found.programme_files.items() if principal.may_decide(one)} if found else {}
    if found is None or not files:
        declare_first(how)
        return
    if st.session_state.pop(WRITTEN, None):
        st.success("Written to the programme’s file. It shows here after the next run: Add data, or `impact run`.")
    left, right = st.columns(2)
    programme = left.selectbox(
        "Programme", list(files), format_func=lambda one: name_in(files[one]), key="goal_programme"
    )
    if programme is None:
        return
    goals = goals_in(files[programme])
    chosen = right.selectbox(
        "Goal",
        [NEW, *goals],
        format_func=lambda goal: goals[goal]["statement"] if goal in goals else goal,
        key=f"goal_of_{programme}",
    )
    _form(found, programme, goals.get(chosen, {}), metrics, taken=list(goals))


def _form(found: Opened, programme: str, goal: Mapping[str, Any], metrics: Mapping[str, str], taken: list[str]) -> None:
    with st.form(f"goal|{programme}|{goal.get('goal_id', NEW)}"):
        answers = _specific(goal) | _measurable(goal, metrics) | _why_and_when(goal)
        if not st.form_submit_button("Write to the programme’s file", type="primary"):
            return
    goal_id = goal.get("goal_id") or new_id(programme, answers["statement"], taken)
    try:
        principal = current_principal()
        principal.must_decide(programme)
        found.write_goal(programme, goal_of({"goal_id": goal_id, **goal, **answers}), principal.known_as)
    except (SourceRefused, NotForYou) as refused:
        st.error(str(refused))
        return
    st.session_state[WRITTEN] = True
    st.rerun()


def _specific(goal: Mapping[str, Any]) -> dict[str, Any]:
    st.markdown(f"**{LETTERS['S']}**")
    return {
        "statement": st.text_input("The goal in one sentence", goal.get("statement", ""), placeholder="By June 2027 nine of ten mentees are satisfied").strip(),
        "owner": st.text_input("Who owns it? (a role)", goal.get("owner", ""), placeholder="Head of learning").strip(),
    }  # fmt: skip


def _measurable(goal: Mapping[str, Any], metrics: Mapping[str, str]) -> dict[str, Any]:
    st.markdown(f"**{LETTERS['M']}**")
    metric_ids, units = list(metrics), [*UNITS, *({goal["unit"]} - set(UNITS) if goal.get("unit") else ())]
    first, second, third = st.columns(3)
    with first:
        metric = st.selectbox(
            "Metric",
            metric_ids,
            _place(metric_ids, goal.get("metric_id")),
            format_func=lambda name: metrics[name],
            placeholder="Choose",
        )
        baseline = st.number_input("Where does it stand?", value=_number(goal.get("baseline")), format="%g")
        target = st.number_input("Target", value=_number(goal.get("target")), format="%g")
    with second:
        direction = st.selectbox(
            "Direction",
            list(DIRECTIONS),
            _place(list(DIRECTIONS), goal.get("direction")) or 0,
            format_func=DIRECTIONS.__getitem__,
        )
        since = st.date_input("Since when?", _day(goal.get("baseline_date")))
        unit = st.selectbox(
            "Unit of the target",
            units,
            _place(units, goal.get("unit")) or 0,
            format_func=lambda name: UNITS.get(name, name),
        )
    with third:
        measured = st.selectbox(
            "Now is read from",
            list(READ_FROM),
            _place(list(READ_FROM), goal.get("measured")) or 0,
            format_func=READ_FROM.__getitem__,
        )
    return {"metric_id": metric, "baseline": baseline, "baseline_date": since, "target": target, "unit": unit, "direction": direction, "measured": measured,
            "segment": goal.get("segment", {"kind": "all", "value": "all"})}  # fmt: skip


def _why_and_when(goal: Mapping[str, Any]) -> dict[str, Any]:
    st.markdown(f"**{LETTERS['A']}** · **{LETTERS['R']}** · **{LETTERS['T']}**")
    because = st.text_input("Why can it be reached?", goal.get("achievable_because", "")).strip()
    first, second, third = st.columns(3)
    objectives = [*OBJECTIVES, *({goal["relevant_to"]} - set(OBJECTIVES) if goal.get("relevant_to") else ())]
    with first:
        serves = st.selectbox(
            "Objective that it serves",
            objectives,
            _place(objectives, goal.get("relevant_to")),
            format_func=lambda name: OBJECTIVES.get(name, name),
            placeholder="Choose",
        )
    start = second.date_input("From", _day(goal.get("start_date")))
    due = third.date_input("Due", _day(goal.get("due_date")))
    return {"achievable_because": because, "relevant_to": serves, "start_date": start, "due_date": due}  # fmt: skip


def _place(options: list[Any], value: Any) -> int | None:
    return options.index(value) if value in options else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else date.fromisoformat(str(value)) if value else None
