"""A chart with its text for those who can't see it and the same figures as a table under it."""

from typing import Any

import polars as pl
import streamlit as st

from dashboards.design.tokens import is_dark
from dashboards.elements import specification


def draw(drawing: str, *frames: pl.DataFrame, alt: str, key: str, table: pl.DataFrame, **options: Any) -> None:
    """drawing: a function of `dashboards.charts`, called with the frames and options. table: what is read instead of the picture."""
    st.vega_lite_chart(
        spec=specification(drawing, *frames, dark=is_dark(), **options), alt=alt, key=f"{key}_chart", theme=None
    )
    with st.expander("Show as table"):
        st.table(table, border="horizontal", hide_index=True, alt=alt)
