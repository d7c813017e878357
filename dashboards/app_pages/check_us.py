"""Check us: a published randomised trial of mentoring, recomputed from its public data."""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import block, lead
from dashboards.facts import reference_trial
from dashboards.parts import reference_parts as parts

rows = queries.known(reference_trial.recomputed, st.session_state["snapshot"])
st.title(reference_trial.title(rows), anchor="main")
lead(
    "Not this organisation's programme: women with small enterprises in Dandora, Nairobi, 2014 to 2016, and no figure of it enters any other page or report."
)
if rows:
    block(parts.beside_print(rows))
    parts.what_it_shows()
else:
    parts.how_to_load()
st.caption(reference_trial.CITATION)
