"""How sure are we? What each answer rests on, what the dots mean, what nobody can tell, and each comparison's protocol."""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import lead
from dashboards.facts import findings, protocols
from dashboards.parts import protocol_parts as parts

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
found = queries.known(findings.evidence, snapshot)
st.title(protocols.title(found), anchor="main")
lead(
    "Up to five dots stand beside each answer. They come from how the groups came about, who is missing and what was tested, before anybody sees the result: no result can earn one."
)
if found.shown:
    parts.what_each_rests_on(protocols.ladder(found))
parts.what_a_dot_takes()
parts.what_nobody_can_tell()
parts.each_protocol(queries.known(protocols.protocols, snapshot, programme))
