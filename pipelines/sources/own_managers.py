"""People who are named as their own manager, as systems write the head of an organisation: they report to nobody, which is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.records import Finding, TableBatch

OWN, TOLD = "own_manager", "rows name somebody as their own manager, as systems do for the head of an organisation; there the manager stays empty"  # fmt: skip
_NEEDED = {"person_id", "manager_person_id"}


def without_own_managers(batches: Sequence[TableBatch], tally: Counter[Finding]) -> list[TableBatch]:
    """The batches of one extract, in which nobody is his or her own manager, by id or by an address that `persons` holds."""
    if not any(set(batch.rows.columns) >= _NEEDED for batch in batches):
        return list(batches)
    own = _own_references(batches)
    return [_without(batch, own, tally) if set(batch.rows.columns) >= _NEEDED else batch for batch in batches]


def _own_references(batches: Sequence[TableBatch]) -> pl.DataFrame:
    """person_id, manager_person_id: under which address each person would be named as a manager."""
    mails = [
        batch.rows.select("person_id", pl.concat_str(pl.lit("email:"), pl.col(name).str.to_lowercase()).alias("manager_person_id"))
        for batch in batches
        if batch.table == "persons" and "person_id" in batch.rows.columns
        for name in ("email_work", "email_personal")
        if name in batch.rows.columns
    ]  # fmt: skip
    empty = pl.DataFrame(schema={"person_id": pl.String, "manager_person_id": pl.String})
    return pl.concat([empty, *mails]).drop_nulls().unique()


def _without(batch: TableBatch, own: pl.DataFrame, tally: Counter[Finding]) -> TableBatch:
    manager = pl.col("manager_person_id")
    by_mail = batch.rows.with_row_index("__row").with_columns(manager.str.to_lowercase()).join(own, on=["person_id", "manager_person_id"], how="semi")["__row"]  # fmt: skip
    is_own = (manager == pl.col("person_id")) | pl.int_range(pl.len(), dtype=pl.UInt32).is_in(by_mail.implode())
    rows = int(batch.rows.select(is_own.sum()).item() or 0)
    if not rows:
        return batch
    tally[Finding(OWN, batch.table, "manager_person_id", TOLD)] += rows
    return replace(batch, rows=batch.rows.with_columns(pl.when(~is_own.fill_null(value=False)).then(manager).alias("manager_person_id")))  # fmt: skip
