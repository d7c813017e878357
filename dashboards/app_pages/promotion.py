"""Promotion: do mentees rise more often than comparable colleagues, leaving being the other way out?"""

import streamlit as st

from dashboards import effects

snapshot = st.session_state["snapshot"]
row = effects.chosen_comparison(
    snapshot,
    "Promotion",
    "promoted",
    otherwise="Nobody can say yet whether mentees rise more often.",
    outcome="promoted_12m",
)
effects.curve_section(snapshot, row, outcome="promoted", key="promotion")
effects.evidence_link(row)
st.caption(
    "Leaving is counted as what it is, the end of every chance to be promoted; taking leavers as if they might still rise would show too many promotions. "
    "People are compared with colleagues of like level, tenure and rating, so a different mix of grades doesn't show as a difference."
)
effects.described_rates(snapshot)
