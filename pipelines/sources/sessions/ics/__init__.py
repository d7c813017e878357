"""Calendars (iCalendar, RFC 5545) to sessions and participants.

A meeting is (UID, RECURRENCE-ID); the copy with the greatest SEQUENCE, then DTSTAMP, wins.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sources.records import (
    Extract,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.sessions.ics.events import Entry, read_events
from pipelines.sources.sessions.ics.expansion import occurrences_by_recurrence_id
from pipelines.sources.sessions.ics.meetings import session_rows
from pipelines.sources.sessions.ics.participants import participant_rows
from pipelines.sources.sessions.ics.rules import Rules, is_mentoring, read_rules

MAX_OCCURRENCES = 200_000  # in all files of a source


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read all calendars. Options: zone, window {from, to}, as_of, mentoring {category, summary}, programme_id, max_occurrences.

    Raises `SourceRefused` for a file that is no calendar, a missing option, and more occurrences than `max_occurrences`.
    """
    rules = read_rules(options)
    rejects: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    limit = int(options.get("max_occurrences", MAX_OCCURRENCES))
    sessions: list[dict[str, Any]] = []
    participants: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for uid, entries in _mentoring_by_uid(files, rules, rejects, counts).items():
        for recurrence_id, copies in occurrences_by_recurrence_id(entries, rules, rejects).items():
            rows = session_rows(uid, recurrence_id, copies, rules, counts)
            sessions.extend(rows)
            participants.extend(participant_rows(rows, copies, left_out))
        if len(sessions) > limit:
            raise SourceRefused(
                f"{entries[0].file}, event {entries[0].line}: the calendars hold more than {limit} occurrences in the window. "
                "Next step: narrow `window`, or raise `max_occurrences` if the number is right."
            )
    invited = rows_frame("session_participants", participants)
    return Extract(
        [
            TableBatch("sessions", rows_frame("sessions", sessions), rejects_frame(rejects), filtered_frame(counts)),
            TableBatch("session_participants", invited, filtered=filtered_frame(left_out)),
        ],
        [],
    )


def _mentoring_by_uid(
    files: Sequence[SourceFile], rules: Rules, rejects: list[dict[str, Any]], counts: Counter[str]
) -> dict[str, list[Entry]]:
    calendars = [file for file in files if file.name.lower().endswith(".ics")]
    if not calendars:
        raise SourceRefused(
            f"The source has no .ics file; it delivered {sorted(f.name for f in files) or 'nothing'}. Next step: export the calendars into its folder."
        )
    by_uid: dict[str, list[Entry]] = defaultdict(list)
    for file in calendars:
        for entry in read_events(file, rejects):
            if is_mentoring(entry.event, rules):
                by_uid[str(entry.event["UID"])].append(entry)
            else:
                counts["not a mentoring event"] += 1
    return by_uid
