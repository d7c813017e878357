"""What can be said of ids and isn't certain: zeros or digits that a spreadsheet may have taken, letters that look alike, ids that differ in their case alone. It is told, and stops nothing."""

from collections import Counter

import polars as pl

from pipelines.contracts import Column, Table
from pipelines.sources.records import Finding

MADE_A_DAY = r"(?i)^\d{1,2}[-. ](?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)\.?(?:[-. ]\d\d(?:\d\d)?)?$|^(?:jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)\.?[-. ]\d\d$|^\d{4}-\d\d-\d\d 00:00:00$"
"""What a spreadsheet makes of 10-12, 3/4 or MAR1: a day, as it shows or stores it."""
Tally = Counter[Finding]
"""How many rows each finding counts."""


def tell_doubts(values: pl.Series, table: Table, column: Column, tally: Tally) -> None:
    """All that is to be said of a column's ids."""
    _tell_lost_zeros(values, table, column, tally)
    _tell_lost_digits(values, table, column, tally)
    _tell_lookalikes(values, table, column, tally)
    _tell_days(values, table, column, tally)


def tell_case_twins(ids: pl.Series, table: Table, tally: Tally) -> None:
    """Ids of people that differ in the case of their letters alone: two people to us, and perhaps one to the system."""
    known = ids.drop_nulls().unique()
    if known.str.to_lowercase().n_unique() < known.len():
        folded = known.str.to_lowercase()
        detail = "ids differ from another in the case of their letters alone: they count as different people"
        tell(tally, "ids_differ_in_case", table, table.column("person_id"), detail, folded.is_duplicated())


def tell_two_addresses(rows: pl.DataFrame, table: Table, tally: Tally) -> None:
    """People whose lines give more than one address: the lines are alike but for it, so that they count as repeats, and one address would be gone without a word."""
    for column in table.columns:
        if not column.name.startswith("email_") or column.name not in rows.columns:
            continue
        known = rows.select("person_id", pl.col(column.name).str.to_lowercase()).drop_nulls()
        repeated = known.filter(known["person_id"].is_duplicated())
        if repeated.height:
            several = repeated.group_by("person_id").agg(pl.col(column.name).n_unique() > 1)[column.name]
            detail = "people stand in several lines with different addresses: the first line's holds"
            tell(tally, "addresses_differ", table, column, detail, several)


def _tell_lost_zeros(values: pl.Series, table: Table, column: Column, tally: Tally) -> None:
    """Ids of digits alone that are shorter than all that begin with 0."""
    led = values.filter(values.str.contains(r"^0\d+$"))
    if led.len():
        widths = sorted(led.str.len_chars().unique())
        short = values.str.contains(r"^\d+$") & (values.str.len_chars() < widths[0])
        lengths = " or ".join(map(str, widths[:3]))
        detail = f"ids are shorter than the {lengths} digits of others that begin with 0: they may have lost zeros in a spreadsheet"
        tell(tally, "leading_zeros_lost", table, column, detail, short)


def _tell_lost_digits(values: pl.Series, table: Table, column: Column, tally: Tally) -> None:
    """Long numbers all of which end in zeros behind the fifteen digits that a spreadsheet keeps."""
    long = values.str.contains(r"^[1-9]\d{15,}$").fill_null(value=False)
    rounded = long & (values.str.contains(r"^\d{15}\d*0$") | _is_a_double(values)).fill_null(value=False)
    if long.any() and bool((long == rounded).all()):
        detail = "ids have more than 15 digits and are such as a spreadsheet keeps: it may have rounded them; format the column as text"
        tell(tally, "digits_lost", table, column, detail, rounded)


def _is_a_double(values: pl.Series) -> pl.Series:
    """Numbers of 17 digits and more that a spreadsheet's kind of number holds exactly, as few do."""
    whole = values.cast(pl.Int64, strict=False)
    return (values.str.len_chars() > 16) & (whole.cast(pl.Float64).cast(pl.Int64, strict=False) == whole)


def _tell_lookalikes(values: pl.Series, table: Table, column: Column, tally: Tally) -> None:
    """Ids in Cyrillic or Greek letters that look like Latin ones, in a column that holds Latin ones too."""
    foreign = values.str.contains(r"[\p{Cyrillic}\p{Greek}]").fill_null(value=False)
    if foreign.any() and values.str.contains(r"[A-Za-z]").any():
        detail = "ids hold Cyrillic or Greek letters beside others in Latin ones, which may look the same: they are different ids"
        tell(tally, "letters_alike", table, column, detail, foreign)


def _tell_days(values: pl.Series, table: Table, column: Column, tally: Tally) -> None:
    """Ids that a spreadsheet has taken for days: 10-12 becomes 12-Oct, or the cell of a day, among others that are none."""
    days = values.str.contains(MADE_A_DAY).fill_null(value=False)
    if days.any() and not days.filter(values.is_not_null()).all():
        detail = "ids look like days (12-Oct) among others that don't: a spreadsheet has changed them; format the column as text"
        tell(tally, "ids_as_days", table, column, detail, days)


def tell(tally: Tally, kind: str, table: Table, column: Column, detail: str, happened: pl.Series) -> None:
    """Add the rows in which something happened to a finding's count."""
    if rows := int(happened.sum() or 0):
        tally[Finding(kind, table.name, column.name, detail)] += rows
