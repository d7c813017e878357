"""One programme: is it run as agreed, does it reach its goals, what is known of its effect?"""

import streamlit as st

from dashboards import navigation, queries
from dashboards.access.managers import managers_or_none
from dashboards.design.blocks import block, esc, lead, note
from dashboards.facts import cards, funnel, money, programme_page
from dashboards.facts.work import to_do
from dashboards.parts import charts_of_programme, goal_rows, programme_bands
from dashboards.parts.metric_card import metric_card
from pipelines.first_hour.programme import NOT_STATED

snapshot = st.session_state["snapshot"]
chosen, cohort = st.session_state["programme"], st.session_state["cohort"]
facts = queries.known(programme_page.about, snapshot, chosen)
months = programme_page.window(facts.meetings, st.session_state["period"])

block(f'<p class="kick">{esc(facts.programme.name)}</p>')
st.title(facts.title, anchor="main")
if facts.programme.mission not in ("", NOT_STATED):
    lead(f"“{esc(facts.programme.mission)}”")
note(facts.agreed)

with st.container(key="cards"):
    for column, shown in zip(st.columns(len(programme_page.CARDS), gap="small"), programme_page.CARDS, strict=True):
        with column:
            if shown == "session_frequency":
                metric_card(queries.known(cards.meetings_card, snapshot, chosen, cohort))
            else:
                metric_card(
                    queries.known(cards.card, snapshot, shown, chosen, cohort),
                    programme_bands.beside(snapshot, shown, chosen, cohort),
                )

left, right = st.columns(2, gap="large")
with left:
    charts_of_programme.people_section(queries.known(funnel.funnel, snapshot, chosen, cohort))
with right:
    charts_of_programme.meetings_section(months)

st.header("Goals", anchor="goals")
goal_rows.table(facts.goals)

evidence, costs, next_steps = st.columns((1.25, 1, 1.1), gap="large")
with evidence:
    programme_bands.evidence_section(facts)
with costs:
    programme_bands.money_section(facts, queries.known(money.costs_of, snapshot, chosen))
with next_steps:
    programme_bands.steps_section(
        [
            item
            for item in queries.known(to_do, snapshot, managers_or_none(snapshot, chosen))
            if item.programme_id == chosen
        ]
    )
    navigation.link("todo", "Everything to do", arrow=True)
