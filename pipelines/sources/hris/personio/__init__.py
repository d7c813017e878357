"""Personio: employees as the API gives them (v1), every attribute in an envelope of label, value and type; read as snapshots, since it keeps no history of jobs.

Wire format: the vendor's OpenAPI (github.com/personio/api-docs) and developer.personio.de. Days are written as midnight with an offset. Only attributes that the credentials may read come.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.conversions import rank_map
from pipelines.sources.histories import REHIRE_DAYS as DAYS
from pipelines.sources.histories import job_states, joined_spells
from pipelines.sources.hris.personio.api import SYSTEM
from pipelines.sources.json_pages import part, reject, scalar
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    reference,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.shared.moments import day_of, moment, says_no_day
from pipelines.sources.shared.options import BASE_URL, LEVEL_FIELD, PAGE_SIZE, REHIRE_DAYS, ZONE
from pipelines.sources.shared.people import day_after, refuse_nobody, unknown_words
from pipelines.sources.shared.snapshots import Listed, Snapshot, history_assumed, job_states_seen, snapshots_of

STATUS = {"active": "active", "inactive": "inactive", "onboarding": "pending", "leave": "leave"}
KINDS = {"internal": "employee", "external": "external"}
DATES = ("hire_date", "termination_date", "contract_end_date")
NAMED = {"department": "department", "business_unit": "subcompany", "location": "office"}


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Persons, identifiers and spells of the newest snapshot, and job history from the first snapshot on. Raises `SourceRefused`."""
    source_id = str(options["source_id"])
    snapshots, rejects = snapshots_of(files, "employees", "data", employee_id)
    if not snapshots:
        raise SourceRefused(f"Source {source_id}: nothing has been fetched yet. Next step: run `impact fetch`.")
    newest, rejects = _sound(snapshots[-1].listed, options, rejects)
    state = partial(_state, source_id, options.get("level_field"), rank_map(options.get("levels")))
    seen = job_states_seen(source_id, snapshots, employee_id, state, _is_here)
    persons = TableBatch(
        "persons",
        rows_frame("persons", (_person(source_id, one, options) for one in newest)),
        rejects_frame(rejects),
    )
    refuse_nobody(source_id, persons, remedy="check what the API credentials may read of employees")
    spells = _spells(source_id, Snapshot(snapshots[-1].day, tuple(newest)), options)
    jobs, cuts = job_states(rows_frame("job_history", seen), spells.rows)
    identifiers = rows_frame("person_identifiers", (row for one in newest for row in _identifiers(source_id, one)))
    return Extract(
        [
            persons,
            TableBatch("person_identifiers", identifiers),
            spells,
            TableBatch("job_history", jobs),
        ],
        [
            history_assumed(source_id, snapshots[0]),
            *cuts,
            *_never_told(source_id, newest, options.get("level_field")),
            *unknown_words("status", (_text(one.record, "status") for one in newest), STATUS),
            *unknown_words("employment_type", (_text(one.record, "employment_type") for one in newest), KINDS),
        ],
    )


def employee_id(record: Mapping[str, Any]) -> str | None:
    """The employee's id; None where the record has none."""
    return scalar(_value(record, "id"))


def _value(record: Mapping[str, Any], name: str) -> Any:
    """What an attribute's envelope holds."""
    return part(part(record.get("attributes")).get(name)).get("value")


def _text(record: Mapping[str, Any], name: str) -> str | None:
    """An attribute's text; of an office, department or company its name."""
    value = _value(record, name)
    return scalar(part(part(value).get("attributes")).get("name")) if isinstance(value, Mapping) else scalar(value)


def _sound(
    listed: Sequence[Listed], options: Mapping[str, Any], rejects: list[dict[str, Any]]
) -> tuple[list[Listed], list[dict[str, Any]]]:
    """The employees that can be told, and a reject for each that has no id or a day that is none."""
    found, bad = [], list(rejects)
    for one in listed:
        wrong = [
            name
            for name in DATES
            if (value := _value(one.record, name))
            and _day(one.record, name, options) is None
            and not says_no_day(value)
        ]
        if not employee_id(one.record):
            bad.append({**reject(one.file, one.number, one.record, "has no id"), "rule": "missing_key"})
        elif wrong:
            words = f"has no day in {', '.join(wrong)}"
            bad.append({**reject(one.file, one.number, one.record, words), "rule": "not_a_date"})
        else:
            found.append(one)
    return found, bad


def _day(record: Mapping[str, Any], name: str, options: Mapping[str, Any]) -> date | None:
    return day_of(_value(record, name), options.get("zone"))


def _is_here(record: Mapping[str, Any]) -> bool:
    return (_text(record, "status") or "").lower() != "inactive"


def _person(source_id: str, one: Listed, options: Mapping[str, Any]) -> dict[str, Any]:
    record, person = one.record, employee_id(one.record)
    mail = _text(record, "email")
    return {
        "person_id": reference(source_id, person),
        "person_kind": KINDS.get((_text(record, "employment_type") or "").lower(), "employee"),
        "given_name": _text(record, "preferred_name") or _text(record, "first_name"),
        "family_name": _text(record, "last_name"),
        "email_work": mail.lower() if mail else None,
        "status": STATUS.get((_text(record, "status") or "").lower(), "unknown"),
        "latest_hire_date": _day(record, "hire_date", options),
        "termination_date": _day(record, "termination_date", options),
        "home_tz": options.get("zone"),
        **one.lineage(str(person)),
        "source_updated_at": moment(_value(record, "last_modified_at"), "UTC"),
    }


def _identifiers(source_id: str, one: Listed) -> list[dict[str, Any]]:
    person, mail = str(employee_id(one.record)), _text(one.record, "email")
    known = [(source_id, person), *([("email", mail)] if mail else [])]
    return [
        {
            "person_id": reference(source_id, person),
            "id_type": kind,
            "id_value": reference(kind, value),
            **one.lineage(f"{person}|{kind}"),
        }
        for kind, value in known
    ]


def _spells(source_id: str, newest: Snapshot, options: Mapping[str, Any]) -> TableBatch:
    """The employment that each record tells of: its hire, and its end once there is one. Of a rehire the earlier employment isn't told.

    Who is inactive without a last day left with their contract, unless that ends after the day of the list.
    """
    listed = newest.listed
    rows = []
    for one in listed:
        hired = _day(one.record, "hire_date", options)
        if hired is None:
            continue
        end = _day(one.record, "termination_date", options)
        if end is None and (_text(one.record, "status") or "").lower() == "inactive":
            contract = _day(one.record, "contract_end_date", options)
            end = contract if contract and contract <= newest.day else None
        rows.append(
            {
                "person_id": reference(source_id, employee_id(one.record)),
                "hire_date": hired,
                "end_date": day_after(end),
                "end_kind": "unknown" if end else None,
                **one.lineage(f"{employee_id(one.record)}|{hired}"),
            }
        )
    days = int(options.get("rehire_days", DAYS))
    spells = joined_spells(rows_frame("employment_spells", rows), rehire_days=days)
    return TableBatch("employment_spells", spells, filtered=filtered_frame({"no hire date": len(listed) - len(rows)}))


def _state(
    source_id: str, level_field: str | None, ranks: Mapping[str, int], record: Mapping[str, Any]
) -> dict[str, Any]:
    """What a person's job is in one snapshot."""
    level = _text(record, level_field) if level_field else None
    supervisor = part(part(_value(record, "supervisor")).get("attributes"))
    return {
        "job_title": _text(record, "position"),
        "level": level,
        "level_rank": ranks.get(level or ""),
        **{column: _text(record, name) for column, name in NAMED.items()},
        "manager_person_id": reference(source_id, scalar(part(supervisor.get("id")).get("value"))),
        "employment_type": _text(record, "employment_type"),
    }


def _never_told(source_id: str, listed: Sequence[Listed], level_field: str | None) -> list[Finding]:
    """Attributes that no record has: the credentials may not read them, or they are empty everywhere."""
    wanted = (
        "email",
        "first_name",
        "last_name",
        "status",
        "hire_date",
        "termination_date",
        "position",
        "department",
        "supervisor",
    )
    present = {name for one in listed for name in part(one.record.get("attributes"))}
    named = [level_field] if level_field else []
    missing = [name for name in (*wanted, *named) if name not in present] if listed else []
    words = "no employee has it; add it to the readable attributes of the API credentials"
    return [Finding("field_not_readable", "persons", f"{source_id}: {name}", words) for name in missing]


SPEC = Connector(
    name="personio",
    system="personio",
    read=read,
    remote=SYSTEM,
    tables=frozenset({"persons", "person_identifiers", "employment_spells", "job_history"}),
    own_options=(
        Option("client_id", "text", "id of the API credentials"),
        Option("client_secret", "secret", "their secret"),
        BASE_URL,
        PAGE_SIZE,
        LEVEL_FIELD,
        REHIRE_DAYS,
        ZONE,
    ),
    documentation=Documentation(
        title="Personio",
        kind="HRIS and directories",
        page="personio.md",
        brings="persons, identifiers, spells, job history from the first snapshot",
        history="hire and end; jobs assumed, from the first snapshot",
        changes="no, full",
        tested="replayed wire format",
        bad_data="tokens that run out, pages that shift, days with offsets, attributes that may not be read, broken envelopes",
        example=(
            "connector: personio\n"
            'options: {client_id: papi-abc, client_secret: "${PERSONIO_SECRET}", zone: Europe/Berlin, level_field: dynamic_24407}\n'
        ),
    ),
)
