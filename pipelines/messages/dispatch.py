"""Sending: one message at a time is taken from the outbox, judged, composed, handed over and settled.

A sender that dies leaves one message leased. When the lease ends it is sent again under the same Message-ID, since nobody can know whether it had arrived: nothing is lost, and a crash
costs at most one copy.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

from pipelines.messages.compose import Composer, NoPartner
from pipelines.messages.due import mailbox
from pipelines.messages.kinds import KINDS, kind_named
from pipelines.messages.office import Contact, NoReport
from pipelines.messages.outbox import EVERYTHING, Outbox
from pipelines.messages.outbox_rows import Message
from pipelines.messages.render import TemplateRefused

LOG = logging.getLogger("impact.messages")
OPENED = "opened_to_everybody"
FIRST_WAIT, LONGEST_WAIT, GIVE_UP = timedelta(minutes=5), timedelta(hours=6), timedelta(hours=24)
ALLOW_LIST_WAIT = timedelta(hours=1)
CAPPED = tuple(kind.name for kind in KINDS.values() if kind.is_capped)


class NotAccepted(RuntimeError):
    """The server didn't take a message. is_final: trying again won't help; is_address: it is the address that it refuses."""

    def __init__(self, words: str, *, is_final: bool = False, is_address: bool = False) -> None:
        super().__init__(words)
        self.is_final, self.is_address = is_final, is_address


class TransportDown(RuntimeError):
    """The server can't be reached or doesn't let us in: no message will get through now."""


class Transport(Protocol):
    """What takes a mail away."""

    def send(self, mail: EmailMessage, address: str) -> None:
        """Returns once the other side has taken it. Raises NotAccepted, TransportDown."""


@dataclass
class Tally:
    """What became of the messages of one round."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    def __str__(self) -> str:
        told = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items())) or "nothing to send now"
        return f"{told}. Stopped: {self.stopped}" if self.stopped else told


@dataclass(frozen=True)
class Sender:
    """name: of this process. clock: the time now, UTC. observe: told each step; for tests that break off there."""

    outbox: Outbox
    composer: Composer
    transport: Transport
    clock: Callable[[], datetime]
    name: str = "sender"
    observe: Callable[[str], None] = lambda _: None

    def deliver(self, most: int | None = None) -> Tally:
        """Send what may be sent now, up to `most` messages."""
        tally = Tally()
        while most is None or tally.counts["sent"] < most:
            message = self.outbox.claim(self.name, self.clock())
            if message is None:
                break
            self.observe("claimed")
            try:
                outcome = self._handle(message)
            except TransportDown as down:
                self._retry(message, str(down))
                tally.stopped = str(down)
                break
            tally.counts[outcome] += 1
            LOG.info("message %s (%s): %s", message.key[:12], message.kind, outcome)
            self.observe("settled")
        return tally

    def _handle(self, message: Message) -> str:
        to = self.composer.directory.contact(message.recipient)
        refused = self._why_never(message, to)
        if refused or to is None:
            return self._settle(message, "failed" if refused.startswith("no ") else "suppressed", refused)
        until = self._wait(message, to)
        if until is not None:
            self.outbox.settle(message, "approved", self.clock(), reason=until[1], until=until[0], waited=True)
            return "waiting"
        self.observe("judged")
        return self._send(message, to)

    def _why_never(self, message: Message, to: Contact | None) -> str:
        """Why it must not be sent, "" where it may."""
        if message.expires_on < self.clock().date():
            return f"out of date since {message.expires_on}"
        if self.outbox.has_opted_out(message.recipient, message.category):
            return "the recipient has opted out"
        if to is None or not to.address:
            return "no address is known"
        if self.outbox.has_opted_out(mailbox(to.address), EVERYTHING):
            return "the mail server refused this address before"
        return ""

    def _wait(self, message: Message, to: Contact) -> tuple[datetime, str] | None:
        """Until when it waits, and why."""
        now, office = self.clock(), self.composer.office
        if not self.outbox.fact(OPENED) and to.address.lower() not in office.allowed:
            return now + ALLOW_LIST_WAIT, "not on the allow list, and sending isn't opened to everybody yet"
        until = office.etiquette.next_moment(now, to.zone, to.country)
        if until > now:
            return until, "outside the recipient's working hours"
        if kind_named(message.kind).is_capped:
            got = self.outbox.sent_since(message.recipient, now - timedelta(days=7), CAPPED)
            if len(got) >= office.etiquette.week_cap:
                return got[-office.etiquette.week_cap] + timedelta(days=7), "enough messages this week"
        return None

    def _send(self, message: Message, to: Contact) -> str:
        try:
            begun = self.outbox.first_sent(message.kind, message.subject)
            mail = self.composer.compose(message, to, self.clock(), begun).message
            self.observe("composed")
            # asked again: somebody may have declined while the message was being made
            if self.outbox.has_opted_out(message.recipient, message.category):
                return self._settle(message, "suppressed", "the recipient has opted out")
            self.transport.send(mail, to.address)
        except (NoPartner, NoReport, TemplateRefused) as refused:
            return self._settle(message, "failed", str(refused))
        except NotAccepted as refused:
            return self._not_accepted(message, to, refused)
        self.observe("transmitted")
        return self._settle(message, "sent", "")

    def _not_accepted(self, message: Message, to: Contact, refused: NotAccepted) -> str:
        if not refused.is_final:
            return self._retry(message, str(refused))
        if refused.is_address:
            self.outbox.opt_out(mailbox(to.address), EVERYTHING, self.clock(), by=f"mail server: {refused}")
        return self._settle(message, "failed", str(refused))

    def _retry(self, message: Message, words: str) -> str:
        now = self.clock()
        if message.first_tried_at and now - datetime.fromisoformat(message.first_tried_at) > GIVE_UP:
            return self._settle(message, "failed", f"given up after a day: {words}")
        self.outbox.settle(message, "approved", now, reason=words, until=now + wait_before(message))
        return "to be tried again"

    def _settle(self, message: Message, state: str, reason: str) -> str:
        self.outbox.settle(message, state, self.clock(), reason=reason)
        return state


def wait_before(message: Message) -> timedelta:
    """Twice as long after each attempt, spread by a quarter so that messages that failed together don't come back together."""
    wait = min(FIRST_WAIT * 2 ** min(message.attempts - 1, 10), LONGEST_WAIT)
    spread = int(hashlib.sha256(f"{message.key}{message.attempts}".encode()).hexdigest()[:4], 16) / 0xFFFF
    return wait * (0.75 + 0.5 * spread)
