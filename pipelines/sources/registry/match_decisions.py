"""Decisions of the matching workbench, as the pipeline takes them out of the decision store: one JSON object a line."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.records import Extract, SourceFile, SourceRefused, TableBatch, rows_frame
from pipelines.sources.text_lines import lines_of

FILE = "decisions.ndjson"


def read(files: Sequence[SourceFile], _options: Mapping[str, Any]) -> Extract:
    """Rows of `match_decisions`; a file without lines means that nothing was decided yet. Raises `SourceRefused`."""
    rows = []
    for file in files:
        for line, text in enumerate(lines_of(file.data.decode("utf-8", errors="replace")), start=1):
            if not text:
                continue
            try:
                record = json.loads(text)
                record["made_at"] = datetime.fromisoformat(record["made_at"])
            except (ValueError, KeyError, TypeError, RecursionError) as problem:
                raise SourceRefused(
                    f"{file.name}, line {line} is no decision. Next step: remove the file; the next run takes it out of the store again."
                ) from problem
            key = f"{record.get('cohort_id')}:{record.get('revision')}:{record.get('item')}"
            rows.append(
                {
                    **record,
                    "source_record_id": key,
                    "source_updated_at": record["made_at"],
                    "source_file": file.name,
                    "source_line": line,
                    "raw_text": text,
                }
            )
    return Extract([TableBatch("match_decisions", rows_frame("match_decisions", rows))], [])


SPEC = Connector(
    name="match_decisions",
    system="match_decisions",
    read=read,
    tables=frozenset({"match_decisions"}),
    documentation=Documentation(
        title="Decisions of the matching workbench",
        kind="Files",
        page="files.md",
        brings="match_decisions",
        history="yes, nothing is ever changed",
        changes="no",
        tested="real SQLite and PostgreSQL stores",
        bad_data="a line that is no decision",
    ),
)
