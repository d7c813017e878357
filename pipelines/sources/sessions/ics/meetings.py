"""From the copies of an occurrence to the rows of `sessions`.

A calendar proves that a meeting was planned, never that it was held: what lies in the past is `unknown`.
"""

import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import icalendar

from pipelines.sources.sessions.ics.events import time_of, utc_instant
from pipelines.sources.sessions.ics.expansion import Occurrence
from pipelines.sources.sessions.ics.rules import Rules


def session_rows(
    uid: str, recurrence_id: str | None, copies: list[Occurrence], rules: Rules, counts: Counter[str]
) -> list[dict[str, Any]]:
    """One row a copy, each with the newest copy's values, so that the gate counts the others as duplicates; no row for what `counts` leaves out."""
    newest, event = max(
        copies, key=lambda copy: (copy[0].version, str(copy[1].get("STATUS", "")).upper() == "CANCELLED")
    )
    start = time_of(event, "DTSTART")
    if not isinstance(start, datetime):
        counts["all-day entry"] += len(copies)
        return []
    start_at = utc_instant(start, rules.zone)
    if not rules.start <= start_at < rules.end:
        counts["outside the window"] += len(copies)
        return []
    is_cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED" or newest.is_cancelled_by_method
    local_day = start.date()
    changed = time_of(event, "LAST-MODIFIED") or time_of(event, "DTSTAMP")
    changed_at = utc_instant(changed, "UTC") if isinstance(changed, date) else None
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
        "cancelled_with_notice": _with_notice(changed_at, local_day, rules.zone) if is_cancelled else None,
        "source_record_id": session_id,
        "source_updated_at": changed_at,
        "raw_text": f"UID:{uid} RECURRENCE-ID:{recurrence_id or ''}",
    }
    return [{**values, "source_file": entry.file, "source_line": entry.line} for entry, _ in copies]


def _with_notice(changed_at: datetime | None, day: date, zone: str) -> bool | None:
    """Whether it was cancelled before the day; unknown where the stamp is later than the day (calendars restamp on export)."""
    changed = changed_at and changed_at.astimezone(ZoneInfo(zone)).date()
    return None if changed is None or changed > day else changed < day


def _end(event: icalendar.Event, start_at: datetime, rules: Rules) -> datetime | None:
    end, duration = time_of(event, "DTEND"), time_of(event, "DURATION")
    if isinstance(end, date):
        return utc_instant(end, rules.zone)
    return start_at + duration if isinstance(duration, timedelta) else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone_name(event: icalendar.Event, start: datetime, rules: Rules) -> str:
    """The IANA zone in which the meeting was planned; a zone that only the file defines falls back to the source's."""
    if start.tzinfo is None:
        return rules.zone
    named = getattr(start.tzinfo, "key", None) or str(event["DTSTART"].params.get("TZID", ""))
    if named in _zones():
        return str(named)
    return "UTC" if start.utcoffset() == timedelta(0) and "TZID" not in event["DTSTART"].params else rules.zone
