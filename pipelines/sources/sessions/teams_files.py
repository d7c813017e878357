"""Microsoft Teams' attendance reports as they are downloaded: text in UTF-16 with tabs, in sections (summary, participants, single stays).

A section is known by its number, since its title is in the reader's language; its columns are known by their English names or, where those are translated, by their fixed order.
Stays count where the report holds them; else the time from first join to last leave does.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pipelines.sources.delimited import decode, normalised
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from pipelines.sources.sessions.attendance import AttendedMeeting, Join, extract_of
from pipelines.sources.sessions.ics.participants import mail_of
from pipelines.sources.times import instant_of
from pipelines.sources.times.declared import told_of

_SECTION = re.compile(r"^\s*(\d)\.\s+\S")
SUMMARY, PEOPLE, STAYS = 1, 2, 3
NAMES = {
    "name": ("name", "full name"),
    "joined": ("first join", "join time"),
    "left": ("last leave", "leave time"),
    "mail": ("email",),
    "account": ("participant id (upn)",),
    "role": ("role",),
}
ORDERS = {
    PEOPLE: ("name", "joined", "left", "duration", "mail", "account", "role"),
    STAYS: ("name", "joined", "left", "duration", "mail", "role"),
}
SUMMARY_ORDER = ("title", "people", "start", "end")
ORGANISER = "organizer"
MISSING = (
    "The Teams reports need {}: a report names neither its zone nor whether 3/4 is in March. Next step: add "
    '`options: {{zone: Europe/Berlin, times: "%m/%d/%y, %I:%M:%S %p"}}` to the source.'
)


@dataclass(frozen=True)
class Section:
    """Cells of a section's lines, each with its place in the file."""

    number: int
    lines: tuple[tuple[int, list[str]], ...]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """One meeting per file. Options: `zone` and `times` (strptime format) of the account that downloaded the reports.

    Raises `SourceRefused` where an option is missing or a file is no attendance report.
    """
    missing = [name for name in ("zone", "times") if not options.get(name)]
    if missing:
        raise SourceRefused(MISSING.format(" and ".join(missing)))
    reports = [file for file in files if file.name.lower().endswith((".csv", ".tsv", ".txt"))]
    if not reports:
        raise SourceRefused("The source has no .csv file. Next step: download the attendance reports into its folder.")
    rejects: list[dict[str, Any]] = []
    meetings = [_meeting(file, options, rejects) for file in reports]
    return extract_of([meeting for meeting in meetings if meeting is not None], rejects, {})


def _meeting(file: SourceFile, options: Mapping[str, Any], rejects: list[dict[str, Any]]) -> AttendedMeeting | None:
    sections = {section.number: section for section in _sections(file)}
    listed = sections.get(STAYS) or sections.get(PEOPLE)
    if listed is None:
        raise SourceRefused(
            f"{file.name} is no attendance report: it has no section of participants. Next step: download it in Teams under Attendance, Download."
        )
    title, start, end = _summary(sections.get(SUMMARY), options)
    joins = tuple(_joins(file, listed, options, rejects))
    start = start or min((join.start for join in joins), default=None)
    if start is None:
        rejects.append(_reject(file.name, 1, "missing_time", "the report gives no time of the meeting", file.name))
        return None
    organiser = "|".join(_organisers(sections.get(PEOPLE) or listed)) or sha256(file.data).hexdigest()
    identity = f"{title}|{start.isoformat()}|{organiser}"
    return AttendedMeeting(
        session_id=sha256(identity.encode()).hexdigest()[:24],
        uid=None,
        start=start,
        end=end,
        zone=str(options["zone"]),
        source_file=file.name,
        joins=joins,
    )


def _sections(file: SourceFile) -> Iterator[Section]:
    """The numbered sections of a report; blank lines and the lines before the first are left out."""
    number, lines = 0, list[tuple[int, list[str]]]()
    text = decode(file).lstrip("\ufeff").replace("\0", "")
    delimiter = "\t" if "\t" in text else ","
    for place, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1):
        heading = _SECTION.match(cells[0]) if cells and not any(cells[1:]) else None
        if heading:
            if number:
                yield Section(number, tuple(lines))
            number, lines = int(heading[1]), []
        elif any(cell.strip() for cell in cells):
            lines.append((place, [cell.strip() for cell in cells]))
    if number:
        yield Section(number, tuple(lines))


def _summary(section: Section | None, options: Mapping[str, Any]) -> tuple[str, datetime | None, datetime | None]:
    """Title, start and end, which stand in the first, third and fourth line of the summary in every language."""
    values = [cells[1] if len(cells) > 1 else "" for _, cells in (section.lines if section else ())]
    told = dict(zip(SUMMARY_ORDER, values, strict=False))
    return told.get("title", ""), _time(told.get("start"), options), _time(told.get("end"), options)


def _columns(section: Section) -> dict[str, int]:
    header = [normalised(cell) for cell in section.lines[0][1]] if section.lines else []
    found = {column: header.index(name) for column, names in NAMES.items() for name in names if name in header}
    if "joined" in found and "left" in found:
        return found
    return {name: place for place, name in enumerate(ORDERS[section.number])}


def _joins(
    file: SourceFile, section: Section, options: Mapping[str, Any], rejects: list[dict[str, Any]]
) -> Iterator[Join]:
    columns = _columns(section)
    for line, cells in section.lines[1:]:
        start, end = (_time(_cell(cells, columns, name), options) for name in ("joined", "left"))
        if start is None or end is None:
            reason = f"the times aren't written as {options['times']!r}"
            rejects.append(_reject(file.name, line, "not_a_time", reason, "\t".join(cells)))
            continue
        yield Join(_mail(cells, columns), _cell(cells, columns, "name") or f"line {line}", start, end, line)


def _organisers(section: Section) -> list[str]:
    columns = _columns(section)
    rows = [cells for _, cells in section.lines[1:] if _cell(cells, columns, "role").casefold() == ORGANISER]
    return sorted(mail for cells in rows if (mail := _mail(cells, columns)))


def _mail(cells: list[str], columns: Mapping[str, int]) -> str | None:
    """The address, or the account's name where it is one; guests have neither."""
    candidates = (mail_of(_cell(cells, columns, name)) for name in ("mail", "account"))
    return next((mail.lower() for mail in candidates if mail), None)


def _cell(cells: list[str], columns: Mapping[str, int], name: str) -> str:
    place = columns.get(name)
    return cells[place] if place is not None and place < len(cells) else ""


def _time(value: str | None, options: Mapping[str, Any]) -> datetime | None:
    with told_of("The Teams reports"):
        return instant_of(value, str(options["times"]), str(options["zone"]))


def _reject(file: str, line: int, rule: str, reason: str, raw: str) -> dict[str, Any]:
    remedy = "declare `times` as the report writes them, or download the report again"
    return {"source_file": file, "source_line": line, "rule": rule, "reason": reason, "remedy": remedy, "raw_text": raw}
