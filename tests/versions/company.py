"""The small company whose data are kept for each version: 84 employees, eight pairs, a lottery large enough for an estimate, a cohort being formed, written as exports of two months."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

MONTHS = (date(2026, 9, 30), date(2026, 10, 31))
"""The days of the two exports. Between them somebody left the list, somebody has another address, and a meeting came without a time that can be read."""

KEY = "a key of the kept company, long enough"
PEOPLE, DRAWN, PAIRS = 84, 72, 8
LEFT = (*range(10, 26, 3), *range(41, 71, 2))
MOVED, GONE = 83, 84
"""Numbers of who has another address, and of who is no longer listed, in the second export."""

BAD_TIME, MENDED_TIME = "2026-10-99 10:00", "2026-10-19 10:00"
DEPARTMENTS = ("Sales", "Legal", "Product")
Rows = list[dict[str, Any]]


def write_company(folder: Path, month: int) -> None:
    """The export of `MONTHS[month]` with its workspace, in the place of what is in `folder`."""
    for path in sorted((Path(__file__).parent / "company").rglob("*.yaml")):
        target = folder / path.relative_to(Path(__file__).parent / "company")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8").replace("AS_OF", str(MONTHS[month])), encoding="utf-8")
    _write(folder / "staff/people.csv", _people(month))
    for name, rows in _platform(month).items():
        _write(folder / f"platform/{name}.csv", rows)
    (folder / "calendar").mkdir(exist_ok=True)
    (folder / "calendar/mentoring.ics").write_text(_calendar(month), encoding="utf-8", newline="\r\n")


def _email(number: int, month: int = 0) -> str:
    return f"person{number}@{'new' if month and number == MOVED else 'kept'}.example"


def _people(month: int) -> Rows:
    people = range(1, GONE if month else PEOPLE + 1)
    return [
        {
            "number": f"E{number:03d}",
            "given": f"Given{number}",
            "family": f"Family{number}",
            "email": _email(number, month),
            "hired": f"2020-0{1 + number % 9}-01",
            "left": "2025-08-01" if number in LEFT else "",
            "reason": "voluntary" if number in LEFT else "",
            "level": "L3" if number > DRAWN else "L1",
            "department": DEPARTMENTS[number % 3],
        }
        for number in people
    ]


def _platform(month: int) -> dict[str, Rows]:
    return {
        "applications": [*_drawn(), *_forming(month)],
        "pairs": [_pair(number) for number in range(1, PAIRS + 1)],
        "meetings": _meetings(month),
        "milestones": [
            {"pair": f"p{number}", "milestone": "agreement_signed", "due": "2025-02-15", "done": "2025-02-01"}
            for number in range(1, PAIRS + 1)
        ],
        "answers": [
            {"response": f"r{number}", "email": _email(number), "at": "2026-04-15 09:00", "value": 3 + number % 3}
            for number in range(1, PAIRS + 1)
        ],
    }


def _drawn() -> Rows:
    return [
        {
            "application": f"a{number}",
            "cohort": "M-2025",
            "email": _email(number),
            "role": "mentee",
            "sent": "2024-12-02 10:00",
            "decision": "accepted" if number <= DRAWN // 2 else "rejected",
            "decided": "2024-12-20 10:00",
            "seats": "",
            "arm": "treatment" if number <= DRAWN // 2 else "control",
        }
        for number in range(1, DRAWN + 1)
    ]


def _forming(month: int) -> Rows:
    return [
        {
            "application": f"f{number}",
            "cohort": "M-2026",
            "email": _email(number, month),
            "role": "mentee" if number <= DRAWN else "mentor",
            "sent": "2026-09-10 10:00",
            "decision": "accepted",
            "decided": "2026-09-20 10:00",
            "seats": "" if number <= DRAWN else 1,
            "arm": "",
        }
        for number in (37, 38, 39, 40, 79, 81, 82, MOVED)
    ]


def _pair(number: int) -> dict[str, Any]:
    has_ended = number == PAIRS
    return {
        "pair": f"p{number}",
        "mentee": _email(number),
        "mentor": _email(DRAWN + number),
        "status": "completed" if has_ended else "active",
        "began": "2025-01-20",
        "ended": "2026-06-30" if has_ended else "",
    }


def _meetings(month: int) -> Rows:
    last = MONTHS[month]
    days = [date(2025, 2, 3) + timedelta(days=30 * count) for count in range(21)]
    rows = [
        {"meeting": f"m{pair}-{count}", "pair": f"p{pair}", "at": f"{day} 10:00", "status": "held"}
        for pair in range(1, PAIRS)
        for count, day in enumerate(days)
        if day <= last
    ]
    return [*rows, {"meeting": "m-bad", "pair": "p1", "at": BAD_TIME, "status": "held"}] if month else rows


def _calendar(month: int) -> str:
    days = ["20260914", "20261012"][: 1 + month]
    events = [
        f"BEGIN:VEVENT\nUID:kept-{day}@kept.example\nDTSTAMP:{day}T080000Z\nDTSTART:{day}T120000Z\nDTEND:{day}T130000Z\n"
        f"SUMMARY:Mentoring\nCATEGORIES:MENTORING\nSTATUS:CONFIRMED\nORGANIZER:mailto:{_email(DRAWN + 8)}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{_email(8)}\nEND:VEVENT\n"
        for day in days
    ]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//kept//kept//EN\n{''.join(events)}END:VCALENDAR\n"


def _write(path: Path, rows: Rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
