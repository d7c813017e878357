"""The outbox's tables, and a row as a value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from pipelines.messages.due import Due, Field
from pipelines.messages.kinds import kind_named

STATES = ("draft", "approved", "held", "leased", "sent", "failed", "suppressed")

_METADATA = sa.MetaData()
OUTBOX = sa.Table(
    "outbox",
    _METADATA,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("recipient", sa.String(200), nullable=False),
    sa.Column("programme_id", sa.String(200), nullable=False),
    sa.Column("cohort_id", sa.String(200)),
    sa.Column("partner", sa.String(200)),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("subject", sa.String(400), nullable=False),
    sa.Column("due_on", sa.String(10), nullable=False),
    sa.Column("expires_on", sa.String(10), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("batch", sa.String(8)),
    sa.Column("approved_by", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("not_before", sa.String(32), nullable=False),
    sa.Column("lease_by", sa.String(80)),
    sa.Column("lease_until", sa.String(32)),
    sa.Column("first_tried_at", sa.String(32)),
    sa.Column("sent_at", sa.String(32)),
    sa.Column("changed_at", sa.String(32), nullable=False),
)
"""fields: JSON of days and counts. due_on, expires_on: ISO days. Instants are ISO in UTC with microseconds."""
SUPPRESSIONS = sa.Table(
    "outbox_suppressions",
    _METADATA,
    sa.Column("recipient", sa.String(200), primary_key=True),
    sa.Column("category", sa.String(20), primary_key=True),
    sa.Column("since", sa.String(32), nullable=False),
    sa.Column("told_by", sa.String(200), nullable=False),
)
FACTS = sa.Table(
    "outbox_facts",
    _METADATA,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Message:
    """A row of the outbox; what a `Due` says and where it stands. Instants as ISO text."""

    key: str
    kind: str
    recipient: str
    programme_id: str
    cohort_id: str | None
    partner: str | None
    role: str
    fields: Mapping[str, Field]
    subject: str
    due_on: date
    expires_on: date
    state: str
    reason: str = ""
    batch: str | None = None
    approved_by: str | None = None
    attempts: int = 0
    first_tried_at: str | None = None
    sent_at: str | None = None
    changed_at: str = ""

    @property
    def category(self) -> str:
        """What a recipient may decline it by."""
        return kind_named(self.kind).category


def values_of(due: Due, now: datetime) -> dict[str, Any]:
    """The row of a message that is new."""
    moment = now.astimezone(UTC).isoformat(timespec="microseconds")
    return {
        **{name: getattr(due, name) for name in ("key", "kind", "recipient", "programme_id", "cohort_id", "partner", "role", "subject")},
        "fields": json.dumps(dict(due.fields), sort_keys=True),
        "due_on": f"{due.due_on}",
        "expires_on": f"{due.expires_on}",
        "state": "approved" if due.is_approved else "draft",
        "approved_by": "the programme's file" if due.is_approved else None,
        "reason": "",
        "attempts": 0,
        "not_before": (due.not_before or now).astimezone(UTC).isoformat(timespec="microseconds"),
        "changed_at": moment,
    }  # fmt: skip


def message_of(row: Mapping[str, Any]) -> Message:
    """A row as a value."""
    names = ("key", "kind", "recipient", "programme_id", "cohort_id", "partner", "role", "subject", "state", "reason", "batch", "approved_by", "attempts", "first_tried_at", "sent_at", "changed_at")  # fmt: skip
    return Message(
        **{name: row[name] for name in names},
        fields=json.loads(row["fields"]),
        due_on=date.fromisoformat(row["due_on"]),
        expires_on=date.fromisoformat(row["expires_on"]),
    )
