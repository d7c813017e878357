"""An exception that nobody foresaw, in one sentence: what it is and where its traceback is kept; or that the machine has no more room or memory, whatever broke by it."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

MEGABYTE = 2**20
LEAST_FREE = 64 * MEGABYTE
"""Less than this on the disk of the data folder is as good as none: a small organisation's run writes more."""
_NO_ROOM = ("no space left on device", "disk quota exceeded", "disk is full", "not enough space on the disk")
_NO_MEMORY = ("OutOfMemoryException", "MemoryError", "OutOfMemoryError")


def told_in_one_sentence(problem: BaseException, doing: str, data: Path) -> str:
    """Keep the traceback below `data` and say where. The exception's own message may quote a person's data, so only its kind is told."""
    import traceback  # for what seldom happens

    return told_of(type(problem).__name__, "".join(traceback.format_exception(problem)), doing, data)


def told_of(kind: str, trace: str, doing: str, data: Path) -> str:
    """The sentence about an exception of which only the kind and the traceback's text are left."""
    limit = limit_reached(trace, data)
    if limit:
        return f"{doing}: {limit}"
    log = data / "logs" / "unforeseen.log"
    reference = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        _keep(log, f"--- {reference} {doing}\n{trace.rstrip()}\n")
    except OSError as closed:
        return f"{doing}: something that nobody foresaw ({kind}), and {log} can't be written ({closed.strerror}). Next step: let this account write there, and do the same again."  # fmt: skip
    return (
        f"{doing}: something that nobody foresaw ({kind}). Next step: look for {reference} in {log}, which may quote people's data; "
        "send the traceback to whoever looks after this software."
    )


def limit_reached(trace: str, data: Path) -> str:
    """What the machine has run out of, judged by a traceback and by the disk as it is now; "" where it is something else."""
    free = free_bytes(data)
    if any(words in trace.lower() for words in _NO_ROOM) or (free is not None and free < MEGABYTE):
        left = "" if free is None else f" ({free // MEGABYTE:,} MB are free where {data} lies)"
        return f"a disk is full{left}. Next step: make room there and where temporary files go, and do the same again; what was published stays."  # fmt: skip
    if any(words in trace for words in _NO_MEMORY):
        return "the memory was not enough. Next step: allow more by IMPACT_MEMORY_LIMIT, name a folder with room for IMPACT_SPILL, or use a larger machine."  # fmt: skip
    return ""


def free_bytes(folder: Path) -> int | None:
    """How much can still be written on a folder's disk, also where the folder isn't there yet; None where that can't be told."""
    there = next((place for place in (folder, *folder.parents) if place.is_dir()), None)
    try:
        return shutil.disk_usage(there).free if there else None
    except OSError:
        return None


def _keep(log: Path, text: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
