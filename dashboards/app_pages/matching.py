"""Matching workbench: what is proposed for a cohort being formed, and what a programme manager decides about it."""

from typing import Any

import polars as pl
import streamlit as st

from dashboards import choices, elements, queries
from dashboards.access.managers import managers_file
from dashboards.access.reveals import names_switch
from dashboards.access.who import as_text, current_principal
from dashboards.facts.words import plural
from dashboards.snapshot import Snapshot
from dashboards.workbench.deciding import open_question
from dashboards.workbench.desk import (
    Desk,
    StoreUnreachable,
    has_quota,
    newer_decisions,
    open_desk,
    runs_to_decide,
    with_names,
)
from dashboards.workbench.fairness import fairness_section
from dashboards.workbench.figures import answer, cards
from dashboards.workbench.log import log_section
from dashboards.workbench.pairs import pairs_section
from dashboards.workbench.seats import seats_section
from dashboards.workbench.what_if import what_if_section

SECTIONS = {
    "Pairs": pairs_section,
    "Unmatched and seats": seats_section,
    "What if": what_if_section,
    "Fairness and difference": fairness_section,
    "Runs and log": log_section,
}

snapshot: Snapshot = st.session_state["snapshot"]
principal = current_principal()
runs = runs_to_decide(queries.match_runs(snapshot), principal)
names = queries.programmes(snapshot)


def notices(desk: Desk) -> None:
    """What the reader must know before deciding."""
    newer = newer_decisions(desk)
    if newer > 0:
        st.info(
            f"{newer} decisions are newer than the published run. The proposal here already follows them; the next run takes them in.",
            icon=":material/update:",
        )
    if has_quota(desk):
        st.warning(
            "This programme declares a quota over groups, which only the pipeline works out. Decide here, then wait for the next run before you approve.",
            icon=":material/groups:",
        )
    for one in desk.set_aside[:5]:
        who = " with ".join(desk.name(part) for part in (one.mentee, one.mentor) if part)
        st.warning(f"Set aside: {one.decision} of {who}: {one.words}.", icon=":material/block:")


def choose_run() -> dict[str, Any]:
    """The run that the reader chooses; the first one at first."""
    cohort = choices.choose(
        "Cohort",
        dict(runs.select("cohort_id", pl.coalesce("cohort_name", "cohort_id")).iter_rows()),
        key="match_cohort",
        width=260,
    )
    return runs.row(by_predicate=pl.col("cohort_id") == cohort, named=True)


def opening(desk: Desk) -> None:
    """The page's answer."""
    if desk.result is None:
        st.title("No pair can be proposed under these decisions", anchor="main")
        return
    title, decided = answer(desk, names)
    st.title(title, anchor="main")
    st.markdown(decided)


def workbench(managers: Snapshot) -> None:
    """The page where there is a run and a managers' file."""
    heading = st.empty()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = choose_run()
        section = st.segmented_control(
            "Section", list(SECTIONS), default="Pairs", required=True, key="section", bind="query-params"
        )
    try:
        desk = open_desk(managers, run, principal)
    except StoreUnreachable as problem:
        heading.title("No decision can be read, so nothing can be decided now", anchor="main")
        st.error(str(problem), icon=":material/cloud_off:")
        return
    desk = with_names(desk, names_switch("matching", desk.programme, desk.person_keys, snapshot))
    with heading.container():
        opening(desk)
    if desk.stuck:
        st.error(f"{desk.stuck} Take a decision back below.", icon=":material/block:")
        log_section(desk)
    else:
        cards(desk)
        notices(desk)
        SECTIONS[section or "Pairs"](desk)
    open_question(desk)
    st.caption(
        f"Deciding as {as_text(principal.known_as)}{'' if principal.is_signed_in else ' (sign-in is off, so this is a name, not a proof)'} · run {run['run_id']} · input {run['input_hash'][:12]} · {run['solver_version']} · "
        f"gap {run['gap']:.2g} · {run['feasible_pairs']:,} feasible pairs · applications as on the mentoring platform"
    )


managers = managers_file(snapshot, principal)
if runs.is_empty():
    st.title("No cohort is being formed", anchor="main")
    elements.nothing_here("Set a cohort's `status: forming` in the programme's file and load its applications.")
elif managers is None:
    st.title(
        f"{plural(runs.height, 'cohort is', 'cohorts are')} being formed; the managers' file isn't here", anchor="main"
    )
    elements.nothing_here(
        "Publish with a managers' file (`impact run` does), or point IMPACT_SERVING at the folder that holds it."
    )
else:
    workbench(managers)
