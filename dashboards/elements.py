"""The parts that pages are made of: a metric card, a chart with its table, states that say what is going on."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards import queries, wording
from dashboards.charts import PAGE_FONT
from dashboards.snapshot import Snapshot

WIDE_COLUMNS = ("Reason", "Why", "What to do", "Record (masked)", "Definition", "Observed", "Goal")


def heading(title: str, answer: str) -> None:
    """The page's name and the one sentence that answers its question."""
    st.header(title, anchor=False)
    st.markdown(answer)


def banner(snapshot: Snapshot) -> None:
    """Says which data this is, and warns of sources older than agreed."""
    about = queries.release(snapshot)
    made_up = " · made-up demo company beside one real trial" if about["is_demo"] else ""
    st.caption(
        f"Data as of {about['as_of_date']:%d %B %Y} · release {about['release_id']}{made_up} · sign-in is off, localhost only"
    )
    for source in queries.stale_sources(snapshot):
        st.warning(
            f"{source['source_id']} is {source['age_days']} days old ({source['freshness_days']} agreed). Figures that rest on it show the older state.",
            icon=":material/schedule:",
        )


def metric_card(
    snapshot: Snapshot, metric: str, row: Mapping[str, Any] | None, *, compact: bool = False, label: str | None = None
) -> None:
    """Value, interval, n, basis and definition of one metric; a suppressed or missing value says so."""
    meaning = queries.definition(snapshot, metric) or {}
    label = label or meaning.get("label", metric)
    with st.container(border=True, gap=None if compact else "small"):
        if row is None or row["value"] is None:
            st.metric(label, "–", help=_definition_words(meaning))
            st.caption(wording.metric_line(row) if row is not None else wording.NO_VALUE)
            return
        value, unit = wording.number_and_unit(row["value"], row["unit"])
        st.metric(label, value, help=_definition_words(meaning))
        if row["interval_method"] == "census":
            st.caption(f"{unit} complete count, {row['period_end']:%d %b %Y}".strip())
        else:
            interval = wording.interval(row["ci_low"], row["ci_high"], row["unit"])
            st.caption(f"95 %: {interval} · n = {wording.people(row['n_people'])}")


def _definition_words(meaning: Mapping[str, Any]) -> str:
    if not meaning:
        return "No definition is published for this metric."
    return (
        f"**{meaning['label']}** ({meaning['metric_id']}, version {meaning['version']})\n\n{meaning['definition']}\n\n"
        f"Numerator: {meaning['numerator']}. Denominator: {meaning['denominator']}. Window: {meaning['window']}. "
        f"Interval: {meaning['interval_method']}.\n\n[Open in the dictionary](/dictionary?metric={meaning['metric_id']})"
    )


def chart_with_table(
    chart: alt.LayerChart,
    frame: pl.DataFrame,
    *,
    key: str,
    takeaway: str,
    source: str,
    columns: Mapping[str, str],
) -> None:
    """A chart, its source line, and the same figures as a table and a safe download.

    takeaway: what the chart shows, for those who can't see it. columns: column to heading, in order.
    """
    styled = (
        chart.configure(font=PAGE_FONT).configure_view(stroke=None).configure_axis(labelFontSize=11, titleFontSize=11)
    )
    st.altair_chart(styled, alt=takeaway, key=f"{key}_chart", theme=None)
    line = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    with line:
        st.caption(f"Source: {source}")
        with st.popover("Show as table", icon=":material/table:", type="tertiary"):
            table(frame, columns, key=f"{key}_table", takeaway=takeaway)


def table(frame: pl.DataFrame, columns: Mapping[str, str], *, key: str, takeaway: str) -> None:
    """A table with readable headings and a download whose cells can't run as formulas."""
    shown = frame.select(
        pl.col(name).alias(heading_text) for name, heading_text in columns.items() if name in frame.columns
    )
    wide = {name: st.column_config.TextColumn(width="large") for name in WIDE_COLUMNS if name in shown.columns}
    st.dataframe(shown, hide_index=True, key=key, alt=takeaway, column_config=wide)
    st.download_button(
        "Download CSV",
        data=safe_csv(shown),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}_download",
        icon=":material/download:",
        on_click="ignore",
    )


def safe_csv(frame: pl.DataFrame) -> bytes:
    """CSV in which no cell starts a formula in a spreadsheet (OWASP, CSV injection)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(frame.columns)
    for row in frame.iter_rows():
        writer.writerow([_neutral(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _neutral(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def nothing_here(text: str, *, reset: bool = False) -> None:
    """An empty state that says why and what to do."""
    st.info(text, icon=":material/info:")
    if reset:
        st.button("Reset filters", on_click=reset_filters, key=f"reset_{abs(hash(text))}")


def reset_filters() -> None:
    """Back to the first programme and all cohorts."""
    for key in ("programme", "cohort"):
        st.session_state.pop(key, None)


def metric_table_columns() -> dict[str, str]:
    """Headings of rows of metric_values."""
    return {
        "period_start": "Month",
        "segment_kind": "Breakdown",
        "segment_value": "Group",
        "label": "Metric",
        "value": "Value",
        "ci_low": "95 % from",
        "ci_high": "95 % to",
        "numerator": "Numerator",
        "denominator": "Denominator",
        "n_people": "People",
        "unit": "Unit",
        "suppression_reason": "Not shown because",
    }


def cards(snapshot: Snapshot, metrics: Sequence[str], rows: Mapping[str, Mapping[str, Any]]) -> None:
    """A row of metric cards that wraps on narrow screens."""
    grid = st.grid(min_column_width=240)
    for metric in metrics:
        with grid:
            metric_card(snapshot, metric, rows.get(metric))
