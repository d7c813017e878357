"""Metrics: what does each number mean, and where is it used?"""

import streamlit as st

from dashboards import queries
from dashboards.choices import choose
from dashboards.design.blocks import lead
from dashboards.facts import dictionary as facts
from dashboards.parts import metric_entry
from dashboards.parts.states import declare_first

snapshot = st.session_state["snapshot"]
found = queries.known(facts.entries, snapshot)
if not found:
    st.title("No metric is defined", anchor="main")
    declare_first("No definition is published. Definitions stand beside the metrics' models; a run publishes them.")
    st.stop()

st.title(f"{len(found)} metrics, each defined once", anchor="main")
lead("The definition that computes a number is the one that you read here.")
names = {one.definition.metric_id: one.definition.label for one in found}
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    asked = st.text_input(
        "Search by name, word or unit", key="q", width=320, placeholder="satisfaction", bind="query-params"
    )
    chosen = choose("Metric", names, key="metric", width=360)

metric_entry.show(
    next(one for one in found if one.definition.metric_id == chosen), queries.known(facts.values, snapshot, chosen)
)
metric_entry.all_of(facts.matching(found, asked or ""), asked or "")
