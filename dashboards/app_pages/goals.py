"""SMART goals: where each one is, where it should be by now, and where it is heading."""

import polars as pl
import streamlit as st

from dashboards import elements, queries, wording

snapshot = st.session_state["snapshot"]
goals = queries.goals(snapshot)
counts = {status: sum(goal["status"] == status for goal in goals) for status in wording.STATUS_WORDS}
told = ", ".join(f"{count} {wording.STATUS_WORDS[status].lower()}" for status, count in counts.items() if count)
elements.heading("SMART goals", f"**{len(goals)} goals**: {told}." if goals else "No goal is declared yet.")
elements.banner(snapshot)
if not goals:
    elements.nothing_here(
        "Declare goals under `goals:` in a programme's file; each needs a metric, baseline, target, unit, start, due date and owner."
    )
    st.stop()

for goal in goals:
    unit = goal["unit"]
    with st.container(border=True):
        top = st.container(horizontal=True, vertical_alignment="center")
        with top:
            st.markdown(
                f"{wording.STATUS_MARKS[goal['status']]} **{wording.STATUS_WORDS[goal['status']]}** · {goal['programme_name']}"
            )
        st.markdown(f"**{goal['statement']}**")
        if goal["status_reason"]:
            st.markdown(goal["status_reason"])
        columns = st.grid(min_column_width=150)
        for name, column in (
            ("Baseline", "baseline"),
            ("Should be by now", "expected_now"),
            ("Now", "current_value"),
            ("Target", "target_value"),
        ):
            columns.metric(name, wording.number_and_unit(goal[column], unit)[0])
        interval = wording.interval(goal["ci_low"], goal["ci_high"], unit)
        now = (
            f"Now: 95 % interval {interval}, n = {wording.people(goal['n_people'])}. "
            if interval
            else "Now: not shown. "
        )
        forecast = "Forecast: too few months to tell. "
        if goal["forecast_value"] is not None:
            span = wording.interval(goal["forecast_low"], goal["forecast_high"], unit)
            forecast = (
                f"Forecast for {goal['due_date']:%d %b %Y}: {wording.number(goal['forecast_value'], unit)} ({span}). "
            )
        st.caption(
            f"{now}{forecast}Due {goal['due_date']:%d %b %Y}. Owner: {goal['owner']}. "
            f"[Definition of {goal['metric_label'] or goal['metric_id']}](/dictionary?metric={goal['metric_id']})"
        )

with st.expander("All goals as a table"):
    elements.table(
        pl.DataFrame(goals, infer_schema_length=None),
        {
            "programme_name": "Programme", "statement": "Goal", "status": "Status", "metric_id": "Metric", "segment_kind": "Breakdown",
            "segment_value": "Group", "baseline": "Baseline", "expected_now": "Should be by now", "current_value": "Now", "ci_low": "95 % from",
            "ci_high": "95 % to", "n_people": "People", "target_value": "Target", "forecast_value": "Forecast", "forecast_low": "Forecast from",
            "forecast_high": "Forecast to", "unit": "Unit", "due_date": "Due", "owner": "Owner",
        },
        key="goals",
        takeaway="All goals with baseline, target, present value, forecast and status",
    )  # fmt: skip
