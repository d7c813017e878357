"""One choice of programme, cohort and period, kept on every page and in the address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import streamlit as st

from dashboards import navigation, queries
from dashboards.facts import programmes as of_programmes
from dashboards.facts import standing
from dashboards.pages import COHORT, PAGES, PERIOD, PROGRAMME, PageSpec
from dashboards.snapshot import Snapshot

ALL = "all"
CHOICES = (PROGRAMME, COHORT, PERIOD)
PERIODS = {ALL: "All months", "24": "Last 24 months", "12": "Last 12 months"}
Labels = Literal["visible", "hidden", "collapsed"]
IN_ADDRESS = "choices_in_address"


def restore_address() -> None:
    """Put back what a link of the sidebar drops from the address. Before the navigation is drawn: whatever is added afterwards may become an entry of its own in the browser's history, and Back would lead nowhere."""
    for key, value in st.session_state.get(IN_ADDRESS, {}).items():
        if key not in st.query_params:
            st.query_params[key] = value


def _remember_address() -> None:
    st.session_state[IN_ADDRESS] = {key: st.query_params[key] for key in CHOICES if key in st.query_params}


def show(snapshot: Snapshot, page: PageSpec) -> None:
    """The way up and the page's choices, on one line above its title; nothing on a page that has none."""
    offered = {key: names for key in page.choices if (names := _options(snapshot, key))}
    if not offered:
        return
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="choices", gap="small"
    ):
        navigation.link(PAGES[0].path, PAGES[0].title, back=True)
        with st.container(horizontal=True, width="content", gap="small"):
            for key in offered:
                options = _options(snapshot, key)
                initial = _begins_with(snapshot) if key == PROGRAMME else None
                choose(key.capitalize(), options, key=key, width=210, labels="collapsed", initial=initial)
            _remember_address()
            if st.session_state[IN_ADDRESS]:
                st.button("Reset", on_click=reset, icon=":material/restart_alt:", type="tertiary")


def _options(snapshot: Snapshot, key: str) -> Mapping[str, str]:
    """Ids and names to choose from; cohorts are those of the programme that is chosen by then."""
    if key == PERIOD:
        return PERIODS
    if key == COHORT:
        found = queries.known(of_programmes.cohorts, snapshot)
        own = [cohort for cohort in found if cohort.programme_id == st.session_state.get(PROGRAMME)]
        return {ALL: "All cohorts", **{cohort.cohort_id: cohort.name for cohort in own}}
    own_programmes = queries.known(of_programmes.programmes, snapshot)
    return {
        one.programme_id: one.name for one in own_programmes or queries.known(of_programmes.every_programme, snapshot)
    }


def _begins_with(snapshot: Snapshot) -> str | None:
    """The programme that stands first on the landing page: where nobody has chosen, a page shows the one that needs somebody."""
    rows = queries.known(standing.standings, snapshot)
    return rows[0].programme.programme_id if rows else None


def chosen_of(key: str, options: Iterable[str], *, initial: str | None = None) -> str:
    """The id that `choose` will show: from the address, else this session's last choice, else `initial` or the first."""
    offered = list(options)
    wanted = (st.query_params.get(key), st.session_state.get(key), initial)
    return next((value for value in wanted if value is not None and value in offered), offered[0])


def choose(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    width: int,
    initial: str | None = None,
    labels: Labels = "visible",
) -> str:
    """A choice of one id out of `options` (id to name) that lives in the address as `?key=id`, so that links and reloads keep it.

    The id comes from the address, else from this session's last choice, else it is `initial` or the first. An id that is not among the
    options is dropped from the address; Streamlit's own binding would write names there, which change.
    """
    first = initial if initial is not None and initial in options else next(iter(options))
    asked, chosen = st.query_params.get(key), chosen_of(key, options, initial=initial)
    if asked is not None and asked not in options:
        del st.query_params[key]
    if chosen not in (first, asked):
        st.query_params[key] = chosen
    st.session_state[key] = st.session_state[f"pick_{key}"] = chosen
    st.selectbox(
        label,
        list(options),
        format_func=lambda value: options.get(value, value),
        key=f"pick_{key}",
        on_change=_chosen,
        args=(key,),
        width=width,
        filter_mode=None,
        label_visibility=labels,
    )
    return chosen


def _chosen(key: str) -> None:
    st.session_state[key] = st.query_params[key] = st.session_state[f"pick_{key}"]
    _remember_address()


def reset(keys: Sequence[str] = CHOICES) -> None:
    """Forget choices, in this session and in the address: back to the first programme and all cohorts."""
    for key in keys:
        st.session_state.pop(key, None)
        if key in st.query_params:
            del st.query_params[key]
    _remember_address()
