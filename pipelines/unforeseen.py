"""An exception that nobody foresaw, in one sentence: what it is and where its traceback is kept."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path


def told_in_one_sentence(problem: BaseException, doing: str, data: Path) -> str:
    """Keep the traceback below `data` and say where. The exception's own message may quote a person's data, so only its kind is told."""
    return told_of(type(problem).__name__, "".join(traceback.format_exception(problem)), doing, data)


def told_of(kind: str, trace: str, doing: str, data: Path) -> str:
    """The sentence about an exception of which only the kind and the traceback's text are left."""
    log = data / "logs" / "unforeseen.log"
    reference = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(f"--- {reference} {doing}\n{trace.rstrip()}\n")
    return (
        f"{doing}: something that nobody foresaw ({kind}). Next step: look for {reference} in {log}, which may quote people's data; "
        "send the traceback to whoever looks after this software."
    )
