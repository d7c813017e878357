"""The dashboards: navigation, the shared filters, and the state before anything is published."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboards import queries
from dashboards.snapshot import NothingPublished, current_snapshot

PAGES = Path(__file__).parent / "app_pages"

st.set_page_config(page_title="Mentoring impact", page_icon="🤝", layout="wide")
st.html(
    """<style>
    .block-container { padding-top: 3.6rem; padding-bottom: 1rem; }
    h2 { padding: 0 0 .1rem 0 !important; font-size: 1.45rem !important; }
    [data-testid="stMetricValue"] { font-size: 1.6rem; line-height: 1.2; }
    [data-testid="stMetricLabel"] p { font-size: .9rem; }
    [data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: #4A4A4A !important; opacity: 1; }
    </style>"""
)

pages = [
    st.Page(PAGES / "overview.py", title="Overview", icon=":material/home:", url_path="overview", default=True),
    st.Page(PAGES / "health.py", title="Programme health", icon=":material/monitor_heart:", url_path="health"),
    st.Page(PAGES / "goals.py", title="SMART goals", icon=":material/flag:", url_path="goals"),
    st.Page(PAGES / "impact.py", title="Impact evidence", icon=":material/balance:", url_path="impact"),
    st.Page(PAGES / "matching.py", title="Matching run", icon=":material/group_add:", url_path="matching"),
    st.Page(PAGES / "quality.py", title="Data quality", icon=":material/verified:", url_path="quality"),
    st.Page(PAGES / "dictionary.py", title="Metric dictionary", icon=":material/menu_book:", url_path="dictionary"),
]
page = st.navigation(pages, position="top")

try:
    snapshot = current_snapshot()
except NothingPublished as nothing:
    st.header("Nothing to show yet", anchor=False)
    st.info(f"{nothing}", icon=":material/info:")
    st.markdown(
        "`make demo` sets everything up, runs the pipeline on the demo company and publishes a first snapshot. Then reload this page."
    )
    st.stop()

st.session_state["snapshot"] = snapshot

if page.url_path in ("", "overview", "health"):
    names = queries.programmes(snapshot)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        programme = st.selectbox(
            "Programme",
            list(names),
            format_func=lambda key: names.get(key, key),
            key="programme",
            bind="query-params",
            width=330,
            filter_mode=None,
        )
        cohort_names = {queries.ALL: "All cohorts", **queries.cohorts(snapshot, programme)}
        st.selectbox(
            "Cohort",
            list(cohort_names),
            format_func=lambda key: cohort_names.get(key, key),
            key="cohort",
            bind="query-params",
            width=260,
            filter_mode=None,
        )

page.run()
