"""What somebody has looked at and accepted: kept in a file that only grows, so that the same question isn't asked twice and it can be told who said yes."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.audit_log import append
from pipelines.loading.stop_rules import Question


@dataclass
class Acceptance:
    """The accepted keys of one run: those that the log holds and those that its caller gives.

    log: JSON lines of at, actor, key, words; None keeps nothing. actor: who runs.
    """

    log: Path | None = None
    given: Sequence[str] = ()
    actor: str = ""
    _used: list[Question] = field(default_factory=list)

    def unanswered(self, questions: Iterable[Question]) -> list[Question]:
        """The questions to which nobody has said yes."""
        known, open_ones = self._known(), []
        for question in questions:
            if question.key in known:
                continue
            if question.key in self.given:
                self._used.append(question)
            else:
                open_ones.append(question)
        return open_ones

    def record(self) -> list[str]:
        """Add to the log what was accepted in this run; the given keys that nothing asked for."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        lines = [
            json.dumps(
                {"at": now, "actor": self.actor, "key": question.key, "words": question.words}, ensure_ascii=False
            )
            for question in self._used
        ]
        if lines and self.log is not None:
            _append(self.log, lines)
            for question in self._used:
                append(self.log.with_name("log.jsonl"), "accepted", {"key": question.key}, actor=self.actor)
        answered = {question.key for question in self._used} | self._known()
        self._used = []
        return [key for key in self.given if key not in answered]

    def _known(self) -> set[str]:
        if self.log is None or not self.log.exists():
            return set()
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return {entry["key"] for line in lines if (entry := _entry(line))}


def _entry(line: str) -> dict[str, str] | None:
    """A line of the log; None for one that a killed process left half written."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _append(log: Path, lines: Sequence[str]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("".join(line + "\n" for line in lines))
        stream.flush()
        os.fsync(stream.fileno())
