"""A programme of made-up pairs, a directory that knows them, and an outbox that is about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from pipelines.messages.compose import Composer
from pipelines.messages.dispatch import OPENED, Sender, Transport
from pipelines.messages.due import Due, person
from pipelines.messages.etiquette import Etiquette
from pipelines.messages.facts import Facts, Pair, Person, Programme
from pipelines.messages.kinds import KINDS
from pipelines.messages.office import Contact, Office, ProgrammeWords
from pipelines.messages.outbox import Outbox
from pipelines.messages.outbox_rows import Message

TODAY = date(2026, 6, 17)
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
"""A Wednesday."""
OFFICE = Office("Mentoring team <mentoring@example.org>", "mentoring@example.org", "The mentoring team")
REASONS = ("skills met: negotiation", "the mentee's first choice", "another department")


def pair(number: int = 1, **changes: Any) -> Pair:
    made = Pair("p", "c", f"mentee{number}", f"mentor{number}", f"pair-{number}", started=date(2026, 6, 1), matched_on=date(2026, 5, 30), planned_end=date(2027, 3, 1), cadence_days=30.0)  # fmt: skip
    return replace(made, **changes)


def facts(*pairs: Pair, people: Sequence[Person] = (), today: date = TODAY, programme: Mapping[str, Any] | None = None, **more: Any) -> Facts:  # fmt: skip
    told = Programme("p", "Programme", 30.0, sent=frozenset(KINDS))
    return Facts(today, {"p": replace(told, **(programme or {}))}, {one.person_key: one for one in people}, pairs, **more)  # fmt: skip


def due(number: int, kind: str = "drift_nudge", **changes: Any) -> Due:
    made = Due(kind, person(f"mentee{number}"), "p", f"c/mentee{number}/mentor{number}", "1", TODAY, date(2026, 12, 31), "c", f"mentor{number}", "mentee", {"last_met": "2026-05-01"})  # fmt: skip
    return replace(made, **changes)


@dataclass
class Directory:
    """Everybody has a name and an address of their key; zones and countries as told."""

    places: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    def contact(self, recipient: str) -> Contact | None:
        key = recipient.partition(":")[2]
        if key in self.without:
            return None
        zone, country = self.places.get(key, (None, None))
        return Contact(f"{key}@example.org", key.capitalize(), f"{key.capitalize()} Doe", zone, country)

    def reasons(self, message: Message) -> Sequence[str]:
        return REASONS

    def programme(self, programme_id: str) -> ProgrammeWords:
        return ProgrammeWords("Inclusive leadership", "every month")

    def report(self, report_id: str) -> Mapping[str, Any]:
        words = {name: name for name in ("title", "period", "headline", "decision", "caveat", "as_of")}
        return {**words, "report_id": report_id, "lines": ["one finding"], "pdf": None}


@dataclass
class Kept:
    """A transport that keeps what it gets, or raises what it is told to."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: list[Exception] = field(default_factory=list)

    def send(self, mail: EmailMessage, address: str) -> None:
        if self.refuses:
            raise self.refuses.pop(0)
        self.mails.append((address, mail))


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def opened(folder: Path, *messages: Due, everybody: bool = True, now: datetime = NOON) -> Outbox:
    """An outbox in which these messages are approved."""
    outbox = Outbox(f"sqlite:///{folder / 'outbox.sqlite'}")
    outbox.draft(messages, now)
    outbox.approve([one.key for one in messages], "Ada", now)
    if everybody:
        outbox.keep_fact(OPENED, "Ada")
    return outbox


def sender(outbox: Outbox, transport: Transport, *, directory: Directory | None = None, clock: Clock | None = None, office: Office = OFFICE, **more: Any) -> Sender:  # fmt: skip
    composer = Composer(office, directory or Directory(), outbox.secret())
    return Sender(outbox, composer, transport, clock or Clock(), **more)


def office(**changes: Any) -> Office:
    etiquette = {name: changes.pop(name) for name in list(changes) if name in Etiquette.__dataclass_fields__}
    return replace(OFFICE, etiquette=replace(Etiquette(), **etiquette), **changes)
