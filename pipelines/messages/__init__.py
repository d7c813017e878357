"""Messages of a programme: who is due what, the outbox, what a message says, and how it is sent. Pure: facts, clock, directory and transport are handed in."""

from pipelines.messages.due import Due
from pipelines.messages.facts import Facts
from pipelines.messages.kinds import CATEGORIES, KINDS
from pipelines.messages.outbox import Outbox, OutboxUnreachable
from pipelines.messages.outbox_rows import STATES, Message
from pipelines.messages.rules import due_messages

__all__ = ["CATEGORIES", "KINDS", "STATES", "Due", "Facts", "Message", "Outbox", "OutboxUnreachable", "due_messages"]
