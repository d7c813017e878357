"""Programme health: do people take part, do they meet, are they content? All three on one screen."""

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording

FUNNEL = (
    ("Eligible", "participation_rate", "denominator"),
    ("Enrolled of these", "participation_rate", "numerator"),
    ("All mentees ever matched", "match_rate_ever", "numerator"),
    ("In a pair now", "match_rate_open", "numerator"),
)
BY_GROUP = ("participation_rate", "session_frequency", "csat_mentee", "match_rate_ever")
CHART_HEIGHT = 108

snapshot = st.session_state["snapshot"]
programme, cohort = st.session_state["programme"], st.session_state["cohort"]
rows = queries.to_date(snapshot, programme, cohort)
shown = {metric: row for metric, row in rows.items() if row["value"] is not None}
answers = [
    words.format(f"**{wording.number_and_unit(shown[metric]['value'], shown[metric]['unit'])[0]}**")
    for metric, words in (
        ("participation_rate", "{} of those eligible take part"),
        ("session_frequency", "{} sessions per pair and month"),
        ("csat_mentee", "{} of mentees who answered are content"),
    )
    if metric in shown
]
drifting = shown.get("drifting_pairs")
if drifting:
    answers.append(
        f"**{wording.number(drifting['value'], 'count')} of {wording.number(drifting['denominator'], 'count')} open pairs** are drifting (1.5 times their cadence without a meeting)"
    )
elements.heading(
    "Programme health: do people take part, meet, and find it useful?",
    f"To date {', '.join(answers)}." if answers else "Nothing can be shown for this choice.",
)
elements.stale_warning(snapshot)
elements.alarms(snapshot)
if not rows:
    elements.nothing_here("Nothing is published for this choice.", reset=cohort != queries.ALL)
    st.stop()

participation, frequency, satisfaction = st.columns(3)
with participation:
    elements.metric_card(snapshot, "participation_rate", rows.get("participation_rate"))
    steps = [
        {"step": step, "people": rows[metric][part], "metric_id": metric}
        for step, metric, part in FUNNEL
        if metric in rows and rows[metric][part] is not None
    ]
    if steps:
        frame = pl.DataFrame(steps)
        elements.chart_with_table(
            charts.funnel,
            frame,
            title="People from eligible to matched, to date",
            height=CHART_HEIGHT,
            key="funnel",
            takeaway="; ".join(f"{step['step']}: {step['people']:,.0f} people" for step in steps),
            source="applications, pairs and the list of people; complete counts",
            columns={"step": "Step", "people": "People", "metric_id": "From metric"},
        )
    else:
        elements.nothing_here("No step has enough people in this choice to be shown.")
with frequency:
    elements.metric_card(snapshot, "session_frequency", rows.get("session_frequency"))
    months = queries.monthly(snapshot, ["session_frequency"], programme, cohort)
    if months.height > 1:
        agreed = queries.sessions_agreed_per_month(snapshot, programme)
        told = (
            f"Sessions held per pair, by month; agreed: {wording.number(agreed)}"
            if agreed
            else "Sessions held per pair, by month"
        )
        elements.chart_with_table(
            charts.trend,
            months,
            title=told,
            unit=months["unit"][0],
            height=CHART_HEIGHT,
            agreed=agreed,
            key="frequency",
            takeaway="; ".join(
                f"{row['period_start']:%b %Y} {wording.number(row['value'])}" for row in months.to_dicts()
            ),
            source="session log, calendars",
            columns=elements.metric_table_columns(),
        )
    else:
        elements.nothing_here("No trend: fewer than two months with enough pairs, or months before the series begins.")
with satisfaction:
    elements.metric_card(snapshot, "csat_mentee", rows.get("csat_mentee"))
    asked = [shown[metric] for metric in ("csat_mentee", "csat_mentor", "survey_response_rate") if metric in shown]
    if asked:
        frame = pl.DataFrame(asked, infer_schema_length=None).with_columns(
            pl.format("{} (n {})", "label", "n_people").alias("row")
        )
        elements.chart_with_table(
            charts.intervals,
            frame,
            title="Share content, and share that answered",
            unit="share",
            label="row",
            row_height=CHART_HEIGHT // 3,
            key="satisfaction",
            takeaway="; ".join(f"{row['label']}: {wording.metric_line(row)}" for row in asked),
            source="surveys, those who answered",
            columns=elements.metric_table_columns(),
        )
    else:
        elements.nothing_here("No survey answers can be shown for this choice.")

elements.release_line(snapshot)
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
    "recommendation_score_mentee",
    "recommendation_score_mentor",
    "relationship_quality_mentee",
    "relationship_quality_mentor",
)
elements.cards(snapshot, more, rows)

st.subheader("By group", anchor=False)
labels = {metric: (queries.definition(snapshot, metric) or {"label": metric})["label"] for metric in BY_GROUP}
metric = elements.choose("Metric", labels, key="by_group", width=330)
groups = queries.segments(snapshot, programme, metric)
if groups.is_empty():
    elements.nothing_here("This programme's file approves no breakdown of this metric.")
else:
    drawn = groups.filter(pl.col("value").is_not_null()).with_columns(
        pl.format("{}: {} (n {})", "segment_kind", "segment_value", pl.col("n_people").cast(pl.Int64))
        .str.replace_all("_", " ")
        .alias("row")
    )
    hidden = groups.filter(pl.col("is_suppressed"))
    if drawn.height:
        elements.chart_with_table(
            charts.intervals,
            drawn,
            listed=groups,
            title=f"{drawn['label'][0]} by group, with 95 % intervals",
            unit=drawn["unit"][0],
            label="row",
            key="groups",
            takeaway=f"{drawn['label'][0]} for {drawn.height} groups; {hidden.height} groups are hidden",
            source=f"metrics to date, groups of at least {queries.release(snapshot)['min_group_size']} people",
            columns=elements.metric_table_columns(),
        )
    if hidden.height:
        st.caption(f"{wording.SUPPRESSED}: {hidden.height} group(s) of {groups.height}.")
