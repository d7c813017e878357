"""Managers who are none: people named as their own, as systems write the head of an organisation, and a nought where nobody has that number. They stay empty and are told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.records import Finding, TableBatch

OWN = (
    "own_manager",
    "rows name somebody as their own manager, as systems do for the head of an organisation; there the manager stays empty",
)
NOUGHT = (
    "word_for_nothing",
    "values are a nought, which is nobody's id; there the manager stays empty",
)
_NEEDED = {"person_id", "manager_person_id"}
_NOUGHT = r"^[^:]*:0+(?:[.,]0+)?$"


def without_managers_who_are_none(batches: Sequence[TableBatch], tally: Counter[Finding]) -> list[TableBatch]:
    """The batches of one extract, in which nobody is his or her own manager (by id, or by an address that `persons` holds), nor is 0 where nobody has that id."""
    return [
        _without(batch, batches, tally) if set(batch.rows.columns) >= _NEEDED and _may_be_none(batch.rows) else batch
        for batch in batches
    ]


def _may_be_none(rows: pl.DataFrame) -> bool:
    """Whether there is anything to look at: nearly everywhere everybody's manager is another person, by a number."""
    manager = rows["manager_person_id"]
    is_own = bool((manager == rows["person_id"]).any())
    return is_own or bool(manager.str.starts_with("email:").any() or manager.str.contains(":0", literal=True).any())


def _people(batches: Sequence[TableBatch]) -> pl.Series:
    found = [batch.rows["person_id"] for batch in batches if "person_id" in batch.rows.columns]
    return pl.concat(found).drop_nulls().unique()


def _own_addresses(batches: Sequence[TableBatch]) -> pl.DataFrame:
    """person_id, manager_person_id: under which address each person would be named as a manager."""
    mails = [
        batch.rows.select("person_id", ("email:" + pl.col(name).str.to_lowercase()).alias("manager_person_id"))
        for batch in batches
        if batch.table == "persons" and "person_id" in batch.rows.columns
        for name in ("email_work", "email_personal")
        if name in batch.rows.columns
    ]
    empty = pl.DataFrame(schema={"person_id": pl.String, "manager_person_id": pl.String})
    return pl.concat([empty, *mails]).drop_nulls().unique()


def _without(batch: TableBatch, batches: Sequence[TableBatch], tally: Counter[Finding]) -> TableBatch:
    people, own = _people(batches), _own_addresses(batches)
    rows, manager = batch.rows, pl.col("manager_person_id")
    named = rows.select("person_id", manager.str.to_lowercase()).with_row_index("__row")
    by_address = named.join(own, on=["person_id", "manager_person_id"], how="semi")["__row"]
    is_own = (manager == pl.col("person_id")) | pl.int_range(pl.len(), dtype=pl.UInt32).is_in(by_address.implode())
    is_nought = manager.str.contains(_NOUGHT) & ~manager.is_in(people.implode()) & ~manager.is_in(sorted(batch.ids))
    for (kind, words), found in ((OWN, is_own), (NOUGHT, is_nought)):
        count = int(rows.select(found.sum()).item() or 0)
        if count:
            tally[Finding(kind, batch.table, "manager_person_id", words)] += count
    is_none = (is_own | is_nought).fill_null(value=False)
    return replace(batch, rows=rows.with_columns(pl.when(~is_none).then(manager).alias("manager_person_id")))
