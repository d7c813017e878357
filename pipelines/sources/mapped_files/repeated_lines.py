"""Lines that tell of the same two at the same time and are meetings of their own (`repeats:`), told apart by a number behind the second and those after it."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.sources.conversions import Reading, as_list
from pipelines.sources.mapped_files.grammar import needed_column


def with_repeats(rows: pl.DataFrame, repeats: Mapping[str, Any], reading: Reading) -> pl.DataFrame:
    """A column more for each of `repeats` (name to columns): the first column's text, with ` (2)` behind it in the second line that repeats all of them.

    The first line keeps its text, so that exports in which nothing repeats yet name the same meetings. Raises `SourceRefused` where a column is missing.
    """
    for name, columns in repeats.items():
        parts = [needed_column(column, reading, "repeats") for column in as_list(columns)]
        place = pl.int_range(1, pl.len() + 1).over(parts)
        again = pl.when(place > 1).then(pl.format(" ({})", place)).otherwise(pl.lit(""))
        rows = rows.with_columns(pl.concat_str(pl.col(parts[0]).str.strip_chars(), again).alias(str(name)))
    return rows
