"""Quality for those who build: where each record went, checks, findings, what is hidden, where each table comes from."""

import polars as pl
import streamlit as st

from dashboards import elements, queries
from dashboards.choices import choose
from dashboards.facts import quality as facts
from dashboards.facts.words import plural
from dashboards.snapshot import Snapshot

RECONCILED = {
    "source_id": "Source", "table_name": "Table", "rows_in": "In", "loaded": "Loaded", "quarantined": "Quarantined", "duplicates": "Duplicates", "filtered": "Filtered",
}  # fmt: skip
CHECKED = {
    "table_name": "Table", "check_name": "Expectation", "column_name": "Column", "passed": "Holds", "observed": "Observed", "expected": "Expected",
}  # fmt: skip
FOUND = {
    "source_id": "Source",
    "kind": "Kind",
    "table_name": "Table",
    "subject": "Subject",
    "detail": "Detail",
    "times": "Times",
}
STEPS_DRAWN = 3
EDGES_DRAWN = 40


def reconciliation(rows: pl.DataFrame) -> None:
    """Records in and what became of them."""
    with st.expander("Records in and out, by table"):
        elements.table(
            rows,
            RECONCILED,
            key="reconciliation",
            takeaway="Records in, loaded, quarantined, duplicate and filtered, by source and table",
        )


def left_out(rows: pl.DataFrame) -> None:
    """Records left out on purpose."""
    with st.expander("Left out on purpose"):
        if rows.is_empty():
            elements.nothing_here("No record was filtered.")
            return
        names = {"source_id": "Source", "table_name": "Table", "rows": "Rows", "reason": "Reason"}
        elements.table(rows, names, key="filtered", takeaway="Filtered records by reason")


def checks(answer: str, rows: pl.DataFrame) -> None:
    """Expectations on the raw tables."""
    st.markdown(answer)
    with st.expander("All expectations"):
        elements.table(rows, CHECKED, key="checks", takeaway="Great Expectations results")


def findings(rows: pl.DataFrame) -> None:
    """What was noticed and stopped nothing."""
    if rows.height:
        with st.expander(f"{plural(rows.height, 'kind of finding', 'kinds of findings')} that stopped nothing"):
            elements.table(rows, FOUND, key="findings", takeaway="Findings by kind")


def hidden(audit: str, rows: pl.DataFrame) -> None:
    """What the audit of small groups found, and the cells hidden by rule."""
    st.markdown(audit)
    with st.expander("What is not shown to protect people"):
        elements.table(
            rows, {"rule": "Rule", "cells": "Cells"}, key="suppression", takeaway="Published and hidden cells by rule"
        )


def lineage(snapshot: Snapshot) -> None:
    """Where a table comes from, drawn and as a table."""
    described = queries.known(facts.tables, snapshot)
    if not described:
        return
    st.header("Where does this table come from?", anchor="lineage")
    table = choose("Table", {name: name for name in described}, key="table", width=420, initial="marts.pairs")
    st.caption(described[table])
    edges = queries.known(facts.upstream, snapshot, table)
    if edges.is_empty():
        elements.nothing_here("Nothing stands before it.")
        return
    near = edges.filter(pl.col("depth") <= STEPS_DRAWN).head(EDGES_DRAWN)
    arrows = [
        f'  {start.replace(".", "__")}["{start}"] --> {end.replace(".", "__")}["{end}"]'
        for start, end in near.select("from_node", "to_node").iter_rows()
    ]
    st.mermaid_chart(
        "flowchart LR\n" + "\n".join(arrows), alt=f"{table} is made from {edges['from_node'].n_unique()} tables"
    )
    if near.height < edges.height:
        st.caption("The nearest steps; the table has them all.")
    with st.expander("The same as a table"):
        elements.table(
            edges, {"from_node": "From", "to_node": "To"}, key="lineage", takeaway=f"Tables from which {table} is made"
        )
