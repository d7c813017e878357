"""Decisions as a file that the landing zone takes like any other source's."""

import json
import os
from datetime import UTC, date, datetime, time
from pathlib import Path

from pipelines.decisions.rows import rows_of
from pipelines.decisions.store import DecisionStore

FILE, NOTE = "decisions.ndjson", "_export.json"


def export_decisions(store: DecisionStore, folder: Path, *, as_of: date | None = None) -> int:
    """Write every cohort's decisions into `folder` and return the number of lines; the same decisions give the same bytes.

    The note beside them dates the export by its newest decision, never later than `as_of`; with neither there is no note.
    """
    decisions = [decision for cohort in store.cohorts() for decision in store.decisions(cohort)]
    lines = [json.dumps(row) for row in rows_of(decisions)]
    moments = [decision.made_at for decision in decisions if decision.made_at]
    if as_of is not None:
        last = datetime.combine(as_of, time(23, 59, 59), tzinfo=UTC)
        moments = [min(max(moments, default=last), last)]
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / FILE, "".join(f"{line}\n" for line in lines))
    if moments:
        _replace(folder / NOTE, json.dumps({"exported_at": max(moments).isoformat()}))
    return len(lines)


def _replace(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
