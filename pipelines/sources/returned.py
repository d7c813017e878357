"""People who came back: many systems keep the last day of the employment before beside the first day of this one. Whoever is here hasn't left before they came.

Only where the source itself says that the person is here; without such a word a last day before the first one may be a slip, and the row waits to be mended.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.records import Finding, TableBatch

HERE = ("active", "leave", "pending")
KIND, TOLD = (
    "came_back",
    "of its people are back: the last day told of them is before their first, so it belongs to an earlier employment and is left out",
)


def without_earlier_leaving(batches: Sequence[TableBatch], tally: Counter[Finding]) -> list[TableBatch]:
    """The batches of one extract, without last days of people who are back, in `persons` and in the spell that such a day would end before it began."""
    back = [found for batch in batches if batch.table == "persons" and (found := _back(batch.rows)).len()]
    if not back:
        return list(batches)
    people = pl.concat(back).unique()
    tally[Finding(KIND, "persons", "termination_date", TOLD)] += people.len()
    return [_open(batch, people) for batch in batches]


def _back(persons: pl.DataFrame) -> pl.Series:
    """Ids of people who are here and left before their first day."""
    needed = {"person_id", "status", "termination_date"}
    first = [name for name in ("latest_hire_date", "original_hire_date") if name in persons.columns]
    if not first or not needed <= set(persons.columns):
        return pl.Series("person_id", [], dtype=pl.String)
    is_back = pl.col("status").is_in(HERE) & (pl.col("termination_date") < pl.coalesce(first))
    return persons.filter(is_back)["person_id"]


def _open(batch: TableBatch, people: pl.Series) -> TableBatch:
    columns = {"persons": ("termination_date", "person_id"), "employment_spells": ("end_date", "hire_date")}
    if batch.table not in columns or not set(columns[batch.table][:1]) <= set(batch.rows.columns):
        return batch
    last, first = columns[batch.table]
    is_earlier = pl.col("person_id").is_in(people.implode())
    if batch.table == "employment_spells":
        is_earlier &= pl.col(last) <= pl.col(first)
    return replace(batch, rows=batch.rows.with_columns(pl.when(~is_earlier).then(pl.col(last)).alias(last)))
