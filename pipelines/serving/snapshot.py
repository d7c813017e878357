"""The published snapshot: built beside the current one, named uniquely, swapped in by replacing a pointer.

Readers open the file that `CURRENT` names. A file is written and closed before the pointer moves and is never changed afterwards, so a
reader never meets a half-built or a locked file, and a run that dies at any moment leaves the last one up.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

POINTER = "CURRENT"
READERS = "v{stamp}.duckdb"
MANAGERS = "managers_v{stamp}.duckdb"
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

Build = Callable[[Path], None]


def content_hash(frames: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over every table's name, columns and sorted rows, first 32 hex digits. Same content, same hash, whatever the order."""
    digest = hashlib.sha256()
    for name in sorted(frames):
        frame = frames[name]
        rows = sorted(frame.write_ndjson().splitlines())
        digest.update(f"{name}\n{frame.columns}\n{len(rows)}\n".encode())
        digest.update("\n".join(rows).encode())
    return digest.hexdigest()[:32]


def write_tables(target: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write `frames` into a new DuckDB file at `target`, checkpointed and closed."""
    connection = duckdb.connect(str(target), config=OFFLINE)
    try:
        for name in sorted(frames):
            connection.register("incoming", frames[name].to_arrow())
            connection.execute(f'create table "{name}" as from incoming')
            connection.unregister("incoming")
        connection.execute("checkpoint")
    finally:
        connection.close()


def publish(serving: Path, readers: Build, managers: Build | None = None, *, keep: int = 3) -> Path:
    """Build the readers' and the managers' file and move the pointer to them; returns the readers' file.

    The last `keep` versions stay for roll-back; leftovers of killed runs are removed.
    """
    serving.mkdir(parents=True, exist_ok=True)
    _sweep(serving)
    stamp = time.time_ns()
    final = serving / READERS.format(stamp=stamp)
    if managers is not None:
        _build(managers, serving / MANAGERS.format(stamp=stamp))
    _build(readers, final)
    pointer = serving / f".{POINTER}.{uuid.uuid4().hex}"
    pointer.write_text(final.name, encoding="utf-8")
    _sync(pointer)
    os.replace(pointer, serving / POINTER)
    _sync(serving)
    for old in sorted(serving.glob("v*.duckdb"))[:-keep]:
        (serving / f"managers_{old.name}").unlink(missing_ok=True)
        old.unlink(missing_ok=True)
    return final


def current(serving: Path) -> Path | None:
    """The readers' file that the pointer names, or None where nothing was published yet."""
    pointer = serving / POINTER
    if not pointer.exists():
        return None
    named = serving / pointer.read_text(encoding="utf-8").strip()
    return named if named.exists() else None


def published_hash(serving: Path) -> str | None:
    """The content hash of the current snapshot, None where there is none."""
    path = current(serving)
    if path is None:
        return None
    connection = duckdb.connect(str(path), read_only=True, config=OFFLINE)
    try:
        rows = connection.execute("select content_hash from release").fetchall()
    finally:
        connection.close()
    return str(rows[0][0]) if rows else None


def _build(build: Build, final: Path) -> None:
    draft = final.with_name(f".{final.name}.draft")
    build(draft)
    _sync(draft)
    os.replace(draft, final)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(serving: Path) -> None:
    """Remove what a killed run left: drafts, their logs, and pointers that never moved."""
    for pattern in (".*.draft", ".*.draft.wal", f".{POINTER}.*"):
        for leftover in serving.glob(pattern):
            leftover.unlink(missing_ok=True)
