"""Quality: is it fresh, what is missing, what can be mended; and, for engineers, how it was made."""

import streamlit as st

from dashboards import queries
from dashboards.access.managers import managers_or_none
from dashboards.design.blocks import lead
from dashboards.facts import quality as facts
from dashboards.parts import quality_for_engineers, quality_for_managers

snapshot = st.session_state["snapshot"]
counts = queries.known(facts.counts, snapshot)
st.title(queries.known(facts.title, snapshot), anchor="main")
lead(counts.sentence)

quality_for_managers.sources(queries.known(facts.sources, snapshot))
quality_for_managers.missing(queries.known(facts.missing, snapshot))
quality_for_managers.to_mend(queries.known(facts.quarantine, snapshot), managers_or_none(snapshot))
quality_for_managers.one_or_two_people(queries.known(facts.shared_identifiers, snapshot))

st.header("For engineers", anchor="engineers")
quality_for_engineers.reconciliation(counts.by_table)
quality_for_engineers.left_out(queries.known(facts.filtered, snapshot))
quality_for_engineers.checks(*queries.known(facts.checks, snapshot))
quality_for_engineers.findings(queries.known(facts.findings, snapshot))
quality_for_engineers.hidden(queries.known(facts.audited, snapshot), queries.known(facts.hidden, snapshot))
quality_for_engineers.lineage(snapshot)
