"""OneRoster 1.1 and 1.2 CSV (users.csv, roles.csv) to persons and identifiers of students.

Only the columns named here are read: a genuine users.csv carries passwords, and students may be minors.
In a bulk file `status` is blank and a missing row means gone; `tobedeleted` occurs in delta files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.conversions import has_lost_digits
from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.delimited_head import normalised
from pipelines.sources.hris.oneroster.roles import GONE, first_role, is_one_of, unread_days, with_roles
from pipelines.sources.hris.oneroster.spells import spells_of
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    reference_expr,
    rejected,
    rejects_frame,
)
from pipelines.sources.shared.options import PERSON_KIND, ZONE
from pipelines.sources.shared.people import refuse_nobody
from pipelines.sources.truth_words import FALSE_WORDS

READ = "sourcedId status dateLastModified enabledUser role givenName preferredGivenName familyName preferredFamilyName email identifier userMasterIdentifier grades".split()
KNOWN = "orgSourcedIds primaryOrgSourcedId username userIds middleName preferredMiddleName pronouns sms phone agentSourcedIds activeDirectoryMatchId".split()
CLASS_YEAR, DEGREE = "metadata.classYear", "metadata.degree"  # where the customer says nothing else
NOBODY = "check what is exported; `person_kind` says whether students or others are meant"
CHECKED = {
    "missing_key": "the record has no sourcedId",
    "exponent_in_id": "the sourcedId has lost digits in a spreadsheet",
    "not_a_year": "the class year is not a year",
}


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read users.csv and, for enrolment dates, roles.csv. Options: source_id, class_year, degree, zone, country, person_kind, enrolment_spells."""
    users_file = _named(files, "users.csv")
    if users_file is None:
        raise SourceRefused(
            f"The source has no users.csv; it delivered {sorted(f.name for f in files) or 'nothing'}. Next step: export the users."
        )
    findings: list[Finding] = []
    _refuse_changes(_named(files, "manifest.csv"))
    users = read_delimited(users_file, required=["sourcedId", "givenName", "familyName"])
    if users.rows.height + users.rejects.height == 0:
        raise SourceRefused(f"{users_file.name} has a header and no rows. Next step: export it again as a bulk file.")
    findings.extend([*users.findings, *_dropped(users, options)])
    roles_file = _named(files, "roles.csv")
    roles = read_delimited(roles_file, required=["userSourcedId", "role"]) if roles_file else None
    findings += unread_days(roles) if roles else []
    batches = batches_of(users, roles, options)
    refuse_nobody(str(options["source_id"]), batches[0], remedy=NOBODY)
    return Extract(batches, findings)


def _refuse_changes(manifest: SourceFile | None) -> None:
    """Raise `SourceRefused` where the manifest says that the users are changes alone: whoever hasn't changed would be gone."""
    if manifest is None:
        return
    stated = read_delimited(manifest, required=["propertyName", "value"]).rows
    kinds = {
        str(name).strip().lower(): str(value).strip().lower()
        for name, value in stated.select("propertyName", "value").iter_rows()
    }
    changes = [name for name in ("users", "roles") if kinds.get(f"file.{name}") == "delta"]
    if changes:
        raise SourceRefused(
            f"{manifest.name} says that {' and '.join(changes)} hold changes alone (delta); read as the whole list, everybody else would be gone. Next step: export them as bulk."
        )


def batches_of(users: DelimitedText, roles: DelimitedText | None, options: Mapping[str, Any]) -> list[TableBatch]:
    """The tables of users and their roles, whether they came as files or as records of the API."""
    source_id = str(options["source_id"])
    frame = with_roles(_users(users, options), roles)
    takes_all = str(options.get("person_kind", "student")) != "student"
    people = frame if takes_all else frame.filter(pl.col("role").str.to_lowercase().fill_null("student") == "student")
    persons = _persons(people, users, roles, source_id, options)
    persons = replace(persons, filtered=filtered_frame({"not a student": frame.height - people.height}))
    batches = [persons, _identifiers(people, users.file, source_id)]
    if options.get("enrolment_spells") and roles is not None:
        batches.append(spells_of(roles, source_id))
    return batches


def _named(files: Sequence[SourceFile], name: str) -> SourceFile | None:
    return next((file for file in files if file.name.rpartition("/")[2].lower() == name), None)


def _dropped(users: DelimitedText, options: Mapping[str, Any]) -> list[Finding]:
    taken = {
        normalised(str(name))
        for name in (*READ, *KNOWN, options.get("class_year", CLASS_YEAR), options.get("degree", DEGREE))
    }
    findings = []
    for name in users.rows.columns:
        if "password" in normalised(name):
            findings.append(
                Finding(
                    "secret_column",
                    "persons",
                    f"{users.file}: {name}",
                    "passwords are never loaded; ask the system's owner to leave them out",
                )
            )
        elif normalised(name) not in taken and name not in (LINE, RAW):
            findings.append(
                Finding(
                    "unknown_column", "persons", f"{users.file}: {name}", "no canonical column takes it; it was dropped"
                )
            )
    return findings


def _users(users: DelimitedText, options: Mapping[str, Any]) -> pl.DataFrame:
    """The allow-listed columns as trimmed text; the raw line without the password."""
    spelled = {normalised(name): name for name in users.rows.columns}
    wanted = {name: name for name in READ}
    wanted |= {
        "__class_year": str(options.get("class_year", CLASS_YEAR)),
        "__degree": str(options.get("degree", DEGREE)),
    }

    def text(name: str) -> pl.Expr:
        column = spelled.get(normalised(name))
        if column is None:
            return pl.lit(None, dtype=pl.String)
        value = pl.col(column).str.strip_chars()
        return pl.when(value != "").then(value)

    secret = [name for name in users.rows.columns if "password" in normalised(name)]
    raw = pl.col(RAW)
    if secret:
        safe = [name for name in users.rows.columns if name not in (*secret, LINE, RAW)]
        raw = pl.concat_str([pl.col(name) for name in safe], separator=",")
    return users.rows.select(*(text(column).alias(name) for name, column in wanted.items()), LINE, raw.alias(RAW))


def _persons(
    frame: pl.DataFrame, users: DelimitedText, roles: DelimitedText | None, source_id: str, options: Mapping[str, Any]
) -> TableBatch:
    kind = str(options.get("person_kind", "student"))
    students = frame
    if roles is not None:
        students = students.join(
            first_role(roles), left_on="sourcedId", right_on="__user", how="left", maintain_order="left"
        )
    else:
        students = students.with_columns(
            pl.lit(None, dtype=pl.Date).alias("__begin"), pl.lit(None, dtype=pl.Date).alias("__end")
        )
    year = pl.coalesce("__class_year", pl.when(pl.col("grades").str.contains(r"^(19|20)\d\d$")).then(pl.col("grades")))
    judged = students.with_columns(
        year.cast(pl.Int64, strict=False).alias("__year"),
        pl.when(pl.col("sourcedId").is_null())
        .then(pl.lit("missing_key"))
        .when(has_lost_digits(pl.col("sourcedId")))
        .then(pl.lit("exponent_in_id"))
        .when(year.is_not_null() & year.cast(pl.Int64, strict=False).is_null())
        .then(pl.lit("not_a_year"))
        .alias("__bad"),
    )
    bad = judged.filter(pl.col("__bad").is_not_null())
    rejects = rejects_frame(
        rejected(users.file, line, rule, CHECKED[rule], "correct it in the student system and export again", raw)
        for rule, line, raw in bad.select("__bad", LINE, RAW).iter_rows()
    )
    # A line that can't be split may hold a password in any place: only its number is kept.
    broken = (
        users.rejects.with_columns(pl.lit("(not kept: the file has a password column)").alias("raw_text"))
        if "password" in "".join(users.header).lower()
        else users.rejects
    )
    gone = is_one_of("status", GONE) | is_one_of("enabledUser", FALSE_WORDS)
    rows = judged.filter(pl.col("__bad").is_null()).select(
        reference_expr(source_id, pl.col("sourcedId")).alias("person_id"),
        pl.lit(kind).alias("person_kind"),
        pl.coalesce("preferredGivenName", "givenName").alias("given_name"),
        pl.coalesce("preferredFamilyName", "familyName").alias("family_name"),
        pl.col("email").str.to_lowercase().alias("email_work"),
        pl.when(gone).then(pl.lit("inactive")).otherwise(pl.lit("active")).alias("status"),
        pl.col("__begin").alias("original_hire_date"),
        pl.col("__begin").alias("latest_hire_date"),
        pl.when(gone).then(pl.col("__end")).alias("termination_date"),
        pl.lit(options.get("zone"), dtype=pl.String).alias("home_tz"),
        pl.lit(options.get("country"), dtype=pl.String).alias("country"),
        pl.col("__year").alias("class_year"),
        pl.col("__degree").alias("degree"),
        pl.col("sourcedId").alias("source_record_id"),
        pl.col("dateLastModified")
        .str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
        .alias("source_updated_at"),
        pl.lit(users.file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    )
    return TableBatch("persons", conform(rows, "persons"), pl.concat([broken, rejects]))


def _identifiers(frame: pl.DataFrame, file: str, source_id: str) -> TableBatch:
    """Each one's own id in this source, the student number and the e-mail."""
    sound = frame.filter(pl.col("sourcedId").is_not_null() & ~has_lost_digits(pl.col("sourcedId")).fill_null(False))
    kinds = {"sourcedId": source_id, "identifier": "student_id", "email": "email"}
    parts = [
        sound.filter(pl.col(field).is_not_null()).select(
            reference_expr(source_id, pl.col("sourcedId")).alias("person_id"),
            pl.lit(kind).alias("id_type"),
            reference_expr(kind, pl.col(field)).alias("id_value"),
            pl.concat_str("sourcedId", pl.lit(f"|{field}")).alias("source_record_id"),
            pl.lit(file).alias("source_file"),
            pl.col(LINE).alias("source_line"),
            pl.col(RAW).alias("raw_text"),
        )
        for field, kind in kinds.items()
    ]
    return TableBatch("person_identifiers", conform(pl.concat(parts), "person_identifiers"))


TABLES = frozenset({"persons", "person_identifiers", "employment_spells"})
OPTIONS = (
    PERSON_KIND,
    ZONE,
    Option("class_year", "text", "the column of the year of graduation (`metadata.classYear`)"),
    Option("country", "text", "two letters, of all people"),
    Option("degree", "text", "the column of the degree (`metadata.degree`)"),
    Option("enrolment_spells", "yes or no", "whether roles become employment spells (no)"),
)
"""What files and the API take alike."""

SPEC = Connector(
    name="oneroster_files",
    system="oneroster",
    read=read,
    tables=TABLES,
    own_options=OPTIONS,
    documentation=Documentation(
        title="OneRoster, student register",
        kind="HRIS and directories",
        page="files.md",
        brings="persons, identifiers, spells",
        history="roles",
        changes="no",
        tested="Microsoft's and ClassLink's samples",
        bad_data="password column, deleted records, alias headers",
        example=(
            "connector: oneroster_files\npath: exports/students\noptions: {person_kind: student, zone: Europe/Berlin}\n"
        ),
    ),
)
