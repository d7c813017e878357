"""Leadership overview: is it working, and how sure can we be?"""

import polars as pl
import streamlit as st

from dashboards import elements, queries, wording
from dashboards.facts.goals import goals as goal_facts
from dashboards.facts.goals import goals_sentence
from dashboards.signals import signals_section

SIDE_BY_SIDE = ("participation_rate", "session_frequency", "csat_mentee", "retention_rate_12m")

snapshot = st.session_state["snapshot"]
programme, cohort = st.session_state["programme"], st.session_state["cohort"]
names = queries.programmes(snapshot)
goals = queries.goals(snapshot)
evidence = [row for row in queries.headline_estimates(snapshot) if row["is_primary"]]
known = sorted(
    {f"{row['outcome_label'].lower()} in {row['programme_name']}" for row in evidence if row["verdict"] == "caused"}
)
order = list(wording.VERDICT_WORDS)
evidence = sorted(
    (row for row in evidence if row["estimate"] is not None),
    key=lambda row: (order.index(row["verdict"]), row["programme_name"]),
)

elements.heading(
    "Leadership overview",
    f"**{goals_sentence(goal_facts(queries.Cached(snapshot)))}** "
    + (
        f"A difference is established by lottery for **{len(known)} main outcome{'s' if len(known) > 1 else ''}**: {'; '.join(known)}."
        if known
        else "No difference is established by a lottery yet."
    ),
)
elements.banner(snapshot)
elements.alarms(snapshot)

rows = queries.to_date(snapshot, programme, cohort)
st.subheader(f"{names[programme]}: participants, described without comparison", anchor=False)
if rows:
    elements.cards(
        snapshot,
        (
            "active_pairs",
            "session_frequency",
            "csat_mentee",
            "participation_rate",
            "retention_rate_12m",
            "promotion_rate_12m",
            "skill_confidence_change",
            "goal_attainment_rate",
        ),
        rows,
    )
else:
    elements.nothing_here("Nothing is published for this choice.", reset=cohort != queries.ALL)

if rows:
    st.subheader("What changed, and is it more than usual?", anchor=False)
    signals_section(snapshot, programme, cohort, key="programme")

left, right = st.columns(2, gap="medium")
with left:
    st.subheader("Goals of all programmes", anchor=False)
    if goals:
        st.markdown(
            "\n".join(
                f"- {wording.STATUS_MARKS[goal['status']]} **{wording.STATUS_WORDS[goal['status']]}** · {goal['statement']}"
                for goal in goals
            )
        )
    else:
        elements.nothing_here("No goal is declared. Add goals to a programme's file.")
    st.page_link("app_pages/goals.py", label="All goals with interval and forecast", icon=":material/flag:")
with right:
    st.subheader("Evidence on main outcomes", anchor=False)
    if not evidence:
        elements.nothing_here("No main outcome has an estimate yet: too few people, or nobody to compare them with.")
    for row in evidence:
        st.markdown(f"**{wording.strength(row)}** · {row['programme_name']}  \n{wording.effect_sentence(row)}")
    st.page_link("app_pages/impact.py", label="All estimates with their design", icon=":material/balance:")

st.subheader("Programmes side by side", anchor=False)
compared = queries.everywhere(snapshot, list(SIDE_BY_SIDE))
if compared.is_empty():
    elements.nothing_here("No headline metric is published yet.")
else:
    found = {(row["programme_name"], row["metric_id"]): row for row in compared.to_dicts()}
    labels = dict(compared.select("metric_id", "label").iter_rows())
    st.table(
        pl.DataFrame(
            [
                {"Programme": name}
                | {
                    f"[{labels[metric]}](/dictionary?metric={metric})": elements.metric_cell(found.get((name, metric)))
                    for metric in SIDE_BY_SIDE
                    if metric in labels
                }
                for name in compared["programme_name"].unique(maintain_order=True)
            ]
        ),
        hide_index=True,
        alt="Headline metrics of every programme with 95 % interval and number of people",
    )
    st.caption(
        "Each cell: value, 95 % interval, number of people. Programmes differ in who may take part; rows are no ranking."
    )

organisation = queries.to_date(snapshot, "organisation")
if organisation:
    st.subheader("Whole organisation", anchor=False)
    elements.cards(snapshot, ("retention_rate_12m", "promotion_rate_12m", "turnover_rate_all"), organisation)
    signals_section(snapshot, "organisation", key="organisation")
    groups = queries.segments(snapshot, "organisation", "leadership_representation").to_dicts()
    if groups:
        st.caption("Share of leadership by group; those who gave no answer are shown apart.")
        grid = st.grid(min_column_width=240)
        for group in groups[:4]:
            with grid:
                elements.metric_card(
                    snapshot,
                    "leadership_representation",
                    group,
                    label=group["segment_value"].replace("_", " ").capitalize(),
                )
