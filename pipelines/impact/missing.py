"""What isn't a number is missing, and counted as that, wherever values come in."""

import polars as pl


def finite(column: pl.Expr) -> pl.Expr:
    """The column with null for NaN and for what is infinite: nobody gave such an answer."""
    value = column.cast(pl.Float64)
    return pl.when(value.is_finite()).then(value)
