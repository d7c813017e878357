"""What a source's word on who is here says of the days that it tells.

People who came back: many systems keep the last day of the employment before beside the first day of this one. Whoever is here hasn't left before they came, nor on the day on which they came.
Only where the source itself says that the person is here; without such a word a last day before the first one may be a slip, and the row waits to be mended.

People who have left, with no day of leaving: their employment has no end that anybody knows, so it is none that lasts. Where one record tells both, it is left out and counted; an employment
that has a record of its own stays as that record tells it, and is told (the marts count nobody as employed who has left). Where the person's record tells the last day and the employment's doesn't,
the marts end it there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.sources.records import Finding, TableBatch, filtered_frame

HERE = ("active", "leave", "pending")
KIND, TOLD = (
    "came_back",
    "of its people are back: the last day told of them is before their first, so it belongs to an earlier employment and is left out",
)
LEFT_UNTOLD = (
    "left_untold",
    "people have left by the source's word and no last day is told of them: they count in no employment, so leavers are missing from figures on staying",
)
HERE_AND_GONE = (
    "here_though_left",
    "people are here by the source's word although their last day has passed: they count as gone since that day",
)
_RECORD = ("source_file", "source_line")
_SAYS_WHO_LEFT = {"person_id", "status", *_RECORD}
NO_LAST_DAY = "its person has left, and no last day is told"


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
    is_back = pl.col("status").is_in(HERE) & (pl.col("termination_date") <= pl.coalesce(first))
    return persons.filter(is_back)["person_id"]


def _open(batch: TableBatch, people: pl.Series) -> TableBatch:
    columns = {"persons": ("termination_date", "person_id"), "employment_spells": ("end_date", "hire_date")}
    if batch.table not in columns or not set(columns[batch.table][:1]) <= set(batch.rows.columns):
        return batch
    last, first = columns[batch.table]
    is_earlier = pl.col("person_id").is_in(people.implode())
    done = [pl.when(~is_earlier).then(pl.col(last)).alias(last)]
    if batch.table == "employment_spells":
        # Of somebody's employments the latest is meant; the day behind a last day on its first one is the day after it.
        is_latest = pl.col(first) == pl.col(first).max().over("person_id")
        ends_first = pl.col(last) <= pl.col(first).dt.offset_by("1d")
        is_earlier = (is_earlier & is_latest & ends_first).fill_null(value=False)
        kinds = {"end_kind": None, "hire_kind": "rehire"}
        done = [pl.when(~is_earlier).then(pl.col(last)).alias(last)]
        done += [
            pl.when(~is_earlier).then(pl.col(kind)).otherwise(pl.lit(word, dtype=pl.String)).alias(kind)
            for kind, word in kinds.items()
            if kind in batch.rows.columns
        ]
    return replace(batch, rows=batch.rows.with_columns(done))


def without_untold_leaving(
    batches: Sequence[TableBatch], tally: Counter[Finding], as_of: date | None
) -> list[TableBatch]:
    """The batches of one extract, without open employments that the records of people who have left tell; who begins after `as_of` hasn't left yet."""
    persons = [one.rows for one in batches if one.table == "persons" and set(one.rows.columns) >= _SAYS_WHO_LEFT]
    if not persons:
        return list(batches)
    _tell_who_is_here_and_gone(persons, tally, as_of)
    gone = pl.concat(rows.filter(_is_untold(rows)).select(_SAYS_WHO_LEFT) for rows in persons)
    return [_without_open(batch, gone, tally, as_of) for batch in batches] if gone.height else list(batches)


def _tell_who_is_here_and_gone(persons: Sequence[pl.DataFrame], tally: Counter[Finding], as_of: date | None) -> None:
    told = [rows for rows in persons if "termination_date" in rows.columns]
    here = pl.col("status").is_in(HERE) & (pl.col("termination_date") < as_of)
    found = sum(rows.filter(here)["person_id"].n_unique() for rows in told) if as_of is not None else 0
    if found:
        kind, detail = HERE_AND_GONE
        tally[Finding(kind, "persons", "termination_date", detail)] += found


def _is_untold(persons: pl.DataFrame) -> pl.Expr:
    has_left = pl.col("status") == "inactive"
    return has_left & pl.col("termination_date").is_null() if "termination_date" in persons.columns else has_left


def _without_open(batch: TableBatch, gone: pl.DataFrame, tally: Counter[Finding], as_of: date | None) -> TableBatch:
    if batch.table != "employment_spells" or not {"end_date", "hire_date"} <= set(batch.rows.columns):
        return batch
    has_begun = pl.lit(value=True) if as_of is None else pl.col("hire_date") <= as_of
    is_open = pl.col("person_id").is_in(gone["person_id"].implode()) & pl.col("end_date").is_null() & has_begun
    untold = batch.rows.filter(is_open.fill_null(value=False))
    if untold.is_empty():
        return batch
    kind, detail = LEFT_UNTOLD
    tally[Finding(kind, batch.table, "end_date", detail)] += untold["person_id"].n_unique()
    own = untold.join(gone, on=["person_id", *_RECORD], how="semi")
    kept = batch.rows.join(own, on=["person_id", "hire_date", *_RECORD], how="anti", maintain_order="left")
    left_out = pl.concat([batch.filtered, filtered_frame({NO_LAST_DAY: batch.rows.height - kept.height})])
    return replace(batch, rows=kept, filtered=left_out)
