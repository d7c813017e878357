"""Impact: what may be said of a programme's effects, on which design, what each answer rests on, and what may not be said."""

import streamlit as st

from dashboards import choices, queries
from dashboards.design.blocks import block, lead
from dashboards.facts import answers, findings
from dashboards.facts.programmes import cohorts
from dashboards.parts import answers as parts
from dashboards.parts import evidence, forest

snapshot, programme = st.session_state["snapshot"], st.session_state["programme"]
everything = queries.known(findings.evidence, snapshot)
found = everything.of(programme)
st.title(answers.title(found), anchor="main")
lead(answers.lead(found))
if not (found.findings or found.silent):
    parts.declare_one(is_anywhere=bool(everything.findings or everything.silent))
    st.stop()

if found.findings:
    block(forest.legend())
for unit, own in answers.by_unit(found.findings):
    st.header(f"{unit[:1].upper()}{unit[1:]}", anchor=False)
    block(forest.table(own))
parts.not_measured(answers.not_measured(found))
names = answers.outcomes(found)
if names:
    st.header("What one answer rests on", anchor="rests_on")
    outcome = choices.choose("Outcome", names, key="outcome", width=330)
    evidence.rests_on(snapshot, programme, outcome)
labels = {**names, **parts.labels(found)}
rounds = {one.cohort_id: one.name for one in queries.known(cohorts, snapshot)}
parts.taken_together(queries.pooled(snapshot, programme), labels, rounds)
parts.declaration(queries.declarations(snapshot, programme))
parts.judged_when(queries.looks(snapshot, programme), labels, rounds)
st.caption(
    "Dose (meetings held) is description, never evidence: those who meet more often differ in much else. Secondary outcomes are corrected for their number "
    "(Benjamini-Hochberg within the programme). The rules are written down in the verdict policy, and nobody grades an estimate by hand."
)
