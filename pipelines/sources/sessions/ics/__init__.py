"""Calendars (iCalendar, RFC 5545 and 5546) to sessions and participants.

A meeting is (UID, RECURRENCE-ID); the copy with the greatest SEQUENCE, then DTSTAMP, wins.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.sources.connector import SESSIONS, Connector, Documentation
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    not_read,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.sessions.ics.events import Entry, read_events, reject_entry, with_starts
from pipelines.sources.sessions.ics.expansion import occurrences_by_recurrence_id
from pipelines.sources.sessions.ics.meetings import session_rows
from pipelines.sources.sessions.ics.participants import participant_rows
from pipelines.sources.shared.meeting_rules import Rules, is_mentoring, read_rules
from pipelines.sources.shared.options import MENTORING, OCCURRENCES, PROGRAMME_ID, WINDOW, ZONE

MAX_OCCURRENCES = 200_000  # in all files of a source
NOT_A_COPY = frozenset({"COUNTER", "DECLINECOUNTER", "REFRESH"})  # RFC 5546: questions about a meeting


@dataclass
class CalendarRead:
    """What the calendars gave so far."""

    sessions: list[dict[str, Any]] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read all calendars. Options: zone, window {from, to}, as_of, mentoring {category, summary}, programme_id, max_occurrences.

    Raises `SourceRefused` for a file that is no calendar, a missing option, and more occurrences than `max_occurrences`.
    """
    rules = read_rules(options)
    result = CalendarRead()
    limit = int(options.get("max_occurrences", MAX_OCCURRENCES))
    for uid, entries in _by_uid(files, rules, result).items():
        _take_uid(uid, entries, rules, result)
        if len(result.sessions) > limit:
            raise SourceRefused(
                f"{entries[0].file}, event {entries[0].line}: the calendars hold more than {limit} occurrences in the window. "
                "Next step: narrow `window`, or raise `max_occurrences` if the number is right."
            )
    invited = rows_frame("session_participants", result.participants)
    planned = rows_frame("sessions", result.sessions)
    return Extract(
        [
            TableBatch("sessions", planned, rejects_frame(result.rejects), filtered_frame(result.counts)),
            TableBatch("session_participants", invited, filtered=filtered_frame(result.left_out)),
        ],
        result.findings,
    )


def _by_uid(files: Sequence[SourceFile], rules: Rules, result: CalendarRead) -> dict[str, list[Entry]]:
    calendars = [file for file in files if file.name.lower().endswith(".ics")]
    if not calendars:
        raise SourceRefused(
            f"The source has no .ics file; it delivered {sorted(f.name for f in files) or 'nothing'}. Next step: export the calendars into its folder."
        )
    result.findings += not_read((file for file in files if file.data), (".ics",))  # an empty page is a calendar's end
    found: dict[str, list[Entry]] = defaultdict(list)
    for file in calendars:
        for entry in read_events(file, rules.zone, result.rejects, result.findings):
            found[str(entry.event["UID"]).strip()].append(entry)
    return found


def _take_uid(uid: str, entries: list[Entry], rules: Rules, result: CalendarRead) -> None:
    """The sessions of one UID. Whatever is wrong with it costs its own events and no others."""
    copies = [entry for entry in entries if entry.method not in NOT_A_COPY and entry.method != "REPLY"]
    result.counts["a question about a meeting, or an answer to it"] += len(entries) - len(copies)
    copies = with_starts(copies, result.rejects)
    if not copies:
        return
    if not _is_mentoring(copies, rules):
        result.counts["not a mentoring event"] += len(copies)
        return
    replies = [entry.event for entry in entries if entry.method == "REPLY"]
    rejects: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    sessions: list[dict[str, Any]] = []
    participants: list[dict[str, Any]] = []
    try:
        for recurrence_id, occurrences in occurrences_by_recurrence_id(copies, rules, rejects, counts).items():
            rows = session_rows(uid, recurrence_id, occurrences, rules, counts)
            sessions.extend(rows)
            participants.extend(participant_rows(rows, occurrences, replies, left_out))
    except Exception as problem:  # the calendar library raises many kinds; they cost this UID
        reason = f"it can't be expanded ({type(problem).__name__}: {problem})"[:200]
        result.rejects.extend(reject_entry(entry, "broken_series", reason) for entry in copies)
        return
    result.sessions.extend(sessions)
    result.participants.extend(participants)
    result.rejects.extend(rejects)
    result.counts.update(counts)
    result.left_out.update(left_out)


def _is_mentoring(entries: Sequence[Entry], rules: Rules) -> bool:
    """A meeting is judged by the events that define it; its exceptions may have another title, or none. Without those the exceptions decide."""
    masters = [entry for entry in entries if not entry.is_exception] or list(entries)
    return any(is_mentoring(entry.event, rules) for entry in masters)


SPEC = Connector(
    name="ics_files",
    system="icalendar",
    read=read,
    tables=SESSIONS,
    follows_the_day=True,
    own_options=(
        OCCURRENCES,
        MENTORING,
        PROGRAMME_ID,
        WINDOW,
        ZONE,
    ),
    documentation=Documentation(
        title="Calendar files (.ics)",
        kind="Sessions",
        page="calendars.md",
        brings="sessions, participants (planned)",
        changes="no",
        tested="icalendar's own samples",
        bad_data="broken events, floating times, endless series",
        example=(
            "connector: ics_files\n"
            "path: exports/calendars\n"
            'options: {zone: Europe/Berlin, mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
