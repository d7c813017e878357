"""Who decided, accepted, exported, erased, restored or changed settings: lines of JSON that only grow, each with the hash of the one before.

A changed, removed or inserted line breaks the chain at that place. Somebody who can write the file could write all of it anew: therefore the last hash (the head) is printed in each
report's stamp, and `impact log verify` takes such a head. No entry names a person of the programmes.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipelines.access.account import account

BEGINNING = "0" * 64
_BUSY_SECONDS = 15


@dataclass(frozen=True)
class Verdict:
    """What following the chain has shown. problem: None where it holds; otherwise where it breaks and what that means."""

    entries: int
    head: str
    problem: str | None = None


def log_of(data: Path) -> Path:
    """Where the log of a data folder lies."""
    return data / "audit" / "log.jsonl"


def append(log: Path, action: str, details: Mapping[str, Any], *, actor: str | None = None) -> str:
    """Add an entry and wait until it is on the disk; the new head. actor: default is the user of this process."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(log.with_suffix(".lock"), timeout=_BUSY_SECONDS):
        _drop_torn_line(log)
        known = entries(log)
        entry: dict[str, Any] = {
            "number": len(known) + 1,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "actor": actor or account(),
            "action": action,
            "details": dict(details),
            "before": known[-1]["hash"] if known else BEGINNING,
        }
        entry["hash"] = _hash(entry)
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    return str(entry["hash"])


def entries(log: Path) -> list[dict[str, Any]]:
    """Every entry that can be read, oldest first; what a killed process left half written isn't one."""
    return [entry for line in _lines(log) if (entry := _entry(line)) is not None]


def head(log: Path) -> str | None:
    """The hash of the last entry; None where there is none."""
    known = entries(log)
    return known[-1]["hash"] if known else None


def verify(log: Path, expected_head: str | None = None) -> Verdict:
    """Follow the chain. expected_head: a head noted elsewhere (its beginning is enough), which must be one of the chain's."""
    before, number = BEGINNING, 0
    heads = []
    for number, line in enumerate(_lines(log), start=1):
        entry = _entry(line)
        broken = _broken(entry, number, before)
        if entry is None or broken:
            return Verdict(
                number - 1, before, f"line {number} {broken}. Compare with a backup's copy; entries before it hold"
            )
        before = entry["hash"]
        heads.append(before)
    if expected_head and not any(found.startswith(expected_head) for found in heads):
        return Verdict(
            number,
            before,
            f"no entry has the hash {expected_head}: entries up to it were removed or written anew. Compare with a backup's copy",
        )
    return Verdict(number, before)


def _broken(entry: Mapping[str, Any] | None, number: int, before: str) -> str | None:
    if entry is None:
        return "can't be read"
    if entry.get("before") != before or entry.get("number") != number:
        return "doesn't follow the line above it: something was removed, inserted or moved"
    return None if entry.get("hash") == _hash(entry) else "was changed after it was written"


def _hash(entry: Mapping[str, Any]) -> str:
    told = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _lines(log: Path) -> list[str]:
    if not log.exists():
        return []
    whole, _, torn = log.read_text(encoding="utf-8", errors="replace").rpartition("\n")
    return [*(whole.split("\n") if whole else []), *([torn] if torn else [])]


def _entry(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "hash" in found else None


def _drop_torn_line(log: Path) -> None:
    """A killed process may leave a line without its end; nobody was told that it was written."""
    if log.exists() and (data := log.read_bytes()) and not data.endswith(b"\n"):
        with log.open("r+b") as stream:
            stream.truncate(data.rfind(b"\n") + 1)
