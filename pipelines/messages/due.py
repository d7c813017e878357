"""One message that is due, and the key that keeps it from being due twice."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.messages.kinds import kind_named

Field = str | int


@dataclass(frozen=True)
class Due:
    """recipient: `person:<pseudonym>`, `coordinator:<programme>` or `mailbox:<hash>`. subject and occasion: what it is about and which time; with kind and recipient they make the key.

    partner: pseudonym of the other member. role: of the recipient, "" where there is none. fields: days and counts for the text, nothing personal. expires_on: last day on which it still makes sense. not_before: it leaves no earlier, even where it is approved.
    """

    kind: str
    recipient: str
    programme_id: str
    subject: str
    occasion: str
    due_on: date
    expires_on: date
    cohort_id: str | None = None
    partner: str | None = None
    role: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    is_approved: bool = False
    not_before: datetime | None = None

    @property
    def key(self) -> str:
        """32 hex digits; the same message has the same key in every run."""
        parts = "\x1f".join((self.kind, self.subject, self.occasion, self.recipient))
        return hashlib.sha256(parts.encode()).hexdigest()[:32]

    @property
    def category(self) -> str:
        return kind_named(self.kind).category


def person(person_key: str) -> str:
    """The recipient that is a person."""
    return f"person:{person_key}"


def coordinator(programme_id: str) -> str:
    """The recipient that is whoever coordinates a programme."""
    return f"coordinator:{programme_id}"


def mailbox(address: str) -> str:
    """The recipient that is an address of the workspace file, without telling it."""
    return f"mailbox:{hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]}"
