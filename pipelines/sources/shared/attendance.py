"""Reports of who was in a meeting and when, as rows of `sessions` and `session_participants`: the best grade of evidence there is.

A person who re-joins counts once, with the time of all joins together, also where a second device joins as a guest under the same name. Whoever joins without name and address may be
anybody, one of the others' telephones too, and makes nobody's second. A meeting was held where two were in it together for at least five minutes; where several came and
never met it was a no-show; one alone proves nothing, since two may sit before one screen.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from pipelines.sources.cleaning import mail_of
from pipelines.sources.records import (
    Extract,
    TableBatch,
    filtered_frame,
    reference,
    rejected,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.shared.meeting_rules import Rules
from pipelines.sources.shared.stays import TOGETHER, Interval, Join, is_near, merged, time_of, told_of_lengths

OUTSIDE, OF_NONE = "outside the window", "its meeting isn't among those that were read"
NOBODY = "nobody:"
"""Stays of whoever joined without name and address."""


@dataclass(frozen=True)
class AttendedMeeting:
    """One meeting as its report tells it. joins may be empty where the report gives only totals (`minutes_by_mail`)."""

    session_id: str
    uid: str | None
    start: datetime
    end: datetime | None
    zone: str
    source_file: str
    joins: tuple[Join, ...] = ()
    minutes_by_mail: dict[str, float] = field(default_factory=dict)
    source_line: int = 1


def extract_of(
    meetings: Sequence[AttendedMeeting],
    rejects: list[dict[str, Any]],
    left_out: dict[str, int],
    rules: Rules | None = None,
) -> Extract:
    """Sessions, participants and what could not be used. rules: of the window, where the source has one.

    A meeting that ends before it starts is refused, and who is told to have been in it is counted with it.
    """
    inside = [one for one in meetings if rules is None or rules.start <= one.start < rules.end]
    sound = [one for one in inside if one.end is None or one.end >= one.start]
    rejects = [*rejects, *(_ends_first(one) for one in inside if one not in sound)]
    refused = _people_of(inside) - _people_of(sound)
    rejects += [_far(meeting, join) for meeting in sound for join in meeting.joins if not _is_of(join, meeting)]
    sound = [replace(one, joins=tuple(join for join in one.joins if _is_of(join, one))) for one in sound]
    sessions: list[dict[str, Any]] = []
    participants: list[dict[str, Any]] = []
    nameless = 0
    for meeting in sound:
        stays: dict[str, list[Interval]] = defaultdict(list)
        lines: dict[str, int] = {}
        mails = {_plain(join.name): mail for join in meeting.joins if (mail := _address(join.mail))}
        for join in meeting.joins:
            key = _key(join, mails)
            stays[key].append((join.start, join.end))
            lines.setdefault(key, join.source_line)
        present = {key: merged(intervals) for key, intervals in stays.items()}
        nameless += sum(key.startswith(("name:", NOBODY)) for key in present)
        session = _session(meeting, present)
        sessions.append(session)
        participants.extend(_participants(meeting, session, present, lines))
    left_out = {
        **left_out,
        "participant known by name only": nameless,
        f"its meeting lies {OUTSIDE}": _people_of(meetings) - _people_of(inside),
        "its meeting was refused": refused,
    }
    told = filtered_frame({OUTSIDE: len(meetings) - len(inside)})
    return Extract(
        [
            TableBatch("sessions", rows_frame("sessions", sessions), rejects_frame(rejects), told),
            TableBatch(
                "session_participants",
                rows_frame("session_participants", participants),
                filtered=filtered_frame(left_out),
            ),
        ],
        told_of_lengths(join for meeting in sound for join in meeting.joins),
    )


def stays_of_none(joins: Mapping[str, Sequence[Join]], meetings: Iterable[AttendedMeeting]) -> int:
    """How many stays name a meeting that isn't among `meetings`."""
    known = {meeting.session_id for meeting in meetings}
    return sum(len(stays) for name, stays in joins.items() if name not in known)


def _is_of(join: Join, meeting: AttendedMeeting) -> bool:
    return meeting.end is None or is_near(join, meeting.start, meeting.end)


def _far(meeting: AttendedMeeting, join: Join) -> dict[str, Any]:
    reason = "the stay lies over 12 hours away from its meeting: its day is another one"
    remedy = "check that the report writes day and month in one order, or download it again"
    return rejected(
        meeting.source_file, join.source_line, "outside_its_meeting", reason, remedy, f"meeting {meeting.session_id}"
    )


def _people_of(meetings: Iterable[AttendedMeeting]) -> int:
    return sum(len(meeting.joins) + len(meeting.minutes_by_mail) for meeting in meetings)


def _ends_first(meeting: AttendedMeeting) -> dict[str, Any]:
    return rejected(
        meeting.source_file,
        meeting.source_line,
        "ends_before_it_starts",
        "the meeting ends before it starts",
        "fetch or download the report again; if it stays, tell the system's support",
        f"meeting {meeting.session_id}",
    )


def _address(mail: str | None) -> str | None:
    """An address in small letters; None for what is written where there is none (`N/A`, `anonymous`)."""
    address = mail_of(mail or "")
    return address.lower() if address else None


def _key(join: Join, mails: dict[str, str]) -> str:
    """Who somebody is: by address, by the address of who has the same name, by name. mails: of those who have one, by name."""
    name = _plain(join.name)
    mail = _address(join.mail) or (mails.get(name) if name else None)
    return f"email:{mail}" if mail else f"name:{name}" if name else NOBODY


def _plain(name: str) -> str:
    """A name without what the meeting adds to it: `Ana Stone (Guest)` is Ana Stone."""
    return " ".join(re.sub(r"\([^()]*\)\s*$", "", name).casefold().split())


def _met(present: dict[str, list[Interval]]) -> bool:
    """Whether two different people were together for five minutes. Sweeps the ends of all stays, so that a large meeting costs no pairs."""
    edges = sorted(
        (at, step) for stays in present.values() for start, end in stays for at, step in ((start, 1), (end, -1))
    )
    together, inside = timedelta(), 0
    for (at, step), (following, _) in pairwise(edges):
        inside += step
        together += following - at if inside >= 2 else timedelta()
    return together >= TOGETHER


def _session(meeting: AttendedMeeting, present: dict[str, list[Interval]]) -> dict[str, Any]:
    known = {key: stays for key, stays in present.items() if key != NOBODY}
    starts = [stays[0][0] for stays in present.values() if stays]
    ends = [stays[-1][1] for stays in present.values() if stays]
    if meeting.joins:
        status = "unknown" if len(known) < 2 else "held" if _met(known) else "no_show"
    else:
        long_enough = sum(minutes >= TOGETHER.total_seconds() / 60 for minutes in meeting.minutes_by_mail.values())
        status = "held" if long_enough >= 2 else "unknown"  # totals don't say whether people met
    return {
        "session_id": meeting.session_id,
        "external_uid": meeting.uid,
        "scheduled_start_at": meeting.start,
        "scheduled_end_at": meeting.end,
        "scheduled_tz": meeting.zone,
        "actual_start_at": min(starts, default=None),
        "actual_end_at": max(ends, default=None),
        "status": status,
        "status_basis": "attendance_report",
        "channel": "video",
        "source_record_id": meeting.session_id,
        "source_file": meeting.source_file,
        "source_line": meeting.source_line,
        "raw_text": f"meeting {meeting.session_id}",
    }


def _participants(
    meeting: AttendedMeeting, session: dict[str, Any], present: dict[str, list[Interval]], lines: dict[str, int]
) -> list[dict[str, Any]]:
    rows = []
    known: list[tuple[str, float, list[Interval]]] = [
        (key.removeprefix("email:"), time_of(stays).total_seconds() / 60, stays)
        for key, stays in present.items()
        if key.startswith("email:")
    ]
    known += [(mail, minutes, []) for mail, minutes in meeting.minutes_by_mail.items()]
    for mail, minutes, stays in known:
        rows.append(
            {
                "session_id": meeting.session_id,
                "person_id": reference("email", mail),
                "join_seq": 1,
                "attended": minutes >= TOGETHER.total_seconds() / 60,
                "joined_at": stays[0][0] if stays else None,
                "left_at": stays[-1][1] if stays else None,
                "minutes": min(1440.0, round(minutes, 2)),
                "match_method": "email",
                "source_record_id": f"{meeting.session_id}|{mail}",
                "source_file": session["source_file"],
                "source_line": lines.get(f"email:{mail}", 1),
                "raw_text": session["raw_text"],
            }
        )
    return rows
