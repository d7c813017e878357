"""From the copies of an occurrence to the rows of `session_participants`: who was invited and what they answered.

Each copy knows its owner's answer best, so the answers of all copies are put together.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import icalendar

from pipelines.sources.records import reference
from pipelines.sources.sessions.ics.expansion import Occurrence

RESPONSES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
LINEAGE = ("source_record_id", "source_updated_at", "source_file", "source_line", "raw_text")


def participant_rows(
    sessions: list[dict[str, Any]], copies: list[Occurrence], left_out: Counter[str]
) -> list[dict[str, Any]]:
    """One row per session row and invited person; `sessions` are the rows of one occurrence, `copies` what they were made of."""
    if not sessions:
        return []
    invited = _invited([copy[1] for copy in sorted(copies, key=lambda copy: copy[0].version)], left_out)
    return [
        {
            "session_id": session["session_id"],
            "join_seq": 1,
            **person,
            **{name: session[name] for name in LINEAGE},
        }
        for session in sessions
        for person in invited
    ]


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
