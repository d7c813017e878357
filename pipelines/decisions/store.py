"""Where decisions are kept: one append-only table, in SQLite by default, in PostgreSQL by its URL.

Optimistic concurrency: a decision carries the revision after the one its writer saw. The primary key (cohort, revision) lets only one writer have it;
the other's decision follows it where the two are about other people, else they are told what was decided meanwhile. Nothing is overwritten.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipelines.decisions.decision import Decision, told
from pipelines.decisions.state import State, state_of
from pipelines.stores import create_tables, open_engine
from pipelines.told import ToldInWords

MOST_RACES = 20
_METADATA = sa.MetaData()
DECISIONS = sa.Table(
    "match_decisions",
    _METADATA,
    sa.Column("cohort_id", sa.String(200), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("actor", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_at", sa.String(40), nullable=False),
)
"""payload: JSON of pairs, wanted, mentor, seats, undoes, run_id. made_at: ISO instant in UTC."""


class StoreUnreachable(ToldInWords, RuntimeError):
    """The store can't be opened; the message says what to check, without the URL's password."""


class StaleRevision(RuntimeError):
    """Somebody decided since the writer looked. others: their decisions, oldest first."""

    def __init__(self, others: Sequence[Decision]) -> None:
        self.others = tuple(others)
        listed = " ".join(
            f'{told(one)} ({one.actor}, decision {one.revision}, because: "{one.reason}")' for one in self.others[:3]
        )
        super().__init__(
            f"Somebody decided since you looked, so yours was not saved. {listed} Look again, then decide."
        )


class DecisionStore:
    """url: as SQLAlchemy's; `postgresql://` uses pg8000. Nothing is opened before the first question."""

    def __init__(self, url: str) -> None:
        self._engine, self._file = open_engine(url)

    def cohorts(self) -> list[str]:
        """Cohorts about which something was decided, sorted."""
        with self._reading() as connection:
            if connection is None:
                return []
            query = sa.select(DECISIONS.c.cohort_id).distinct().order_by(DECISIONS.c.cohort_id)
            return [row[0] for row in connection.execute(query)]

    def decisions(self, cohort_id: str) -> list[Decision]:
        """Everything decided about a cohort, oldest first."""
        with self._reading() as connection:
            return [] if connection is None else _read(connection, cohort_id)

    def record(self, decision: Decision) -> State:
        """Append a decision and return the state after it.

        decision.revision: one more than the revision that the writer saw. What others decided since about other people doesn't matter: the decision is
        put behind it. Raises `StaleRevision` where somebody was faster with the same people, and `DecisionRefused` where the decision doesn't follow.
        """
        decision.check()
        self._prepare()
        for _ in range(MOST_RACES):
            try:
                return self._append(decision)
            except sa.exc.IntegrityError:
                continue  # somebody wrote between reading and writing; read what it was
            except sa.exc.SQLAlchemyError as problem:
                raise self._unreachable(problem) from None
        raise StaleRevision(self.decisions(decision.cohort_id)[decision.revision - 1 :])

    def _append(self, decision: Decision) -> State:
        with self._engine.begin() as connection:
            before = _read(connection, decision.cohort_id)
            newer = before[max(decision.revision - 1, 0) :]
            if len(before) < decision.revision - 1 or not all(decision.is_apart_from(one) for one in newer):
                raise StaleRevision(newer or before[-1:])
            placed = replace(decision, revision=len(before) + 1)
            after = state_of([*before, placed])
            connection.execute(sa.insert(DECISIONS).values(_row(placed)))
        return after

    def texts(self) -> list[str]:
        """Every payload, actor and reason."""
        with self._reading() as connection:
            rows = [] if connection is None else list(connection.execute(sa.select(DECISIONS)).mappings())
        return [row[name] for row in rows for name in ("payload", "actor", "reason")]

    def rewrite(self, changed: Callable[[str], str]) -> int:
        """Put `changed(text)` in the place of every payload, actor and reason that it changes: how many decisions it did.

        The only change that the log allows, for people who are erased; kinds, order and revisions stay.
        """
        with self._reading() as connection:
            rows = [] if connection is None else list(connection.execute(sa.select(DECISIONS)).mappings())
        number = 0
        for row in rows:
            new = {name: changed(row[name]) for name in ("payload", "actor", "reason")}
            if any(new[name] != row[name] for name in new):
                number += 1
                this = sa.and_(DECISIONS.c.cohort_id == row["cohort_id"], DECISIONS.c.revision == row["revision"])
                with self._engine.begin() as writing:
                    writing.execute(sa.update(DECISIONS).where(this).values(**new))
        return number

    def _prepare(self) -> None:
        try:
            create_tables(self._engine, self._file, DECISIONS)
        except sa.exc.SQLAlchemyError as problem:
            raise self._unreachable(problem) from None

    def _reading(self) -> "_Reading":
        return _Reading(self)

    def _unreachable(self, problem: Exception) -> StoreUnreachable:
        where = self._engine.url.render_as_string(hide_password=True)
        return StoreUnreachable(
            f"The decision store {where} doesn't answer ({type(problem).__name__}). Check IMPACT_DECISIONS, or the server behind it."
        )


class _Reading:
    """A connection for reading, or None where nothing was ever decided (no file, no table)."""

    def __init__(self, store: DecisionStore) -> None:
        self.store = store
        self.connection: sa.Connection | None = None

    def __enter__(self) -> sa.Connection | None:
        file = self.store._file
        if file is not None and not file.exists():
            return None
        try:
            self.connection = self.store._engine.connect()
            return self.connection if sa.inspect(self.connection).has_table(DECISIONS.name) else None
        except (sa.exc.SQLAlchemyError, OSError) as problem:
            raise self.store._unreachable(problem) from None

    def __exit__(self, *_: object) -> None:
        if self.connection is not None:
            self.connection.close()


def _read(connection: sa.Connection, cohort_id: str) -> list[Decision]:
    query = sa.select(DECISIONS).where(DECISIONS.c.cohort_id == cohort_id).order_by(DECISIONS.c.revision)
    return [_decision(row) for row in connection.execute(query).mappings()]


def _row(decision: Decision) -> dict[str, Any]:
    made_at = decision.made_at.astimezone(UTC) if decision.made_at else None
    payload = {
        "pairs": [list(pair) for pair in decision.pairs],
        "mentor": decision.mentor,
        "seats": decision.seats,
        "undoes": decision.undoes,
        "run_id": decision.run_id,
        "wanted": [list(one) for one in decision.wanted],
    }
    return {
        "cohort_id": decision.cohort_id,
        "revision": decision.revision,
        "kind": decision.kind,
        "payload": json.dumps({name: value for name, value in payload.items() if value not in (None, [])}),
        "actor": decision.actor.strip(),
        "reason": decision.reason.strip(),
        "made_at": made_at.isoformat(timespec="seconds") if made_at else "",
    }


def _decision(row: Any) -> Decision:
    payload = json.loads(row["payload"])
    return Decision(
        row["cohort_id"],
        row["revision"],
        row["kind"],
        pairs=tuple((mentee, mentor) for mentee, mentor in payload.get("pairs", [])),
        mentor=payload.get("mentor"),
        seats=payload.get("seats"),
        undoes=payload.get("undoes"),
        run_id=payload.get("run_id"),
        wanted=tuple((mentee, count) for mentee, count in payload.get("wanted", [])),
        actor=row["actor"],
        reason=row["reason"],
        made_at=datetime.fromisoformat(row["made_at"]),
    )
