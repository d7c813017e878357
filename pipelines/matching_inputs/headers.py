"""What a column of people's own sheets means: by its usual names, or by the words of the question that a form puts above it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

ALIASES = {
    "languages": "languages language",
    "time_zone": "time_zone timezone zone utc_offset_hours utc_offset",
    "level": "level level_rank grade rank",
    "department": "department team unit",
    "location": "location site city office",
    "skills": "skills skills_wanted skills_offered skill",
    "topics": "topics topic",
    "goals": "goals goal",
    "interests": "interests interest hobbies",
    "availability": "availability available times",
    "preferred": "preferred preferences wishes preferred_mentors preferred_mentees",
    "excluded": "excluded exclusions not_with",
    "previous": "previous previous_partners earlier_partners",
    "manager": "manager manager_id manager_email manager_name line_manager reports_to supervisor",
    "demand": "demand mentors_wanted",
    "applied": "applied submitted submitted_at submitted_rank timestamp completion_time submitdate date_submitted",
    "capacity": "capacity seats places max_mentees",
    "minimum": "minimum min_mentees",
    "pool": "pool",
    "pool_seats": "pool_seats pool_size",
}
MAILS = ("email", "e_mail", "mail", "email_address", "e_mail_address", "work_email", "your_email", "username")
NUMBERS = (
    "id",
    "person_id",
    "person_key",
    "application_id",
    "employee_id",
    "employee_number",
    "staff_no",
    "staff_number",
    "mentee",
    "mentor",
    "response_id",
)
NAMES = ("full_name", "name", "your_name", "your_full_name", "first_and_last_name", "mentee_name", "mentor_name")
FIRST_NAMES, LAST_NAMES = ("first_name", "given_name", "firstname"), ("last_name", "family_name", "surname", "lastname")
SIDES = {"mentees": ("demand", "applied"), "mentors": ("capacity", "minimum", "pool", "pool_seats", "applied")}
QUESTIONS = (
    ("excluded", r"not (be )?(match|pair)|should(n't| not) be|avoid|conflict of interest"),
    ("previous", r"(previous|earlier|past) (mentor|mentee|partner)|already (been )?(mentored|matched)"),
    ("capacity", r"how many mentees|number of mentees|mentees .*(take|support|accept|have)"),
    ("demand", r"how many mentors|number of mentors"),
    ("manager", r"(line )?manager|supervisor|report(s|ing)? to"),
    ("languages", r"\blanguages?\b"),
    ("time_zone", r"time ?zone"),
    ("availability", r"availab|when (are|can) you|what times|which (days|times)"),
    ("goals", r"\bgoals?\b|hope to (achieve|gain)|achieve"),
    ("skills", r"\bskills?\b|\blearn\b|\bimprove\b|get better|help (with|others)|offer|teach|share|expertise|strength"),
    ("topics", r"\btopics?\b|talk about|discuss|areas? of"),
    ("interests", r"\binterests?\b|hobb|free time"),
    ("level", r"\b(grade|level|seniority)\b"),
    ("department", r"\b(department|team|division|function|business unit)\b"),
    ("location", r"\b(location|office|city|site)\b|where (are you|do you)"),
)
"""Tried in this order on headers that read like a question."""
_RANKED = re.compile(
    r"(?:^|_)(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)_(?:choice|preference)|(?:choice|preference|preferred_ment(?:or|ee)|wish)_(\d)$"
)
_ORDER = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}


@dataclass(frozen=True)
class Columns:
    """A sheet's columns by meaning. ranked: columns of choices, first choice first. unused: what nothing is made of. twice: (meaning, column, column)."""

    chosen: dict[str, str] = field(default_factory=dict)
    mail: str | None = None
    number: str | None = None
    names: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    twice: tuple[tuple[str, str, str], ...] = ()


def plain(name: str) -> str:
    """A header without case, marks and blanks."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower().removeprefix("\ufeff")).strip("_")


def header_score(cells: Sequence[str]) -> int:
    """How much a row looks like the header: known names and questions, if one of them names a person."""
    names = {plain(cell) for cell in cells}
    known = {alias for words in ALIASES.values() for alias in words.split()}
    people = {*MAILS, *NUMBERS, *NAMES, *FIRST_NAMES}
    asked = sum(_question(cell) is not None for cell in cells)
    return bool(names & people) * (1 + len(names & known) + min(asked, 8))


def columns_of(headers: Sequence[str], side: str) -> Columns:
    """What each column of a sheet means; columns of the other side mean nothing here."""
    by_plain = {plain(header): header for header in reversed(headers)}
    mail, number = (_first(by_plain, words) for words in (MAILS, NUMBERS))
    whole = _first(by_plain, NAMES)
    parts = [_first(by_plain, words) for words in (FIRST_NAMES, LAST_NAMES)]
    names = (whole,) if whole else tuple(part for part in parts if part)
    ranked = sorted((place, header) for header in headers if (place := _choice(header)) is not None)
    taken = {mail, number, *names, *(header for _, header in ranked)}
    chosen, twice = _by_alias([header for header in headers if header not in taken], side)
    for header in headers:
        meaning = None if header in taken or header in chosen.values() else _question(header)
        if meaning is not None and meaning not in chosen and _belongs(meaning, side):
            chosen[meaning] = header
    used = {*taken, *chosen.values(), *(column for _, _, column in twice)}
    unused = tuple(header for header in headers if header not in used)
    return Columns(chosen, mail, number, names, tuple(header for _, header in ranked), unused, tuple(twice))


def _by_alias(headers: Sequence[str], side: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    known = {alias: name for name, words in ALIASES.items() for alias in words.split()}
    chosen: dict[str, str] = {}
    twice = []
    for header in headers:
        name = known.get(plain(header))
        if name is None or not _belongs(name, side):
            continue
        if name in chosen and name != "applied":
            twice.append((name, chosen[name], header))
        chosen.setdefault(name, header)
    return chosen, twice


def _belongs(meaning: str, side: str) -> bool:
    return meaning in SIDES[side] or not any(meaning in names for names in SIDES.values())


def _question(header: str) -> str | None:
    """What a header of several words asks for."""
    words = header.strip().lower()
    if len(words.split()) < 3 and "?" not in words:
        return None
    return next((name for name, pattern in QUESTIONS if re.search(pattern, words)), None)


def _choice(header: str) -> int | None:
    found = _RANKED.search(plain(header))
    return None if found is None else _ORDER.get(found[1] or "") or int(found[2])


def _first(by_plain: dict[str, str], words: Sequence[str]) -> str | None:
    return next((by_plain[word] for word in words if word in by_plain), None)
