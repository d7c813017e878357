"""Retention: do mentees stay more often than comparable colleagues, and how sure is that?"""

import streamlit as st

from dashboards import effects, queries

snapshot = st.session_state["snapshot"]
row = effects.chosen_comparison(
    snapshot,
    "Retention",
    "retained",
    otherwise="Nobody can say yet whether mentees stay more often.",
    outcome="retained_12m",
)
effects.curve_section(snapshot, row, outcome="still employed", key="retention")
voluntary = [
    other
    for other in queries.trial_estimates(snapshot, "left_voluntarily")
    if other["programme_id"] == row["programme_id"]
]
for other in voluntary:
    st.header("Of their own accord", anchor=False)
    effects.curve_section(snapshot, other, outcome="left voluntarily", key="voluntary")
effects.evidence_link(row)
st.caption(
    "Both curves begin on the day on which somebody joined and somebody comparable could have: time that one has to survive in order to join counts for nobody. "
    "Whoever joins later leaves the comparison on that day, and those who stay in it are weighted up. The curves end where fewer people are left than may be shown."
)
