"""The parts that pages are made of: a metric card, a chart with its table, states that say what is going on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards import charts, queries, wording
from dashboards.facts.alarms import watch
from dashboards.snapshot import Snapshot
from pipelines.spreadsheet_cells import csv_text

FILTERS = ("programme", "cohort")
WIDE_COLUMNS = ("Reason", "Why", "What to do", "Record (masked)", "Definition", "Observed", "Goal")


def heading(title: str, answer: str) -> None:
    """The page's name and the one sentence that answers its question."""
    st.header(title, anchor=False)
    st.markdown(answer)


def banner(snapshot: Snapshot) -> None:
    """Says which data this is, and warns of sources older than agreed."""
    release_line(snapshot)
    stale_warning(snapshot)


def release_line(snapshot: Snapshot) -> None:
    """Which release of the data this is."""
    about = queries.release(snapshot)
    made_up = " · made-up demo company beside one real trial" if about["is_demo"] else ""
    st.caption(
        f"Data as of {about['as_of_date']:%d %B %Y} · release {about['release_id']}{made_up} · sign-in is off, localhost only"
    )


def stale_warning(snapshot: Snapshot) -> None:
    """One line that names every source older than agreed; nothing where all are fresh."""
    stale = [
        f"the newest record of {source['source_id']} is {source['age_days']} days old ({source['newest_record_on']:%d %b %Y}; {source['freshness_days']} days agreed)"
        for source in queries.stale_sources(snapshot)
    ]
    if stale:
        st.warning(
            f"{'; '.join(stale)}. Figures that rest on it show the older state.",
            icon=":material/schedule:",
            width="stretch",
        )


def alarms(snapshot: Snapshot) -> None:
    """One line a programme whose pairs don't meet; nothing where they do."""
    for alarm in watch(queries.Cached(snapshot)).alarms:
        st.error(f"{alarm.sentence}.", icon=":material/notifications_active:", width="stretch")


def choose(label: str, options: Mapping[str, str], *, key: str, width: int, initial: str | None = None) -> str:
    """A choice of one id out of `options` (id to name) that lives in the address as `?key=id`, so that links and reloads keep it.

    The id comes from the address, else from this session's last choice, else it is `initial` or the first. An id that is not among the
    options is dropped from the address; Streamlit's own binding would write names there, which change.
    """
    first = initial if initial is not None and initial in options else next(iter(options))
    asked, kept = st.query_params.get(key), st.session_state.get(key)
    chosen = next((value for value in (asked, kept) if value is not None and value in options), first)
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
    )
    return chosen


def _chosen(key: str) -> None:
    st.session_state[key] = st.query_params[key] = st.session_state[f"pick_{key}"]


def metric_card(snapshot: Snapshot, metric: str, row: Mapping[str, Any] | None, *, label: str | None = None) -> None:
    """Value, interval, n, basis and definition of one metric; a suppressed or missing value says so.

    The name is a link to the dictionary, since the help's own link can't be reached by keyboard.
    """
    meaning = queries.definition(snapshot, metric) or {}
    name = label or meaning.get("label", metric)
    label = f"[{name}](/dictionary?metric={metric})" if meaning else name
    with st.container(border=True, gap=None):
        if row is None or row["value"] is None:
            st.metric(label, "–", help=_definition_words(meaning))
            st.caption(wording.metric_line(row) if row is not None else wording.NO_VALUE)
            return
        value, unit = wording.number_and_unit(row["value"], row["unit"])
        st.metric(label, value, help=_definition_words(meaning))
        if row["interval_method"] == "census" or row["ci_low"] == row["ci_high"]:
            st.caption(f"{unit} complete count, {row['period_end']:%d %b %Y}".strip())
        else:
            interval = wording.interval(row["ci_low"], row["ci_high"], row["unit"])
            st.caption(f"95 %: {interval} · n = {wording.people(row['n_people'])}")


def metric_cell(row: Mapping[str, Any] | None) -> str:
    """Value, interval and n for a cell of a table, as Markdown; why not where it isn't shown."""
    if row is None:
        return "not measured"
    if row["value"] is None or row["interval_method"] == "census" or row["ci_low"] == row["ci_high"]:
        return wording.metric_line(row)
    value, low, high = (wording.number_and_unit(row[part], row["unit"])[0] for part in ("value", "ci_low", "ci_high"))
    return f"**{value}** ({low} to {high}) n {wording.people(row['n_people'])}"


def _definition_words(meaning: Mapping[str, Any]) -> str:
    if not meaning:
        return "No definition is published for this metric."
    return (
        f"**{meaning['label']}** ({meaning['metric_id']}, version {meaning['version']})\n\n{meaning['definition']}\n\n"
        f"Numerator: {meaning['numerator']}. Denominator: {meaning['denominator']}. Window: {meaning['window']}. "
        f"Interval: {meaning['interval_method']}.\n\n[Open in the dictionary](/dictionary?metric={meaning['metric_id']})"
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
            spec=_specification(drawing.__name__, frame, **options),
            alt=f"{title}. {takeaway}",
            key=f"{key}_chart",
            theme=None,
        )
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap=None):
            st.caption(f"Source: {source}", width="content")
            with st.popover("Show as table", icon=":material/table:", type="tertiary"):
                table(frame if listed is None else listed, columns, key=f"{key}_table", takeaway=takeaway)


@st.cache_data(max_entries=128, show_spinner=False)
def _specification(drawing: str, frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    """The chart as Vega-Lite without its title. Kept, since Altair checks each part against its schema: 50 ms a chart."""
    chart: alt.LayerChart = getattr(charts, drawing)(frame, title="", **options)
    styled = (
        chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(font=charts.PAGE_FONT, padding=2)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=11, titleFontSize=11)
    )
    specification = styled.to_dict()
    del specification["title"]
    return specification


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
        st.button("Show all cohorts", on_click=reset_filters, args=(("cohort",),), key="show_all_cohorts")


def reset_filters(keys: Sequence[str] = FILTERS) -> None:
    """Forget choices, in this session and in the address: back to the first programme and all cohorts."""
    for key in keys:
        st.session_state.pop(key, None)
        if key in st.query_params:
            del st.query_params[key]


def unreadable(snapshot: Snapshot, error: Exception, incident: str) -> None:
    """The failed state: what is broken, what to do, and the number under which the log has the rest."""
    st.header("This release can't be read", anchor=False)
    st.error(
        f"{snapshot.path.name} is damaged or was made by another version of this product ({type(error).__name__}). Nothing was changed.",
        icon=":material/error:",
    )
    st.markdown(
        "Reload the page first: a newer release may just have been published. If that doesn't help, run `make demo` (or your pipeline's "
        f"last run) again; it publishes a fresh release. The server's log has the details under **incident {incident}**."
    )


def metric_table_columns() -> dict[str, str]:
    """Headings of rows of metric_values."""
    return {
        "period_start": "From",
        "period_end": "To",
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
    """A row of metric cards that wraps on narrow screens; what the programme doesn't measure is named below it."""
    measured = [metric for metric in metrics if metric in rows]
    if measured:
        grid = st.grid(min_column_width=240)
        for metric in measured:
            with grid:
                metric_card(snapshot, metric, rows[metric])
    absent = [
        (queries.definition(snapshot, metric) or {"label": metric})["label"] for metric in metrics if metric not in rows
    ]
    if absent:
        st.caption(f"{wording.NO_VALUE} in this choice: {'; '.join(absent)}.")
