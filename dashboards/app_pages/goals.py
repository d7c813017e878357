"""SMART goals: where each one is, where it should be by now, and where it is heading."""

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording
from dashboards.facts.goals import goals as goal_facts
from dashboards.facts.goals import goals_sentence

COLUMNS = {
    "programme_name": "Programme", "statement": "Goal", "status": "Status", "metric_id": "Metric", "segment_kind": "Breakdown",
    "segment_value": "Group", "baseline": "Baseline", "expected_now": "Should be by now", "current_value": "Now", "ci_low": "95 % from",
    "ci_high": "95 % to", "n_people": "People", "target_value": "Target", "forecast_value": "Forecast", "forecast_low": "Forecast from",
    "forecast_high": "Forecast to", "unit": "Unit", "due_date": "Due", "owner": "Owner",
}  # fmt: skip

snapshot = st.session_state["snapshot"]
goals = queries.goals(snapshot)
counts = {status: sum(goal["status"] == status for goal in goals) for status in wording.STATUS_WORDS}
told = ", ".join(f"{count} {wording.STATUS_WORDS[status].lower()}" for status, count in counts.items() if count)
elements.heading(
    "SMART goals",
    f"**{goals_sentence(goal_facts(queries.Cached(snapshot)))}**" + (f" {told.capitalize()}." if goals else ""),
)
elements.banner(snapshot)
if not goals:
    elements.nothing_here(
        "Declare goals under `goals:` in a programme's file; each needs a metric, baseline, target, unit, start, due date and owner."
    )
    st.stop()

drawn = pl.DataFrame(goals, infer_schema_length=None).filter(pl.col("now_share").is_not_null())
if drawn.height:
    drawn = drawn.with_columns(
        pl.concat_str(
            pl.col("status").replace_strict(wording.STATUS_MARKS),
            pl.lit(" "),
            pl.coalesce("metric_label", "metric_id"),
            pl.lit(" · "),
            "programme_name",
        ).alias("label")
    )
    drawn = drawn.with_columns(
        pl.when(pl.col("label").is_duplicated())
        .then(pl.format("{} ({})", "label", "goal_id"))
        .otherwise("label")
        .alias("label")
    )
    elements.chart_with_table(
        charts.progress,
        drawn,
        title="How far each goal is on its way, and how far it should be by now",
        key="progress",
        takeaway="; ".join(f"{row['label']}: {row['now_share']:.0%} of the way, {row['expected_share']:.0%} expected" for row in drawn.to_dicts() if row["expected_share"] is not None),
        source="metric values; diamond: now, line: 95 % interval, orange tick: where it should be by now",
        columns=COLUMNS,
    )  # fmt: skip

st.caption(wording.STATUS_RULE)
grid = st.grid(min_column_width=440, row_height="content")
for goal in goals:
    unit = goal["unit"]
    with grid, st.container(border=True, gap="small"):
        st.markdown(
            f"{wording.STATUS_MARKS[goal['status']]} **{wording.STATUS_WORDS[goal['status']]}** · {goal['programme_name']}  \n"
            f"**{goal['statement']}**  \n{goal['status_reason'] or ''}"
        )
        figures = st.grid(min_column_width=110, gap="small")
        for name, column in (
            ("Baseline", "baseline"),
            ("Expected by now", "expected_now"),
            ("Now", "current_value"),
            ("Target", "target_value"),
        ):
            figures.metric(name, wording.number_and_unit(goal[column], unit)[0])
        interval = wording.interval(goal["ci_low"], goal["ci_high"], unit)
        if goal["current_value"] is None:
            now = "Now: not shown. "
        elif goal["interval_method"] == "census" or not interval:
            now = f"Now: complete count, n = {wording.people(goal['n_people'])}. "
        else:
            now = f"Now: 95 % interval {interval}, n = {wording.people(goal['n_people'])}. "
        forecast = "No forecast: no method has passed its own test on these months. "
        if goal["measured_from"] is not None:
            now += wording.measured(goal)
        if goal["forecast_low"] is not None:
            forecast = f"Forecast for {goal['due_date']:%d %b %Y}: {wording.forecast(goal)}. "
        st.caption(
            f"{now}{forecast}Due {goal['due_date']:%d %b %Y}. Owner: {goal['owner']}. "
            f"[Definition of {goal['metric_label'] or goal['metric_id']}](/dictionary?metric={goal['metric_id']})"
        )

with st.expander("All goals as a table"):
    elements.table(
        pl.DataFrame(goals, infer_schema_length=None),
        COLUMNS,
        key="goals",
        takeaway="All goals with baseline, target, present value, forecast and status",
    )  # fmt: skip
