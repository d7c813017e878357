"""BambooHR: employees, tables/jobInfo and tables/employmentStatus (JSON) to persons, identifiers, spells and job history.

Wire formats: the vendor's OpenAPI (documentation.bamboohr.com). One module reads one export.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sources.connector import PEOPLE, Connector, Documentation, Option
from pipelines.sources.hris.bamboohr.employees import (
    STATUSES,
    person_demographics,
    person_identifiers,
    persons,
    read_employees,
)
from pipelines.sources.hris.bamboohr.employment import employment_spells
from pipelines.sources.hris.bamboohr.jobs import job_history
from pipelines.sources.json_records import RecordPage, fields_of
from pipelines.sources.records import Extract, Finding, SourceFile, SourceRefused
from pipelines.sources.shared.options import LEVEL_FIELD, PERSON_KIND, REHIRE_DAYS, ZONE
from pipelines.sources.shared.people import absent_fields, unknown_words

OF_PEOPLE = ("zone_field", "consent_field", "languages_field")
OF_JOBS = ("level_field", "fte_field", "employment_type_field")
"""Options that name fields of the company's own."""
Records = Sequence[SourceFile | RecordPage]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read the three exports of one tenant. Raises `SourceRefused` where one is missing, empty or lacks a required field."""
    return extract(
        _named(files, "employees", exclude=("jobinfo", "employmentstatus")),
        _named(files, "jobinfo"),
        _named(files, "employmentstatus"),
        options,
    )


def extract(employee_files: Records, job_files: Records, status_files: Records, options: Mapping[str, Any]) -> Extract:
    """The canonical tables of one tenant from its three lists, whether they came as exports or as pages of the API."""
    source_id = str(options["source_id"])
    findings: list[Finding] = []
    employees = read_employees(employee_files, options, findings)
    people = persons(employees, source_id, options)
    spells = employment_spells(status_files, people.rows, source_id, options, findings)
    jobs = job_history(job_files, employees, spells.rows, source_id, options, findings)
    findings.extend(unknown_words("status", employees["status"], STATUSES))
    findings.extend(absent_fields("persons", _named_in(options, OF_PEOPLE), fields_of(employee_files)))
    findings.extend(absent_fields("job_history", _named_in(options, OF_JOBS), fields_of(job_files)))
    batches = [people, person_identifiers(employees, source_id, findings), spells, jobs]
    if options.get("demographics"):
        batches.append(person_demographics(employees, source_id, options["demographics"], options))
    return Extract(batches, findings)


def _named_in(options: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The fields that options of these names name."""
    fields = [str(options[name]) for name in names if options.get(name)]
    return [*fields, *(map(str, (options.get("demographics") or {}).values()) if names is OF_PEOPLE else ())]


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


OPTIONS = (
    LEVEL_FIELD,
    PERSON_KIND,
    REHIRE_DAYS,
    ZONE,
    Option("collected_basis", "text", "why the attributes are held, `hr` where nothing else is said"),
    Option("consent_field", "text", "the field that holds the consent to analysis"),
    Option("demographics", "table", "`{attribute: field}` of what is loaded about gender, birth year and the like"),
    Option("employment_type_field", "text", "the field that holds the kind of employment (`employmentType`)"),
    Option("fte_field", "text", "the field that holds the share of full time (`fte`)"),
    Option("ignore", "list", "fields that are known and not wanted"),
    Option("languages_field", "text", "the field that lists languages"),
    Option("termination_types", "table", "`{text: end_kind}` of the tenant's own kinds of leaving"),
    Option("zone_field", "text", "the field that holds a person's zone"),
)
"""What both ways of reading BambooHR take."""

SPEC = Connector(
    name="bamboohr",
    system="bamboohr",
    read=read,
    tables=PEOPLE,
    own_options=OPTIONS,
    documentation=Documentation(
        title="BambooHR, JSON files",
        kind="HRIS and directories",
        page="bamboohr.md",
        brings="persons, identifiers, spells, job history",
        history="yes",
        changes="no",
        tested="records in the vendor's documented shapes",
        bad_data="unsorted rows, shared names, empty dates, ids through a spreadsheet",
        example=(
            "connector: bamboohr\npath: exports/bamboohr\noptions: {level_field: customJobLevel, zone: Europe/Berlin}\n"
        ),
    ),
)
