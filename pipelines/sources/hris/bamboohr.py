"""BambooHR: employees, tables/jobInfo and tables/employmentStatus (JSON) to persons, identifiers, spells and job history.

Wire formats: shared/reference/sources/SOURCES.md section 1.1 and the vendor's OpenAPI. jobInfo rows are unsorted, have no end date, and name the
manager by display name; `0000-00-00` is an empty date; the date of a row "Terminated" is the last day worked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.conversions import EXPONENT_ID, rank_map
from pipelines.sources.delimited import LINE, RAW
from pipelines.sources.histories import REHIRE_DAYS, job_states, joined_spells
from pipelines.sources.json_records import FILE, fields_of, text_frame
from pipelines.sources.records import (
    REJECT_SCHEMA,
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    reference_expr,
)

EMPTY_DATES = ("0000-00-00", "1900-01-01", "9999-12-31")
TERMINATION_TYPES = {
    "voluntary": "voluntary",
    "resignation": "voluntary",
    "resignation (voluntary)": "voluntary",
    "termination (voluntary)": "voluntary",
    "involuntary": "involuntary",
    "termination (involuntary)": "involuntary",
    "retirement": "retirement",
    "end of contract": "end_of_contract",
    "contract ended": "end_of_contract",
    "death": "death",
    "deceased": "death",
}
EMPLOYEE_FIELDS = (
    "id employeeId employeeNumber firstName lastName preferredName displayName workEmail homeEmail status hireDate originalHireDate terminationDate "
    "country supervisorId supervisorEId supervisor lastChanged employmentHistoryStatus jobTitleName photoUrl _restrictedFields"
).split()
JOB_FIELDS = "id employeeId date location division department jobTitle jobCode jobFamily reportsTo".split()
STATUS_FIELDS = "id employeeId date employmentStatus terminationTypeId terminationType terminationReasonId".split()
SECRETS = ("ssn", "sin", "nin", "password", "payRate", "bankAccount", "dateOfBirth")


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read the three exports of one tenant. Raises `SourceRefused` where one is missing, empty or lacks a required field."""
    source_id = str(options["source_id"])
    findings: list[Finding] = []
    employees = _employees(_named(files, "employees", exclude=("jobinfo", "employmentstatus")), options, findings)
    persons = _persons(employees, source_id, options)
    spells = _spells(_named(files, "employmentstatus"), source_id, options, findings)
    jobs = _jobs(_named(files, "jobinfo"), employees, spells.rows, source_id, options, findings)
    batches = [persons, _identifiers(employees, source_id, findings), spells, jobs]
    if options.get("demographics"):
        batches.append(_demographics(employees, source_id, options["demographics"], options))
    return Extract(batches, findings)


def _named(files: Sequence[SourceFile], word: str, exclude: tuple[str, ...] = ()) -> list[SourceFile]:
    found = []
    for file in files:
        name = file.name.lower().replace("_", "").replace("-", "")
        if word in name and not any(other in name for other in exclude):
            found.append(file)
    if not found:
        raise SourceRefused(
            f"No file of the source has {word!r} in its name; it delivered {sorted(f.name for f in files) or 'nothing'}. "
            "Next step: fetch employees, tables/jobInfo and tables/employmentStatus and put all three into the source's folder."
        )
    return sorted(found, key=lambda file: file.name)


def _date(name: str) -> pl.Expr:
    """An ISO date; BambooHR's empty dates are null. A written date that doesn't exist stays null and is rejected by `_bad_date`."""
    return pl.when(~pl.col(name).is_in(EMPTY_DATES)).then(pl.col(name).str.to_date("%Y-%m-%d", strict=False))


def _bad_date(name: str) -> pl.Expr:
    return (
        pl.col(name).is_not_null()
        & ~pl.col(name).is_in(EMPTY_DATES)
        & pl.col(name).str.to_date("%Y-%m-%d", strict=False).is_null()
    )


def _employees(files: list[SourceFile], options: Mapping[str, Any], findings: list[Finding]) -> pl.DataFrame:
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


def _split(
    frame: pl.DataFrame, checks: list[tuple[pl.Expr, str, pl.Expr | str, str]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that pass every check, and the rejects with the first one that they fail: (condition, rule, reason, remedy)."""
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


def _date_check(name: str, words: str) -> tuple[pl.Expr, str, pl.Expr, str]:
    digits = pl.col(name).str.contains(r"^[0-9./\- ]{1,20}$")
    shown = pl.when(digits).then(pl.col(name)).otherwise(pl.lit("(hidden)"))
    reason = pl.concat_str(pl.lit(f"{words} "), shown, pl.lit(" is not a date"))
    return _bad_date(name), "not_a_date", reason, "correct it in the HRIS and export again"


def _id_checks(name: str) -> list[tuple[pl.Expr, str, pl.Expr | str, str]]:
    return [
        (pl.col(name).is_null(), "missing_key", "the record has no employee id", "fetch it again with the employee id"),
        (
            pl.col(name).str.contains(EXPONENT_ID).fill_null(False),
            "exponent_in_id",
            "the employee id has lost digits in a spreadsheet",
            "fetch the export from the API, not through a spreadsheet",
        ),
    ]


def _lineage(record: pl.Expr, updated: pl.Expr | None = None) -> list[pl.Expr]:
    return [
        record.alias("source_record_id"),
        (updated if updated is not None else pl.lit(None, dtype=pl.Datetime("us", "UTC"))).alias("source_updated_at"),
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    ]


def _persons(employees: pl.DataFrame, source_id: str, options: Mapping[str, Any]) -> TableBatch:
    status = pl.col("status").str.to_lowercase()
    dates = {"hireDate": "hire date", "originalHireDate": "original hire date", "terminationDate": "termination date"}
    good, rejects = _split(
        employees, [*_id_checks("__id"), *(_date_check(name, words) for name, words in dates.items())]
    )
    zone = pl.col(str(options["zone_field"])) if options.get("zone_field") else pl.lit(None, dtype=pl.String)
    consent = (
        pl.col(str(options["consent_field"])).str.to_lowercase()
        if options.get("consent_field")
        else pl.lit(None, dtype=pl.String)
    )
    languages = (
        pl.col(str(options["languages_field"])) if options.get("languages_field") else pl.lit(None, dtype=pl.String)
    )
    active = status.is_in(["active", "on leave", "leave"])
    rows = good.select(
        reference_expr(source_id, pl.col("__id")).alias("person_id"),
        pl.lit(str(options.get("person_kind", "employee"))).alias("person_kind"),
        pl.coalesce("firstName", "preferredName").alias("given_name"),
        pl.col("lastName").alias("family_name"),
        pl.col("workEmail").str.to_lowercase().alias("email_work"),
        pl.col("homeEmail").str.to_lowercase().alias("email_personal"),
        status.replace_strict(
            {
                "active": "active",
                "inactive": "inactive",
                "terminated": "inactive",
                "on leave": "leave",
                "leave": "leave",
                "pending": "pending",
            },
            default="unknown",
        ).alias("status"),
        # On a rehire BambooHR moves hireDate on and keeps the first one in originalHireDate.
        pl.coalesce(_date("originalHireDate"), _date("hireDate")).alias("original_hire_date"),
        pl.coalesce(_date("hireDate"), _date("originalHireDate")).alias("latest_hire_date"),
        pl.when(~active.fill_null(False)).then(_date("terminationDate")).alias("termination_date"),
        pl.coalesce(zone, pl.lit(options.get("zone"), dtype=pl.String)).alias("home_tz"),
        pl.col("country").alias("country"),
        languages.str.replace_all(r"\s*[,;|]\s*", "|").alias("languages"),
        pl.when(consent.is_in(["true", "yes", "1"]))
        .then(True)
        .when(consent.is_in(["false", "no", "0"]))
        .then(False)
        .alias("consent_analytics"),
        *_lineage(
            pl.col("__id"), pl.col("lastChanged").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
        ),
    )
    return TableBatch("persons", conform(rows, "persons"), rejects)


def _identifiers(employees: pl.DataFrame, source_id: str, findings: list[Finding]) -> TableBatch:
    """Every identifier that another system may use: the source's own id, the employee number, the e-mails.

    One that two people bear (an e-mail given to a newcomer) is valid from the first to the day after the last day of each; the others always.
    """
    kinds = {
        "__id": (source_id, source_id),
        "employeeNumber": ("employee_number", "employee_number"),
        "workEmail": ("email", "email"),
        "homeEmail": ("email", "email"),
    }
    sound = employees.filter(pl.col("__id").is_not_null() & ~pl.col("__id").str.contains(EXPONENT_ID).fill_null(False))
    parts = [
        sound.filter(pl.col(field).is_not_null()).select(
            reference_expr(source_id, pl.col("__id")).alias("person_id"),
            pl.lit(kind).alias("id_type"),
            reference_expr(prefix, pl.col(field)).alias("id_value"),
            pl.coalesce(_date("originalHireDate"), _date("hireDate")).alias("valid_from"),
            _date("terminationDate").dt.offset_by("1d").alias("valid_to"),
            *_lineage(pl.concat_str("__id", pl.lit(f"|{field}"))),
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


def _demographics(
    employees: pl.DataFrame, source_id: str, fields: Mapping[str, str], options: Mapping[str, Any]
) -> TableBatch:
    """One row per person and declared attribute; collected by HR, valid from the hire date. Empty = no row, counted."""
    sound = employees.filter(pl.col("__id").is_not_null())
    parts, empty = [], 0
    since = pl.coalesce(_date("originalHireDate"), _date("hireDate"))
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
                *_lineage(pl.concat_str("__id", pl.lit(f"|{attribute}"))),
            )
        )
    rows = conform(pl.concat(parts), "person_demographics")
    return TableBatch("person_demographics", rows, filtered=filtered_frame({"attribute not given": empty}))


def _spells(files: list[SourceFile], source_id: str, options: Mapping[str, Any], findings: list[Finding]) -> TableBatch:
    """Employment spells: a spell begins with a status other than Terminated and ends the day after a Terminated row's date."""
    frame = text_frame(files, STATUS_FIELDS, required=("employeeId", "date", "employmentStatus"))
    no_date = (
        pl.col("date").is_null() | pl.col("date").is_in(EMPTY_DATES),
        "missing_date",
        "the status has no date",
        "correct it in the HRIS and export again",
    )
    no_status = (
        pl.col("employmentStatus").is_null(),
        "missing_status",
        "the row has no employment status",
        "correct it in the HRIS and export again",
    )
    good, rejects = _split(
        frame, [*_id_checks("employeeId"), _date_check("date", "employment status date"), no_date, no_status]
    )
    kinds = {**TERMINATION_TYPES, **{str(k).lower(): v for k, v in (options.get("termination_types") or {}).items()}}
    ended = pl.col("employmentStatus").str.to_lowercase().str.starts_with("terminated")
    reason = pl.coalesce("terminationType", "terminationTypeId").str.to_lowercase()
    good = good.with_columns(
        _date("date").alias("__date"),
        ended.alias("__ended"),
        reason.replace_strict(kinds, default=None).alias("__kind"),
        reason.alias("__reason"),
    ).sort("employeeId", "__date", "__ended", LINE)
    unmapped = good.filter(pl.col("__ended") & pl.col("__reason").is_not_null() & pl.col("__kind").is_null())
    for text, rows in unmapped.group_by("__reason").len().sort("__reason").iter_rows():
        findings.append(
            Finding(
                "termination_type_unmapped",
                "employment_spells",
                text,
                f"{rows} endings count as unknown; name it in `termination_types`",
            )
        )
    before_ended = pl.col("__ended").shift(1).over("employeeId")
    good = good.with_columns((~pl.col("__ended") & before_ended.fill_null(True)).alias("__begins"))
    good = good.with_columns(pl.col("__begins").cast(pl.Int64).cum_sum().over("employeeId").alias("__spell"))
    orphans = good.filter(pl.col("__spell") == 0)
    if orphans.height:
        rejects = pl.concat([rejects, _orphans(orphans)])
    spells = (
        good.filter(pl.col("__spell") > 0)
        .group_by("employeeId", "__spell", maintain_order=True)
        .agg(
            pl.col("__date").first().alias("hire_date"),
            pl.col("__date").filter(pl.col("__ended")).first().dt.offset_by("1d").alias("end_date"),
            pl.col("__kind").filter(pl.col("__ended")).first().alias("end_kind"),
            pl.col("id", FILE, LINE, RAW).first(),
        )
        .select(
            reference_expr(source_id, pl.col("employeeId")).alias("person_id"),
            "hire_date",
            "end_date",
            "end_kind",
            *_lineage(pl.coalesce("id", pl.concat_str("employeeId", pl.lit("|"), "hire_date"))),
        )
    )
    rows = joined_spells(conform(spells, "employment_spells"), rehire_days=int(options.get("rehire_days", REHIRE_DAYS)))
    used = good.height - orphans.height
    filtered = filtered_frame({"status row that continues or ends a spell begun by another row": used - rows.height})
    return TableBatch("employment_spells", rows, rejects, filtered)


def _orphans(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.lit("ends_without_start").alias("rule"),
        pl.concat_str(
            pl.lit("an employment ends on "), pl.col("__date").cast(pl.String), pl.lit(" that never began")
        ).alias("reason"),
        pl.lit("add the first status row in the HRIS and export again").alias("remedy"),
        pl.col(RAW).alias("raw_text"),
    )


def _jobs(
    files: list[SourceFile],
    employees: pl.DataFrame,
    spells: pl.DataFrame,
    source_id: str,
    options: Mapping[str, Any],
    findings: list[Finding],
) -> TableBatch:
    level = str(options.get("level_field", "level"))
    extra = [
        str(options.get(name, default))
        for name, default in (("employment_type_field", "employmentType"), ("fte_field", "fte"))
    ]
    frame = text_frame(files, [*JOB_FIELDS, level, *extra], required=("employeeId", "date"))
    bad_fte = pl.col(extra[1]).is_not_null() & pl.col(extra[1]).cast(pl.Float64, strict=False).is_null()
    no_date = (
        pl.col("date").is_null() | pl.col("date").is_in(EMPTY_DATES),
        "missing_date",
        "the job row has no date",
        "correct it in the HRIS and export again",
    )
    wrong_fte = (bad_fte, "not_a_number", "fte is not a number", "correct it in the HRIS and export again")
    good, rejects = _split(frame, [*_id_checks("employeeId"), _date_check("date", "job date"), no_date, wrong_fte])
    good = _with_managers(good, employees, files[0].name, findings)
    ranks = rank_map(options.get("levels"))
    rows = good.select(
        reference_expr(source_id, pl.col("employeeId")).alias("person_id"),
        _date("date").alias("valid_from"),
        pl.col("jobTitle").alias("job_title"),
        pl.col("jobCode").alias("job_code"),
        pl.col("jobFamily").alias("job_family"),
        pl.col(level).alias("level"),
        pl.col(level)
        .replace_strict(
            pl.Series(list(ranks), dtype=pl.String), pl.Series(list(ranks.values()), dtype=pl.Int64), default=None
        )
        .alias("level_rank"),
        pl.col("department"),
        pl.col("division").alias("business_unit"),
        pl.col("location"),
        reference_expr(source_id, pl.col("__manager")).alias("manager_person_id"),
        pl.col(extra[0]).str.to_lowercase().str.replace_all(r"[\s-]+", "_").alias("employment_type"),
        pl.col(extra[1]).cast(pl.Float64, strict=False).alias("fte"),
        *_lineage(pl.coalesce("id", pl.concat_str("employeeId", pl.lit("|"), "date"))),
    )
    unranked = (
        rows.filter(pl.col("level").is_not_null() & pl.col("level_rank").is_null())
        .group_by("level")
        .len()
        .sort("level")
    )
    for name, count in unranked.iter_rows():
        findings.append(
            Finding(
                "level_not_ranked",
                "job_history",
                name,
                f"{count} rows; the level map doesn't name it, so its rank stays empty",
            )
        )
    states, cuts = job_states(conform(rows, "job_history"), spells)
    findings.extend(cuts)
    return TableBatch("job_history", states, rejects)


def _with_managers(jobs: pl.DataFrame, employees: pl.DataFrame, file: str, findings: list[Finding]) -> pl.DataFrame:
    """`__manager`: for a person's newest row the employee record's supervisor id, else the one employee of that display name.

    A name that two employees bear, or none, stays empty; such rows are counted in a finding.
    """
    shown = pl.coalesce(
        "displayName", pl.concat_str(pl.coalesce("preferredName", "firstName"), pl.lit(" "), "lastName")
    )
    spelled = pl.concat_str("firstName", pl.lit(" "), "lastName")
    names = (
        pl.concat([employees.select(shown.alias("__name"), "__id"), employees.select(spelled.alias("__name"), "__id")])
        .drop_nulls()
        .with_columns(pl.col("__name").str.to_lowercase())
        .unique()
        .group_by("__name")
        .agg(pl.col("__id").first().alias("__by_name"), pl.len().alias("__bearers"))
    )
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
        names, on="__name", how="left"
    )
    frame = frame.with_columns(
        pl.coalesce(
            pl.when(pl.col("__newest")).then(pl.col("__supervisor")),
            pl.when(pl.col("__bearers") == 1).then(pl.col("__by_name")),
        ).alias("__manager")
    ).sort(FILE, LINE)
    unresolved = frame.filter(pl.col("reportsTo").is_not_null() & pl.col("__manager").is_null())
    for rows, words in (
        (unresolved.filter(pl.col("__bearers") > 1).height, "name a manager whose name several employees bear"),
        (unresolved.filter(pl.col("__bearers").is_null()).height, "name a manager whom no employee record names"),
    ):
        if rows:
            findings.append(
                Finding(
                    "manager_unresolved", "job_history", file, f"{rows} rows {words}; the manager stays empty there"
                )
            )
    return frame
