"""Microsoft Teams' attendance reports as they are downloaded, one meeting a file (`sections.py` finds their parts).

Stays count where the report holds them; else the time from first join to last leave does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import polars as pl

from pipelines.sources.cleaning import mail_of
from pipelines.sources.connector import SESSIONS, Connector, Documentation
from pipelines.sources.mapped_files.durations import minutes_of
from pipelines.sources.records import Extract, SourceFile, SourceRefused, not_read, rejected
from pipelines.sources.sessions.teams.sections import PEOPLE, STAYS, SUMMARY, Section, sections_of
from pipelines.sources.shared.attendance import AttendedMeeting, extract_of
from pipelines.sources.shared.options import TIMES, ZONE
from pipelines.sources.shared.stays import Join, fault_of_stay
from pipelines.sources.times.declared import ReadTimes, read_times, refuse_other_order

ENDINGS = (".csv", ".tsv", ".txt")
ORGANISERS = frozenset(
    "organizer organiser organisator organisatorin organisateur organisatrice organizador organizadora organizzatore organizzatrice".split()
)
TITLED = re.compile(r"\btit(?:el|le|re|ulo|olo)\b|\btítulo\b")
MISSING = (
    "The Teams reports need {}: a report names neither its zone nor whether 3/4 is in March. Next step: add "
    '`options: {{zone: Europe/Berlin, times: "%m/%d/%y, %I:%M:%S %p"}}` to the source.'
)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """One meeting per file. Options: `zone` and `times` (strptime format) of the account that downloaded the reports.

    Raises `SourceRefused` where an option is missing or a file is no attendance report.
    """
    missing = [name for name in ("zone", "times") if not options.get(name)]
    if missing:
        raise SourceRefused(MISSING.format(" and ".join(missing)))
    reports = [file for file in files if file.name.lower().endswith(ENDINGS)]
    if not reports:
        raise SourceRefused("The source has no .csv file. Next step: download the attendance reports into its folder.")
    rejects: list[dict[str, Any]] = []
    written: list[str] = []
    meetings = [_meeting(file, options, rejects, written) for file in reports]
    refuse_other_order(written, [str(options["times"])], "The Teams reports")
    extract = extract_of([meeting for meeting in meetings if meeting is not None], rejects, {})
    return Extract(extract.batches, [*extract.findings, *not_read(files, ENDINGS)])


def _meeting(
    file: SourceFile, options: Mapping[str, Any], rejects: list[dict[str, Any]], written_times: list[str]
) -> AttendedMeeting | None:
    sections = sections_of(file)
    listed = sections.get(STAYS) or sections.get(PEOPLE)
    if listed is None:
        raise SourceRefused(
            f"{file.name} is no attendance report: it has no section of participants. Next step: download it in Teams under Attendance, Download."
        )
    cells = [cell for section in sections.values() for _, cells in section.lines for cell in cells]
    written_times += cells
    times = read_times(cells, str(options["times"]), str(options["zone"]), "The Teams reports")
    title, start, end = _summary(sections.get(SUMMARY), times)
    joins = tuple(_joins(file, listed, times, rejects))
    start = start or min((join.start for join in joins), default=None)
    if start is None:
        rejects.append(_reject(file.name, 1, "missing_time", "the report gives no time of the meeting", file.name))
        return None
    whose = _identity(sections.get(PEOPLE) or listed) or sha256(file.data).hexdigest()
    identity = f"{title}|{start.isoformat()}|{whose}"
    return AttendedMeeting(
        session_id=sha256(identity.encode()).hexdigest()[:24],
        uid=None,
        start=start,
        end=end,
        zone=str(options["zone"]),
        source_file=file.name,
        joins=joins,
    )


def _summary(section: Section | None, times: ReadTimes) -> tuple[str, datetime | None, datetime | None]:
    """Title, start and end: the first value that is no count, and the first two behind it that are times, whatever language names them.

    A title may look like a time: it is one where a line says so, or where three are told.
    """
    lines = [(cells[0], cells[1]) for _, cells in (section.lines if section else ()) if len(cells) > 1]
    moments = [(label, value, moment) for label, value in lines if (moment := times.of(value)) is not None]
    title = next((value for _, value in lines if value and not value.isdigit() and times.of(value) is None), "")
    if moments and (len(moments) > 2 or TITLED.search(moments[0][0].casefold())):
        title, moments = moments[0][1], moments[1:]
    start, end = [*(moment for *_, moment in moments), None, None][:2]
    return title, start, end


def _joins(file: SourceFile, section: Section, times: ReadTimes, rejects: list[dict[str, Any]]) -> Iterator[Join]:
    columns = section.columns
    last = _last_time(section, times) if section.is_of_actions else ""
    lengths = _lengths(
        {_cell(cells, columns, "duration") for _, cells in section.lines[1:]} if section.number == STAYS else ()
    )
    for line, cells in section.lines[1:]:
        written = _cell(cells, columns, "joined"), _cell(cells, columns, "left") or last
        start, end = (times.of(text) for text in written)
        stated = lengths.get(_cell(cells, columns, "duration"))
        fault = fault_of_stay(written, start, end, times.pattern, stated)
        if fault is not None or start is None or end is None:
            rejects.append(_reject(file.name, line, *(fault or ("not_a_time", "")), "\t".join(cells)))
            continue
        yield Join(_mail(cells, columns), _cell(cells, columns, "name") or "", start, end, line, stated)


def _lengths(written: Iterable[str]) -> dict[str, timedelta]:
    """The lengths of stays by their texts, `1h 2m 3s`; a person's time in the meeting is no stay's."""
    texts = pl.Series("text", sorted(set(written)), dtype=pl.String)
    minutes = pl.select(minutes_of(pl.lit(texts), "minutes")).to_series() if texts.len() else texts
    return {
        text: timedelta(minutes=length)
        for text, length in zip(texts, minutes, strict=True)
        if length is not None and length < 1e6
    }


def _last_time(section: Section, times: ReadTimes) -> str:
    """The latest time that a list of actions tells: until then at least, who hasn't left was there."""
    columns = section.columns
    written = [_cell(cells, columns, name) for _, cells in section.lines[1:] for name in ("joined", "left")]
    moments = {text: moment for text in written if (moment := times.of(text)) is not None}
    return max(moments, key=lambda text: moments[text], default="")


def _identity(section: Section) -> str:
    """Whose meeting it was: the organiser's address, else those of all who came. Two downloads of one report give the same; empty where nobody has an address."""
    columns = section.columns
    people = [
        (_mail(cells, columns), _cell(cells, columns, "role").casefold() in ORGANISERS)
        for _, cells in section.lines[1:]
    ]
    organisers = {mail for mail, is_organiser in people if mail and is_organiser}
    return "|".join(sorted(organisers or {mail for mail, _ in people if mail}))


def _mail(cells: list[str], columns: Mapping[str, int]) -> str | None:
    """The address, or the account's name where it is one; guests have neither."""
    candidates = (mail_of(_cell(cells, columns, name)) for name in ("mail", "account"))
    return next((mail.lower() for mail in candidates if mail), None)


def _cell(cells: list[str], columns: Mapping[str, int], name: str) -> str:
    place = columns.get(name)
    return cells[place] if place is not None and place < len(cells) else ""


def _reject(file: str, line: int, rule: str, reason: str, raw: str) -> dict[str, Any]:
    remedy = "declare `times` as the report writes them, or download the report again"
    return rejected(file, line, rule, reason, remedy, raw)


SPEC = Connector(
    name="teams_files",
    system="teams",
    read=read,
    tables=SESSIONS,
    own_options=(
        TIMES,
        ZONE,
    ),
    documentation=Documentation(
        title="Microsoft Teams reports",
        kind="Sessions",
        page="teams.md",
        brings="sessions, participants (attended)",
        changes="no",
        tested="reports made after Microsoft's documentation and public samples",
        bad_data="re-joins, guests, translated headings, times of another form, reports cut off",
        example=(
            "connector: teams_files\n"
            "path: exports/teams\n"
            'options: {zone: Europe/Berlin, times: "%m/%d/%y, %I:%M:%S %p"}\n'
        ),
    ),
)
