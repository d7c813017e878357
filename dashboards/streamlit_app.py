"""The dashboards: who asks, navigation, the design, what is published, and the states around a page."""

import logging
import sys
import uuid
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboards import choices, elements, navigation, queries
from dashboards.access import pages as access_pages
from dashboards.access.who import current_principal
from dashboards.design.blocks import apply_stylesheet
from dashboards.facts.freshness import freshness
from dashboards.snapshot import NothingPublished, current_snapshot, is_past, opened_once
from pipelines.access.principal import NoRole, NotForYou, SignInNeeded
from pipelines.access.settings import AccessRefused

st.set_page_config(page_title="Mentoring impact", page_icon="🤝", layout="wide", initial_sidebar_state=240)
apply_stylesheet()
try:
    principal = current_principal()
except (SignInNeeded, NoRole) as why:
    access_pages.stop_before_pages(why)
except AccessRefused as broken:
    logging.getLogger("dashboards").error("nobody is let in: %s", broken)
    access_pages.stop_before_pages(broken)
choices.restore_address()
spec, page = navigation.navigate(principal, queries.pages_without_data())
navigation.show_logo()
if not principal.may_open(spec.audience):
    access_pages.show_who(principal)
    access_pages.refused(spec.audience)
if not spec.needs_release:
    access_pages.show_who(principal)
    page.run()
    st.stop()

try:
    snapshot = current_snapshot()
except NothingPublished as nothing:
    access_pages.show_who(principal)
    st.title("Nothing to show yet", anchor="main")
    st.info(f"{nothing}", icon=":material/info:")
    navigation.link("add_data", "Add your own data", arrow=True)
    st.markdown(
        "`make demo` sets everything up, runs the pipeline on the demo company and publishes a first snapshot. Then reload this page."
    )
    st.stop()

st.session_state["snapshot"] = snapshot

try:
    with opened_once():
        fresh = queries.known(freshness, snapshot)
        navigation.show_freshness(fresh)
        access_pages.show_who(principal)
        choices.show(snapshot, spec)
        elements.stale_warning(fresh)
        page.run()
except NotForYou as why:
    access_pages.refused(spec.audience, f"{why}")
except (duckdb.Error, pl.exceptions.PolarsError) as error:
    if is_past(snapshot):
        st.rerun()
    incident = uuid.uuid4().hex[:8]
    logging.getLogger("dashboards").exception("incident %s: %s can't be read", incident, snapshot.path)
    elements.unreadable(snapshot, error, incident)
