"""Goals: where is each, where should it be by now, and where does it head?"""

import streamlit as st

from dashboards import queries
from dashboards.add_data import goal_form
from dashboards.design.blocks import lead, note
from dashboards.facts import goals as facts
from dashboards.facts.measured import definitions
from dashboards.parts import goal_rows

HOW = (
    "Declare a goal under `goals:` in the programme's file: what shall be reached (`statement`), by which metric and group, from which `baseline`, to which `target` and `unit`, "
    "from when to when, why it can be reached, and who owns it. A goal in which one of these is missing is refused with the letter that is missing."
)

snapshot = st.session_state["snapshot"]
goals = queries.known(facts.goals, snapshot)
st.title(facts.goals_sentence(goals).rstrip("."), anchor="main")
metrics = {name: entry.label for name, entry in queries.known(definitions, snapshot).items()}
if not goals:
    goal_form.show(HOW, metrics)
    st.stop()
lead("The worst first. Each is measured by the metric that everything else on these pages uses.")

is_forecast = any(goal.forecast is not None for goal in goals)
for programme in dict.fromkeys(goal.programme for goal in goals):
    st.header(programme, anchor=False)
    goal_rows.table([goal for goal in goals if goal.programme == programme], with_forecast=is_forecast)
if not is_forecast:
    note("No forecast is shown: none passed its test on the months so far.")

with st.expander("How a status is decided"):
    st.markdown(facts.STATUS_RULE)
with st.expander("Change a goal, or declare one"):
    goal_form.show(HOW, metrics)
