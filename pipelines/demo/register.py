"""The university's files: a student register in OneRoster's shape (1.1 CSV, with its password column) and the alumni office's spreadsheet."""

import io
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.demo.files import csv_lines, rows_as_csv, to_bytes
from pipelines.demo.students import Campus

ALUMNI_HEADER = (
    "Alumni ID",
    "Student ID",
    "First name",
    "Last name",
    "E-mail (private)",
    "Class year",
    "Degree",
    "Employer",
    "Consent to statistics",
)


def users(students: pl.DataFrame) -> list[str]:
    """users.csv. The password column really occurs in such exports and must never be loaded."""
    return csv_lines(
        students.select(
            pl.col("sourced_id").alias("sourcedId"),
            pl.lit("active").alias("status"),
            pl.lit("2026-10-30T22:00:00.000Z").alias("dateLastModified"),
            pl.when(pl.col("class_year") >= 2026).then(pl.lit("true")).otherwise(pl.lit("false")).alias("enabledUser"),
            pl.lit("ORG-OSTFELD").alias("orgSourcedIds"),
            pl.lit("student").alias("role"),
            pl.col("email").str.split("@").list.first().alias("username"),
            pl.lit(None, pl.String).alias("userIds"),
            pl.col("given").alias("givenName"),
            pl.col("family").alias("familyName"),
            pl.lit(None, pl.String).alias("middleName"),
            pl.col("sourced_id").str.slice(4).str.zfill(8).alias("identifier"),
            "email",
            pl.lit(None, pl.String).alias("sms"),
            pl.lit(None, pl.String).alias("phone"),
            pl.lit(None, pl.String).alias("agentSourcedIds"),
            pl.lit("PS").alias("grades"),
            pl.format("demo-secret-{}", pl.col("sourced_id").str.slice(4)).alias("password"),
            pl.col("class_year").alias("metadata.classYear"),
            pl.col("degree").alias("metadata.degree"),
        )
    )


def roles(students: pl.DataFrame) -> list[str]:
    """roles.csv: enrolment from the first semester to the end of the class year (endDate is the last day)."""
    return csv_lines(
        students.select(
            pl.format("ROLE-{}", pl.col("sourced_id").str.slice(4)).alias("sourcedId"),
            pl.col("sourced_id").alias("userSourcedId"),
            pl.lit("primary").alias("roleType"),
            pl.lit("student").alias("role"),
            pl.format("{}-10-01", pl.col("class_year") - 3).alias("beginDate"),
            pl.format(
                "{}-{}",
                "class_year",
                pl.when(pl.col("class_year") == 2025).then(pl.lit("09-30")).otherwise(pl.lit("12-31")),
            ).alias("endDate"),
            pl.lit("ORG-OSTFELD").alias("orgSourcedId"),
        )
    )


def manifest() -> bytes:
    """manifest.csv of a OneRoster bulk export."""
    rows = [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.1"),
        ("file.users", "bulk"),
        ("file.roles", "bulk"),
        ("source.systemName", "Ostfeld SIS"),
    ]
    return to_bytes(rows_as_csv(("propertyName", "value"), rows))


def alumni_rows(campus: Campus) -> list[list[Any]]:
    """The alumni in the order of `ALUMNI_HEADER`."""
    columns = ("alumni_id", "student_id", "given", "family", "email", "class_year", "degree", "employer", "consent")
    return [list(row) for row in campus.alumni.select(columns).iter_rows()]


def alumni_workbook(rows: list[list[Any]], exported_at: str) -> bytes:
    """A workbook with a title above the header, as alumni offices send it. The created date is fixed, so that the bytes are."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "Alumni directory", "created": datetime.fromisoformat(exported_at)})
    sheet = book.add_worksheet("Alumni")
    sheet.write_row(0, 0, ["Alumni directory, University of Ostfeld"])
    sheet.write_row(1, 0, [f"Export of {exported_at[:10]}"])
    sheet.write_row(3, 0, ALUMNI_HEADER)
    for number, row in enumerate(rows, start=4):
        sheet.write_row(number, 0, ["" if cell is None else cell for cell in row])
    book.close()
    return out.getvalue()
