"""One side's sheet: its rows as text, what its columns mean, and who stands in each row."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.matching_inputs.headers import Columns
from pipelines.matching_inputs.identities import Person


@dataclass
class Sheet:
    """One side's rows as text by the engine's names, its columns, and its people."""

    side: str
    file: str
    rows: pl.DataFrame
    columns: Columns
    people: list[Person] = field(default_factory=list)


def cells_of(rows: pl.DataFrame, column: str | None) -> list[str | None]:
    """The cells of a column; None for each row where there is no such column."""
    return [None] * rows.height if column is None else rows[column].to_list()


def some(names: Sequence[str], most: int = 3) -> str:
    """A few of some names, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:most]) + (f" and {len(distinct) - most} more" if len(distinct) > most else "")
