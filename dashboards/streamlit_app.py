"""The dashboards: navigation, the design, what is published, and the states around a page."""

import logging
import sys
import uuid
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboards import choices, elements, navigation, queries
from dashboards.design.blocks import apply_stylesheet
from dashboards.facts.freshness import freshness
from dashboards.snapshot import NothingPublished, current_snapshot

st.set_page_config(page_title="Mentoring impact", page_icon="🤝", layout="wide", initial_sidebar_state=240)
apply_stylesheet()
choices.restore_address()
spec, page = navigation.navigate(queries.pages_without_data())
navigation.show_logo()
if not spec.needs_release:
    page.run()
    st.stop()

try:
    snapshot = current_snapshot()
except NothingPublished as nothing:
    st.title("Nothing to show yet", anchor="main")
    st.info(f"{nothing}", icon=":material/info:")
    navigation.link("add_data", "Add your own data", arrow=True)
    st.markdown(
        "`make demo` sets everything up, runs the pipeline on the demo company and publishes a first snapshot. Then reload this page."
    )
    st.stop()

st.session_state["snapshot"] = snapshot

try:
    fresh = queries.known(freshness, snapshot)
    navigation.show_freshness(fresh)
    choices.show(snapshot, spec)
    elements.stale_warning(fresh)
    page.run()
except (duckdb.Error, pl.exceptions.PolarsError) as error:
    incident = uuid.uuid4().hex[:8]
    logging.getLogger("dashboards").exception("incident %s: %s can't be read", incident, snapshot.path)
    elements.unreadable(snapshot, error, incident)
