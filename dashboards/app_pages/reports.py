"""Reports: what was leadership told, and does it still hold?"""

import streamlit as st

from dashboards import queries
from dashboards.design.blocks import esc, lead
from dashboards.parts import report_parts as parts
from dashboards.parts.states import declare_first

snapshot = st.session_state["snapshot"]
reports = parts.reports_here()
if not reports:
    st.title("No report is issued yet", anchor="main")
    declare_first(
        "`impact report` issues one from what is published and keeps it with its inputs; a schedule does so by itself."
    )
    st.stop()

last = reports[0]
st.title(parts.title(last, queries.known(parts.claims_now, snapshot, str(last.folder))), anchor="main")
lead(esc(f"{last.record['headline']}."))
parts.forms(last)
parts.issued_section(reports)
parts.corrections_section(reports)
parts.claims_section(snapshot, reports)
