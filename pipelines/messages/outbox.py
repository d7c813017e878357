"""What is to be sent, waits, was sent or never will be: one row per message, in SQLite or PostgreSQL.

A row knows people by pseudonym and mailboxes by hash; names, addresses and texts are made when it is sent and are kept nowhere. States: draft (waits for approval), approved, held,
leased (a sender has it), sent, failed, suppressed (it isn't sent, `reason` says why).
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from pipelines.messages.due import Due
from pipelines.messages.outbox_rows import FACTS, OUTBOX, SUPPRESSIONS, Message, message_of, values_of
from pipelines.stores import create_tables, open_engine
from pipelines.told import ToldInWords

NO_LONGER_DUE = "no longer due"
LEASE = timedelta(minutes=10)
Answer = TypeVar("Answer")
EVERYTHING = "everything"
"""The category that stands for all that can be declined."""


class OutboxUnreachable(ToldInWords, RuntimeError):
    """The outbox can't be opened; the message says what to check, without the URL's password."""


class Outbox:
    """url: as SQLAlchemy's. Nothing is opened or made before the first writing."""

    def __init__(self, url: str) -> None:
        self._engine, self._file = open_engine(url)
        self._is_made = False

    @property
    def file(self) -> Path | None:
        """The file behind it, where it is SQLite."""
        return self._file

    def draft(self, due: Iterable[Due], now: datetime, *, planned: Collection[str] = ()) -> int:
        """Keep what is due and isn't known; returns how many are new. planned: kinds that were worked out in full, so that what waits of them and isn't in `due` is withdrawn."""
        messages = {message.key: message for message in due}
        with self._writing() as connection:
            known = {row.key: row for row in connection.execute(sa.select(OUTBOX.c.key, OUTBOX.c.state, OUTBOX.c.reason, OUTBOX.c.kind))}  # fmt: skip
            new = [message for key, message in messages.items() if key not in known]
            if new:
                connection.execute(sa.insert(OUTBOX), [values_of(message, now) for message in new])
            gone = [row.key for row in known.values() if row.kind in planned and row.state in ("draft", "approved") and row.key not in messages]  # fmt: skip
            back = [row.key for row in known.values() if row.reason == NO_LONGER_DUE and row.key in messages]
            _set(connection, gone, now, state="suppressed", reason=NO_LONGER_DUE)
            _set(connection, back, now, state="draft", reason="")
        return len(new)

    def approve(self, keys: Sequence[str], by: str, now: datetime) -> int:
        """Release drafts and held messages for sending; returns how many. A batch has one name under it."""
        batch = secrets.token_hex(4)
        return self._move(keys, ("draft", "held"), now, state="approved", approved_by=by, batch=batch, reason="", not_before=_iso(now))  # fmt: skip

    def hold(self, keys: Sequence[str], by: str, now: datetime) -> int:
        """Keep messages from being sent until they are approved; returns how many."""
        return self._move(keys, ("draft", "approved"), now, state="held", reason=f"held by {by}")

    def claim(self, sender: str, now: datetime) -> Message | None:
        """Take the next approved message, or one whose sender died, for as long as the lease lasts; None where nothing may be sent now."""
        if self.pausing():
            return None
        waiting = sa.or_(OUTBOX.c.state == "approved", sa.and_(OUTBOX.c.state == "leased", OUTBOX.c.lease_until <= _iso(now)))  # fmt: skip
        query = sa.select(OUTBOX).where(waiting, OUTBOX.c.not_before <= _iso(now)).order_by(OUTBOX.c.not_before, OUTBOX.c.key).limit(1)  # fmt: skip
        while True:
            with self._writing() as connection:
                row = connection.execute(query).mappings().first()
                if row is None:
                    return None
                # whoever changes the row first has it: the condition names its state and its number of attempts
                taken = connection.execute(
                    sa.update(OUTBOX)
                    .where(OUTBOX.c.key == row["key"], OUTBOX.c.state == row["state"], OUTBOX.c.attempts == row["attempts"])
                    .values(state="leased", lease_by=sender, lease_until=_iso(now + LEASE), attempts=row["attempts"] + 1, first_tried_at=row["first_tried_at"] or _iso(now), changed_at=_iso(now))
                )  # fmt: skip
                if taken.rowcount == 1:
                    return message_of({**row, "state": "leased", "attempts": row["attempts"] + 1})

    def settle(self, message: Message, state: str, now: datetime, *, reason: str = "", until: datetime | None = None, waited: bool = False) -> None:  # fmt: skip
        """End a lease: sent, failed, suppressed, or approved again not before `until`. waited: nothing was tried, so it counts as no attempt."""
        changes: dict[str, str | int | None] = {"state": state, "reason": reason, "lease_by": None, "lease_until": None}
        if until is not None:
            changes["not_before"] = _iso(until)
        if state == "sent":
            changes["sent_at"] = _iso(now)
        with self._writing() as connection:
            if waited:
                changes |= {"attempts": message.attempts - 1, "first_tried_at": message.first_tried_at}
            condition = (OUTBOX.c.key == message.key, OUTBOX.c.state == "leased")
            connection.execute(sa.update(OUTBOX).where(*condition).values(**changes, changed_at=_iso(now)))

    def messages(self, *, states: Sequence[str] = (), programme: str | None = None, kind: str | None = None) -> list[Message]:  # fmt: skip
        """Messages in some states, the longest due first."""
        query = sa.select(OUTBOX).order_by(OUTBOX.c.due_on, OUTBOX.c.kind, OUTBOX.c.key)
        if states:
            query = query.where(OUTBOX.c.state.in_(states))
        if programme:
            query = query.where(OUTBOX.c.programme_id == programme)
        if kind:
            query = query.where(OUTBOX.c.kind == kind)
        return self._ask(lambda connection: [message_of(dict(row)) for row in connection.execute(query).mappings()], [])

    def find(self, beginning: str) -> list[Message]:
        """Messages whose key begins so."""
        query = sa.select(OUTBOX).where(OUTBOX.c.key.startswith(beginning, autoescape=True)).limit(10)
        return self._ask(lambda connection: [message_of(dict(row)) for row in connection.execute(query).mappings()], [])

    def sent_since(self, recipient: str, since: datetime, kinds: Sequence[str]) -> list[datetime]:
        """When a recipient got messages of some kinds, the first first."""
        query = sa.select(OUTBOX.c.sent_at).where(OUTBOX.c.recipient == recipient, OUTBOX.c.sent_at > _iso(since), OUTBOX.c.kind.in_(kinds))  # fmt: skip
        return self._ask(lambda connection: sorted(datetime.fromisoformat(row[0]) for row in connection.execute(query)), [])  # fmt: skip

    def first_sent(self, kind: str, subject: str) -> datetime | None:
        """When the first message of a kind about a subject left; None where none has."""
        query = sa.select(sa.func.min(OUTBOX.c.sent_at)).where(OUTBOX.c.kind == kind, OUTBOX.c.subject == subject)
        found = self._ask(lambda connection: connection.execute(query).scalar(), None)
        return datetime.fromisoformat(found) if found else None

    def opt_out(self, recipient: str, category: str, now: datetime, *, by: str) -> None:
        """Send a recipient nothing of a category any more; said twice it is said once."""
        row = {"recipient": recipient, "category": category, "since": _iso(now), "told_by": by}
        with self._writing() as connection:
            if not connection.execute(_suppression(recipient, [category])).first():
                connection.execute(sa.insert(SUPPRESSIONS).values(row))

    def opt_in(self, recipient: str, category: str) -> None:
        """Take an opt-out back."""
        with self._writing() as connection:
            connection.execute(sa.delete(SUPPRESSIONS).where(SUPPRESSIONS.c.recipient == recipient, SUPPRESSIONS.c.category == category))  # fmt: skip

    def has_opted_out(self, recipient: str, category: str) -> bool:
        """Whether a recipient declined a category, or everything."""
        query = _suppression(recipient, [category, EVERYTHING])
        return self._ask(lambda connection: connection.execute(query).first() is not None, False)

    def opt_outs(self) -> list[tuple[str, str, str, str]]:
        """(recipient, category, since, told_by), the newest last."""
        query = sa.select(SUPPRESSIONS).order_by(SUPPRESSIONS.c.since)
        return self._ask(
            lambda connection: [
                (row.recipient, row.category, row.since, row.told_by) for row in connection.execute(query)
            ],
            [],
        )

    def fact(self, name: str) -> str | None:
        """Something that holds for the whole outbox, such as who opened it to everybody."""
        query = sa.select(FACTS.c.value).where(FACTS.c.name == name)
        return self._ask(lambda connection: connection.execute(query).scalar(), None)

    def keep_fact(self, name: str, value: str | None) -> None:
        """Keep or (None) forget one."""
        with self._writing() as connection:
            connection.execute(sa.delete(FACTS).where(FACTS.c.name == name))
            if value is not None:
                connection.execute(sa.insert(FACTS).values(name=name, value=value))

    def pausing(self) -> str | None:
        """Who stopped all sending, where somebody has."""
        return self.fact("paused")

    def secret(self) -> str:
        """What links of this outbox are signed with; made at the first question."""
        found = self.fact("secret")
        if found is None:
            with self._writing() as connection:
                found = connection.execute(sa.select(FACTS.c.value).where(FACTS.c.name == "secret")).scalar()
                if found is None:
                    found = secrets.token_hex(32)
                    connection.execute(sa.insert(FACTS).values(name="secret", value=found))
        return str(found)

    def _move(self, keys: Sequence[str], states: Sequence[str], now: datetime, **changes: str) -> int:
        with self._writing() as connection:
            return _set(connection, keys, now, states=states, **changes)

    def _make(self) -> None:
        if not self._is_made or (self._file and not self._file.exists()):
            create_tables(self._engine, self._file, OUTBOX, SUPPRESSIONS, FACTS)
            if self._file:
                with self._engine.connect() as connection:
                    # readers don't wait for the sender, nor it for them
                    connection.exec_driver_sql("pragma journal_mode=wal")
            self._is_made = True

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction in which nobody else writes (SQLite), or that others are told apart from by conditions (PostgreSQL)."""
        try:
            self._make()
            with self._engine.connect() as connection:
                if self._file:
                    connection.exec_driver_sql("begin immediate")
                yield connection
                connection.commit()
        except sa.exc.SQLAlchemyError as problem:
            raise self._unreachable(problem) from None

    def _ask(self, question: Callable[[sa.Connection], Answer], nothing: Answer) -> Answer:
        if self._file is not None and not self._file.exists():
            return nothing
        try:
            with self._engine.connect() as connection:
                is_there = self._is_made or sa.inspect(connection).has_table(OUTBOX.name)
                return question(connection) if is_there else nothing
        except (sa.exc.SQLAlchemyError, OSError) as problem:
            raise self._unreachable(problem) from None

    def _unreachable(self, problem: Exception) -> OutboxUnreachable:
        where = self._engine.url.render_as_string(hide_password=True)
        return OutboxUnreachable(f"The outbox {where} doesn't answer ({type(problem).__name__}). Check IMPACT_OUTBOX, or the server behind it.")  # fmt: skip


def _set(connection: sa.Connection, keys: Sequence[str], now: datetime, *, states: Sequence[str] = (), **changes: str) -> int:  # fmt: skip
    """Change rows by key, a few hundred at a time; returns how many."""
    changed = 0
    for start in range(0, len(keys), 400):
        condition = [OUTBOX.c.key.in_(keys[start : start + 400])]
        if states:
            condition.append(OUTBOX.c.state.in_(states))
        changed += connection.execute(sa.update(OUTBOX).where(*condition).values(**changes, changed_at=_iso(now))).rowcount  # fmt: skip
    return changed


def _suppression(recipient: str, categories: Sequence[str]) -> sa.Select[Any]:
    return sa.select(SUPPRESSIONS.c.since).where(SUPPRESSIONS.c.recipient == recipient, SUPPRESSIONS.c.category.in_(categories))  # fmt: skip


def _iso(moment: datetime) -> str:
    """An instant as text of one width, so that text order is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
