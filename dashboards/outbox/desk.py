"""How a message would read, and who sends it, as the page Messages shows it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dashboards.access.doors import PermittedOutbox
from pipelines.messages.compose import Composer
from pipelines.messages.office import Office, Placeholders, ProgrammeWords
from pipelines.messages.outbox import OutboxUnreachable
from pipelines.messages.outbox_rows import Message
from pipelines.messages.render import TemplateRefused, Words

__all__ = ["OutboxUnreachable", "office_of", "preview"]

OFFICE = "office"
"""Name of the fact under which a run leaves what the workspace file says of the sender."""


def office_of(outbox: PermittedOutbox) -> Office:
    """The sender as the last run left it; a stand-in where none has."""
    told = json.loads(outbox.fact(OFFICE) or "{}")
    templates = told.get("templates")
    return Office(
        told.get("sender", "Mentoring team <mentoring@example.org>"),
        told.get("reply_to", "mentoring@example.org"),
        told.get("team", "The mentoring team"),
        told.get("public_url"),
        Path(templates) if templates else None,
    )


def preview(outbox: PermittedOutbox, message: Message, programmes: Mapping[str, str]) -> Words | str:
    """A message with placeholders for names: they are read from the vault only when it is sent. Where its template can't be used, why."""
    directory = Placeholders({key: ProgrammeWords(name, "[as agreed]") for key, name in programmes.items()})
    to = directory.contact(message.recipient)
    try:
        return Composer(office_of(outbox), directory, "preview").compose(message, to, datetime.now(UTC)).words
    except TemplateRefused as refused:
        return str(refused)
