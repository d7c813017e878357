"""Goals: where is each, where should it be by now, and where does it head?"""

import streamlit as st

from dashboards import queries, wording
from dashboards.design.blocks import lead
from dashboards.facts import goals as facts
from dashboards.parts import goal_rows
from dashboards.parts.states import declare_first

HOW = (
    "Declare a goal under `goals:` in the programme's file: what shall be reached (`statement`), by which metric and group, from which `baseline`, to which `target` and `unit`, "
    "from when to when, why it can be reached, and who owns it. A goal in which one of these is missing is refused with the letter that is missing."
)

snapshot = st.session_state["snapshot"]
goals = queries.known(facts.goals, snapshot)
st.title(facts.goals_sentence(goals).rstrip("."), anchor="main")
if not goals:
    declare_first(HOW)
    st.stop()
lead("The worst first. Each is measured by the metric that everything else on these pages uses.")

for programme in dict.fromkeys(goal.programme for goal in goals):
    st.header(programme, anchor=False)
    goal_rows.table([goal for goal in goals if goal.programme == programme], with_forecast=True)

with st.expander("How a status is decided, and how to declare a goal"):
    st.markdown(f"{wording.STATUS_RULE}\n\n{HOW}")
