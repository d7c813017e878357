"""Where people belonged on a day: a segment holds from a day to another, so that nobody is counted in the department or grade that they reached later."""

import polars as pl


def belonging(asked: pl.DataFrame, spans: pl.DataFrame) -> pl.Series:
    """The segment of each row of `asked` on its day, in its order; null where none is known.

    asked: person_key, day. spans: person_key, segment_value, valid_from, valid_to (half-open, without overlaps within a person), of one kind.
    """
    placed = asked.select("person_key", "day").with_row_index("place").sort("day")
    found = placed.join_asof(
        spans.sort("valid_from"),
        left_on="day",
        right_on="valid_from",
        by="person_key",
        strategy="backward",
        check_sortedness=False,
    ).sort("place")
    return found.select(pl.when(pl.col("day") < pl.col("valid_to")).then(pl.col("segment_value")))["segment_value"]


def belonging_by_month(months: pl.DataFrame, spans: pl.DataFrame) -> pl.Series:
    """As `belonging`, for person-months: person_key and month (12 times the year and the month from 0), read on the first day."""
    first = pl.date(pl.col("month") // 12, pl.col("month") % 12 + 1, 1)
    return belonging(months.select("person_key", first.alias("day")), spans)
