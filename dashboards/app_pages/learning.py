"""Learning: do people set goals, keep them up, and learn from each other?"""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import lead
from dashboards.facts import cards, learning, measured
from dashboards.parts import learning_parts as parts
from dashboards.parts.metric_card import metric_card

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
kept_up = queries.known(measured.to_date, snapshot, "goal_update_rate", programme)
reached = queries.known(measured.to_date, snapshot, "goal_attainment_rate", programme)
st.title(learning.title(kept_up, reached), anchor="main")
lead(
    "Participants' own goals, what both sides say, and who learns from whom. Described without comparison; not an effect."
)
if not reached.is_shown:
    parts.elsewhere(queries.known(learning.recorded_elsewhere, snapshot, programme))

with st.container(key="cards"):
    for column, metric in zip(st.columns(len(learning.CARDS), gap="small"), learning.CARDS, strict=True):
        with column:
            metric_card(queries.known(cards.card, snapshot, metric, programme))

left, right = st.columns(2, gap="large")
with left:
    parts.goals_section(
        queries.known(learning.own_goals, snapshot, programme, "goal_kind"),
        queries.known(learning.own_goals, snapshot, programme, "goal_owner"),
    )
with right:
    parts.sides_section(queries.known(learning.both_sides, snapshot, programme))
parts.flow_section(queries.known(learning.flow, snapshot, programme))
