"""The published snapshot: built beside the current one, named uniquely, swapped in by replacing a pointer.

Readers open the file that `CURRENT` names. A file is written and closed before the pointer moves and is never changed afterwards, so a
reader never meets a half-built or a locked file, and a run that dies at any moment leaves the last one up. Its hash stands beside it: a file
that is no longer what was written isn't served, the newest whole one before it is, and the next run publishes afresh.
"""

import hashlib
import os
import re
import time
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from pipelines.duckdb_config import duckdb_config

POINTER = "CURRENT"
READERS = "v{stamp}.duckdb"
MANAGERS = "managers_v{stamp}.duckdb"
VERSION = re.compile(r"v([0-9]+)\.duckdb")

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
    connection = duckdb.connect(str(target), config=duckdb_config(target))
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
    stamp = _next_stamp(serving)
    final = serving / READERS.format(stamp=stamp)
    if managers is not None:
        _build(managers, serving / MANAGERS.format(stamp=stamp))
    _build(readers, final)
    pointer = serving / f".{POINTER}.{uuid.uuid4().hex}"
    pointer.write_text(final.name, encoding="utf-8")
    _sync(pointer)
    os.replace(pointer, serving / POINTER)
    _sync(serving)
    for old in _versions(serving)[keep:]:
        _forget(old)
    return final


def forget_older(serving: Path) -> int:
    """Remove every release but the one that is served: how many there were."""
    served = current(serving)
    older = [path for path in _versions(serving) if path != served]
    for old in older:
        _forget(old)
    return len(older)


def note_change(path: Path) -> None:
    """Write down the hash of a published file that was changed on purpose."""
    with path.open("rb") as handle:
        _hash_beside(path).write_text(hashlib.file_digest(handle, "sha256").hexdigest(), encoding="utf-8")
    _sync(_hash_beside(path))


def _forget(readers: Path) -> None:
    for path in (readers, managers_of(readers)):
        path.unlink(missing_ok=True)
        _hash_beside(path).unlink(missing_ok=True)


def managers_of(readers: Path) -> Path:
    """The managers' file of the same release, whether or not there is one."""
    return readers.with_name(f"managers_{readers.name}")


def current(serving: Path) -> Path | None:
    """The readers' file that the pointer names; the newest whole one where that is damaged or the pointer names none; None where nothing was published yet."""
    named = _named(serving)
    candidates = ([named] if named else []) + [path for path in _versions(serving) if path != named]
    return next((path for path in candidates if is_whole(path)), None)


def is_whole(readers: Path) -> bool:
    """Whether a release's files are byte for byte what was written. Files older than this check have no hash beside them and pass."""
    managers = managers_of(readers)
    return _is_as_written(readers) and (not managers.exists() or _is_as_written(managers))


def published_hash(serving: Path) -> str | None:
    """The content hash of the current snapshot, None where there is none or the pointer doesn't name a whole one."""
    path = current(serving)
    if path is None or path != _named(serving):
        return None
    connection = duckdb.connect(str(path), read_only=True, config=duckdb_config(path))
    try:
        rows = connection.execute("select content_hash from release").fetchall()
    finally:
        connection.close()
    return str(rows[0][0]) if rows else None


def _next_stamp(serving: Path) -> int:
    """Later than every release there is, also where the clock was put back."""
    newest = max((int(VERSION.fullmatch(path.name)[1]) for path in _versions(serving)), default=0)  # type: ignore[index]
    return max(time.time_ns(), newest + 1)


def _versions(serving: Path) -> list[Path]:
    """The readers' files, newest first."""
    found = [(int(match[1]), path) for path in serving.glob("v*.duckdb") if (match := VERSION.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def _named(serving: Path) -> Path | None:
    """The readers' file that the pointer names, if it is one."""
    try:
        name = (serving / POINTER).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return serving / name if VERSION.fullmatch(name) and (serving / name).is_file() else None


def _hash_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _is_as_written(path: Path) -> bool:
    beside = _hash_beside(path)
    if not beside.exists():
        return True
    return _digest(path, (path.stat().st_size, path.stat().st_mtime_ns)) == beside.read_text(encoding="utf-8").strip()


@lru_cache(maxsize=32)
def _digest(path: Path, _seen: tuple[int, int]) -> str:
    """SHA-256 of a file, worked out again when its size or time of change differ."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _build(build: Build, final: Path) -> None:
    draft = final.with_name(f".{final.name}.draft")
    build(draft)
    _sync(draft)
    with draft.open("rb") as handle:
        _hash_beside(final).write_text(hashlib.file_digest(handle, "sha256").hexdigest(), encoding="utf-8")
    _sync(_hash_beside(final))
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
    for beside in serving.glob("*.duckdb.sha256"):
        if not beside.with_suffix("").exists():
            beside.unlink()
