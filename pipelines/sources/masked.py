"""Exports that were made unrecognisable on their way: one name, or one address, for everybody. Such a value names nobody; it is left empty and told, so that it counts as missing."""

import polars as pl

from pipelines.contracts import Table
from pipelines.sources.id_doubts import Tally, tell

MANY = 20  # people who can't all be called the same by chance
ONE_ADDRESS = "the address is everybody's, so it names nobody"


def without_masks(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """People without names and addresses that are the same for all of them."""
    if table.name != "persons" or rows.height < MANY or "person_id" not in rows.columns:
        return rows
    for column in table.columns:
        if column.pii != "P2" or column.type != "text" or column.name not in rows.columns:
            continue
        filled = rows[column.name].is_not_null()
        if is_masked(rows["person_id"], rows[column.name]):
            detail = "values are one and the same for everybody: the export seems to be masked; they stay empty"
            tell(tally, "masked", table, column, detail, filled)
            rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(column.name))
    return rows


def is_masked(people: pl.Series, values: pl.Series) -> bool:
    """Whether many people have one value between them."""
    known = values.drop_nulls()
    return known.len() >= MANY and known.n_unique() == 1 and people.filter(values.is_not_null()).n_unique() >= MANY
