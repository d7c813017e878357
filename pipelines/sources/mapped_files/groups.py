"""Files that fill several tables at once: lists of people, of pairs, and logs of sessions."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.sources.mapped_files.column_proposals import holds_mail, holds_names, time_format
from pipelines.sources.mapped_files.decided import NAMES
from pipelines.sources.mapped_files.draft import Draft
from pipelines.sources.mapped_files.header_words import ROLES
from pipelines.sources.mapped_files.written_times import CLOCKS, OTHER_CLOCKS, patterns_of, read_by

HASHED = "hash:"
"""How the template of a key begins that is made of people, so that it is hashed as they are (`loading/pseudonyms.py`)."""
CARRIES_A_JOB = ("level", "job_title", "department", "business_unit", "location", "manager_person_id")


def _people(draft: Draft) -> None:
    """A list of people: who they are, by what other systems know them, when they were employed, and what job they hold."""
    found, jobs = draft.found("persons"), draft.found("job_history")
    mail = found.get("email_work") or found.get("email_personal")
    person = _person_of(draft, found.get("person_id"), mail)
    kind = "alumnus" if {"class_year", "degree"} & found.keys() else None
    given: dict[str, Mapping[str, Any]] = {"person_id": person}
    if kind:
        draft.notes.tell(
            "everybody is an alumnus, since there is a degree or class year; correct `person_kind` if they are students"
        )
        given["person_kind"] = {"const": kind}
    hired = found.get("latest_hire_date")
    if hired and "original_hire_date" not in found and kind is None:
        given["original_hire_date"] = draft.spec(BY_NAME["persons"].column("original_hire_date"), hired) or {}
        draft.notes.tell(
            f"{hired!r} is the day of the first hire too (`original_hire_date`); take that line out if people who came back have a new date there"
        )
    draft.add("persons", given, **({"derive": ["persons"]} if hired and kind is None else {}))
    if found.get("person_id"):
        draft.add(
            "person_identifiers",
            {"person_id": person, "id_type": {"const": person.get("reference", draft.source_id)}, "id_value": person},
        )
    for column in ("email_work", "email_personal"):
        if column in found:
            address = {"from": found[column], "lower": True, "reference": "email"}
            given = {"person_id": person, "id_type": {"const": "email"}, "id_value": address}
            draft.add("person_identifiers", given, not_null=[found[column]])
    if "latest_hire_date" in found and kind is None:
        draft.add("employment_spells", _spell(draft, person, found))
    if any(name in jobs for name in CARRIES_A_JOB):
        _state_of_the_job(draft, person)


def _person_of(draft: Draft, number: str | None, mail: str | None) -> dict[str, Any]:
    names_people = number is not None and draft.decided.by_name and holds_names(draft.values(number))
    if number is not None and not names_people and not holds_mail(draft.values(number)):
        draft.used.add(number)
        return {"from": number, "reference": draft.source_id}
    address = number or mail
    if address is None:
        return {}
    draft.used.add(address)
    if draft.decided.by_name and holds_names(draft.values(address)):
        return {"from": address, "reference": NAMES}
    draft.notes.tell(
        f"people are known by their address ({address!r}); an employee number is better, since addresses change"
    )
    return {"from": address, "lower": True, "reference": "email"}


def _spell(draft: Draft, person: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    spells = BY_NAME["employment_spells"]
    given: dict[str, Any] = {"person_id": person}
    hired = found["latest_hire_date"]
    given["hire_date"] = {
        "from": hired,
        **time_format(spells.column("hire_date"), hired, draft.values(hired), draft.notes),
    }
    if "termination_date" in found:
        left = found["termination_date"]
        draft.notes.tell(
            f"{left!r} is the last day worked, so employment ends the day after (`plus_days: 1`); take it away if it is the first day away"
        )
        written = time_format(spells.column("end_date"), left, draft.values(left), draft.notes)
        given["end_date"] = {"from": left, **written, "plus_days": 1}
    return given


def _state_of_the_job(draft: Draft, person: Mapping[str, Any]) -> None:
    given: dict[str, Mapping[str, Any]] = {"person_id": person}
    if "valid_from" not in draft.found("job_history"):
        draft.notes.ask(
            "from which day do level, title, department and manager hold? A list of today's state doesn't say. Name a column under `valid_from:`, or write the day of the export as "
            "`const: 2026-01-31`; better, export the job history. Without it take the table job_history out"
        )
        given |= {"valid_from": {}, "change_action": {"const": "unknown"}, "change_action_basis": {"const": "assumed"}}
    draft.add("job_history", given)


def _pairs(draft: Draft) -> None:
    """A list of pairs, with a member of each role where they are named."""
    pair = _pair_id(draft)
    whole = {"not_null": sides} if (sides := list(draft.sides().values())) else {}  # who waits for a mentor is no pair
    draft.add("pairs", {"pair_id": pair} if pair else {}, **whole)
    dates = {
        "joined_date": draft.found("pairs").get("actual_start_date"),
        "left_date": draft.found("pairs").get("actual_end_date"),
    }
    for role in ROLES:
        member = _member(draft, role)
        if member is not None:
            members = BY_NAME["pair_members"]
            spans = {name: draft.spec(members.column(name), header) for name, header in dates.items() if header}
            given = {
                "pair_id": pair,
                "person_id": member,
                "role": {"const": role},
                **{n: s for n, s in spans.items() if s},
            }
            draft.add("pair_members", given, **whole)


def _pair_id(draft: Draft) -> dict[str, Any]:
    header = draft.found("pairs").get("pair_id")
    if header is None:
        return _who_and_when(draft)
    draft.used.add(header)
    return {"from": header}


def _who_and_when(draft: Draft) -> dict[str, Any]:
    parts = draft.pair_parts()
    if not parts:
        return {}
    draft.used.update(parts)
    draft.notes.tell(f"a pair is told apart by {', '.join(map(repr, parts))}: no column numbers them")
    return {"template": HASHED + " / ".join(f"{{{part}}}" for part in parts)}


def _member(draft: Draft, role: str) -> dict[str, Any] | None:
    header = draft.found("pair_members").get(role)
    return None if header is None else draft.spec(BY_NAME["pair_members"].column("person_id"), header)


def _sessions(draft: Draft) -> None:
    """A log of sessions; day and time in two columns are put together, and who took part is added where it is named."""
    found = draft.found("sessions")
    given: dict[str, Any] = {"scheduled_tz": {"const": draft.notes.zone}} if draft.notes.zone else {}
    start, clock = found.get("scheduled_start_at"), found.get("start_time")
    if start and clock:
        given["scheduled_start_at"] = _day_and_time(draft, start, clock)
    if start and found.get("end_time") and "scheduled_end_at" not in found:
        given["scheduled_end_at"] = {**_day_and_time(draft, start, found["end_time"]), "after": "scheduled_start_at"}
    session = _session_id(draft, found, (start, clock))
    draft.add("sessions", {**given, **({"session_id": session} if session else {}), **_as_the_log_says(draft, found)})
    for role in ROLES:
        member = _member(draft, role)
        if member is not None and session:
            draft.add("session_participants", _took_part(draft, session, member, role))


def _session_id(draft: Draft, found: Mapping[str, str], when: tuple[str | None, ...]) -> dict[str, Any]:
    """The log's own number, else who met and when: the same two meet once at a time."""
    if "session_id" in found:
        draft.used.add(found["session_id"])
        return {"from": found["session_id"]}
    who = [found["pair_id"]] if "pair_id" in found else list(draft.sides().values())
    parts = [part for part in (*when, *who) if part]
    if "scheduled_start_at" not in found or ("pair_id" not in found and len(who) < len(ROLES)):
        return {}
    draft.used.update(parts)
    parts = draft.each(parts)
    draft.notes.tell(f"a session is told apart by {', '.join(map(repr, parts))}: no column numbers them")
    return {"template": HASHED * ("pair_id" not in found) + " ".join(f"{{{part}}}" for part in parts)}


def _as_the_log_says(draft: Draft, found: Mapping[str, str]) -> dict[str, Any]:
    """How a session ended and by what we know it, where the file has no word for it: nothing is taken for held."""
    if (stated := draft.decided.constant("sessions", "status")) is not None:
        return {"status": dict(stated), "status_basis": {"const": "self_report"}}
    if "status" in found:
        draft.notes.tell("the log says itself how a session ended (`status_basis: self_report`)")
        return {"status_basis": {"const": "self_report"}}
    draft.notes.tell(
        "no column says whether a session took place, so it counts as unknown (`status`); write `const: held` if the log holds only sessions that did"
    )
    return {"status": {"const": "unknown"}, "status_basis": {"const": "assumed"}}


def _took_part(draft: Draft, session: dict[str, Any], member: dict[str, Any], role: str) -> dict[str, Any]:
    attended = {"session_id": session, "person_id": member, "join_seq": {"const": 1}, "role": {"const": role}}
    minutes = draft.found("session_participants").get("minutes")
    if minutes is None:
        return attended
    spec = draft.spec(BY_NAME["session_participants"].column("minutes"), minutes)
    return {**attended, "minutes": spec} if spec else attended


def _day_and_time(draft: Draft, day: str, clock: str) -> dict[str, Any]:
    draft.used |= {day, clock}
    rows = draft.layout.text.rows
    together = rows.select(
        pl.concat_str([pl.col(day).str.strip_chars(), pl.col(clock).str.strip_chars()], separator=" ")
    )
    both = together.to_series().drop_nulls()
    said = _with_clock(draft.decided.formats.get(day), both)
    column = BY_NAME["sessions"].column("scheduled_start_at")
    if said is None and day in draft.decided.formats:
        example = draft.values(clock)[0] if draft.values(clock).len() else ""
        draft.notes.tell(f"“{clock}” isn’t read, since “{example}” is no time of day; write each as 14:30")
        return draft.spec(column, day) or {}
    written = {"instant": said} if said else time_format(column, day, both, draft.notes)
    return {"template": f"{{{day}}} {{{clock}}}", **written}


def _with_clock(days: str | list[str] | None, both: pl.Series) -> str | list[str] | None:
    """The owner's format of the days, each with the clocks by which they are read; None where nothing was said or nothing fits."""
    found = [pattern for day in ([days] if isinstance(days, str) else days or []) for pattern in _clocks(day, both)]
    return None if not found else found[0] if len(found) == 1 else found


def _clocks(day: str, both: pl.Series) -> list[str]:
    """The clocks behind a day that read some of `both`, the one that reads most first, each with what is left."""
    found: list[str] = []
    while both.len() and (fits := patterns_of(both, [f"{day} {clock}" for clock in (*CLOCKS, *OTHER_CLOCKS)])):
        found.append(max(fits, key=lambda pattern: fits[pattern]))
        both = both.filter(read_by(both, found[-1]).is_null())
    return found


GROUPS: Mapping[str, Callable[[Draft], None]] = {"persons": _people, "pairs": _pairs, "sessions": _sessions}
