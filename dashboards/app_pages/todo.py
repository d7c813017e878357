"""To do: what waits, whose is it, how old is it, what is the next step?"""

import streamlit as st

from dashboards import queries
from dashboards.access.managers import managers_file, why_nothing
from dashboards.access.who import current_principal
from dashboards.design.blocks import lead
from dashboards.facts import work
from dashboards.facts.programmes import release
from dashboards.outbox.list import link_from_work
from dashboards.parts import to_do_list, who_waits
from dashboards.parts.kinds import kind_chosen

snapshot = st.session_state["snapshot"]
today = queries.known(release, snapshot).as_of
principal = current_principal()
managers = managers_file(snapshot, principal)
items = to_do_list.of(principal, queries.known(work.to_do, snapshot, managers))
st.title(work.title(items, today), anchor="main")
lead(work.lead(items))
link_from_work(queries.programmes(snapshot))

kind = kind_chosen(items)
shown = [item for item in items if kind in ("all", item.kind)]
to_do_list.show(shown, today)
if managers is None:
    st.caption("Which pairs and applicants these are is shown where the programme managers' file is present.")
else:
    to_do_list.say(why_nothing(principal))
    named = who_waits.named_by_switch(managers, principal)
    if kind in ("all", "pairs"):
        who_waits.silent_pairs(managers, today, named)
    if kind in ("all", "milestones", "applicants"):
        who_waits.late_and_waiting(managers, today, kind, named)
