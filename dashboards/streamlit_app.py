"""The dashboards: navigation, the shared filters, and the state before anything is published."""

import logging
import sys
import uuid
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboards import elements, queries
from dashboards.snapshot import NothingPublished, Snapshot, current_snapshot

PAGES = Path(__file__).parent / "app_pages"

st.set_page_config(page_title="Mentoring impact", page_icon="🤝", layout="wide")
st.html(
    """<style>
    .block-container { padding-top: 3.3rem; padding-bottom: 1rem; }
    h2 { padding: 0 0 .1rem 0 !important; font-size: 1.45rem !important; }
    h3 { padding: .4rem 0 .1rem 0 !important; font-size: 1.15rem !important; }
    [data-testid="stMetricValue"] { font-size: 1.5rem; line-height: 1.2; }
    [data-testid="stMetricLabel"] a { color: #1F1F1F; text-decoration: underline dotted; }
    [data-testid="stMetricLabel"] p { font-size: .9rem; }
    [data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: #4A4A4A !important; opacity: 1; margin-bottom: 0; }
    [data-testid="stMain"] button:disabled, [data-testid="stMain"] button:disabled p { color: #5A5A5A !important; opacity: 1; }
    [data-testid="stAlertContainer"] { padding: .45rem .8rem; }
    [data-testid="stTable"] { overflow-x: auto; }
    </style>"""
)

pages = [
    st.Page(PAGES / "overview.py", title="Overview", icon=":material/home:", url_path="overview", default=True),
    st.Page(PAGES / "health.py", title="Programme health", icon=":material/monitor_heart:", url_path="health"),
    st.Page(PAGES / "goals.py", title="SMART goals", icon=":material/flag:", url_path="goals"),
    st.Page(PAGES / "impact.py", title="Impact evidence", icon=":material/balance:", url_path="impact"),
    st.Page(PAGES / "retention.py", title="Retention", icon=":material/timeline:", url_path="retention"),
    st.Page(PAGES / "promotion.py", title="Promotion", icon=":material/trending_up:", url_path="promotion"),
    st.Page(PAGES / "power.py", title="Power planner", icon=":material/tune:", url_path="power"),
    st.Page(PAGES / "workbench.py", title="Matching workbench", icon=":material/group_add:", url_path="workbench"),
    st.Page(PAGES / "quality.py", title="Data quality", icon=":material/verified:", url_path="quality"),
    st.Page(PAGES / "dictionary.py", title="Metric dictionary", icon=":material/menu_book:", url_path="dictionary"),
    st.Page(PAGES / "add_data.py", title="Add data", icon=":material/note_add:", url_path="add_data"),
]
page = st.navigation(pages, position="top")
st.session_state["first_page"] = pages[0]
if page.url_path == "add_data":  # works before anything is published
    page.run()
    st.stop()

try:
    snapshot = current_snapshot()
except NothingPublished as nothing:
    st.header("Nothing to show yet", anchor=False)
    st.info(f"{nothing}", icon=":material/info:")
    st.page_link(pages[-1], label="Add your own data", icon=":material/note_add:")
    st.markdown(
        "`make demo` sets everything up, runs the pipeline on the demo company and publishes a first snapshot. Then reload this page."
    )
    st.stop()

st.session_state["snapshot"] = snapshot


def shared_filters(snapshot: Snapshot) -> None:
    """Programme and cohort, in the address; a cohort of another programme is dropped."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        programme = elements.choose("Programme", queries.programmes(snapshot), key="programme", width=330)
        cohorts = {queries.ALL: "All cohorts", **queries.cohorts(snapshot, programme)}
        elements.choose("Cohort", cohorts, key="cohort", width=260)
        if any(key in st.query_params for key in elements.FILTERS):
            st.button("Reset filters", on_click=elements.reset_filters, icon=":material/restart_alt:", type="tertiary")


try:
    if page.url_path in ("", "overview", "health"):
        shared_filters(snapshot)
    page.run()
except (duckdb.Error, pl.exceptions.PolarsError) as error:
    incident = uuid.uuid4().hex[:8]
    logging.getLogger("dashboards").exception("incident %s: %s can't be read", incident, snapshot.path)
    elements.unreadable(snapshot, error, incident)
