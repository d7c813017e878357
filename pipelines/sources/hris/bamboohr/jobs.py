"""The export `tables/jobInfo`: one row per change of job, to job history.

Its rows are unsorted, have no end date and name the manager by display name, which only the employee records can tell apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE
from pipelines.sources.conversions import rank_map
from pipelines.sources.histories import job_states
from pipelines.sources.hris.bamboohr.row_checks import (
    CORRECT,
    RowCheck,
    date_check,
    id_checks,
    iso_date,
    lineage,
    sound_and_rejects,
    undated_check,
)
from pipelines.sources.json_records import FILE, RecordPage, text_frame
from pipelines.sources.records import Finding, SourceFile, TableBatch, conform, reference_expr

JOB_FIELDS = "id employeeId date location division department jobTitle jobCode jobFamily reportsTo".split()


def job_history(
    files: Sequence[SourceFile | RecordPage],
    employees: pl.DataFrame,
    spells: pl.DataFrame,
    source_id: str,
    options: Mapping[str, Any],
    findings: list[Finding],
) -> TableBatch:
    """One row per person and state of job within an employment spell; what was cut to fit the spells is named in `findings`."""
    level = str(options.get("level_field", "level"))
    employment_type = str(options.get("employment_type_field", "employmentType"))
    fte = str(options.get("fte_field", "fte"))
    frame = text_frame(files, [*JOB_FIELDS, level, employment_type, fte], required=("employeeId", "date"))
    good, rejects = sound_and_rejects(frame, _job_checks(fte))
    good = _with_managers(good, employees, files[0].name, findings)
    ranks = rank_map(options.get("levels"))
    names, numbers = pl.Series(list(ranks), dtype=pl.String), pl.Series(list(ranks.values()), dtype=pl.Int64)
    rows = good.select(
        reference_expr(source_id, pl.col("employeeId")).alias("person_id"),
        iso_date("date").alias("valid_from"),
        pl.col("jobTitle").alias("job_title"),
        pl.col("jobCode").alias("job_code"),
        pl.col("jobFamily").alias("job_family"),
        pl.col(level).alias("level"),
        pl.col(level).replace_strict(names, numbers, default=None).alias("level_rank"),
        pl.col("department"),
        pl.col("division").alias("business_unit"),
        pl.col("location"),
        reference_expr(source_id, pl.col("__manager")).alias("manager_person_id"),
        pl.col(employment_type).str.to_lowercase().str.replace_all(r"[\s-]+", "_").alias("employment_type"),
        pl.col(fte).cast(pl.Float64, strict=False).alias("fte"),
        *lineage(pl.coalesce("id", pl.concat_str("employeeId", pl.lit("|"), "date"))),
    )
    findings.extend(_unranked(rows))
    states, cuts = job_states(conform(rows, "job_history"), spells)
    findings.extend(cuts)
    return TableBatch("job_history", states, rejects)


def _job_checks(fte: str) -> list[RowCheck]:
    no_number = pl.col(fte).is_not_null() & pl.col(fte).cast(pl.Float64, strict=False).is_null()
    return [
        *id_checks("employeeId"),
        date_check("date", "job date"),
        undated_check("the job row"),
        (no_number, "not_a_number", "fte is not a number", CORRECT),
    ]


def _unranked(rows: pl.DataFrame) -> list[Finding]:
    unranked = rows.filter(pl.col("level").is_not_null() & pl.col("level_rank").is_null())
    return [
        Finding(
            "level_not_ranked",
            "job_history",
            name,
            f"{count} rows; the level map doesn't name it, so its rank stays empty",
        )
        for name, count in unranked.group_by("level").len().sort("level").iter_rows()
    ]


def _with_managers(jobs: pl.DataFrame, employees: pl.DataFrame, file: str, findings: list[Finding]) -> pl.DataFrame:
    """`__manager`: for a person's newest row the employee record's supervisor id, else the one employee of that display name.

    A name that two employees bear, or none, stays empty; such rows are counted in a finding.
    """
    current = (
        employees.select(
            pl.col("__id").alias("employeeId"), pl.coalesce("supervisorId", "supervisorEId").alias("__supervisor")
        )
        .drop_nulls()
        .unique("employeeId")
    )
    newest = pl.int_range(pl.len()).over("employeeId") == pl.len().over("employeeId") - 1
    frame = jobs.sort("employeeId", "date", LINE).with_columns(newest.alias("__newest"))
    frame = frame.join(current, on="employeeId", how="left")
    frame = frame.with_columns(pl.col("reportsTo").str.to_lowercase().alias("__name")).join(
        _bearers(employees), on="__name", how="left"
    )
    frame = frame.with_columns(
        pl.coalesce(
            pl.when(pl.col("__newest")).then(pl.col("__supervisor")),
            pl.when(pl.col("__bearers") == 1).then(pl.col("__by_name")),
        ).alias("__manager")
    ).sort(FILE, LINE)
    findings.extend(_unresolved(frame, file))
    return frame


def _bearers(employees: pl.DataFrame) -> pl.DataFrame:
    """One row per name in lower case: one employee who bears it (`__by_name`) and how many do (`__bearers`)."""
    shown = pl.coalesce(
        "displayName", pl.concat_str(pl.coalesce("preferredName", "firstName"), pl.lit(" "), "lastName")
    )
    spelled = pl.concat_str("firstName", pl.lit(" "), "lastName")
    return (
        pl.concat([employees.select(shown.alias("__name"), "__id"), employees.select(spelled.alias("__name"), "__id")])
        .drop_nulls()
        .with_columns(pl.col("__name").str.to_lowercase())
        .unique()
        .group_by("__name")
        .agg(pl.col("__id").first().alias("__by_name"), pl.len().alias("__bearers"))
    )


def _unresolved(jobs: pl.DataFrame, file: str) -> list[Finding]:
    unresolved = jobs.filter(pl.col("reportsTo").is_not_null() & pl.col("__manager").is_null())
    shared = unresolved.filter(pl.col("__bearers") > 1).height
    unknown = unresolved.filter(pl.col("__bearers").is_null()).height
    return [
        Finding("manager_unresolved", "job_history", file, f"{rows} rows {words}; the manager stays empty there")
        for rows, words in (
            (shared, "name a manager whose name several employees bear"),
            (unknown, "name a manager whom no employee record names"),
        )
        if rows
    ]
