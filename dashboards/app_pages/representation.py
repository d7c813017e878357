"""Representation: are participants, mentors and leaders as mixed as those eligible?"""

import streamlit as st

from dashboards import queries
from dashboards.choices import choose, chosen_of
from dashboards.design.blocks import esc, lead
from dashboards.facts import groups as facts
from dashboards.parts import representation_parts as parts
from dashboards.parts.states import declare_first

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
kinds = queries.known(facts.attributes, snapshot, programme)
if not kinds:
    st.title("No attribute may be shown here", anchor="main")
    declare_first(
        "Name the attributes under `segments:` in the programme's file, each with the reason why people may be told apart by it, and load demographics with a source."
    )
    st.stop()

kind = chosen_of("attribute", kinds)
names = queries.known(facts.groups, snapshot, programme, kind)
group = chosen_of("group", names)
top = queries.known(facts.leaders, snapshot, kind, group)
st.title(facts.title(top, parts.why_not(snapshot, kind)), anchor="main")
lead(esc(facts.lead(top)))

with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    choose(
        "One attribute at a time",
        {one: one.replace("_", " ").capitalize() for one in kinds},
        key="attribute",
        width=260,
    )
    choose("Group", {one: facts.name_of(one).capitalize() for one in names}, key="group", width=260)

left, right = st.columns((1.15, 1), gap="large")
with left:
    parts.path_section(top)
with right:
    parts.steps_section(queries.known(facts.steps, snapshot, programme, kind, group), group)
parts.compared_section(queries.known(facts.compared, snapshot, programme, kind, names), names)
parts.completeness(snapshot, kind)
