"""Who sends, and what a message needs from outside the outbox at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

from pipelines.messages.etiquette import Etiquette
from pipelines.messages.outbox_rows import Message


@dataclass(frozen=True)
class Office:
    """The programme office as the workspace file names it. sender: `Name <address>`; public_url: where the dashboards are reached from outside, None where they aren't; templates: the workspace's own; allowed: addresses that get messages before sending is opened to everybody."""

    sender: str
    reply_to: str
    team: str
    public_url: str | None = None
    templates: Path | None = None
    etiquette: Etiquette = field(default_factory=Etiquette)
    allowed: frozenset[str] = frozenset()

    @property
    def address(self) -> str:
        """The bare address that messages come from."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"

    def link(self, page: str) -> str:
        """A page of the dashboards, "" where they can't be reached from outside."""
        return f"{self.public_url.rstrip('/')}/{page}" if self.public_url else ""


@dataclass(frozen=True)
class Contact:
    """A recipient at the moment of sending. given_name: what they are called."""

    address: str
    given_name: str = ""
    name: str = ""
    zone: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class ProgrammeWords:
    """A programme as texts name it; rhythm: how often pairs agreed to meet."""

    name: str
    rhythm: str = "as the two of you agree"


class NoReport(LookupError):
    """The report that a mail is about isn't in the archive."""


class Directory(Protocol):
    """Names, addresses and what texts tell of a pair. Asked when a message is sent, never earlier."""

    def contact(self, recipient: str) -> Contact | None:
        """Name and address of a recipient; None where there is no address."""

    def reasons(self, message: Message) -> Sequence[str]:
        """Why the pair of an introduction was made, as the matching says it."""

    def programme(self, programme_id: str) -> ProgrammeWords:
        """A programme in words."""

    def report(self, report_id: str) -> Mapping[str, Any]:
        """What the mail of a report says: title, period, headline, lines, decision, caveat, as_of, and `pdf` (bytes) where it is attached. Raises NoReport."""


class Placeholders:
    """A directory of nobody: previews where names and addresses aren't at hand, or aren't one's business."""

    def __init__(self, programmes: Mapping[str, ProgrammeWords]) -> None:
        self.programmes = programmes

    def contact(self, recipient: str) -> Contact:
        """Words in brackets."""
        who = "coordinator" if not recipient.startswith("person:") else "recipient"
        return Contact("address@example.org", f"[{who}'s given name]", f"[{who}'s name]")

    def reasons(self, message: Message) -> Sequence[str]:  # noqa: ARG002
        """None: what two people share is told to them."""
        return ()

    def programme(self, programme_id: str) -> ProgrammeWords:
        """The programme, by its id where its name isn't known."""
        return self.programmes.get(programme_id, ProgrammeWords(programme_id))

    def report(self, report_id: str) -> Mapping[str, Any]:
        """Words in brackets."""
        words = {name: f"[{name}]" for name in ("title", "period", "headline", "decision", "caveat", "as_of")}
        return {**words, "report_id": report_id, "lines": ["[findings]"], "pdf": None}
