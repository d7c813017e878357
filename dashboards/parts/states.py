"""What stands where there is nothing to show: why, and what would change it."""

import streamlit as st

from dashboards.design.blocks import esc
from dashboards.facts.measured import NOT_MEASURED, Measured


def declare_first(text: str) -> None:
    """Nothing is declared: how to do it."""
    st.info(text, icon=":material/info:")


def why_not(value: Measured) -> str:
    """ "Not measured: ...", "Suppressed: ..." or that there is nothing yet, as HTML: never a dash, never a nought."""
    if value.is_suppressed:
        return f'<b>Suppressed</b><br><span class="xs muted">{esc(value.reason)}</span>'
    if value.is_open:
        return f'<b>Nothing to show yet</b><br><span class="xs muted">{esc(value.reason)}</span>'
    said = value.reason.removeprefix(NOT_MEASURED) or "nothing is recorded in this choice"
    return f'<b>Not measured</b><br><span class="xs muted">{esc(said[:1].upper() + said[1:])}</span>'
