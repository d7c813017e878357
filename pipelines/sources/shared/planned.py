"""Planned meetings of a calendar's API as rows of `sessions` and `session_participants`, by the same rules as calendar files: a calendar proves that
a meeting was planned, never that it was held.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

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

NOT_A_PERSON = "room, resource, list of people, or nobody with an e-mail address"
"""Why an attendee is nobody; an Exchange address of its own directory (`/o=ExchangeLabs/..`) is one of these."""
LINEAGE = ("source_record_id", "source_updated_at", "source_file", "source_line", "raw_text")


def broken_event(file: str, number: int, event: Mapping[str, Any], why: str) -> dict[str, Any]:
    """The reject of a calendar's event that can't be read."""
    return rejected(
        file, number, "broken_event", f"event {number} has {why}", "correct or delete the event in the calendar", event
    )


_CALLED_OFF = (
    r"cancell?ed|called off|abgesagt|entfällt|entfallen|storniert|annulée?|cancelad[ao]|anulad[ao]|annullat[ao]|cancellat[ao]|geannuleerd"
    r"|avlyst|avbruten|avbokad|inställt|aflyst|peruutettu|peruttu|anulowan[eoya]|odwołan[eoya]|zrušen[oaýé]|törölve|lemondva|anulat[ăa]?"
    r"|i\u0307?ptal( edildi)?|ακυρώθηκε|отменено|отменена|скасовано|キャンセル(?:済み|されました)?|取り消し|中止|已取消|取消|취소됨|취소|dibatalkan|đã hủy|ملغاة|ملغى|تم الإلغاء|בוטל"
)
_CANCELLED = re.compile(
    rf"^\W*({_CALLED_OFF})\s*[:：\-–—\])】]|[:：\-–—\[(【/|]\s*({_CALLED_OFF})\W*$|\b(fällt|faellt) (heute |leider )?aus\W*$|(?-i:\s(CANCELL?ED|ABGESAGT|ENTFÄLLT|ANNULÉE?|CANCELAD[AO])\W*$)",
    re.IGNORECASE,
)


def says_cancelled(title: object) -> bool:
    """Whether a title begins as Outlook marks what its organiser cancelled (`Canceled: ..`, `Abgesagt: ..`) or ends as people do (`.. (cancelled)`, `.. - entfällt`, `.. ABGESAGT`); the copies that stay in calendars seldom say it otherwise."""
    return bool(_CANCELLED.search(str(title or "")))


def judged_by_title(event: Mapping[str, Any], title: str, **cancelled: Any) -> Mapping[str, Any]:
    """An event with what its system says of a cancelled one where its title says so: titles are judged before the pages are kept, since they aren't kept."""
    return {**event, **cancelled} if says_cancelled(event.get(title)) else event


@dataclass(frozen=True)
class PlannedMeeting:
    """One meeting, not a series. `uid` and `recurrence_id` are those of the iCalendar standard, so that copies in other calendars are found.

    invited: (e-mail, answer, is host), the e-mail empty for a room. zone: IANA.
    """

    uid: str
    recurrence_id: str | None
    start: datetime
    end: datetime | None
    zone: str
    is_cancelled: bool
    updated: datetime | None
    invited: tuple[tuple[str, str, bool], ...]
    source_file: str
    source_line: int


@dataclass
class CalendarRecords:
    """What a calendar's pages gave: meetings, rejects, and what was left out on purpose."""

    meetings: list[PlannedMeeting] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def take(self, meeting: PlannedMeeting, event: Mapping[str, Any]) -> None:
        """A meeting that a page's event tells of; one that ends before it starts is refused, as in calendar files."""
        if meeting.end is not None and meeting.end < meeting.start:
            why = "an end before its start"
            self.rejects.append(broken_event(meeting.source_file, meeting.source_line, event, why))
        else:
            self.meetings.append(meeting)


def extract_of(records: CalendarRecords, rules: Rules) -> Extract:
    """The rows of all meetings inside the window. Copies of one meeting in several calendars become equal rows, so that the gate counts them as duplicates."""
    copies: dict[tuple[str, str | None], list[PlannedMeeting]] = {}
    for meeting in records.meetings:
        if rules.start <= meeting.start < rules.end:
            copies.setdefault((meeting.uid, meeting.recurrence_id), []).append(meeting)
        else:
            records.left_out["outside the window"] += 1
    sessions: list[dict[str, Any]] = []
    participants: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for meetings in copies.values():
        newest = max(meetings, key=lambda meeting: (meeting.updated is not None, meeting.updated, meeting.is_cancelled))
        values = _session(newest, rules)
        people = _people(meetings, left_out)
        for meeting in meetings:
            row = {**values, "source_file": meeting.source_file, "source_line": meeting.source_line}
            sessions.append(row)
            lineage = {name: row[name] for name in LINEAGE}
            participants.extend(
                {"session_id": row["session_id"], "join_seq": 1, **person, **lineage} for person in people
            )
    return Extract(
        [
            TableBatch(
                "sessions",
                rows_frame("sessions", sessions),
                rejects_frame(records.rejects),
                filtered_frame(records.left_out),
            ),
            TableBatch(
                "session_participants",
                rows_frame("session_participants", participants),
                filtered=filtered_frame(left_out),
            ),
        ],
        [],
    )


def _session(meeting: PlannedMeeting, rules: Rules) -> dict[str, Any]:
    day = meeting.start.astimezone(ZoneInfo(meeting.zone)).date()
    notice = with_notice(meeting.updated, day, meeting.zone) if meeting.is_cancelled else None
    session_id = hashlib.sha256(f"{meeting.uid}|{meeting.recurrence_id or ''}".encode()).hexdigest()[:24]
    return {
        "session_id": session_id,
        "programme_id": rules.programme_id,
        "external_uid": meeting.uid,
        "series_id": meeting.uid if meeting.recurrence_id else None,
        "recurrence_id": meeting.recurrence_id,
        "scheduled_start_at": meeting.start,
        "scheduled_end_at": meeting.end,
        "scheduled_tz": meeting.zone,
        "status": "cancelled" if meeting.is_cancelled else "scheduled" if day > rules.as_of else "unknown",
        "status_basis": "calendar_only",
        "cancelled_with_notice": notice,
        "source_record_id": session_id,
        "source_updated_at": meeting.updated,
        "raw_text": f"UID:{meeting.uid} RECURRENCE-ID:{meeting.recurrence_id or ''}",
    }


def _people(copies: Iterable[PlannedMeeting], left_out: Counter[str]) -> list[dict[str, Any]]:
    """Who was invited, over all copies; each copy knows its owner's answer best, so a known answer isn't lost to an unknown one."""
    people: dict[str, dict[str, Any]] = {}
    for meeting in sorted(copies, key=lambda copy: (copy.updated is not None, copy.updated)):
        for mail, answer, is_host in meeting.invited:
            person = reference("email", mail_of(mail))
            if person is None:
                left_out[NOT_A_PERSON] += 1
                continue
            known = people.setdefault(
                person, {"person_id": person, "role": None, "response": "none", "match_method": "email"}
            )
            if answer != "none":
                known["response"] = answer
            if is_host:
                known["role"] = "host"
    return list(people.values())


def recurrence_stamp(original: datetime) -> str:
    """The RECURRENCE-ID of an instance as calendar files give it: its original start in UTC."""
    return original.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%M%SZ")


@dataclass
class MentoringFilter:
    """Which records of an API are mentoring: by title or labels, and by series. Nobody's other appointments are kept.

    An occurrence belongs to its series whatever its own title is. `known` holds the series that were found so far, on this page and those before it.
    """

    rules: Rules
    title: str
    labels: str | None = None
    series: str | None = None
    known: set[str] = field(default_factory=set)

    def kept(self, events: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], int]:
        """The mentoring events, and how many others there are."""
        for event in events:
            if self._is_marked(event) and self._series_of(event):
                self.known.add(self._series_of(event))
        kept = [event for event in events if self._is_marked(event) or self._series_of(event) in self.known]
        return kept, len(events) - len(kept)

    def _series_of(self, event: Mapping[str, Any]) -> str:
        return str(event.get(self.series) or "") if self.series else ""

    def _is_marked(self, event: Mapping[str, Any]) -> bool:
        if self.rules.category is None and self.rules.summary is None:
            return True
        words = {str(word).casefold() for word in (event.get(self.labels) or [])} if self.labels else set()
        fits = (
            self.rules.summary is not None and self.rules.summary.search(str(event.get(self.title) or "")) is not None
        )
        return fits or self.rules.category in words


def series_kept(pages: Iterable[bytes], records: str, series: str) -> set[str]:
    """The series of pages that an earlier run has kept, so that a run that goes on knows them."""
    kept = (record for page in pages for record in json.loads(page)[records])
    return {str(record[series]) for record in kept if record.get(series)}


def with_notice(changed_at: datetime | None, day: date, zone: str) -> bool | None:
    """Whether it was cancelled before the day, by the clock of the meeting's zone; unknown where the stamp is later (calendars restamp on export)."""
    if changed_at is None:
        return None
    changed_on = changed_at.astimezone(ZoneInfo(zone)).date()
    return None if changed_on > day else changed_on < day
