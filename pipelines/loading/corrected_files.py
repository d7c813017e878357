"""Files whose records can be replaced one by one: lines of text, rows of spreadsheets and Parquet files, records of JSON pages.

`replace` says whether the record stood there as it was; where it doesn't, nothing changes, so that a correction ends by itself. Cells of rows are separated by tabs, as the
readers write them.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import polars as pl

from pipelines.sources.parquet import text_column
from pipelines.sources.records import SourceFile
from pipelines.sources.spreadsheets import sheets_as_text

_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


class CorrectedFile(Protocol):
    """A file that takes corrections. line: 1-based line or number of the record; raw: its text as it was delivered."""

    def replace(self, line: int, raw: str, corrected: str) -> bool: ...

    def content(self) -> bytes: ...


class TextLines:
    """Delimited text; a record may take up several lines."""

    def __init__(self, data: bytes) -> None:
        text, self.encoding = _decoded(data)
        self.lines = _LINE_END.split(text)

    def replace(self, line: int, raw: str, corrected: str) -> bool:
        """Replace from the last record up: one that becomes shorter moves those below it."""
        height = raw.count("\n") + 1
        there = "".join(self.lines[line - 1 : line - 1 + height]).rstrip("\r\n").replace("\r\n", "\n")
        if there != raw.rstrip("\r\n"):
            return False
        ending = "\r\n" if self.lines[line - 1].endswith("\r\n") else "\n"
        self.lines[line - 1 : line - 1 + height] = [corrected.rstrip("\r\n") + ending]
        return True

    def content(self) -> bytes:
        """The lines in the encoding in which they came."""
        return "".join(self.lines).encode(self.encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    """Text and the encoding to write it back in: what the readers try, without a declared one."""
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")


class Workbook:
    """A spreadsheet. Its sheets are written anew as text, which is how they are read."""

    def __init__(self, data: bytes) -> None:
        self.sheets = sheets_as_text(SourceFile("", data))

    def replace(self, line: int, raw: str, corrected: str) -> bool:
        """Replace a row of the first sheet that holds it at that place."""
        new = corrected.split("\t")
        for rows in self.sheets.values():
            if line <= len(rows) and "\t".join(rows[line - 1]) == raw and len(rows[line - 1]) == len(new):
                rows[line - 1] = new
                return True
        return False

    def content(self) -> bytes:
        """The workbook as .xlsx."""
        import xlsxwriter  # only where a spreadsheet is corrected

        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            for name, rows in self.sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if cell:
                            sheet.write_string(number, column, cell)
        return stream.getvalue()


class ParquetRows:
    """A Parquet file. A column whose cells change is written as text, which is how it is read."""

    def __init__(self, data: bytes) -> None:
        self.frame = pl.read_parquet(io.BytesIO(data))
        schema = self.frame.schema
        self.flat = [name for name, dtype in schema.items() if not dtype.is_nested() and dtype != pl.Binary]
        self.changes: dict[str, dict[int, str | None]] = {}

    def replace(self, line: int, raw: str, corrected: str) -> bool:
        """Replace a row of as many cells."""
        row, new = self._row(line), corrected.split("\t")
        if row is None or "\t".join(row) != raw or len(new) != len(row):
            return False
        for name, before, cell in zip(self.flat, row, new, strict=True):
            if cell != before:
                self.changes.setdefault(name, {})[line - 1] = cell or None
        return True

    def _row(self, line: int) -> list[str] | None:
        if not 0 < line <= self.frame.height:
            return None
        one, schema = self.frame.slice(line - 1, 1), self.frame.schema
        texts = one.select(text_column(name, schema[name]).fill_null("") for name in self.flat).row(0, named=True)
        return [
            self.changes[name][line - 1] or "" if line - 1 in self.changes.get(name, {}) else text
            for name, text in texts.items()
        ]

    def content(self) -> bytes:
        """The file with the changed columns as text."""
        place = pl.int_range(pl.len())
        done = self.frame.with_columns(
            pl.when(place.is_in(list(cells)))
            .then(place.replace_strict(cells, default=None, return_dtype=pl.String))
            .otherwise(text_column(name, self.frame.schema[name]))
            .alias(name)
            for name, cells in self.changes.items()
        )
        stream = io.BytesIO()
        done.write_parquet(stream)
        return stream.getvalue()


class JsonRecords:
    """A JSON page, as a system over a network answered it."""

    def __init__(self, data: bytes) -> None:
        self.page = json.loads(data)

    def replace(self, line: int, raw: str, corrected: str) -> bool:
        """Replace a record of a list anywhere in the page: at its place in the list, else where it stands once."""
        try:
            before, after = json.loads(raw), json.loads(corrected)
        except ValueError:
            return False
        if not isinstance(before, dict) or not isinstance(after, dict):
            return False
        found = [
            (records, place) for records in _lists(self.page) for place, entry in enumerate(records) if entry == before
        ]
        chosen = [(records, place) for records, place in found if place == line - 1] or found
        if len(chosen) != 1:
            return False
        records, place = chosen[0]
        records[place] = after
        return True

    def content(self) -> bytes:
        """The page as JSON."""
        return json.dumps(self.page, ensure_ascii=False).encode()


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _lists(entry)


WAYS: tuple[tuple[tuple[str, ...], Callable[[bytes], CorrectedFile]], ...] = (
    ((".csv", ".tsv", ".txt"), TextLines),
    ((".xlsx",), Workbook),
    ((".parquet",), ParquetRows),
    ((".json",), JsonRecords),
)


def way_of(file: str) -> Callable[[bytes], CorrectedFile] | None:
    """What takes corrections of a file of that name; None where its records can't be replaced one by one (a calendar)."""
    return next((way for endings, way in WAYS if file.lower().endswith(endings)), None)
