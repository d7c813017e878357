"""What comes of one case: the connector and the gate as a load applies them, as plain values that a process can hand over."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.contracts import BY_NAME
from pipelines.loading.judged_rows import loaded_columns, one_row_a_key, quarantined, sound_rows
from pipelines.loading.stop_rules import LoadStopped, question_about_bad_rows
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, FileOnDisk, SourceFile, SourceRefused, TableBatch, merge

SOURCE_ID = "src"
AS_OF = date(2026, 10, 31)


def outcome_of(case: Path) -> dict[str, Any]:
    """Rows, rejects and findings of a case, or the words with which it was refused."""
    source = yaml.safe_load((case / "source.yaml").read_text(encoding="utf-8"))
    options = {
        **(source.get("options") or {}),
        "source_id": SOURCE_ID,
        "levels": source.get("levels") or {},
        "as_of": source.get("as_of", AS_OF),
        **({"mapping": source["mapping"]} if "mapping" in source else {}),
    }
    files = files_of(case / "files")
    whole = _judged(lambda: CONNECTORS[source["connector"]].read([SourceFile(f.name, f.data) for f in files], options))
    if CONNECTORS[source["connector"]].in_parts:
        whole["in_parts"] = _in_parts(source["connector"], files, options)
    return whole


def files_of(folder: Path) -> list[FileOnDisk]:
    """The files of a case under the names that a landed source gives them."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [FileOnDisk(path.relative_to(folder).as_posix(), path) for path in found]


def _in_parts(connector: str, files: Sequence[FileOnDisk], options: dict[str, Any]) -> dict[str, Any] | None:
    def read() -> Extract | None:
        in_parts = CONNECTORS[connector].in_parts
        parts = in_parts(files, options) if in_parts else None
        return None if parts is None else _together(parts)

    return _judged(read)


def _together(parts: Iterable[Extract]) -> Extract:
    extracts = list(parts)
    batches = [batch for extract in extracts for batch in extract.batches]
    return Extract(batches, [finding for extract in extracts for finding in extract.findings])


def _judged(read: Any) -> dict[str, Any]:
    try:
        extract = read()
    except SourceRefused as refused:
        return {"refused": str(refused)}
    if extract is None:
        return {}
    told: dict[str, Any] = {"tables": {}, "findings": [vars(finding) for finding in extract.findings], "stopped": []}
    for batch in merge(extract.batches):
        told["tables"][batch.table] = _table(batch, told["stopped"])
    return told


def _table(batch: TableBatch, stopped: list[str]) -> dict[str, Any]:
    table = BY_NAME[batch.table]
    sound, refused = sound_rows(table, batch.rows)
    sound, contradicting, repeats = one_row_a_key(sound, table)
    held = quarantined(table, batch.rejects, refused, contradicting)
    try:
        question = question_about_bad_rows(table.name, held, batch.rows_in, source_id=SOURCE_ID, load_id="0123456789")
        stopped += [question.sentence] if question else []
    except LoadStopped as problem:
        stopped.append(str(problem))
    rows = loaded_columns(table, sound)
    return {
        "rows": [_plain(row) for row in rows.iter_rows(named=True)],
        "rejects": [
            _plain(row)
            for row in held.select("source_file", "source_line", "rule", "reason", "remedy", "raw_text").to_dicts()
        ],
        "left_out": _left_out(batch.filtered),
        "repeats": repeats,
        "rows_in": batch.rows_in,
    }


def _left_out(filtered: pl.DataFrame) -> dict[str, int]:
    return {row["reason"]: row["rows"] for row in filtered.to_dicts()}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in row.items()}


def plain_value(value: Any) -> Any:
    """A day as `2024-03-01`, an instant as `2026-03-02T09:00:00Z`, everything else as it is."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
