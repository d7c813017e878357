"""What a row of an unknown table is: a pair, a person, a meeting, an answer to a survey, an application."""

import re
from collections.abc import Iterable, Mapping

from pipelines.first_hour.applications import asks_for_a_matching
from pipelines.first_hour.dates import holds_dates, lasts_for_days
from pipelines.first_hour.handbook_forms import handbook_form
from pipelines.first_hour.scales import numbers_answers, rated
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.spread import counting_column, spread_columns
from pipelines.matching_inputs.headers import FAMILY_BESIDE, FIRST_NAMES, LAST_NAMES, MAILS
from pipelines.matching_inputs.headers import NAMES as FULL_NAMES
from pipelines.matching_inputs.heading_words import plain
from pipelines.sources.mapped_files.column_proposals import holds_mail, holds_names
from pipelines.sources.mapped_files.durations import unit_named
from pipelines.sources.mapped_files.header_words import ROLES, folded, recognised
from pipelines.sources.mapped_files.proposal import OF_A_FORM, looks_like_a_survey

PAIRS, PEOPLE, MEETINGS, SURVEY, APPLICATIONS, LEFT_OUT = (
    "pairs",
    "people",
    "meetings",
    "survey",
    "applications",
    "none",
)
KINDS: Mapping[str, str] = {
    PAIRS: "Pairs",
    PEOPLE: "People",
    MEETINGS: "Meetings",
    SURVEY: "Survey",
    APPLICATIONS: "Applications",
    LEFT_OUT: "Left out",
}
TABLE_OF: Mapping[str, str] = {PAIRS: "pairs", PEOPLE: "persons", MEETINGS: "sessions", APPLICATIONS: "applications"}
A_ROW_IS: Mapping[str, str] = {
    PAIRS: "a mentoring pair",
    PEOPLE: "a person (an HR list, a register)",
    MEETINGS: "a meeting of a pair",
    SURVEY: "one person's answers to a survey",
    APPLICATIONS: "an application to a programme",
    LEFT_OUT: "nothing of these: leave it out",
}
OF_MEETINGS = frozenset(
    {"session_id", "scheduled_start_at", "start_time", "scheduled_end_at", "end_time", "topic", "channel"}
)
OF_PAIRS = frozenset(
    {"actual_start_date", "actual_end_date", "planned_start_date", "planned_end_date", "status", "close_reason"}
)
PERSON_NAMES = ("employee_name", "person", "person_name", "worker", "last_name_first_name", "first_name_last_name")
_COUNTS = re.compile(
    r"\b(sessions?|meetings?|visits?|hours|lessons?) (attended|missed|held|so far|completed|done|cancelled|planned)\b|\b(number|no|count) of\b"
)
"""A heading under which something is counted and not rated."""
MOST_NAMES = 0.6
"""The share of a column's cells that hold two words or more where it names people."""
OFTEN = 3.0
REPEATS = 1.5
"""Rows for each couple of people from which on rows are meetings rather than pairs."""


def kind_of(sheet: Sheet) -> str | None:
    """The kind of the rows; None where the headers don't say."""
    header = sheet.header
    if handbook_form(sheet, "") or _is_rated(sheet):
        return SURVEY
    if _is_of_a_form(header) and len(roles(sheet)) < len(ROLES) and asks_for_a_matching(sheet):
        return APPLICATIONS
    if looks_like_a_survey(header):
        return SURVEY
    sides = roles(sheet)
    if len(sides) == len(ROLES):
        return _pairs_or_meetings(sheet, sides)
    if _applies(header):
        return APPLICATIONS
    sessions = recognised("sessions", header)
    if sides:
        return _pairs_or_meetings(sheet, sides)
    if "scheduled_start_at" in sessions and "pair_id" in sessions:
        return MEETINGS
    return PEOPLE if _names_people(header) and not _is_of_a_form(header) and not _numbers_two(header) else None


def _numbers_two(header: list[str]) -> bool:
    """Whether a row numbers two people, `Clock no.` and `Clock no. (J)`."""
    number = recognised("persons", header).get("person_id")
    return number is not None and sum(_without_brackets(name) == _without_brackets(number) for name in header) > 1


def _without_brackets(name: str) -> str:
    return folded(re.sub(r"\([^)]*\)", " ", name))


def _is_of_a_form(header: list[str]) -> bool:
    """Whether a form has stamped its answers: those who answered aren't a list of people, whatever was asked. First days stand in such lists too."""
    return bool((OF_A_FORM - {"start date"}) & {folded(name) for name in header})


def roles(sheet: Sheet) -> dict[str, str]:
    """Role to the header that names its people."""
    found = recognised("pair_members", sheet.header)
    named = {role: found[role] for role in ROLES if role in found}
    named |= {role: name for role in ROLES if role not in named and (name := _called(sheet, role, named.values()))}
    return named if named else _roles_above(sheet)


def _called(sheet: Sheet, role: str, taken: Iterable[str]) -> str | None:
    """The only column of people whose heading ends in a role, `Partner (mentor)`, `Reading mentor`."""
    found = [
        name
        for name in sheet.header
        if name not in taken
        and folded(name.strip(" )")).split()[-1:]
        and folded(name.strip(" )")).split()[-1] in ROLES[role]
        and _holds_people(sheet, name)
    ]
    return found[0] if len(found) == 1 else None


def _holds_people(sheet: Sheet, name: str) -> bool:
    values = sheet.values(name)
    return values.len() > 0 and (
        holds_mail(values) or (holds_names(values) and float(str(values.str.contains(r"\S\s+\S").mean())) > MOST_NAMES)
    )


def _roles_above(sheet: Sheet) -> dict[str, str]:
    """Roles that stand over several columns each: the one of addresses, else of numbers, else of names."""
    under = {role: [name for name, over in sheet.layout.groups.items() if set(folded(over).split()) & ROLES[role]] for role in ROLES}  # fmt: skip
    return {role: min(names, key=lambda name: _names_worse(sheet, name)) for role, names in under.items() if names}


def _names_worse(sheet: Sheet, name: str) -> int:
    values = sheet.values(name)
    return 0 if holds_mail(values) else 2 if holds_names(values) or values.is_empty() else 1


def name_columns(header: list[str]) -> tuple[str, ...]:
    """The headers that together hold a person's name: the full one, else the given and the family name."""
    by_plain = {plain(name): name for name in reversed(header)}
    full = next((by_plain[word] for word in (*FULL_NAMES, *PERSON_NAMES) if word in by_plain), None)
    known = recognised("persons", header)
    given = next((by_plain[word] for word in FIRST_NAMES if word in by_plain), None)
    if full and given and full != given and plain(full) == FAMILY_BESIDE.get(plain(given)):
        return (given, full)
    if full:
        return (full,)
    parts = [
        known.get(column) or next((by_plain[word] for word in words if word in by_plain), None)
        for column, words in (("given_name", FIRST_NAMES), ("family_name", LAST_NAMES))
    ]
    return tuple(part for part in parts if part)


def _holds_hours(sheet: Sheet, headers: Iterable[str]) -> bool:
    return any(sheet.values(name).str.contains(r"\d[:h]\d\d").any() for name in headers)


def _pairs_or_meetings(sheet: Sheet, sides: Mapping[str, str]) -> str | None:
    """The same two again and again meet; headings that only meetings, or only pairs, have decide where nobody comes twice."""
    couples = sheet.rows.select(list(sides.values())).drop_nulls()
    repeats = couples.height / max(couples.n_unique(), 1) if len(sides) == len(ROLES) else 1.0
    of_pairs, of_sessions = recognised("pairs", sheet.header), recognised("sessions", sheet.header)
    pairs = {of_pairs[column] for column in OF_PAIRS & of_pairs.keys()}
    if not pairs and spread_columns(sheet):
        return MEETINGS
    sessions = {of_sessions[column] for column in OF_MEETINGS & of_sessions.keys()}
    only_of_pairs, only_of_sessions = pairs - set(of_sessions.values()), sessions - set(of_pairs.values())
    start, end = of_pairs.get("actual_start_date"), of_pairs.get("actual_end_date")
    if not only_of_sessions and start and end and lasts_for_days(sheet, start, end):
        return PAIRS
    if repeats >= REPEATS:
        if sessions and not only_of_sessions and repeats < OFTEN and not _holds_hours(sheet, sessions):
            return None  # two pairs of the same two, or a few meetings
        if sessions or counting_column(sheet):
            return MEETINGS
        return PAIRS if pairs else None
    if only_of_sessions and not only_of_pairs:
        return MEETINGS
    return None if _lasts_minutes(sheet) and not only_of_pairs else PAIRS


def _lasts_minutes(sheet: Sheet) -> bool:
    """Whether a column tells how many minutes, hours or seconds something took, which a pair isn't counted in."""
    length = recognised("session_participants", sheet.header).get("minutes")
    return length is not None and unit_named(folded(length)) is not None


def _applies(header: list[str]) -> bool:
    found = recognised("applications", header)
    named = "person_id" in found or bool(name_columns(header))
    by_decision = {"role_sought", "decision"} <= found.keys() and not recognised("job_history", header).keys() - {
        "job_title"
    }
    return named and ((bool({"role_sought", "decision"} & found.keys()) and "submitted_at" in found) or by_decision)


def _names_people(header: list[str]) -> bool:
    found = recognised("persons", header)
    plain_names = {plain(name) for name in header}
    if {"person_id", "email_work", "email_personal"} & found.keys() or plain_names & set(MAILS):
        return True
    names = name_columns(header)
    said_of_people = {*found.values(), *recognised("job_history", header).values()} - set(names)
    return bool(names) and (bool(said_of_people) or len(names) == len(header))


def _is_rated(sheet: Sheet) -> bool:
    """Whether a form's own time stands beside answers on a scale, or most columns hold such beside a day: answers under short headings."""
    rated = [name for name in sheet.header if _rates(sheet, name)]
    if rated and any(folded(name) in OF_A_FORM for name in sheet.header) and not roles(sheet):
        return True
    most = len(rated) >= 2 and 2 * len(rated) >= len(sheet.header) - 3
    return most and not roles(sheet) and any(holds_dates(sheet, name) for name in sheet.header)


def _rates(sheet: Sheet, name: str) -> bool:
    return not numbers_answers(name) and not _COUNTS.search(folded(name)) and rated(sheet, name) is not None
