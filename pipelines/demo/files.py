"""How the demo's rows become bytes: CSV text in a vendor's dialect, JSON with one record per line. The same rows give the same bytes."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

Files = dict[str, bytes]
STAMP = "%Y-%m-%dT%H:%M:%SZ"


def csv_lines(frame: pl.DataFrame, *, delimiter: str = ",") -> list[str]:
    """Header and rows as text lines without line ends; nulls are empty."""
    text = frame.write_csv(separator=delimiter, null_value="", quote_style="necessary")
    return text.rstrip("\n").split("\n")


def rows_as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ",") -> list[str]:
    """The same for few rows with text that may need quoting (line breaks inside a cell are not kept apart)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().rstrip("\n").split("\n")


def to_bytes(lines: Sequence[str], *, end: str = "\n", encoding: str = "utf-8") -> bytes:
    """Text lines as a file, each line ended with `end`."""
    return (end.join(lines) + end).encode(encoding)


def json_records(records: Sequence[Mapping[str, Any]]) -> bytes:
    """A JSON list, one record per line, as BambooHR's table endpoints answer."""
    body = ",\n".join(json.dumps(r, ensure_ascii=False) for r in records)
    return f"[\n{body}\n]\n".encode()


def json_page(records: Sequence[Mapping[str, Any]]) -> bytes:
    """BambooHR's list shape with all pages joined: {data: [...], meta: {...}}."""
    body = ",\n".join(json.dumps(r, ensure_ascii=False) for r in records)
    meta = json.dumps({"total": len(records), "page": {"limit": len(records), "nextCursor": None, "prevCursor": None}})
    return f'{{"data": [\n{body}\n],\n"meta": {meta}}}\n'.encode()


def export_note(exported_at: str, system: str) -> bytes:
    """When the files were taken, and from what: without it an extract's age would be that of the generation."""
    return (json.dumps({"exported_at": exported_at, "system": system}) + "\n").encode()
