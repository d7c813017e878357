"""Days written in the other order than is declared: month first for day first. Half of them would be read, and wrongly."""

from collections.abc import Sequence

import polars as pl

from pipelines.sources.times.expressions import local_expr


def only_in_other_order(values: pl.Series, patterns: Sequence[str]) -> str | None:
    """A day that only the other order of day and month reads, where none is read by the declared order alone; None where there is none, or but one value."""
    if values.len() < 2 or not any(is_numeric(pattern) for pattern in patterns):
        return None
    is_read = _read(values, patterns)
    is_other = _read(values, [_swapped(pattern) for pattern in patterns if is_numeric(pattern)])
    only_other = values.filter(~is_read & is_other)
    shows_own = (is_read & ~is_other).any()
    return None if only_other.is_empty() or shows_own else str(only_other[0])


def is_numeric(pattern: str) -> bool:
    """Whether a pattern has day and month as figures, which may change places."""
    return "%d" in pattern and "%m" in pattern


def _read(values: pl.Series, patterns: Sequence[str]) -> pl.Series:
    texts = values.alias("text").to_frame()
    return texts.select(
        pl.any_horizontal(local_expr(pl.col("text"), one).is_not_null() for one in patterns).alias("is_read")
    ).to_series()


def _swapped(pattern: str) -> str:
    return pattern.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
