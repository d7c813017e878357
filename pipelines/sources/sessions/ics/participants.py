"""From the copies of an occurrence to the rows of `session_participants`: who was invited and what they answered.

Each copy knows its owner's answer best, so the answers of all copies are put together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import icalendar

from pipelines.sources.cleaning import mail_of
from pipelines.sources.records import reference
from pipelines.sources.sessions.ics.expansion import Occurrence
from pipelines.sources.shared.planned import NOT_A_PERSON

RESPONSES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
LINEAGE = ("source_record_id", "source_updated_at", "source_file", "source_line", "raw_text")


def participant_rows(
    sessions: list[dict[str, Any]],
    copies: Sequence[Occurrence],
    replies: Iterable[icalendar.Event],
    left_out: Counter[str],
) -> list[dict[str, Any]]:
    """One row per session row and invited person; `sessions` are the rows of one occurrence, `copies` what they were made of, `replies` answers that came alone."""
    if not sessions:
        return []
    events = [copy.event for copy in sorted(copies, key=lambda copy: copy.entry.version)]
    invited = _invited(events, left_out)
    _take_answers(invited, replies)
    return [
        {"session_id": session["session_id"], "join_seq": 1, **person, **{name: session[name] for name in LINEAGE}}
        for session in sessions
        for person in invited.values()
    ]


def _invited(events: Iterable[icalendar.Event], left_out: Counter[str]) -> dict[str, dict[str, Any]]:
    """Attendees and organiser by e-mail over all copies; the newest copy's answer stands, but a known answer is not lost to an unknown one."""
    people: dict[str, dict[str, Any]] = {}
    for event in events:
        for address, is_host in _addresses(event):
            person = _person(address)
            if person is None:
                left_out[NOT_A_PERSON] += 1
                continue
            known = people.setdefault(
                person, {"person_id": person, "role": None, "response": "none", "match_method": "email"}
            )
            known["response"] = _answer(address) or known["response"]
            known["role"] = "host" if is_host else known["role"]
    return people


def _take_answers(people: dict[str, dict[str, Any]], replies: Iterable[icalendar.Event]) -> None:
    for event in replies:
        for address, _ in _addresses(event):
            known = people.get(_person(address) or "")
            if known is not None:
                known["response"] = _answer(address) or known["response"]


def _addresses(event: icalendar.Event) -> Iterator[tuple[Any, bool]]:
    """Attendees, then organisers. The standard knows one organiser; where several stand, the first is the host and the others are invited."""
    for address in _listed(event, "ATTENDEE"):
        yield address, False
    for place, address in enumerate(_listed(event, "ORGANIZER")):
        yield address, place == 0


def _listed(event: icalendar.Event, name: str) -> list[Any]:
    value = event.get(name)
    return value if isinstance(value, list) else [value] if value is not None else []


def _answer(address: Any) -> str | None:
    return RESPONSES.get(str(getattr(address, "params", {}).get("PARTSTAT", "")).upper())


def _person(address: Any) -> str | None:
    """Reference of a person who can be reached by mail, which a room, a resource and a list of people are not; the address stands in the value, or in EMAIL where the value is another identifier (RFC 7986, 6.2)."""
    parameters = getattr(address, "params", {})
    if str(parameters.get("CUTYPE", "INDIVIDUAL")).upper() in ("ROOM", "RESOURCE", "GROUP"):
        return None
    value = str(address).strip()
    is_mail = value.lower().startswith("mailto:") or (":" not in value and "@" in value)
    mail = mail_of(value if is_mail else str(parameters.get("EMAIL", "")))
    return reference("email", mail) if mail else None
