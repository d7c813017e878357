"""The parts that pages are made of: a metric card, a chart with its table, states that say what is going on."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards import charts, choices
from dashboards.design.tokens import LIGHT, is_dark
from dashboards.facts.freshness import Freshness
from dashboards.snapshot import Snapshot
from pipelines.spreadsheet_cells import csv_text

WIDE_COLUMNS = ("Reason", "Why", "What to do", "Record (masked)", "Definition", "Observed", "Goal")


def heading(title: str, answer: str) -> None:
    """The page's name and the one sentence that answers its question."""
    st.title(title, anchor="main")
    st.markdown(answer)


def stale_warning(fresh: Freshness) -> None:
    """One line that names every source older than agreed; nothing where all are fresh."""
    if fresh.stale:
        named = "; ".join(source.words for source in fresh.stale)
        st.warning(
            f"{named[:1].upper()}{named[1:]}. Figures that rest on it show the older state.",
            icon=":material/schedule:",
            width="stretch",
        )


def chart_with_table(
    drawing: Callable[..., alt.LayerChart],
    frame: pl.DataFrame,
    *,
    title: str,
    key: str,
    takeaway: str,
    source: str,
    columns: Mapping[str, str],
    listed: pl.DataFrame | None = None,
    **options: Any,
) -> None:
    """A chart, its source line, and the same figures as a table and a safe download.

    drawing: a function of `dashboards.charts`, called with frame, title and options. title: stands above the chart as text, so that it wraps.
    takeaway: what the chart shows, for those who can't see it. columns: column to heading, in order. listed: rows of the table, where they
    are more than what is drawn.
    """
    with st.container(gap=None):
        st.markdown(f"**{title}**")
        st.vega_lite_chart(
            spec=specification(drawing.__name__, frame, dark=is_dark(), **options),
            alt=f"{title}. {takeaway}",
            key=f"{key}_chart",
            theme=None,
        )
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap=None):
            st.caption(f"Source: {source}", width="content")
            with st.popover("Show as table", icon=":material/table:", type="tertiary"):
                table(frame if listed is None else listed, columns, key=f"{key}_table", takeaway=takeaway)


@st.cache_data(max_entries=128, show_spinner=False)
def specification(drawing: str, *frames: pl.DataFrame, dark: bool, **options: Any) -> dict[str, Any]:
    """The chart as Vega-Lite without its title, in the colours of a theme. Kept, since Altair checks each part against its schema: 50 ms a chart."""
    chart: alt.LayerChart = getattr(charts, drawing)(*frames, title="", **options)
    styled = (
        chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(font=charts.PAGE_FONT, padding=2, background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, labelColor=LIGHT["muted"], titleColor=LIGHT["muted"], titleFontWeight="normal", gridColor=LIGHT["line"],
            domain=False, ticks=False, labelPadding=6,
        )
        .configure_legend(labelColor=LIGHT["text"], labelFontSize=12)
    )  # fmt: skip
    drawn: dict[str, Any] = styled.to_dict()
    del drawn["title"]
    return charts.recoloured(drawn) if dark else drawn


def table(frame: pl.DataFrame, columns: Mapping[str, str], *, key: str, takeaway: str) -> None:
    """A table with readable headings and a download whose cells can't run as formulas."""
    shown = frame.select(
        pl.col(name).alias(heading_text) for name, heading_text in columns.items() if name in frame.columns
    )
    wide = {name: st.column_config.TextColumn(width="large") for name in WIDE_COLUMNS if name in shown.columns}
    st.dataframe(shown, hide_index=True, key=key, alt=takeaway, column_config=wide)
    st.download_button(
        "Download CSV",
        data=partial(safe_csv, shown),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}_download",
        icon=":material/download:",
        on_click="ignore",
    )


def safe_csv(frame: pl.DataFrame) -> bytes:
    """CSV in which no cell starts a formula in a spreadsheet (OWASP, CSV injection)."""
    return csv_text(frame.columns, frame.iter_rows()).encode("utf-8-sig")


def nothing_here(text: str, *, reset: bool = False) -> None:
    """An empty state that says why and what to do."""
    st.info(text, icon=":material/info:")
    if reset:
        st.button("Show all cohorts", on_click=choices.reset, args=(("cohort",),), key="show_all_cohorts")


def unreadable(snapshot: Snapshot, error: Exception, incident: str) -> None:
    """The failed state: what is broken, what to do, and the number under which the log has the rest."""
    st.title("This release can't be read", anchor="main")
    st.error(
        f"{snapshot.path.name} is damaged or was made by another version of this product ({type(error).__name__}). Nothing was changed.",
        icon=":material/error:",
    )
    st.markdown(
        "Reload the page first: a newer release may just have been published. If that doesn't help, run `make demo` (or your pipeline's "
        f"last run) again; it publishes a fresh release. The server's log has the details under **incident {incident}**."
    )
