"""Programme health: do people take part, do they meet, are they content? All three on one screen."""

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording

FUNNEL = (
    ("Eligible on the roster day", "participation_rate", "denominator"),
    ("Of these enrolled", "participation_rate", "numerator"),
    ("Mentees ever matched", "match_rate_ever", "numerator"),
    ("Mentees in a pair now", "match_rate_open", "numerator"),
)
SATISFACTION = ("csat_mentee", "csat_mentor", "relationship_quality_mentee", "relationship_quality_mentor")

snapshot = st.session_state["snapshot"]
programme, cohort = st.session_state["programme"], st.session_state["cohort"]
rows = queries.to_date(snapshot, programme, cohort)
drifting = rows.get("drifting_pairs")
late = (
    f" Drifting (1.5 times their cadence without a meeting): {wording.number(drifting['value'], 'count')} of {wording.number(drifting['denominator'], 'count')} open pairs."
    if drifting and drifting["value"] is not None
    else ""
)

st.markdown(f"##### Programme health: do people take part, meet, and find it useful?{late}")
if not rows:
    elements.nothing_here("Nothing is published for this choice.", reset=True)
    st.stop()

participation, frequency, satisfaction = st.columns(3)
with participation:
    elements.metric_card(snapshot, "participation_rate", rows.get("participation_rate"), compact=True)
    steps = [
        {"step": step, "people": rows[metric][part], "metric_id": metric}
        for step, metric, part in FUNNEL
        if metric in rows and rows[metric][part] is not None
    ]
    if steps:
        frame = pl.DataFrame(steps)
        elements.chart_with_table(
            charts.funnel(frame, title="From eligible to matched", height=190),
            frame,
            key="funnel",
            takeaway="; ".join(f"{step['step']}: {step['people']:,.0f} people" for step in steps),
            source="programme registry and HRIS",
            columns={"step": "Step", "people": "People", "metric_id": "From metric"},
        )
    else:
        elements.nothing_here(wording.SUPPRESSED + ": too few people in this choice.")
with frequency:
    elements.metric_card(snapshot, "session_frequency", rows.get("session_frequency"), compact=True)
    months = queries.monthly(snapshot, ["session_frequency"], programme, cohort)
    if months.height > 1:
        last = months.row(-1, named=True)
        elements.chart_with_table(
            charts.trend(months, title="Sessions held per open pair and month", unit=months["unit"][0], height=190),
            months,
            key="frequency",
            takeaway=f"Sessions held per open pair and month; {wording.number(last['value'])} in {last['period_start']:%B %Y}",
            source="session log and calendars, held sessions only",
            columns=elements.metric_table_columns(),
        )
    else:
        elements.nothing_here("Too few months with enough pairs for a trend.")
with satisfaction:
    elements.metric_card(snapshot, "csat_mentee", rows.get("csat_mentee"), compact=True)
    answers = [
        row
        for metric in ("csat_mentee", "csat_mentor", "survey_response_rate")
        if (row := rows.get(metric)) and row["value"] is not None
    ]
    if answers:
        frame = pl.DataFrame(answers, infer_schema_length=None).with_columns(
            pl.format("{} (n {})", "label", "n_people").alias("row")
        )
        elements.chart_with_table(
            charts.intervals(
                frame, title="Content with the programme, and who answered", unit="share", label="row", row_height=44
            ),
            frame,
            key="satisfaction",
            takeaway="; ".join(f"{row['label']}: {wording.metric_line(row)}" for row in answers),
            source="surveys; those who answered, see the response rate",
            columns=elements.metric_table_columns(),
        )
    else:
        elements.nothing_here("No survey answers are published for this choice.")

st.divider()
st.subheader("More on health", anchor=False)
more = (
    "take_up_rate",
    "match_rate_open",
    "time_to_match_days",
    "show_up_rate",
    "active_pair_rate",
    "milestone_rate",
    "completion_rate",
    "mentor_load",
)
elements.cards(snapshot, more, rows)
elements.cards(snapshot, ("recommendation_score_mentee", "recommendation_score_mentor", *SATISFACTION[2:]), rows)

st.subheader("By group", anchor=False)
metric = st.selectbox(
    "Metric",
    ["participation_rate", "session_frequency", "csat_mentee", "match_rate_ever"],
    key="by_group",
    bind="query-params",
    width=330,
    format_func=lambda key: (queries.definition(snapshot, key) or {"label": key})["label"],
)
groups = queries.segments(snapshot, programme, metric)
if groups.is_empty():
    elements.nothing_here("This programme's file approves no breakdown of this metric.")
else:
    shown = groups.filter(pl.col("value").is_not_null()).with_columns(
        pl.format("{}: {} (n {})", "segment_kind", "segment_value", pl.col("n_people").cast(pl.Int64)).alias("row")
    )
    hidden = groups.filter(pl.col("is_suppressed"))
    if shown.height:
        elements.chart_with_table(
            charts.intervals(
                shown, title=f"{shown['label'][0]} by group, with 95 % intervals", unit=shown["unit"][0], label="row"
            ),
            groups,
            key="groups",
            takeaway=f"{shown['label'][0]} for {shown.height} groups; {hidden.height} groups are hidden",
            source="marts, groups of at least 5 people",
            columns=elements.metric_table_columns(),
        )
    if hidden.height:
        st.caption(f"{wording.SUPPRESSED}: {hidden.height} group(s) of {groups.height}.")
