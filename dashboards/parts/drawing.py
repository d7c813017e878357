"""A chart with its text for those who can't see it and the same figures as a table under it."""

from typing import Any

import polars as pl
import streamlit as st

from dashboards.design.tokens import is_dark
from dashboards.elements import specification
from dashboards.facts.words import figure


def draw(drawing: str, *frames: pl.DataFrame, alt: str, key: str, table: pl.DataFrame, **options: Any) -> None:
    """drawing: a function of `dashboards.charts`, called with the frames and options. table: what is read instead of the picture."""
    st.vega_lite_chart(
        spec=specification(drawing, *frames, dark=is_dark(), **options), alt=alt, key=f"{key}_chart", theme=None
    )
    with st.expander("Show as table"):
        st.table(written(table), border="horizontal", hide_index=True, alt=alt)


def written(table: pl.DataFrame) -> pl.DataFrame:
    """Numbers as readers have them: each column with as many decimals as its values need, two at most; nothing where there is none. Streamlit writes four."""
    return table.with_columns(
        pl.Series(column.name, [figure(value, "", _places(column)) if value is not None else "" for value in column])
        for column in table
        if column.dtype.is_numeric()
    )


def _places(column: pl.Series) -> int:
    known = column.drop_nulls().cast(pl.Float64)
    return next((places for places in (0, 1) if (known.round(places) == known.round(2)).all()), 2)
