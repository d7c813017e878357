"""From the copies of an occurrence to the rows of `sessions`.

A calendar proves that a meeting was planned, never that it was held: what lies in the past is `unknown`.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.sources.sessions.ics.events import time_of, utc_instant
from pipelines.sources.sessions.ics.expansion import Occurrence
from pipelines.sources.shared.meeting_rules import Rules
from pipelines.sources.shared.planned import with_notice
from pipelines.sources.times.zones import iana_name

WHOLE_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")


def session_rows(
    uid: str, recurrence_id: str | None, copies: Sequence[Occurrence], rules: Rules, counts: Counter[str]
) -> list[dict[str, Any]]:
    """One row per copy, each with the newest copy's values, so that the gate counts the others as duplicates; no row for what `counts` leaves out."""
    newest = newest_copy(copies)
    if not isinstance(newest.start, datetime) or _is_whole_day(newest):
        counts["all-day entry"] += len(copies)
        return []
    start_at = utc_instant(newest.start, rules.zone)
    if not rules.start <= start_at < rules.end:
        counts["outside the window"] += len(copies)
        return []
    zone = zone_name(newest, rules)
    local_day = start_at.astimezone(ZoneInfo(zone)).date()
    changed = time_of(newest.event, "LAST-MODIFIED") or time_of(newest.event, "DTSTAMP")
    changed_at = utc_instant(changed, "UTC") if isinstance(changed, date) else None
    session_id = hashlib.sha256(f"{uid}|{recurrence_id or ''}".encode()).hexdigest()[:24]
    values = {
        "session_id": session_id,
        "programme_id": rules.programme_id,
        "external_uid": uid,
        "series_id": uid if recurrence_id else None,
        "recurrence_id": recurrence_id,
        "scheduled_start_at": start_at,
        "scheduled_end_at": newest.end,
        "scheduled_tz": zone,
        "status": "cancelled" if newest.is_cancelled else "scheduled" if local_day > rules.as_of else "unknown",
        "status_basis": "calendar_only",
        "cancelled_with_notice": with_notice(changed_at, local_day, zone) if newest.is_cancelled else None,
        "source_record_id": session_id,
        "source_updated_at": changed_at,
        "raw_text": f"UID:{uid} RECURRENCE-ID:{recurrence_id or ''}",
    }
    return [{**values, "source_file": copy.entry.file, "source_line": copy.entry.line} for copy in copies]


def _is_whole_day(occurrence: Occurrence) -> bool:
    """Whether a program has marked midnight to midnight as a whole day, which it can't write as days."""
    return any(str(occurrence.event.get(mark, "")).strip().upper() in ("TRUE", "1") for mark in WHOLE_DAY)


def newest_copy(copies: Sequence[Occurrence]) -> Occurrence:
    """The copy whose values hold: the newest version; of equal ones an exception before its series, and one that cancels before others."""
    return max(copies, key=lambda copy: (copy.entry.version, copy.entry.is_exception, copy.is_cancelled))


def zone_name(occurrence: Occurrence, rules: Rules) -> str:
    """The IANA zone in which the meeting was planned. An instant that is written in UTC names no zone, nor does one that only the file knows: the source's holds."""
    start = occurrence.start
    assert isinstance(start, datetime)
    written = str(getattr(occurrence.event.get("DTSTART"), "params", {}).get("TZID", ""))
    if start.tzinfo is None or (start.utcoffset() == timedelta(0) and not written):
        return rules.zone
    return iana_name(str(getattr(start.tzinfo, "key", None) or "")) or iana_name(written) or rules.zone
