"""Where the outbox stands, in typed rows and sentences: what waits for approval as batches, what was sent, what failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboards.access.doors import PermittedOutbox
from dashboards.facts.words import plural
from pipelines.messages.dispatch import OPENED
from pipelines.messages.kinds import KINDS
from pipelines.messages.outbox_rows import Message

RECENT_DAYS = 7
SHOWN = {"draft": "waits for approval", "approved": "approved", "held": "held", "leased": "being sent", "sent": "sent", "failed": "failed", "suppressed": "not sent"}  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Drafts of one kind and programme. oldest: day on which the first was due; expires: day after which the first makes no sense any more."""

    kind: str
    title: str
    programme: str
    messages: tuple[Message, ...]
    oldest: date
    expires: date

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.messages]

    @property
    def sentence(self) -> str:
        """How many, since when, and until when they make sense."""
        begun, ends = f"{self.oldest.day} {self.oldest:%B}", f"{self.expires.day} {self.expires:%B %Y}"
        if len(self.messages) == 1:
            return f"1 message, due since {begun}, out of date after {ends}"
        return f"{plural(len(self.messages), 'message')}, due since {begun}, the first out of date after {ends}"


@dataclass(frozen=True)
class Standing:
    """The whole outbox at one moment. recent: sent within the last days."""

    batches: list[Batch]
    counts: Mapping[str, int]
    recent: int
    messages: list[Message]
    paused_by: str | None
    opened_by: str | None

    @property
    def title(self) -> str:
        """What waits for a person."""
        waiting = self.counts.get("draft", 0)
        if waiting:
            return f"{plural(waiting, 'message')} {'waits' if waiting == 1 else 'wait'} for approval"
        return "No message waits for approval" if self.messages else "No message is due"

    @property
    def lead(self) -> str:
        """What happens with the rest."""
        if not self.messages:
            return "Messages are drafted with each run: introductions, reminders of meetings and milestones, surveys, closings, and the coordinator's digest."
        told = [f"{self.counts.get(state, 0)} {words}" for state, words in (("approved", "approved and not sent yet"), ("held", "held"), ("failed", "failed")) if self.counts.get(state)]  # fmt: skip
        told = told or ["Nothing is approved, held or failed"]
        return ". ".join(part for part in (", ".join(told), self._gate) if part) + "."

    @property
    def _gate(self) -> str:
        if self.paused_by:
            return f"All sending is stopped by {self.paused_by}"
        return (
            ""
            if self.opened_by
            else "Only addresses of the allow-list get messages until somebody opens sending to everybody"
        )


def standing(outbox: PermittedOutbox, programmes: Mapping[str, str], now: datetime) -> Standing:
    """programmes: id to name. Raises OutboxUnreachable."""
    messages = outbox.messages()
    since = now - timedelta(days=RECENT_DAYS)
    recent = sum(message.sent_at is not None and datetime.fromisoformat(message.sent_at) > since for message in messages)  # fmt: skip
    drafts = [message for message in messages if message.state == "draft"]
    return Standing(_batches(drafts, programmes), Counter(message.state for message in messages), recent, messages, outbox.pausing(), outbox.fact(OPENED))  # fmt: skip


def _batches(drafts: Sequence[Message], programmes: Mapping[str, str]) -> list[Batch]:
    groups: dict[tuple[str, str], list[Message]] = {}
    for message in drafts:
        groups.setdefault((message.kind, message.programme_id), []).append(message)
    found = [_batch(kind, programmes.get(programme, programme), members) for (kind, programme), members in groups.items()]  # fmt: skip
    return sorted(found, key=lambda batch: (batch.expires, batch.title, batch.programme))


def _batch(kind: str, programme: str, messages: Sequence[Message]) -> Batch:
    return Batch(kind, KINDS[kind].title, programme, tuple(messages), min(one.due_on for one in messages), min(one.expires_on for one in messages))  # fmt: skip


def rows(messages: Sequence[Message], programmes: Mapping[str, str]) -> list[dict[str, str]]:
    """Single messages for a table, the newest change first. Nobody is named: a pair is shown by its number."""
    ordered = sorted(messages, key=lambda message: message.changed_at, reverse=True)
    return [
        {
            "message": KINDS[one.kind].title,
            "to": _to(one),
            "programme": programmes.get(one.programme_id, one.programme_id),
            "due": f"{one.due_on.day} {one.due_on:%b %Y}",
            "state": SHOWN[one.state],
            "why": one.reason,
            "by": one.approved_by or "",
            "key": one.key[:8],
        }
        for one in ordered
    ]


def _to(message: Message) -> str:
    number = message.fields.get("pair")
    if message.recipient.startswith("person:"):
        return " of ".join(part for part in (message.role or "invited person", str(number or "")) if part)
    return "coordinator" if message.recipient.startswith("coordinator:") else "report's recipient"
