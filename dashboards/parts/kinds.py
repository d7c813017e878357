"""Which kind of work is shown: kept in the address."""

from collections.abc import Sequence

import streamlit as st

from dashboards.facts.work_items import KINDS, Item

KEY = "kind"
ALL = "all"


def kind_chosen(items: Sequence[Item]) -> str:
    """One of the kinds that have something to do, or all. A kind in the address that names nothing shows all."""
    counts = {kind: sum(item.kind == kind for item in items) for kind in KINDS}
    offered = [ALL, *(kind for kind, count in counts.items() if count)]
    asked = st.query_params.get(KEY, ALL)
    if asked not in offered:
        asked = ALL
        del st.query_params[KEY]
    st.session_state["pick_kind"] = asked
    chosen = st.segmented_control(
        "Show",
        offered,
        format_func=lambda kind: "All" if kind == ALL else f"{KINDS[kind]} {counts[kind]}",
        key="pick_kind",
        required=True,
        on_change=_keep,
    )
    return str(chosen or ALL)


def _keep() -> None:
    chosen = st.session_state["pick_kind"]
    if chosen and chosen != ALL:
        st.query_params[KEY] = chosen
    elif KEY in st.query_params:
        del st.query_params[KEY]
