"""Data quality and lineage: what came in, what was kept back and why, and where each figure comes from."""

import polars as pl
import streamlit as st

from dashboards import elements, queries

snapshot = st.session_state["snapshot"]
counts = queries.ask(snapshot, "from reconciliation order by source_id, table_name")
total = {name: int(counts[name].sum() or 0) for name in ("rows_in", "loaded", "quarantined", "duplicates", "filtered")}
balanced = total["rows_in"] == total["loaded"] + total["quarantined"] + total["duplicates"] + total["filtered"]
elements.heading(
    "Data quality and lineage",
    f"**{total['rows_in']:,} records in** = {total['loaded']:,} loaded + {total['quarantined']:,} quarantined + {total['duplicates']:,} duplicates + {total['filtered']:,} filtered. "
    + ("Nothing is lost." if balanced else "**The sum doesn't agree; the run should have stopped.**"),
)
elements.banner(snapshot)

st.subheader("Sources", anchor=False)
sources = queries.ask(snapshot, "from sources order by is_stale desc, source_id")
stale = sources.filter("is_stale")["source_id"].to_list()
bound = sources.filter(pl.col("freshness_days").is_not_null()).height
st.markdown(
    f"**Older than agreed: {', '.join(stale)}.** Figures that rest on them may have moved since; ask for a new extract."
    if stale
    else f"None of the {bound} sources with an agreed age is older than that."
)
elements.table(
    sources.with_columns(
        pl.when(pl.col("freshness_days").is_null())
        .then(pl.lit("no age agreed"))
        .when("is_stale")
        .then(pl.lit("older than agreed"))
        .otherwise(pl.lit("fresh"))
        .alias("state"),
        pl.col("extracted_at").dt.strftime("%d %b %Y, %H:%M"),
        pl.col("newest_record_on").dt.strftime("%d %b %Y"),
        pl.col("freshness_days").cast(pl.String).fill_null("-"),
        pl.col("bytes").map_elements(lambda size: f"{-(-size // 1000):,} kB", return_dtype=pl.String).alias("size"),
    ),
    {
        "source_id": "Source",
        "connector": "Connector",
        "state": "State",
        "extracted_at": "Last file or page (UTC)",
        "newest_record_on": "Newest record",
        "age_days": "Age, days",
        "freshness_days": "Agreed, days",
        "files": "Files",
        "size": "Size",
    },
    key="sources",
    takeaway="Sources with the age of their newest record",
)

st.subheader("Reconciliation by table", anchor=False)
elements.table(
    counts,
    {
        "source_id": "Source",
        "table_name": "Table",
        "rows_in": "In",
        "loaded": "Loaded",
        "quarantined": "Quarantined",
        "duplicates": "Duplicates",
        "filtered": "Filtered",
    },
    key="reconciliation",
    takeaway="Records in, loaded, quarantined, duplicate and filtered, by source and table",
)

st.subheader("Quarantine", anchor=False)
held = queries.ask(snapshot, "from quarantine_counts order by rows desc, source_id, table_name")
if held.is_empty():
    elements.nothing_here("No record is in quarantine.")
else:
    elements.table(
        held,
        {
            "source_id": "Source",
            "table_name": "Table",
            "rows": "Rows",
            "reason": "Reason",
            "remedy": "What to do",
            "rule": "Rule",
        },
        key="quarantine",
        takeaway="Quarantined records by rule, with what to do",
    )
    st.caption(
        "Correct a record in its system and export it again, or here: `impact quarantine export held.csv`, fill in `corrected_text`, `impact quarantine reload held.csv`, then the next run."
    )
    managers = snapshot.managers
    records = (
        queries.ask(managers, "from quarantine order by source_id, source_file, source_line") if managers else None
    )
    if records is None or records.is_empty():
        st.caption("The records themselves, masked, are shown to programme managers only.")
    else:
        counted = records.group_by("source_id", "rule").len().sort("source_id", "rule")
        choices = {
            f"{row['source_id']}.{row['rule']}": f"{row['source_id']}: {row['rule']} ({row['len']})"
            for row in counted.to_dicts()
        }
        chosen = elements.choose(
            "The records, masked, by source and rule",
            {"all": f"all ({records.height})", **choices},
            key="held",
            width=420,
        )
        of_choice = pl.concat_str("source_id", "rule", separator=".") == chosen
        elements.table(
            records.filter(of_choice) if chosen != "all" else records,
            {
                "source_file": "File",
                "source_line": "Line",
                "reason": "Reason",
                "remedy": "What to do",
                "masked_text": "Record (masked)",
                "table_name": "Table",
            },
            key="quarantined_rows",
            takeaway="Quarantined records with personal fields masked",
        )

st.subheader("Left out on purpose", anchor=False)
filtered = queries.ask(snapshot, "from filtered_counts order by rows desc, source_id, table_name")
if filtered.is_empty():
    elements.nothing_here("No record was filtered.")
else:
    elements.table(
        filtered,
        {"source_id": "Source", "table_name": "Table", "rows": "Rows", "reason": "Reason"},
        key="filtered",
        takeaway="Filtered records by reason",
    )

st.subheader("Checks", anchor=False)
checks = queries.ask(snapshot, "from check_results order by passed, table_name, check_name, column_name")
failed = checks.filter(~pl.col("passed")).height
st.markdown(f"{checks.height - failed} of {checks.height} expectations hold." if checks.height else "No check has run.")
with st.expander("All expectations"):
    elements.table(
        checks,
        {
            "table_name": "Table",
            "check_name": "Expectation",
            "column_name": "Column",
            "passed": "Holds",
            "observed": "Observed",
            "expected": "Expected",
        },
        key="checks",
        takeaway="Great Expectations results",
    )
findings = queries.ask(
    snapshot,
    "select source_id, kind, table_name, subject, detail, count(*) as times from findings group by all order by times desc, source_id",
)
if findings.height:
    with st.expander(f"{findings['times'].sum()} findings that stopped nothing"):
        elements.table(
            findings,
            {
                "source_id": "Source",
                "kind": "Kind",
                "table_name": "Table",
                "subject": "Subject",
                "detail": "Detail",
                "times": "Times",
            },
            key="findings",
            takeaway="Findings by kind",
        )
hidden = queries.ask(snapshot, "select rule, sum(cells) as cells from suppression group by rule order by cells desc")
with st.expander("What is not shown to protect people"):
    elements.table(
        hidden, {"rule": "Rule", "cells": "Cells"}, key="suppression", takeaway="Published and hidden cells by rule"
    )

st.subheader("Lineage", anchor=False)
nodes = queries.ask(snapshot, "from lineage_nodes")
targets = (
    nodes.filter(pl.col("stage").is_in(["marts", "metrics", "impact", "analytics", "serving"]))["node_id"]
    .sort()
    .to_list()
)
if targets:
    target = elements.choose(
        "Where does this table come from?",
        dict(zip(targets, targets, strict=True)),
        key="table",
        width=420,
        initial="marts.pairs",
    )
    edges = queries.ask(
        snapshot,
        """
        with recursive upstream as (
            select from_node, to_node, 1 as depth from lineage_edges where to_node = $1
            union
            select lineage_edges.from_node, lineage_edges.to_node, depth + 1
            from lineage_edges inner join upstream on lineage_edges.to_node = upstream.from_node where depth < 12
        )
        select from_node, to_node, min(depth) as depth from upstream group by all order by 3, 1, 2
        """,
        target,
    )
    described = nodes.filter(pl.col("node_id") == target)
    st.caption(described["description"][0].partition("#### Raw SQL")[0].strip() if described.height else "")
    if edges.is_empty():
        elements.nothing_here("Nothing stands before it.")
    else:
        near = edges.filter(pl.col("depth") <= 3).head(40)
        arrows = (
            f'  {row["from_node"].replace(".", "__")}["{row["from_node"]}"] --> {row["to_node"].replace(".", "__")}["{row["to_node"]}"]'
            for row in near.to_dicts()
        )
        st.mermaid_chart(
            "flowchart LR\n" + "\n".join(arrows), alt=f"{target} is made from {edges['from_node'].n_unique()} tables"
        )
        if near.height < edges.height:
            st.caption("The nearest steps; the table has them all.")
        with st.expander("The same as a table"):
            elements.table(
                edges,
                {"from_node": "From", "to_node": "To"},
                key="lineage",
                takeaway=f"Tables from which {target} is made",
            )
