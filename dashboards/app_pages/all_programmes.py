"""All programmes: which one needs me, and why?"""

import streamlit as st

from dashboards import queries
from dashboards.design import icons
from dashboards.design.blocks import block, esc, lead
from dashboards.facts import standing
from dashboards.facts.programmes import release
from dashboards.parts.standing_row import IN_FULL, further, heads, programme_row
from dashboards.parts.states import declare_first

snapshot = st.session_state["snapshot"]
rows = queries.known(standing.standings, snapshot)
st.title(standing.title(rows), anchor="main")
if not rows:
    declare_first(
        "A programme is a file: mission, objective, cadence, goals, cohorts. `impact init` writes one to fill in."
    )
    st.stop()

as_of = queries.known(release, snapshot).as_of
begin = standing.first(rows)
if begin is not None:
    lead(f"<b>{esc(begin[0])}</b> first: {esc(begin[1])}" if len(rows) > 1 else esc(begin[1]))

heads()
for place, row in enumerate(rows[:IN_FULL]):
    programme_row(row, place, as_of)
further(rows[IN_FULL:])

with st.expander("How to read this page"):
    block(icons.legend())
    st.markdown(
        f"{standing.RULE} Evidence is rated by its design alone, before the result is known. Small figures are the 95% interval and the number of people (n)."
    )
