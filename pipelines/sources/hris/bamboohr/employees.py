"""The export `employees`: one record per person, to persons, their identifiers and, where declared, their demographics.

An export may hold far more than is needed here: what no canonical column takes is dropped and said, a secret most of all.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.conversions import has_lost_digits
from pipelines.sources.hris.bamboohr.row_checks import date_check, id_checks, iso_date, lineage, sound_and_rejects
from pipelines.sources.json_records import RecordPage, fields_of, text_frame
from pipelines.sources.records import Finding, SourceFile, TableBatch, conform, filtered_frame, reference_expr

EMPLOYEE_FIELDS = (
    "id employeeId employeeNumber firstName lastName preferredName displayName workEmail homeEmail status hireDate originalHireDate terminationDate "
    "country supervisorId supervisorEId supervisor lastChanged employmentHistoryStatus jobTitleName photoUrl _restrictedFields"
).split()
STATUSES = {
    "active": "active",
    "inactive": "inactive",
    "terminated": "inactive",
    "on leave": "leave",
    "leave": "leave",
    "pending": "pending",
}
SECRETS = ("ssn", "sin", "nin", "password", "payRate", "bankAccount", "dateOfBirth")


def read_employees(
    files: Sequence[SourceFile | RecordPage], options: Mapping[str, Any], findings: list[Finding]
) -> pl.DataFrame:
    """The records as text with their id in `__id`; columns that are left out are named in `findings`."""
    own = [str(options[name]) for name in ("zone_field", "consent_field", "languages_field") if options.get(name)]
    own += [str(name) for name in (options.get("demographics") or {}).values()]
    known = [*EMPLOYEE_FIELDS, *own, *map(str, options.get("ignore", []))]
    for name in fields_of(files):
        if any(secret.lower() in name.lower() for secret in SECRETS) and name not in own:
            findings.append(
                Finding(
                    "secret_column",
                    "persons",
                    f"{files[0].name}: {name}",
                    "a secret is never loaded; leave it out of the export",
                )
            )
        elif name not in known:
            findings.append(
                Finding(
                    "unknown_column",
                    "persons",
                    f"{files[0].name}: {name}",
                    "no canonical column takes it; it was dropped",
                )
            )
    frame = text_frame(files, [*EMPLOYEE_FIELDS, *own])
    return frame.with_columns(pl.coalesce("id", "employeeId").alias("__id"))


def persons(employees: pl.DataFrame, source_id: str, options: Mapping[str, Any]) -> TableBatch:
    """One row per person; records without a usable id or with a date that doesn't exist are rejected."""
    dates = {"hireDate": "hire date", "originalHireDate": "original hire date", "terminationDate": "termination date"}
    good, rejects = sound_and_rejects(
        employees, [*id_checks("__id"), *(date_check(name, words) for name, words in dates.items())]
    )
    status = pl.col("status").str.to_lowercase()
    active = status.is_in(["active", "on leave", "leave"])
    consent = _declared("consent_field", options).str.to_lowercase()
    rows = good.select(
        reference_expr(source_id, pl.col("__id")).alias("person_id"),
        pl.lit(str(options.get("person_kind", "employee"))).alias("person_kind"),
        pl.coalesce("firstName", "preferredName").alias("given_name"),
        pl.col("lastName").alias("family_name"),
        pl.col("workEmail").str.to_lowercase().alias("email_work"),
        pl.col("homeEmail").str.to_lowercase().alias("email_personal"),
        status.replace_strict(STATUSES, default="unknown").alias("status"),
        # On a rehire BambooHR moves hireDate on and keeps the first one in originalHireDate.
        pl.coalesce(iso_date("originalHireDate"), iso_date("hireDate")).alias("original_hire_date"),
        pl.coalesce(iso_date("hireDate"), iso_date("originalHireDate")).alias("latest_hire_date"),
        pl.when(~active.fill_null(False)).then(iso_date("terminationDate")).alias("termination_date"),
        pl.coalesce(_declared("zone_field", options), pl.lit(options.get("zone"), dtype=pl.String)).alias("home_tz"),
        pl.col("country").alias("country"),
        _declared("languages_field", options).str.replace_all(r"\s*[,;|]\s*", "|").alias("languages"),
        pl.when(consent.is_in(["true", "yes", "1"]))
        .then(True)
        .when(consent.is_in(["false", "no", "0"]))
        .then(False)
        .alias("consent_analytics"),
        *lineage(
            pl.col("__id"), pl.col("lastChanged").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
        ),
    )
    return TableBatch("persons", conform(rows, "persons"), rejects)


def _declared(option: str, options: Mapping[str, Any]) -> pl.Expr:
    """The field that the workspace names for a column; null where it names none."""
    return pl.col(str(options[option])) if options.get(option) else pl.lit(None, dtype=pl.String)


def person_identifiers(employees: pl.DataFrame, source_id: str, findings: list[Finding]) -> TableBatch:
    """Every identifier that another system may use: the source's own id, the employee number, the e-mails.

    One that two people bear (an e-mail given to a newcomer) is valid from the first to the day after the last day of each; the others always.
    """
    kinds = {
        "__id": (source_id, source_id),
        "employeeNumber": ("employee_number", "employee_number"),
        "workEmail": ("email", "email"),
        "homeEmail": ("email", "email"),
    }
    sound = employees.filter(pl.col("__id").is_not_null() & ~has_lost_digits(pl.col("__id")).fill_null(False))
    parts = [
        sound.filter(pl.col(field).is_not_null()).select(
            reference_expr(source_id, pl.col("__id")).alias("person_id"),
            pl.lit(kind).alias("id_type"),
            reference_expr(prefix, pl.col(field)).alias("id_value"),
            pl.coalesce(iso_date("originalHireDate"), iso_date("hireDate")).alias("valid_from"),
            iso_date("terminationDate").dt.offset_by("1d").alias("valid_to"),
            *lineage(pl.concat_str("__id", pl.lit(f"|{field}"))),
        )
        for field, (kind, prefix) in kinds.items()
    ]
    rows = conform(pl.concat(parts), "person_identifiers")
    shared = pl.col("person_id").n_unique().over("id_value") > 1
    values = rows.filter(shared)["id_value"].n_unique()
    if values:
        detail = f"{values} identifiers belong to more than one person; each is valid only while its bearer is employed"
        findings.append(Finding("identifier_shared", "person_identifiers", source_id, detail))
    return TableBatch("person_identifiers", rows.with_columns(pl.when(shared).then(pl.col("valid_from", "valid_to"))))


def person_demographics(
    employees: pl.DataFrame, source_id: str, fields: Mapping[str, str], options: Mapping[str, Any]
) -> TableBatch:
    """One row per person and declared attribute; collected by HR, valid from the hire date. Empty = no row, counted."""
    sound = employees.filter(pl.col("__id").is_not_null())
    parts, empty = [], 0
    since = pl.coalesce(iso_date("originalHireDate"), iso_date("hireDate"))
    for attribute, field in fields.items():
        filled = sound.filter(pl.col(field).is_not_null())
        empty += sound.height - filled.height
        parts.append(
            filled.select(
                reference_expr(source_id, pl.col("__id")).alias("person_id"),
                pl.lit(attribute).alias("attribute"),
                pl.col(field).str.to_lowercase().str.replace_all(r"[\s-]+", "_").alias("value"),
                since.alias("valid_from"),
                pl.lit(str(options.get("collected_basis", "hr"))).alias("collected_basis"),
                *lineage(pl.concat_str("__id", pl.lit(f"|{attribute}"))),
            )
        )
    rows = conform(pl.concat(parts), "person_demographics")
    return TableBatch("person_demographics", rows, filtered=filtered_frame({"attribute not given": empty}))
