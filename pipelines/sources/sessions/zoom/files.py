"""Zoom's participant reports as CSV, in the shapes that the portal gives: plain joins, joins below a block about the meeting, totals only.

The columns decide the shape, never the place of a line. The day's order of figures and the zone are the account's, so both are declared; a report of totals holds no time at all,
and its file's name must give one.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from math import isfinite
from typing import Any

from pipelines.sources.cleaning import LINE, RAW, mail_of
from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.foreign_files import is_of_another
from pipelines.sources.records import Extract, SourceFile, SourceRefused, not_read, rejected
from pipelines.sources.sessions.zoom.headers import (
    END,
    JOINED,
    LEFT,
    MAIL,
    MEETING,
    MINUTES,
    NAME,
    START,
    WAITED,
    Header,
    meeting_header,
    participants_header,
)
from pipelines.sources.shared.attendance import AttendedMeeting, extract_of
from pipelines.sources.shared.options import TIMES, ZONE
from pipelines.sources.shared.stays import Join, fault_of_stay
from pipelines.sources.times import instant_of
from pipelines.sources.times.declared import read_times, refuse_other_order, told_of
from pipelines.sources.truth_words import truth

_THOUSANDS = re.compile(r"^[1-9]\d{0,2}([.,]\d{3})+$")  # no report writes thousandths of a minute

_MOST_MINUTES = 1e6  # no length that a date can be moved by


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """One meeting a file. Options: `zone`, `times` (strptime format of the report's times), `name_time` (of the file's name, for reports of totals).

    Raises `SourceRefused` where an option is missing or a file is no participant report.
    """
    missing = [name for name in ("zone", "times") if not options.get(name)]
    if missing:
        raise SourceRefused(
            f"The Zoom reports need {' and '.join(missing)}: a report names neither its zone nor whether 10/05 is in May. Next step: add "
            '`options: {zone: Europe/Berlin, times: "%m/%d/%Y %I:%M:%S %p"}` to the source.'
        )
    reports = [file for file in files if file.name.lower().endswith(".csv")]
    if not reports:
        raise SourceRefused("The source has no .csv file. Next step: download the participant reports into its folder.")
    meetings: list[AttendedMeeting] = []
    rejects: list[dict[str, Any]] = []
    waited = 0
    written: list[str] = []
    for file in reports:
        meeting, waiting = _meeting(file, options, rejects, written)
        waited += waiting
        if meeting is not None:
            meetings.append(meeting)
    refuse_other_order(written, [str(options["times"])], "The Zoom reports")
    extract = extract_of(meetings, rejects, {"sat in the waiting room": waited})
    return Extract(extract.batches, [*extract.findings, *not_read(files, (".csv",))])


def _meeting(
    file: SourceFile, options: Mapping[str, Any], rejects: list[dict[str, Any]], written_times: list[str]
) -> tuple[AttendedMeeting | None, int]:
    """The meeting of a report, and how many rows tell of somebody in the waiting room, who wasn't in the meeting. written_times: takes the texts of its times."""
    text, columns = _participants(file)
    zone = str(options["zone"])
    block = _block(file)
    cells = [_cell(row, columns, name) for row in text.rows.iter_rows(named=True) for name in (JOINED, LEFT)]
    written_times += filter(None, [*cells, block.get(START), block.get(END)])
    times = read_times([*cells, *block.values()], str(options["times"]), zone, "The Zoom reports")
    joins: list[Join] = []
    minutes: dict[str, float] = {}
    waited = 0
    for row in text.rows.iter_rows(named=True):
        if truth(_cell(row, columns, WAITED)):
            waited += 1
            continue
        mail = mail_of(_cell(row, columns, MAIL) or "")
        if columns.get(JOINED) is None:
            length = _number(_cell(row, columns, MINUTES))
            if length is None:
                rejects.append(_reject(file.name, row[LINE], "not_a_number", "the duration is not a number", row[RAW]))
            elif mail:
                minutes[mail.lower()] = minutes.get(mail.lower(), 0.0) + length
            continue
        written, stated = (
            (_cell(row, columns, JOINED), _cell(row, columns, LEFT)),
            _stated(_cell(row, columns, MINUTES)),
        )
        start, end = (times.of(text) for text in written)
        fault = fault_of_stay(written, start, end, times.pattern, stated)
        if fault is not None or start is None or end is None:
            rejects.append(_reject(file.name, row[LINE], *(fault or ("not_a_time", "")), row[RAW]))
            continue
        joins.append(Join(mail, _cell(row, columns, NAME) or f"line {row[LINE]}", start, end, row[LINE], stated))
    rejects.extend(text.rejects.to_dicts())
    start = times.of(block.get(START)) or min((join.start for join in joins), default=None) or _named(file, options)
    if start is None:
        reason = "the report gives no time of the meeting, and the file's name neither"
        rejects.append(_reject(file.name, 1, "missing_time", reason, file.name))
        return None, waited
    # A report without its meeting's id is known by its content: the same report under two names is one meeting.
    identity = f"{block.get(MEETING, '')}|{start.isoformat()}|{'' if block else sha256(file.data).hexdigest()}"
    meeting = AttendedMeeting(
        session_id=sha256(identity.encode()).hexdigest()[:24],
        uid=None,
        start=start,
        end=times.of(block.get(END)),
        zone=zone,
        source_file=file.name,
        joins=tuple(joins),
        minutes_by_mail=minutes,
    )
    return meeting, waited


def _participants(file: SourceFile) -> tuple[DelimitedText, Mapping[str, str]]:
    """The participants' part, found by its columns, and what each column holds."""
    header = participants_header(file)
    if header is None or is_of_another(file, SPEC.name):
        raise SourceRefused(
            f"{file.name} is no participant report: no line has 'User Email' or 'Email' with 'Join Time' and 'Leave Time', or with 'Total Duration (Minutes)'. "
            "Next step: download the report under Reports, Usage, with participants."
        )
    return _below(file, header)


def _below(file: SourceFile, header: Header) -> tuple[DelimitedText, Mapping[str, str]]:
    return read_delimited(file, required=header.names), header.columns


def _block(file: SourceFile) -> Mapping[str, str]:
    """The line about the meeting that some reports begin with: what it says to its words."""
    header = meeting_header(file)
    if header is None:
        return {}
    text, columns = _below(file, header)
    row = next(text.rows.iter_rows(named=True), {})
    return {column: cell for column in columns if (cell := _cell(row, columns, column))}


def _number(value: str | None) -> float | None:
    """A length in minutes: `1,030` has a mark of thousands, `29,5` a decimal one."""
    plain = (value or "0").replace("\u202f", "").replace(" ", "")
    if _THOUSANDS.match(plain):
        plain = re.sub("[.,]", "", plain)
    try:
        number = float(plain.replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _stated(value: str | None) -> timedelta | None:
    minutes = _number(value) if value else None
    return None if minutes is None or minutes > _MOST_MINUTES else timedelta(minutes=minutes)


def _cell(row: Mapping[str, Any], columns: Mapping[str, str], column: str) -> str | None:
    return (str(row.get(columns.get(column, "")) or "")).strip() or None


def _time(value: str | None, options: Mapping[str, Any]) -> datetime | None:
    with told_of("The Zoom reports"):
        return instant_of(value, str(options["times"]), str(options["zone"]))


def _named(file: SourceFile, options: Mapping[str, Any]) -> datetime | None:
    if not options.get("name_time"):
        return None
    return _time(file.name.rpartition("/")[2], {**options, "times": options["name_time"]})


def _reject(file: str, line: int, rule: str, reason: str, raw: str) -> dict[str, Any]:
    remedy = "declare `times` and `name_time` as the report and its name are written, or download the report with joins"
    return rejected(file, line, rule, reason, remedy, raw)


SPEC = Connector(
    name="zoom_files",
    system="zoom",
    read=read,
    tables=SESSIONS,
    own_options=(
        TIMES,
        ZONE,
        Option(
            "name_time",
            "text",
            "where a report holds no time: how the name of its file writes it, as a strptime format",
        ),
    ),
    documentation=Documentation(
        title="Zoom reports, CSV",
        kind="Sessions",
        page="zoom.md",
        brings="sessions, participants (attended)",
        changes="no",
        tested="three shapes made from documentation",
        bad_data="meeting block, totals without times, day and month",
        example=(
            'connector: zoom_files\npath: exports/zoom\noptions: {zone: Europe/Berlin, times: "%m/%d/%Y %I:%M:%S %p"}\n'
        ),
    ),
)
