"""Calendars (iCalendar, RFC 5545) to sessions and participants.

A calendar proves that a meeting was planned, never that it was held: what lies in the past is `unknown`. A meeting is (UID, RECURRENCE-ID); the copy with the
greatest SEQUENCE, then DTSTAMP, wins. Series are expanded in their own zone, inside a window only, and bounded, since a rule may have no end.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import icalendar
import recurring_ical_events
from icalendar.error import BrokenCalendarProperty

from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    reference,
    rejects_frame,
    rows_frame,
)

MAX_OCCURRENCES = 200_000  # in all files of a source
MAX_PER_SERIES = 4_000  # a daily series fills ten years with 3,653
RESPONSES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
_EVENT = re.compile(r"BEGIN:VEVENT\n.*?\nEND:VEVENT", re.DOTALL)
_ZONES = re.compile(r"BEGIN:VTIMEZONE\n.*?\nEND:VTIMEZONE\n?", re.DOTALL)


@dataclass(frozen=True)
class _Entry:
    """One VEVENT as it stands in a file; `line` is its number in the file."""

    file: str
    line: int
    event: icalendar.Event
    is_cancelled_by_method: bool
    version: tuple[int, datetime]


@dataclass(frozen=True)
class _Rules:
    """What the workspace says about its calendars."""

    start: datetime
    end: datetime
    as_of: date
    zone: str
    category: str | None
    summary: re.Pattern[str] | None
    programme_id: str | None


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read all calendars. Options: zone, window {from, to}, as_of, mentoring {category, summary}, programme_id, max_occurrences.

    Raises `SourceRefused` for a file that is no calendar, a missing option, and more occurrences than `max_occurrences`.
    """
    rules = _rules(options)
    rejects: list[dict[str, Any]] = []
    counts: Counter[str] = Counter()
    findings: list[Finding] = []
    by_uid: dict[str, list[_Entry]] = defaultdict(list)
    calendars = [file for file in files if file.name.lower().endswith(".ics")]
    if not calendars:
        raise SourceRefused(
            f"The source has no .ics file; it delivered {sorted(f.name for f in files) or 'nothing'}. Next step: export the calendars into its folder."
        )
    for file in calendars:
        for entry in _entries(file, rejects):
            if not _is_mentoring(entry.event, rules):
                counts["not a mentoring event"] += 1
            else:
                by_uid[str(entry.event["UID"])].append(entry)
    limit = int(options.get("max_occurrences", MAX_OCCURRENCES))
    sessions: list[dict[str, Any]] = []
    participants: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for uid, entries in by_uid.items():
        _expand(uid, entries, rules, sessions, participants, rejects, counts, left_out)
        if len(sessions) > limit:
            raise SourceRefused(
                f"{entries[0].file}, event {entries[0].line}: the calendars hold more than {limit} occurrences in the window. "
                "Next step: narrow `window`, or raise `max_occurrences` if the number is right."
            )
    return Extract(
        [
            TableBatch("sessions", rows_frame("sessions", sessions), rejects_frame(rejects), filtered_frame(counts)),
            TableBatch(
                "session_participants",
                rows_frame("session_participants", participants),
                filtered=filtered_frame(left_out),
            ),
        ],
        findings,
    )


def _rules(options: Mapping[str, Any]) -> _Rules:
    window = options.get("window") or {}
    as_of = _day(options.get("as_of") or window.get("to"))
    if as_of is None:
        raise SourceRefused(
            "The calendar source knows no day to count from. Next step: give the workspace `as_of`, or the source `window: {from, to}`."
        )
    start = _day(window.get("from") or options.get("window_start")) or as_of - timedelta(days=5 * 366)
    end = _day(window.get("to") or options.get("window_end")) or as_of + timedelta(days=366)
    mentoring = options.get("mentoring") or {}
    zone = str(options.get("zone", "UTC"))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise SourceRefused(
            f"The calendar source's zone {zone!r} is no IANA zone. Next step: write one such as Europe/Berlin."
        ) from problem
    return _Rules(
        start=datetime(start.year, start.month, start.day, tzinfo=UTC),
        end=datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=1),
        as_of=as_of,
        zone=zone,
        category=str(mentoring["category"]).casefold() if mentoring.get("category") else None,
        summary=re.compile(mentoring["summary"]) if mentoring.get("summary") else None,
        programme_id=options.get("programme_id"),
    )


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _entries(file: SourceFile, rejects: list[dict[str, Any]]) -> Iterable[_Entry]:
    """The events of a file; those without a readable start or UID go to the rejects."""
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: export the calendar again.")
    if b"BEGIN:VCALENDAR" not in file.data and b"BEGIN:VEVENT" not in file.data:
        raise SourceRefused(f"{file.name} is not an iCalendar file. Next step: export the calendar as .ics.")
    text = file.data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    number = 0
    for event, method in _events(text):
        number += 1
        problem = _problem(event)
        if isinstance(event, str) or problem:
            raw = event if isinstance(event, str) else event.to_ical().decode("utf-8", errors="replace")
            rejects.append(_reject(file.name, number, "broken_event", problem or "the event can't be parsed", raw))
            continue
        stamp = _time(event, "DTSTAMP")
        stamped = _instant(stamp, "UTC") if isinstance(stamp, date) else datetime.min.replace(tzinfo=UTC)
        yield _Entry(file.name, number, event, method == "CANCEL", (_integer(event.get("SEQUENCE")), stamped))


def _events(text: str) -> Iterable[tuple[Any, str]]:
    """Events of the text with their calendar's METHOD. A file that doesn't parse as a whole is read event by event."""
    try:
        for calendar in icalendar.Calendar.from_ical(text, multiple=True):
            for event in calendar.walk("VEVENT"):
                yield event, str(calendar.get("METHOD", "")).upper()
        return
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        zones = "".join(_ZONES.findall(text))
    method = "CANCEL" if "\nMETHOD:CANCEL\n" in text else ""
    for block in _EVENT.findall(text):
        try:
            calendar = icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{block}\nEND:VCALENDAR\n")
            yield calendar.walk("VEVENT")[0], method
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            yield block, method


def _problem(event: Any) -> str | None:
    if isinstance(event, str):
        return "the event can't be parsed"
    if not isinstance(_time(event, "DTSTART"), date):
        return "the event has no readable start (DTSTART)"
    for name in ("DTEND", "DURATION", "RECURRENCE-ID"):
        if event.get(name) is not None and _time(event, name) is None:
            return f"the event's {name} can't be read"
    return None if str(event.get("UID", "")).strip() else "the event has no UID"


def _time(event: icalendar.Event, name: str) -> date | datetime | timedelta | None:
    """The value of a time property; None where it is absent, repeated or broken."""
    value = event.get(name)
    try:
        return None if value is None or isinstance(value, list) else value.dt
    except (BrokenCalendarProperty, AttributeError):
        return None


def _reject(file: str, number: int, rule: str, reason: str, raw: str) -> dict[str, Any]:
    return {
        "source_file": file,
        "source_line": number,
        "rule": rule,
        "reason": f"event {number}: {reason}",
        "remedy": "correct or delete the event in the calendar and export again",
        "raw_text": raw,
    }


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _is_mentoring(event: icalendar.Event, rules: _Rules) -> bool:
    if rules.category is None and rules.summary is None:
        return True
    fields = event.get("CATEGORIES")
    listed = fields if isinstance(fields, list) else [fields] if fields is not None else []
    names = {str(name).casefold() for field in listed for name in getattr(field, "cats", [field])}
    return rules.category in names or (
        rules.summary is not None and rules.summary.search(str(event.get("SUMMARY", ""))) is not None
    )


def _expand(
    uid: str,
    entries: list[_Entry],
    rules: _Rules,
    sessions: list[dict[str, Any]],
    participants: list[dict[str, Any]],
    rejects: list[dict[str, Any]],
    counts: Counter[str],
    left_out: Counter[str],
) -> None:
    """All occurrences of one UID. Copies of an occurrence in several calendars get the newest copy's values, so that the gate counts them as duplicates."""
    found: dict[str | None, list[tuple[_Entry, icalendar.Event]]] = defaultdict(list)
    by_file: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_file[entry.file].append(entry)
    for copies in by_file.values():
        is_series = any(name in copy.event for copy in copies for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
        if not is_series:
            for copy in copies:
                found[None].append((copy, copy.event))
            continue
        excess = _excess(copies, rules)
        if excess:
            rejects.append(
                _reject(
                    copies[0].file,
                    copies[0].line,
                    "unbounded_series",
                    excess,
                    copies[0].event.to_ical().decode("utf-8", errors="replace"),
                )
            )
            continue
        try:
            for copy, occurrence in _occurrences(copies, rules):
                found[_recurrence_id(occurrence, rules)].append((copy, occurrence))
        except (
            Exception
        ) as problem:  # one broken series must not take the calendar with it; the library raises many kinds
            reason = f"the series can't be expanded ({type(problem).__name__})"
            rejects.append(
                _reject(
                    copies[0].file,
                    copies[0].line,
                    "broken_series",
                    reason,
                    copies[0].event.to_ical().decode("utf-8", errors="replace"),
                )
            )
    for recurrence_id, occurrences in found.items():
        _session(uid, recurrence_id, occurrences, rules, sessions, participants, counts, left_out)


def _excess(copies: list[_Entry], rules: _Rules) -> str | None:
    """Why a series may be too long to expand, from its rule alone."""
    days = (rules.end - rules.start).days
    for copy in copies:
        rule = copy.event.get("RRULE")
        for part in rule if isinstance(rule, list) else [rule] if rule is not None else []:
            frequency = str((part.get("FREQ") or [""])[0]).upper()
            if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
                return f"the series repeats {frequency.lower()}, which no meeting does"
            times = 1
            for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
                times *= max(1, len(part.get(name) or []))
            most = min(days * times, int((part.get("COUNT") or [days * times])[0]))
            if (most > MAX_PER_SERIES and frequency == "DAILY") or times * days > 50 * MAX_PER_SERIES:
                return f"the series may have {most} occurrences, more than {MAX_PER_SERIES}"
    return None


def _occurrences(copies: list[_Entry], rules: _Rules) -> Iterable[tuple[_Entry, icalendar.Event]]:
    calendar = icalendar.Calendar()
    for copy in copies:
        calendar.add_component(copy.event)
    by_recurrence = {_recurrence_id(copy.event, rules): copy for copy in copies if "RECURRENCE-ID" in copy.event}
    master = next((copy for copy in copies if "RECURRENCE-ID" not in copy.event), copies[0])
    for occurrence in recurring_ical_events.of(calendar, keep_recurrence_attributes=True).between(
        rules.start, rules.end
    ):
        for name in ("ATTENDEE", "ORGANIZER"):  # an override that cancels often leaves out who was invited
            if name not in occurrence and name in master.event:
                occurrence[name] = master.event[name]
        yield by_recurrence.get(_recurrence_id(occurrence, rules), master), occurrence


def _recurrence_id(event: icalendar.Event, rules: _Rules) -> str:
    value = _time(event, "RECURRENCE-ID") or _time(event, "DTSTART")
    return _instant(value if isinstance(value, date) else rules.start, rules.zone).strftime("%Y%m%dT%H%M%SZ")


def _instant(value: date | datetime, zone: str) -> datetime:
    """UTC instant of a calendar time; a floating one is taken in `zone`, a day as its midnight there."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(UTC)


def _session(
    uid: str,
    recurrence_id: str | None,
    copies: list[tuple[_Entry, icalendar.Event]],
    rules: _Rules,
    sessions: list[dict[str, Any]],
    participants: list[dict[str, Any]],
    counts: Counter[str],
    left_out: Counter[str],
) -> None:
    newest, event = max(
        copies, key=lambda copy: (copy[0].version, str(copy[1].get("STATUS", "")).upper() == "CANCELLED")
    )
    start = _time(event, "DTSTART")
    if not isinstance(start, datetime):
        counts["all-day entry"] += len(copies)
        return
    start_at = _instant(start, rules.zone)
    if not rules.start <= start_at < rules.end:
        counts["outside the window"] += len(copies)
        return
    is_cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED" or newest.is_cancelled_by_method
    local_day = start.date()
    changed = _time(event, "LAST-MODIFIED") or _time(event, "DTSTAMP")
    changed_at = _instant(changed, "UTC") if isinstance(changed, date) else None
    session_id = hashlib.sha256(f"{uid}|{recurrence_id or ''}".encode()).hexdigest()[:24]
    values = {
        "session_id": session_id,
        "programme_id": rules.programme_id,
        "external_uid": uid,
        "series_id": uid if recurrence_id else None,
        "recurrence_id": recurrence_id,
        "scheduled_start_at": start_at,
        "scheduled_end_at": _end(event, start_at, rules),
        "scheduled_tz": _zone_name(event, start, rules),
        "status": "cancelled" if is_cancelled else "scheduled" if local_day > rules.as_of else "unknown",
        "status_basis": "calendar_only",
        "cancelled_with_notice": _with_notice(changed_at, local_day) if is_cancelled else None,
    }
    invited = _invited([copy[1] for copy in sorted(copies, key=lambda copy: copy[0].version)], left_out)
    for entry, _ in copies:
        lineage = {
            "source_record_id": session_id,
            "source_updated_at": changed_at,
            "source_file": entry.file,
            "source_line": entry.line,
            "raw_text": f"UID:{uid} RECURRENCE-ID:{recurrence_id or ''}",
        }
        sessions.append({**values, **lineage})
        participants.extend({"session_id": session_id, "join_seq": 1, **person, **lineage} for person in invited)


def _with_notice(changed_at: datetime | None, day: date) -> bool | None:
    """Whether it was cancelled before the day; unknown where the stamp is later than the day (calendars restamp on export)."""
    if changed_at is None or changed_at.date() > day:
        return None
    return changed_at.date() < day


def _end(event: icalendar.Event, start_at: datetime, rules: _Rules) -> datetime | None:
    end, duration = _time(event, "DTEND"), _time(event, "DURATION")
    if isinstance(end, date):
        return _instant(end, rules.zone)
    return start_at + duration if isinstance(duration, timedelta) else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone_name(event: icalendar.Event, start: datetime, rules: _Rules) -> str:
    """The IANA zone in which the meeting was planned; a zone that only the file defines falls back to the source's."""
    if start.tzinfo is None:
        return rules.zone
    named = getattr(start.tzinfo, "key", None) or str(event["DTSTART"].params.get("TZID", ""))
    if named in _zones():
        return str(named)
    return "UTC" if start.utcoffset() == timedelta(0) and "TZID" not in event["DTSTART"].params else rules.zone


def _invited(events: Iterable[icalendar.Event], left_out: Counter[str]) -> list[dict[str, Any]]:
    """Attendees and organiser by e-mail over all copies; the newest copy's answer stands, but a known answer is not lost to an unknown one."""
    people: dict[str, dict[str, Any]] = {}
    for event in events:
        attendees = event.get("ATTENDEE")
        organiser = event.get("ORGANIZER")
        listed = attendees if isinstance(attendees, list) else [attendees] if attendees is not None else []
        for address, is_host in [
            *((a, False) for a in listed),
            *([(organiser, True)] if organiser is not None else []),
        ]:
            kind = str(getattr(address, "params", {}).get("CUTYPE", "INDIVIDUAL")).upper()
            person = _person(str(address))
            if kind in ("ROOM", "RESOURCE") or person is None:
                left_out["room, resource or address without e-mail"] += 1
                continue
            answer = RESPONSES.get(str(address.params.get("PARTSTAT", "")).upper(), "none")
            known = people.setdefault(
                person, {"person_id": person, "role": None, "response": "none", "match_method": "email"}
            )
            if answer != "none":
                known["response"] = answer
            if is_host:
                known["role"] = "host"
    return list(people.values())


def _person(address: str) -> str | None:
    mail = address[7:] if address.lower().startswith("mailto:") else address
    return reference("email", mail) if "@" in mail else None
