"""Calendars (.ics) of mentors and mentees: one recurring series a pair, with exceptions, in both people's files (RFC 5545).

A series runs on when the two stopped meeting: such past entries have no evidence anywhere else and must not be counted as held.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from pipelines.demo.files import Files

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONE_RULES = {
    "Europe/Berlin": (
        ("STANDARD", "10", "-1SU", "030000", "+0200", "+0100"),
        ("DAYLIGHT", "3", "-1SU", "020000", "+0100", "+0200"),
    ),
    "America/New_York": (
        ("STANDARD", "11", "1SU", "020000", "-0400", "-0500"),
        ("DAYLIGHT", "3", "2SU", "020000", "-0500", "-0400"),
    ),
    "Asia/Kolkata": (("STANDARD", "", "", "000000", "+0530", "+0530"),),
}


def calendars(paired: pl.DataFrame, held: pl.DataFrame) -> tuple[Files, dict[str, int]]:
    """Files by name, one a person, and counts of what is in them: series, copies, occurrences, cancelled, excluded, moved, without_evidence."""
    counts: dict[str, int] = defaultdict(int)
    by_person: dict[str, list[str]] = defaultdict(list)
    zones: dict[str, set[str]] = defaultdict(set)
    logged = held.filter("in_calendar").partition_by("pair_id", as_dict=True, include_key=False)
    for pair in paired.filter("in_calendar").sort("pair_id").iter_rows(named=True):
        own = logged.get((pair["pair_id"],))
        if own is None or own.height == 0:
            continue
        events = _series(pair, own.sort("position").to_dicts(), counts)
        for person in (pair["mentor_email"], pair["mentee_email"]):
            by_person[person] += events
            zones[person].add(pair["zone"])
            counts["copies"] += 1
    files = {}
    for position, person in enumerate(sorted(by_person)):
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Arbor group//Calendar export 4.2//EN", "METHOD:PUBLISH"]
        for zone in sorted(zones[person]):
            lines += _zone(zone)
        lines += by_person[person] + _team_meeting(person, position)
        counts["private_events"] += 1
        files[f"calendars/cal_{position + 1:04d}.ics"] = "".join(
            _folded(line) for line in [*lines, "END:VCALENDAR"]
        ).encode()
    return files, dict(counts)


def _series(pair: dict[str, Any], rows: list[dict[str, Any]], counts: dict[str, int]) -> list[str]:
    zone, uid = pair["zone"], f"{pair['pair_id'].lower()}@calendar.arbor.example"
    step = 14 if pair["cadence_days"] == 14 else 28
    first = rows[0]["nominal"] - timedelta(days=step * rows[0]["position"])
    last = first + timedelta(days=step * (pair["sessions"] - 1))
    if pair["end"] is not None:
        while last.date() >= pair["end"] and last > first:
            last -= timedelta(days=step)
    length = timedelta(minutes=pair["minutes"])
    count = (last - first).days // step + 1
    by_position = {row["position"]: row for row in rows}
    exdates, overrides = [], []
    for position in range(count):
        row = by_position.get(position)
        nominal = first + timedelta(days=step * position)
        counts["occurrences"] += 1
        if row is None:
            counts["without_evidence"] += 1
        elif row["status"] in ("cancelled", "cancelled_late") and position % 2:
            exdates.append(nominal)
            counts["excluded"] += 1
        elif row["status"] in ("cancelled", "cancelled_late"):
            overrides.append((nominal, nominal, "CANCELLED"))
            counts["cancelled"] += 1
        elif row["is_moved"]:
            overrides.append((nominal, row["local"], "CONFIRMED"))
            counts["moved"] += 1
    counts["series"] += 1
    rule = f"RRULE:FREQ=WEEKLY;INTERVAL={step // 7};COUNT={count};BYDAY={WEEKDAYS[first.weekday()]}"
    lines = _event(
        pair, uid, zone, first, length, [rule, *(f"EXDATE;TZID={zone}:{_stamp(d)}" for d in exdates)], "CONFIRMED", 0
    )
    for nominal, start, status in overrides:
        lines += _event(pair, uid, zone, start, length, [f"RECURRENCE-ID;TZID={zone}:{_stamp(nominal)}"], status, 1)
    return lines


def _event(
    pair: dict[str, Any],
    uid: str,
    zone: str,
    start: datetime,
    length: timedelta,
    more: list[str],
    status: str,
    sequence: int,
) -> list[str]:
    answer = "DECLINED" if status == "CANCELLED" else "ACCEPTED"
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_stamp(datetime(2026, 10, 31, 20))}Z",
        f"DTSTART;TZID={zone}:{_stamp(start)}",
        f"DTEND;TZID={zone}:{_stamp(start + length)}",
        *more,
        f"SEQUENCE:{sequence}",
        f"STATUS:{status}",
        "SUMMARY:Mentoring 1:1",
        "CATEGORIES:MENTORING",
        f"ORGANIZER:mailto:{pair['mentor_email']}",
        f"ATTENDEE;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:{pair['mentor_email']}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={answer}:mailto:{pair['mentee_email']}",
        "END:VEVENT",
    ]


def _team_meeting(person: str, position: int) -> list[str]:
    """Something of the person's own in each calendar: it must be left out, and counted as left out."""
    start = datetime(2026, 9, 1 + position % 20, 15)
    return [
        "BEGIN:VEVENT",
        f"UID:team-{position + 1:04d}@calendar.arbor.example",
        f"DTSTAMP:{_stamp(datetime(2026, 10, 31, 20))}Z",
        f"DTSTART:{_stamp(start)}Z",
        f"DTEND:{_stamp(start + timedelta(hours=1))}Z",
        "SUMMARY:Team meeting",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{person}",
        "END:VEVENT",
    ]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")


def _zone(zone: str) -> list[str]:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for kind, month, day, hour, before, after in ZONE_RULES[zone]:
        lines += [f"BEGIN:{kind}", f"DTSTART:19700101T{hour}"]
        lines += [f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={day}"] if month else []
        lines += [f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"END:{kind}"]
    return [*lines, "END:VTIMEZONE"]


def _folded(line: str) -> str:
    """Lines of at most 75 octets, as RFC 5545 section 3.1 asks."""
    parts = [line[:74]]
    rest = line[74:]
    while rest:
        parts.append(" " + rest[:73])
        rest = rest[73:]
    return "\r\n".join(parts) + "\r\n"
