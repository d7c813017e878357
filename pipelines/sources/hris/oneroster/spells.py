"""Enrolments of OneRoster's roles.csv as spells."""

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.histories import REHIRE_DAYS, joined_spells
from pipelines.sources.hris.oneroster.roles import DAYS, role_rows
from pipelines.sources.records import (
    TableBatch,
    conform,
    filtered_frame,
    reference_expr,
    rejected,
    rejects_frame,
)


def spells_of(roles: DelimitedText, source_id: str) -> TableBatch:
    """Enrolments as spells, on request: they enter the same retention figures as employment. The standard lets a role have no days: of such a one nothing is said."""
    rows = role_rows(roles)
    students = rows.filter(pl.col("__role") == "student")
    is_unread = pl.any_horizontal(pl.col(f"{day}_written").is_not_null() & pl.col(day).is_null() for day in DAYS)
    unread = students.filter(is_unread)
    dated = students.filter(~is_unread & pl.col("__begin").is_not_null())
    spells = dated.select(
        reference_expr(source_id, pl.col("__user")).alias("person_id"),
        pl.col("__begin").alias("hire_date"),
        pl.col("__end").dt.offset_by("1d").alias("end_date"),
        pl.when(pl.col("__end").is_not_null()).then(pl.lit("end_of_contract")).alias("end_kind"),
        pl.col("__user").alias("source_record_id"),
        pl.lit(roles.file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    )
    joined = joined_spells(conform(spells, "employment_spells"), rehire_days=REHIRE_DAYS)
    counts = {
        "not a student role, or deleted": rows.height - students.height,
        "a role without a first day": students.height - unread.height - dated.height,
        "continues a spell that an earlier row began": dated.height - joined.height,
    }
    rejects = pl.concat([roles.rejects, _unread_days(unread, roles.file)])
    return TableBatch("employment_spells", joined, rejects, filtered_frame(counts))


def _unread_days(rows: pl.DataFrame, file: str) -> pl.DataFrame:
    return rejects_frame(
        rejected(
            file,
            line,
            "not_a_date",
            "a day of the role is no date such as 2026-09-01",
            "correct it in the student system and export again",
            raw,
        )
        for line, raw in rows.select(LINE, RAW).iter_rows()
    )
