"""Leadership overview: is it working, and how sure can we be?"""

import polars as pl
import streamlit as st

from dashboards import elements, queries, wording

snapshot = st.session_state["snapshot"]
programme, cohort = st.session_state["programme"], st.session_state["cohort"]
names = queries.programmes(snapshot)
goals = queries.goals(snapshot)
good = sum(goal["status"] in ("achieved", "on_track") for goal in goals)
carried = [row for row in queries.estimates(snapshot) if row["verdict"] == "caused"]
known = sorted({f"{row['programme_name']} ({row['outcome_label'].lower()})" for row in carried})

elements.heading(
    "Leadership overview",
    f"**{good} of {len(goals)} goals** are achieved or on track. "
    + (
        f"A difference is established by lottery for {len(known)} outcome(s): {'; '.join(known)}."
        if known
        else "No difference is established by a lottery yet."
    ),
)
elements.banner(snapshot)

st.subheader(names[programme], anchor=False)
rows = queries.to_date(snapshot, programme, cohort)
organisation = queries.to_date(snapshot, "organisation")
elements.cards(snapshot, ("active_pairs", "session_frequency", "csat_mentee", "participation_rate"), rows)
st.caption("Among participants (description, no comparison)")
elements.cards(
    snapshot, ("retention_rate_12m", "promotion_rate_12m", "skill_confidence_change", "goal_attainment_rate"), rows
)
if organisation:
    st.caption("Whole organisation")
    elements.cards(snapshot, ("retention_rate_12m", "promotion_rate_12m", "turnover_rate_all"), organisation)
    groups = queries.segments(snapshot, "organisation", "leadership_representation").to_dicts()
    if groups:
        st.caption("Share of leadership by group (unknown is shown apart)")
        grid = st.grid(min_column_width=240)
        for group in groups[:4]:
            with grid:
                elements.metric_card(
                    snapshot, "leadership_representation", group, label=group["segment_value"].replace("_", " ")
                )

left, right = st.columns(2)
with left:
    st.subheader("Goals", anchor=False)
    if not goals:
        elements.nothing_here("No goal is declared. Add goals to a programme's file.")
    for goal in goals:
        st.markdown(
            f"{wording.STATUS_MARKS[goal['status']]} **{wording.STATUS_WORDS[goal['status']]}** · {goal['statement']}"
        )
    st.page_link("app_pages/goals.py", label="All goals with forecast", icon=":material/flag:")
with right:
    st.subheader("Evidence", anchor=False)
    primary = [
        row
        for row in queries.estimates(snapshot)
        if (row["is_primary"] and row["wave"] in (None, "pooled")) or (row["verdict"] == "caused" and row["is_primary"])
    ]
    pooled = {(row["cohort_id"], row["outcome"], row["arm"]) for row in primary if row["wave"] == "pooled"}
    for row in primary:
        if row["wave"] != "pooled" and (row["cohort_id"], row["outcome"], row["arm"]) in pooled:
            continue
        if row["verdict"] == "not_estimated":
            continue
        st.markdown(
            f"{wording.VERDICT_MARKS[row['verdict']]} **{wording.VERDICT_WORDS[row['verdict']]}** · {row['programme_name']}"
        )
        st.markdown(wording.effect_sentence(row))
    st.page_link("app_pages/impact.py", label="All estimates with their design", icon=":material/balance:")

st.subheader("Programmes side by side", anchor=False)
compared = pl.concat(
    [
        queries.metric_everywhere(snapshot, metric)
        for metric in ("participation_rate", "session_frequency", "csat_mentee", "retention_rate_12m")
    ]
)
if compared.is_empty():
    elements.nothing_here("No headline metric is published yet.")
else:
    shown = [
        {
            "Programme": row["programme_name"],
            "Metric": row["label"],
            "Value, 95 % interval, n": wording.metric_line(row),
        }
        for row in compared.to_dicts()
    ]
    st.dataframe(pl.DataFrame(shown), hide_index=True, alt="Headline metrics of every programme with interval and n")
