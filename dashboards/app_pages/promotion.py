"""Promotion: do mentees rise more often than comparable colleagues, leaving being the other way out?"""

import streamlit as st

from dashboards.parts import followed_people as parts

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
compared = parts.opening(
    snapshot,
    programme,
    "promoted",
    path="promotion",
    question="Whether mentees rise more often isn't known here",
    example="promoted_12m",
)
if compared is not None:
    parts.curve(snapshot, compared, outcome="promoted", key="promotion")
    parts.closing(snapshot, compared, "promoted")
    st.caption(
        "Leaving is treated as a competing event; counting leavers as if they might still be promoted would show too many promotions. "
        "People are compared with colleagues of like level, tenure and rating, so a different mix of grades doesn't show as a difference."
    )
parts.described(snapshot, "promotion_rate_12m", "Promoted within 12 months of enrolment, nobody compared")
