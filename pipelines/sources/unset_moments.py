"""Instants that stand for none: the first that Unix counts, 1 January 1970, as programs store where they know no time. Left empty and told where the table doesn't need one, else the row is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from pipelines.contracts import Table
from pipelines.sources.id_doubts import Tally, tell
from pipelines.sources.records import REJECT_SCHEMA, TableBatch

FROM, UNTIL = datetime(1969, 12, 31, 10, tzinfo=UTC), datetime(1970, 1, 2, 12, tzinfo=UTC)
"""1 January 1970 wherever on earth."""
TOLD = "times are the first that a program can count, 1970-01-01, which means that there is none; they stay empty"
WORDS = {
    "rule": "no_time",
    "reason": "a time is 1970-01-01, the first that a program can count, which means that there is none",
    "remedy": "export again with the time itself, or leave the record out",
}


def without_unset_moments(
    batch: TableBatch, rows: pl.DataFrame, table: Table, tally: Tally
) -> tuple[TableBatch, pl.DataFrame]:
    """The rows with their times, and the batch with the rejects of those that lack one."""
    for column in (one for one in table.columns if one.type == "instant" and one.name in rows.columns):
        is_unset = rows[column.name].is_between(FROM, UNTIL).fill_null(value=False)
        if not is_unset.any():
            continue
        if not column.required:
            tell(tally, "no_day", table, column, TOLD, is_unset)
            rows = rows.with_columns(pl.when(~is_unset).then(pl.col(column.name)).alias(column.name))
            continue
        refused = rows.filter(is_unset).with_columns(pl.lit(text).alias(name) for name, text in WORDS.items())
        refused = refused.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
        batch, rows = replace(batch, rejects=pl.concat([batch.rejects, refused])), rows.filter(~is_unset)
    return batch, rows
