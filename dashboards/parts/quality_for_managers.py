"""Quality for those who run a programme: age of sources, what isn't measured and what it would take, rows to mend."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboards import elements, queries
from dashboards.choices import choose
from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts import quality as facts
from dashboards.snapshot import Snapshot

SOURCES = {
    "source_id": "Source", "connector": "Connector", "state": "State", "extracted_at": "Last file or page (UTC)", "newest_record_on": "Newest record",
    "age_days": "Age, days", "freshness_days": "At most, days", "files": "Files", "size": "Size",
}  # fmt: skip
HELD = {
    "source_id": "Source",
    "table_name": "Table",
    "rows": "Rows",
    "reason": "Reason",
    "remedy": "What to do",
    "rule": "Rule",
}
RECORDS = {
    "source_file": "File", "source_line": "Line", "reason": "Reason", "remedy": "What to do", "masked_text": "Record (masked)", "table_name": "Table",
}  # fmt: skip


def sources(rows: pl.DataFrame) -> None:
    """Is it fresh?"""
    st.header("Is it fresh?", anchor="fresh")
    elements.table(rows, SOURCES, key="sources", takeaway="Sources with the age of their newest record")


def missing(rows: pl.DataFrame) -> None:
    """What is missing: every reason why a metric isn't measured."""
    st.header("What is missing?", anchor="missing")
    if rows.is_empty():
        block("<p>Every metric of every programme has what it needs.</p>")
        return
    note("Metrics that can't be measured, and why; what each needs stands under Metrics")
    shown = [
        (
            f"<b>{esc(row['reason'])}</b>",
            esc(row["programme"]),
            f'{row["metrics"]} <span class="xs muted">{esc(row["labels"])}</span>',
        )
        for row in rows.to_dicts()
    ]
    block(reading_table(("Why", "Programme", "Metrics"), shown))


def one_or_two_people(shared: Sequence[tuple[str, str, int]]) -> None:
    """Records that share an identifier and stayed two people: a person decides."""
    st.header("One person or two?", anchor="identities")
    if not shared:
        elements.nothing_here("No two records share an identifier and were left as two people.")
        return
    note("Pairs of records that share an address or a number and stayed two people")
    block(
        reading_table(
            ("Why", "Source", "Pairs"), [(f"<b>{esc(why)}</b>", esc(where), str(pairs)) for why, where, pairs in shared]
        )
    )
    st.caption(
        "If they are one person, merge the records in the system; if they are two, correct the address there. While both hold it, meetings and answers under it belong to neither of them."
    )


def to_mend(held: pl.DataFrame, managers: Snapshot | None) -> None:
    """What can be mended: rows in quarantine by rule, and the rows themselves for administrators."""
    st.header("What can be mended?", anchor="mend")
    if held.is_empty():
        elements.nothing_here("No record is in quarantine.")
        return
    elements.table(held, HELD, key="quarantine", takeaway="Quarantined records by rule, with what to do")
    st.caption(
        "Correct a record in its system and export it again, or here: `impact quarantine export held.csv`, fill in `corrected_text`, `impact quarantine reload held.csv`, then the next run."
    )
    rows = queries.known(facts.records, managers) if managers else None
    if rows is None or rows.is_empty():
        st.caption("The records themselves, masked, are shown to administrators only.")
        return
    chosen = choose("The records, masked, by source and rule", facts.choices_of(rows), key="held", width=420)
    shown = rows if chosen == "all" else rows.filter(pl.col("choice") == chosen)
    elements.table(shown, RECORDS, key="quarantined_rows", takeaway="Quarantined records with personal fields masked")
