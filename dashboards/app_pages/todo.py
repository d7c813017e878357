"""To do: what waits, whose is it, how old is it, what is the next step?"""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import lead
from dashboards.facts import work
from dashboards.facts.programmes import release
from dashboards.outbox.list import link_from_work
from dashboards.parts import to_do_list, who_waits
from dashboards.parts.kinds import kind_chosen

snapshot = st.session_state["snapshot"]
today = queries.known(release, snapshot).as_of
items = queries.known(work.to_do, snapshot, snapshot.managers)
st.title(work.title(items, today), anchor="main")
lead(work.lead(items))
link_from_work(queries.programmes(snapshot))

kind = kind_chosen(items)
shown = [item for item in items if kind in ("all", item.kind)]
to_do_list.show(shown, today)
if snapshot.managers is None:
    st.caption("Which pairs and applicants these are is shown where the programme managers' file is present.")
elif kind in ("all", "pairs"):
    who_waits.silent_pairs(snapshot.managers, today)
if snapshot.managers is not None and kind in ("all", "milestones", "applicants"):
    who_waits.late_and_waiting(snapshot.managers, today, kind)
