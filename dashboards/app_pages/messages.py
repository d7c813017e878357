"""Messages: what waits to be sent, who approves it, and what became of the rest."""

from datetime import UTC, datetime

import streamlit as st

from dashboards import elements, queries
from dashboards.design.blocks import esc, lead
from dashboards.outbox import list as parts
from dashboards.outbox.desk import OutboxUnreachable
from dashboards.outbox.standing import standing

programmes = queries.programmes(st.session_state["snapshot"])
try:
    now = standing(parts.own_outbox(), programmes, datetime.now(UTC))
except OutboxUnreachable as problem:
    st.title("Messages can't be read now", anchor="main")
    st.error(str(problem), icon=":material/cloud_off:")
    st.stop()

st.title(now.title, anchor="main")
lead(esc(now.lead))
parts.toast()
if not now.messages:
    elements.nothing_here("`impact run` drafts what is due, and `impact messages list` shows it on the command line.")
else:
    parts.counts(now)
    if now.batches:
        st.header("To approve", anchor=False)
        parts.batches(now)
    st.header("Single messages", anchor=False)
    parts.singles(now, programmes)
    parts.question(now, programmes)
