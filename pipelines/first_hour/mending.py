"""Rows that can't be read, as they stand in their file, and what somebody corrected in them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.loading.corrections import Correction, record_corrections
from pipelines.sources.mapped_files.file_layout import certain_delimiter
from pipelines.sources.records import SourceFile, SourceRefused

ROW, WHY = "Row", "Why"
PLAIN = {
    "scheduled start at": "the time",
    "submitted at": "the time",
    "actual start date": "the first day",
    "actual end date": "the last day",
    "(empty)": "nothing",
}
"""Words of reasons that are the contract's own."""


@dataclass(frozen=True)
class Held:
    """The unreadable rows of one file in one source. frame: Row, Why, and the row's cells. raw: the rows' own texts, in order. separator: of the cells in them."""

    source: str
    file: str
    title: str
    frame: pl.DataFrame
    raw: tuple[str, ...]
    separator: str


def held_by_sheet(held: Sequence[Mapping[str, Any]], files: Sequence[SourceFile]) -> list[Held]:
    """The records that `check` quarantined, as tables that can be edited; records that have no place in a file are left out."""
    known = {file.name: file for file in files}
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for record in held:
        if record["file"] in known and record["line"] and record["raw"]:
            groups.setdefault((record["source"], record["file"]), []).append(record)
    return [_table(source, known[file], records) for (source, file), records in groups.items()]


def _table(source: str, file: SourceFile, records: Sequence[Mapping[str, Any]]) -> Held:
    separator = _separator(file)
    cells = [_parted(record["raw"], separator) for record in records]
    width = max(map(len, cells))
    names = _names(file, width)
    rows = {
        ROW: [record["line"] for record in records],
        WHY: ["; ".join(map(_plainly, record["reasons"])) for record in records],
    }
    columns = {name: [row[place] if place < len(row) else "" for row in cells] for place, name in enumerate(names)}
    frame = pl.DataFrame({**rows, **columns})
    return Held(
        source, file.name, f"{file.name} ({source})", frame, tuple(record["raw"] for record in records), separator
    )


def _plainly(reason: str) -> str:
    """A reason in the words of whoever owns the file; what is hidden elsewhere stands beside it here."""
    words = re.sub(r"\(hidden, \d+ characters?\)", "as written", reason)
    for ours, theirs in PLAIN.items():
        words = words.replace(ours, theirs)
    return words[:1].upper() + words[1:]


def _separator(file: SourceFile) -> str:
    if file.name.lower().endswith(".xlsx"):
        return "\t"
    try:
        return certain_delimiter(file)
    except SourceRefused:
        return ","


def _parted(raw: str, separator: str) -> list[str]:
    return raw.split("\t") if separator == "\t" else next(csv.reader(io.StringIO(raw), delimiter=separator), [])


def _names(file: SourceFile, width: int) -> list[str]:
    """The headers over the cells, numbered where a row is wider than its header."""
    from pipelines.first_hour.sheets import Sheet, sheets_of

    for sheet in sheets_of(file):
        if isinstance(sheet, Sheet) and len(sheet.layout.text.header) == width:
            return [
                name if not name.startswith("__unnamed_") else f"column {place}"
                for place, name in enumerate(sheet.layout.text.header, start=1)
            ]
    return [f"column {place}" for place in range(1, width + 1)]


def mend(corrections: Path, held: Held, frame: pl.DataFrame) -> int:
    """Keep every row that was changed in `frame`, in the place of the one that came; how many there were. corrections: the folder in which they are kept."""
    names = [name for name in frame.columns if name not in (ROW, WHY)]
    changed = []
    lines = held.frame[ROW].to_list()
    for line, before, after, raw in zip(
        lines, held.frame.select(names).rows(), frame.select(names).rows(), held.raw, strict=True
    ):
        if before != after:
            changed.append(Correction(held.source, held.file, int(line), raw, _joined(after, held.separator)))
    return record_corrections(corrections, changed) if changed else 0


def _joined(cells: Sequence[str | None], separator: str) -> str:
    if separator == "\t":
        return "\t".join((cell or "").replace("\t", " ") for cell in cells)
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="").writerow([cell or "" for cell in cells])
    return text.getvalue()
