"""Logs: one line per event on standard error, as text or (IMPACT_LOG=json) as JSON with the run's id in every line."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

RUN: ContextVar[str] = ContextVar("impact_run", default="")


class JsonLines(logging.Formatter):
    """at, level, logger, run_id, message, and the kind of exception where there was one; never its values."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run_id": RUN.get() or None,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            told["exception"] = record.exc_info[0].__name__
        return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)


def configure(form: str) -> None:
    """Log the product's own events (loggers `impact.*` and `dashboards`). form: `json`, `text`, or "" for warnings only, as text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    for name in ("impact", "dashboards"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if form else logging.WARNING)


@contextmanager
def run_named(run_id: str) -> Iterator[None]:
    """Every line logged within belongs to a run."""
    token = RUN.set(run_id)
    try:
        yield
    finally:
        RUN.reset(token)
