"""Impact evidence: what may be said, on which design, what it rests on, and what may not be said."""

import streamlit as st

from dashboards import elements, queries
from dashboards.parts import answers

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
rows = queries.headline_estimates(snapshot)
own = [row for row in rows if row["programme_id"] == programme]
elements.heading("Impact evidence", answers.headline(rows))
if not rows:
    elements.nothing_here(
        "No programme declares an outcome. Add `impact: outcomes:` to a programme's file before its results exist."
    )
    st.stop()
if not own:
    elements.nothing_here(
        "This programme declares no outcome, so nothing is said of its effects. Add `impact: outcomes:` to its file before results exist."
    )
    st.stop()

answers.sentences(own)
answers.declaration(snapshot, programme)
answers.judged_when(snapshot, programme, own)
answers.taken_together(snapshot, programme, own)
answers.what_one_rests_on(snapshot, programme, own)
answers.without_figure(own)
st.caption(
    "Dose (sessions held) is description, never evidence: those who meet more often differ in much else. Secondary outcomes are corrected for their number "
    "(Benjamini-Hochberg at 10 % within the programme). The rules are written down in the verdict policy, and nobody grades an estimate by hand."
)
