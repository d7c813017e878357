"""What a page may write to, each opened for one principal: decisions, messages, the workspace's own files. Whoever may not gets NotForYou instead."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboards.access.managers import managers_file
from dashboards.snapshot import Snapshot, serving_folder
from pipelines.access.principal import Principal, Role
from pipelines.decisions import DecisionStore
from pipelines.first_hour.opening import Opened, opened
from pipelines.messages.outbox import Outbox
from pipelines.messages.outbox_rows import Message


def decisions_for(principal: Principal, programme_id: str) -> DecisionStore:
    """The store that IMPACT_DECISIONS names, or the SQLite file in the data folder beside the snapshot. Raises NotForYou."""
    principal.must_decide(programme_id)
    file = serving_folder().resolve().parent / "decisions" / "decisions.sqlite"
    return DecisionStore(os.environ.get("IMPACT_DECISIONS") or f"sqlite:///{file}")


def outbox_of_server() -> Outbox:
    """The whole outbox, for what the server does by itself: opt-outs and counts. Nothing is opened before the first question."""
    file = serving_folder().resolve().parent / "messages" / "outbox.sqlite"
    return Outbox(os.environ.get("IMPACT_OUTBOX") or f"sqlite:///{file}")


@dataclass(frozen=True)
class PermittedOutbox:
    """The outbox with the messages that a principal may see; the others can neither be read nor approved nor held."""

    outbox: Outbox
    principal: Principal
    pairs: frozenset[str]

    def messages(self) -> list[Message]:
        """Raises OutboxUnreachable."""
        return [message for message in self.outbox.messages() if self._may_see(message)]

    def approve(self, keys: Sequence[str], now: datetime) -> int:
        """How many were approved, under the principal's name."""
        return self.outbox.approve(self._own(keys), self.principal.known_as, now)

    def hold(self, keys: Sequence[str], now: datetime) -> int:
        """How many were held."""
        return self.outbox.hold(self._own(keys), self.principal.known_as, now)

    def pausing(self) -> str | None:
        """Who has stopped all sending."""
        return self.outbox.pausing()

    def fact(self, name: str) -> str | None:
        """What a run or a person has left under a name."""
        return self.outbox.fact(name)

    def _own(self, keys: Sequence[str]) -> list[str]:
        seen = {message.key for message in self.messages()}
        return [key for key in keys if key in seen]

    def _may_see(self, message: Message) -> bool:
        if self.principal.may_decide(message.programme_id):
            return True
        return self.principal.may_see(message.programme_id) and message.fields.get("pair") in self.pairs


def outbox_for(principal: Principal, snapshot: Snapshot) -> PermittedOutbox:
    """Raises NotForYou, OutboxUnreachable."""
    principal.must_be(Role.MANAGER)
    return PermittedOutbox(outbox_of_server(), principal, _pairs(principal, snapshot))


def _pairs(principal: Principal, snapshot: Snapshot) -> frozenset[str]:
    """Pairs of somebody who sees some people of a programme only."""
    if all(share.is_whole for share in principal.shares):
        return frozenset()
    managers = managers_file(snapshot, principal)
    return frozenset(managers.frame("select pair_id from work_pairs")["pair_id"]) if managers else frozenset()


def workspace_for(principal: Principal, audience: Role = Role.ADMINISTRATOR) -> Opened | None:
    """The workspace that data and goals are written to; None where this server only reads. Raises NotForYou."""
    principal.must_be(audience)
    return opened(st.get_option("server.address"))
