"""Metric dictionary: what each number means, from the one definition that also computes it."""

import polars as pl
import streamlit as st

from dashboards import elements, queries

FIELDS = {
    "definition": "Definition",
    "formula": "Formula",
    "numerator": "Numerator",
    "denominator": "Denominator",
    "population": "Population",
    "index_date": "Index date",
    "window": "Window",
    "exclusions": "Exclusions",
    "minimum_n": "Smallest n",
    "direction": "Better is",
    "unit": "Unit",
    "interval_method": "Interval",
    "owner": "Owner",
    "version": "Version",
}

snapshot = st.session_state["snapshot"]
definitions = queries.ask(snapshot, "from metric_definitions order by label")
elements.heading(
    "Metric dictionary", f"**{definitions.height} metrics**, each defined once, beside the model that computes it."
)
if definitions.is_empty():
    elements.nothing_here("No definition is published.")
    st.stop()

elements.banner(snapshot)
labels = {row["metric_id"]: f"{row['label']} ({row['metric_id']})" for row in definitions.to_dicts()}
metric = elements.choose("Metric", labels, key="metric", width=520)
entry = definitions.row(by_predicate=pl.col("metric_id") == metric, named=True)
st.subheader(entry["label"], anchor=False)
st.table(
    pl.DataFrame({"Field": list(FIELDS.values()), "Meaning": [str(entry[name]) for name in FIELDS]}),
    hide_index=True,
    alt=f"Definition of {entry['label']}",
)

st.subheader("Its present values", anchor=False)
values = queries.everywhere(snapshot, [metric])
if values.is_empty():
    elements.nothing_here("No value of it is published.")
else:
    shown = [
        {"Programme": row["programme_name"], "Value, 95 % interval, n": elements.metric_cell(row)}
        for row in values.to_dicts()
    ]
    st.table(pl.DataFrame(shown), hide_index=True, alt=f"{entry['label']} in every programme")
with st.expander("All definitions as a table"):
    elements.table(
        definitions,
        {"metric_id": "Metric", "label": "Label", **FIELDS},
        key="definitions",
        takeaway="All metric definitions",
    )
