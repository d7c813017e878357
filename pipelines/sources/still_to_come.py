"""What tells of the past and lies ahead: meetings that were held, forms that were sent. Day and month may have changed places in it, or the year is a slip; it is told and stops nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from pipelines.sources.records import Finding, TableBatch

PAST = {"sessions": "scheduled_start_at", "survey_responses": "submitted_at", "applications": "submitted_at"}
"""Table to the instant at which something happened."""
BEGIN = {"persons": ("original_hire_date", "latest_hire_date"), "employment_spells": ("hire_date",)}
"""Table to the days on which somebody begins; contracts are signed months ahead, not years."""
FAR = timedelta(days=550)
BEGINS_LATE = "lie more than a year and a half ahead of the day up to which everything is counted: a year may be a slip"
FIRST_OF_UNIX = "days are 1970-01-01, the first that a program can count: they may stand for none"
DECIDED_FIRST = (
    "values were decided over a day before they were sent: day and month of one of the two may have changed places"
)
LONGEST = timedelta(hours=24)
"""No meeting lasts longer; a retreat of several days is several."""
AHEAD = "lie ahead of the day up to which everything is counted, though they tell of what was: day and month may have changed places, or the year is a slip"
LASTS = "meetings were held for more than 24 hours: a day of their start or end may be a slip"


def tell_of_what_is_to_come(batches: Sequence[TableBatch], tally: Counter[Finding], as_of: date | None) -> None:
    """Add to the findings' counts what lies ahead, first days that lie far ahead, and meetings that last for days."""
    for batch in batches:
        if batch.table in PAST and as_of is not None:
            rows = _told_as_past(batch, PAST[batch.table], as_of)
            if rows:
                tally[Finding("past_lies_ahead", batch.table, PAST[batch.table], f"values {AHEAD}")] += rows
        if batch.table in BEGIN and as_of is not None:
            for column in (name for name in BEGIN[batch.table] if name in batch.rows.columns):
                unset = int((batch.rows[column] == date(1970, 1, 1)).sum() or 0)
                if unset:
                    tally[Finding("no_day", batch.table, column, FIRST_OF_UNIX)] += unset
                late = int((batch.rows[column] > as_of + FAR).sum() or 0)
                if late:
                    tally[Finding("begins_far_ahead", batch.table, column, f"days {BEGINS_LATE}")] += late
        if {"submitted_at", "decided_at"} <= set(batch.rows.columns):
            first = int((batch.rows["decided_at"] < batch.rows["submitted_at"] - timedelta(days=1)).sum() or 0)
            if first:
                tally[Finding("decided_first", batch.table, "decided_at", DECIDED_FIRST)] += first
        if batch.table == "sessions" and (rows := _lasting(batch.rows)):
            tally[Finding("lasts_for_days", "sessions", "scheduled_end_at", LASTS)] += rows


def _told_as_past(batch: TableBatch, column: str, as_of: date) -> int:
    rows = batch.rows
    if column not in rows.columns:
        return 0
    # A day more: the day is as far as it is anywhere on earth.
    latest = datetime.combine(as_of, time(), UTC) + timedelta(days=2)
    is_ahead = pl.col(column) >= latest
    if batch.table == "sessions":
        is_ahead &= pl.col("status").is_in(["held", "no_show"]) if "status" in rows.columns else pl.lit(value=False)
    return int(rows.select(is_ahead.sum()).item() or 0)


def _lasting(rows: pl.DataFrame) -> int:
    if not {"scheduled_start_at", "scheduled_end_at", "status"} <= set(rows.columns):
        return 0
    lasts = pl.col("scheduled_end_at") - pl.col("scheduled_start_at") > LONGEST
    return int(rows.select((lasts & (pl.col("status") == "held")).sum()).item() or 0)
