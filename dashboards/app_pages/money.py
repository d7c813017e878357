"""Money: what a programme costs, of what, and how many people must stay for it to pay."""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import esc, lead
from dashboards.facts import money
from dashboards.parts import money_parts as parts

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
spent = queries.known(money.costs_of, snapshot, programme)
if spent is None or spent.reason:
    st.title("Cost: not measured", anchor="main")
    parts.nothing_yet(spent)
    st.stop()

st.title(spent.title, anchor="main")
lead(esc(parts.counted(spent)))
parts.totals(spent)
left, right = st.columns((1.3, 1), gap="large")
with left:
    parts.items_section(spent)
with right:
    cost = parts.replacement_cost(spent)
    parts.break_even_section(queries.known(money.break_even_of, snapshot, programme, cost))
