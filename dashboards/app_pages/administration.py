"""Administration: does it run, who may see what, and what has been done."""

from datetime import UTC, datetime

import streamlit as st

from dashboards.access.who import access_now, needs_sign_in
from dashboards.administration import desk, parts
from dashboards.administration.standing import standing

now = datetime.now(UTC)
found = desk.health_here(now)
entries, verdict = desk.log_here()
answer = standing(found, verdict, entries, now, is_demo=desk.is_demo_here())

st.title(answer.title, anchor="main")
parts.to_do(answer)
parts.runs(found)
parts.roles(access_now() if needs_sign_in() else None)
parts.audit_log(entries, verdict)
parts.keeping(desk.retention_here(), entries)
