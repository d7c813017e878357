"""What makes a row of BambooHR unusable, and what every usable row carries to its table.

The three exports share their keys and their dates, so they share the checks: `0000-00-00` is an empty date, and an employee id must not have been
through a spreadsheet.
"""

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.conversions import has_lost_digits
from pipelines.sources.json_records import FILE
from pipelines.sources.records import REJECT_SCHEMA
from pipelines.sources.times import without_midnight, without_zero_days

EMPTY_DATES = ("1900-01-01", "9999-12-31")
CORRECT = "correct it in the HRIS and export again"
RowCheck = tuple[pl.Expr, str, pl.Expr | str, str]
"""Condition, rule, reason, remedy."""


def iso_date(name: str) -> pl.Expr:
    """An ISO date; BambooHR's empty dates are null. A written date that doesn't exist stays null and is rejected by `date_check`."""
    return _written(name).str.to_date("%Y-%m-%d", strict=False)


def _written(name: str) -> pl.Expr:
    """The text of a day; null for none and for the days that stand for none."""
    day = without_midnight(without_zero_days(pl.col(name)))
    return pl.when(~day.is_in(EMPTY_DATES)).then(day)


def _bad_date(name: str) -> pl.Expr:
    return _written(name).is_not_null() & iso_date(name).is_null()


def sound_and_rejects(frame: pl.DataFrame, checks: list[RowCheck]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that pass every check, and the rejects with the words of the first one that they fail."""
    if frame.is_empty():
        return frame, pl.DataFrame(schema=REJECT_SCHEMA)

    def words(position: int) -> pl.Expr:
        return pl.coalesce(
            pl.when(check[0]).then(check[position] if isinstance(check[position], pl.Expr) else pl.lit(check[position]))
            for check in checks
        )

    judged = frame.with_columns(words(1).alias("rule"), words(2).alias("reason"), words(3).alias("remedy"))
    rejects = judged.filter(pl.col("rule").is_not_null()).select(
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        "rule",
        "reason",
        "remedy",
        pl.col(RAW).alias("raw_text"),
    )
    return judged.filter(pl.col("rule").is_null()).drop("rule", "reason", "remedy"), rejects


def date_check(name: str, words: str) -> RowCheck:
    """A written date exists. It is quoted only where it is digits: a name in the wrong column stays hidden."""
    digits = pl.col(name).str.contains(r"^[0-9./\- :TZ+]{1,35}$")
    shown = pl.when(digits).then(pl.col(name)).otherwise(pl.lit("(hidden)"))
    reason = pl.concat_str(pl.lit(f"{words} "), shown, pl.lit(" is not a date"))
    return _bad_date(name), "not_a_date", reason, CORRECT


def undated_check(words: str) -> RowCheck:
    """The row has no date or one of the empty ones."""
    return _written("date").is_null(), "missing_date", f"{words} has no date", CORRECT


def id_checks(name: str) -> list[RowCheck]:
    """An employee id is there and has kept its digits."""
    return [
        (pl.col(name).is_null(), "missing_key", "the record has no employee id", "fetch it again with the employee id"),
        (
            has_lost_digits(pl.col(name)).fill_null(False),
            "exponent_in_id",
            "the employee id has lost digits in a spreadsheet",
            "fetch the export from the API, not through a spreadsheet",
        ),
    ]


def lineage(record: pl.Expr, updated: pl.Expr | None = None) -> list[pl.Expr]:
    """Where a row comes from: its record, the record's last change, file, line and text."""
    return [
        record.alias("source_record_id"),
        (updated if updated is not None else pl.lit(None, dtype=pl.Datetime("us", "UTC"))).alias("source_updated_at"),
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    ]
