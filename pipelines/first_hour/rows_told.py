"""What is said of the rows that a table makes: those that are no pair, and people who have left on no known day."""

from collections.abc import Sequence

import polars as pl

from pipelines.sources.records import TableBatch


def nobody_named(batches: Sequence[TableBatch]) -> list[str]:
    """What is said of rows in which one of the two is still missing: they are no pairs."""
    rows = sum(
        int(batch.filtered.filter(pl.col("reason").str.ends_with(" is empty"))["rows"].sum()) for batch in batches
    )
    return [] if not rows else [f"{rows:,} {'row that names' if rows == 1 else 'rows that name'} only one of the two"]


def gone_without_a_day(batches: Sequence[TableBatch]) -> list[str]:
    """What is said of people who have left by the list's word, and nobody says when."""
    rows = [batch.rows for batch in batches if batch.table == "persons"]
    count = sum(
        frame.filter(pl.col("status") == "inactive", pl.col("termination_date").is_null()).height for frame in rows
    )
    if not count:
        return []
    whom = "1 person has left and isn’t" if count == 1 else f"{count:,} people have left and aren’t"
    return [f"{whom} counted as staff; the list doesn’t say when, so retention is counted without them"]
