"""Retention: do mentees stay more often than comparable colleagues, and how sure is that?"""

import streamlit as st

from dashboards import queries
from dashboards.facts.followed import followed
from dashboards.parts import followed_people as parts

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
compared = parts.opening(
    snapshot,
    programme,
    "retained",
    path="retention",
    question="Whether mentees stay more often isn't known here",
    example="retained_12m",
)
if compared is not None:
    parts.curve(snapshot, compared, outcome="still employed", key="retention")
    voluntary = [one for one in queries.known(followed, snapshot, programme, "left_voluntarily") if one.has_curve]
    for one in voluntary:
        st.header(f"Voluntary leavers: {one.title[:1].lower()}{one.title[1:]}", anchor=False)
        parts.curve(snapshot, one, outcome="that left voluntarily", key="voluntary")
    parts.closing(snapshot, compared, "retained")
    st.caption(
        "Both curves begin on the day on which somebody joined and somebody comparable could have: time that one has to survive in order to join counts for nobody. "
        "Whoever joins later leaves the comparison on that day, and those who stay in it are weighted up. The curves end where fewer people are left than may be shown."
    )
