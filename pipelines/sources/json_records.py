"""JSON exports as flat text columns, one record per row, with the record's number for a line and its compact JSON for raw text."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.json_pages import parsed, written
from pipelines.sources.records import SourceFile, SourceRefused

FILE = "__file"


@dataclass(frozen=True)
class RecordPage:
    """Records of one landed page that still hold, with their numbers in it; a later page may have replaced the others."""

    name: str
    records: tuple[tuple[int, dict[str, Any]], ...]


def numbered(file: SourceFile | RecordPage) -> Iterable[tuple[int, dict[str, Any]]]:
    """The records of a file or a page, with their numbers in it."""
    return file.records if isinstance(file, RecordPage) else enumerate(read_records(file), start=1)


def read_records(file: SourceFile) -> list[dict[str, Any]]:
    """The records of a BambooHR response: a list, `{"data": []}`, `{"employees": []}`, or changed tables `{"employees": {id: {"rows": []}}}`.

    Raises `SourceRefused` for an empty file, broken JSON or another shape.
    """
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: fetch it again from the HRIS.")
    try:
        content = parsed(file.data)
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        line = getattr(problem, "lineno", 1)
        raise SourceRefused(
            f"{file.name}, line {line}, is not JSON ({problem}). Next step: fetch it again; it may be cut off."
        ) from problem
    except RecursionError as problem:
        raise SourceRefused(
            f"{file.name} nests too deeply to be an HRIS export. Next step: fetch it again."
        ) from problem
    if isinstance(content, Mapping):
        content = content.get("data", content.get("employees"))
    if isinstance(content, Mapping):  # changed tables: all rows of each changed employee, without an id of their own
        content = [
            {"employeeId": employee, **row} if isinstance(row, dict) else None
            for employee, entry in content.items()
            for row in (entry.get("rows", []) if isinstance(entry, Mapping) else [])
        ]
    if not isinstance(content, list) or (content and not any(isinstance(record, dict) for record in content)):
        raise SourceRefused(
            f"{file.name} holds no list of records. Next step: fetch it as JSON (Accept: application/json)."
        )
    # An entry that is no record keeps its place as an empty one, and its reader rejects it, alone.
    return [record if isinstance(record, dict) else {} for record in content]


def text_frame(
    files: Iterable[SourceFile | RecordPage], fields: Iterable[str], *, required: Iterable[str] = ()
) -> pl.DataFrame:
    """`fields` of all records as text (absent or empty = null), with `__file`, `__line` (record number) and `__raw`.

    Raises `SourceRefused` where there is no record at all or a required field is in no record: the key may lack permission for it.
    """
    names = list(dict.fromkeys(fields))
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    lines: list[int] = []
    raws: list[str] = []
    sources: list[str] = []
    seen: set[str] = set()
    for file in files:
        records = list(numbered(file))
        if not records and isinstance(file, SourceFile):
            raise SourceRefused(
                f"{file.name} holds no records. Next step: check the API key's permissions and fetch it again."
            )
        for number, record in records:
            seen.update(record.keys())
            for name in names:
                columns[name].append(_text(record.get(name)))
            lines.append(number)
            raws.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
            sources.append(file.name)
    if not lines:
        raise SourceRefused(
            "The source delivered no record at all. Next step: check the API key's permissions and fetch it again."
        )
    absent = [name for name in required if name not in seen]
    if absent:
        raise SourceRefused(
            f"{sources[0] if sources else 'The export'}: required field {', '.join(map(repr, absent))} is in no record. "
            "Next step: give the API key permission for it (BambooHR leaves out what a key may not see) and fetch again."
        )
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String()))
    return frame.with_columns(
        pl.Series(FILE, sources, dtype=pl.String),
        pl.Series(LINE, lines, dtype=pl.Int64),
        pl.Series(RAW, raws, dtype=pl.String),
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value).strip() or None


def fields_of(files: Iterable[SourceFile | RecordPage]) -> list[str]:
    """All field names of all records, in order of first appearance."""
    return list(dict.fromkeys(name for file in files for _, record in numbered(file) for name in record))
