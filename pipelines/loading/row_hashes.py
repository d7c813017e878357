"""One hash a row over its business columns, vectorised and the same on every machine and run."""

from collections.abc import Sequence

import polars as pl
import polars_hash  # noqa: F401  (its import gives columns of text the name space `chash`)

from pipelines.contracts import Column

_SEPARATOR = "\x1f"
_NULL = "\x00"


def with_row_hash(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """`frame` with `row_hash`: SHA-256 over the columns in the contract's order, first 32 hex digits.

    Null and empty text differ, and no value can run into the next. Instants are hashed as UTC microseconds, dates as ISO, numbers as Polars writes them.
    """
    parts = [
        pl.lit(_NULL) if frame[column.name].null_count() == frame.height else _text(column).fill_null(_NULL)
        for column in columns
    ]
    text = pl.concat_str(parts, separator=_SEPARATOR) if parts else pl.lit("")
    return frame.with_columns(text.chash.sha2_256().str.head(32).alias("row_hash"))  # type: ignore[attr-defined]


def _text(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.type == "instant":
        return value.dt.epoch("us").cast(pl.String)
    if column.type == "text":
        return value.str.replace_all(_SEPARATOR, " ", literal=True)
    return value.cast(pl.String)
