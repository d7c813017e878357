"""Files without the records of a person, format by format. Pure: bytes in, bytes out.

A record is a line of a table, a row of a sheet, an element of a JSON list, a property of a calendar. What isn't in a record (a heading, a title) loses the words alone. A file of
unknown form that tells of the person is given up whole (None).
"""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.erasure.delimited_records import decoded, encoded, records_of, separator
from pipelines.erasure.traces import ERASED, Traces
from pipelines.sources.text_lines import lines_with_ends

_SUPERIOR = re.compile("manager|supervisor|superior|reports", re.IGNORECASE)
TEXTS = (".txt", ".md", ".html", ".log", ".out", ".err", ".yaml", ".yml", ".xml", ".sql", ".eml", ".svg")
TABLES = (".csv", ".tsv")


@dataclass
class Without:
    """What is taken out of one file.

    is_read: a connector has read the file, so that other records than those of `places` are other people's and lose the words alone; where it hasn't, each record with a trace goes.
    places: first line (or number) of records of the person to their text. ids: plain ids of the person, one of which such a record holds where its text was cleaned before it
    was noted. mentions: lines of other people's records with one of the ids in a cell.
    """

    traces: Traces
    places: Mapping[int, str | None] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    mentions: Set[int] = frozenset()
    is_read: bool = False
    removed: int = 0

    def is_record(self, line: int, cells: list[str]) -> bool:
        """Whether the record that begins at `line` goes; counted."""
        goes = self.is_place(line, cells) or (not self.is_read and self.traces.are_in_record(cells))
        self.removed += goes
        return goes

    def is_place(self, line: int, cells: list[str]) -> bool:
        """Whether a connector has read one of the person's records here, and it is still here."""
        if line not in self.places:
            return False
        raw = _squeezed(self.places[line] or "")
        return raw in (_squeezed("\t".join(cells)), _squeezed(cells[-1])) or not self.ids.isdisjoint(
            map(str.strip, cells)
        )

    def cells(self, line: int, cells: list[str]) -> list[str]:
        """The cells of somebody else's record without the person; counted."""
        kept = ["" if line in self.mentions and cell.strip() in self.ids else cell for cell in cells]
        self.removed += kept != cells
        return [self.value(cell) for cell in kept]

    def value(self, text: str) -> str:
        """A cell without the person: nothing where it named nobody else, so that no reader takes a word for an address; counted."""
        new = self.words(text)
        return "" if new.strip() == ERASED and new != text else new

    def words(self, text: str) -> str:
        """The text without the person's words; counted."""
        text, number = self.traces.taken_from(text)
        self.removed += number
        return text


def _squeezed(text: str) -> str:
    return " ".join(text.split())


Way = Callable[[bytes, Without], bytes | None]


def without(name: str, data: bytes, out: Without) -> bytes | None:
    """The file without the person; the same object where nothing was taken out, None where it can't be kept. `out.removed` counts."""
    new = way_of(name)(data, out)
    return new if out.removed else data


def way_of(name: str) -> Way:
    """How a file of that name is cleaned."""
    return next((way for endings, way in WAYS if name.lower().endswith(endings)), _unknown)


def _table(data: bytes, out: Without) -> bytes:
    text, encoding = decoded(data)
    kept = []
    for line, record, cells in records_of(text):
        if line == 1:
            kept.append(out.words(record))
        elif not out.is_record(line, [*cells, record]):
            kept.append(_other(line, record, cells, out))
    return encoded("".join(kept), encoding)


def _other(line: int, record: str, cells: list[str], out: Without) -> str:
    """Somebody else's record, as it is where it doesn't mention the person."""
    new = out.cells(line, cells)
    if new == cells:
        return record
    stream = io.StringIO()
    ending = record[len(record.rstrip("\r\n")) :]
    csv.writer(stream, delimiter=separator([record]), lineterminator=ending).writerow(new)
    return stream.getvalue()


def _lines(data: bytes, out: Without) -> bytes:
    """JSON lines: each a record."""
    text, encoding = decoded(data)
    lines = enumerate(lines_with_ends(text), start=1)
    kept = [out.words(line) for number, line in lines if not out.is_record(number, [line])]
    return encoded("".join(kept), encoding)


def _text(data: bytes, out: Without) -> bytes:
    text, encoding = decoded(data)
    return encoded(out.words(text), encoding)


def _calendar(data: bytes, out: Without) -> bytes:
    """Attendees and organisers go; a title loses the words alone, and the event stays with whoever else was there."""
    text, encoding = decoded(data)
    kept = []
    for prop in re.split(r"(?<=\n)(?![ \t])", text):
        unfolded = re.sub(r"\r?\n[ \t]", "", prop)
        if unfolded.upper().startswith("UID"):
            new, number = out.traces.taken_from_id(unfolded)
            out.removed += number
            kept.append(new if number else prop)
        elif not out.traces.are_in(unfolded):
            kept.append(prop)
        elif unfolded.upper().startswith(("ATTENDEE", "ORGANIZER", "CONTACT", "X-")):
            out.removed += 1
        else:
            kept.append(out.words(unfolded))
    return encoded("".join(kept), encoding)


def _json(data: bytes, out: Without) -> bytes | None:
    text, encoding = decoded(data)
    try:
        page = json.loads(text)
    except ValueError:
        return _text(data, out)
    texts = {raw for raw in out.places.values() if raw}
    kept = _pruned(page, out, [value for raw in texts if (value := _record(raw)) is not None], depth=0)
    indent = 1 if text.startswith(("{\n", "[\n")) else None
    return encoded(json.dumps(kept, ensure_ascii=False, indent=indent), encoding)


def _record(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _pruned(value: Any, out: Without, known: list[Any], *, depth: int) -> Any:
    """A JSON value without the elements of lists, and the entries of objects, that are the person's. depth: how many lists it is in."""
    if isinstance(value, list):
        return [_pruned(entry, out, known, depth=depth + 1) for entry in value if not _goes(entry, out, known, depth)]
    if isinstance(value, dict):
        kept = {
            name: "" if _is_mention(str(name), entry, out) else _pruned(entry, out, known, depth=depth)
            for name, entry in value.items()
            if not out.traces.are_in(str(name))
        }
        out.removed += len(value) - len(kept)
        return kept
    return out.value(value) if isinstance(value, str) else value


def _is_mention(name: str, value: Any, out: Without) -> bool:
    """Whether an entry of somebody else's record holds one of the person's ids as that of a superior."""
    return bool(out.mentions) and isinstance(value, str) and value.strip() in out.ids and bool(_SUPERIOR.search(name))


def _goes(entry: Any, out: Without, known: list[Any], depth: int) -> bool:
    """Whether an element of a list goes; in a file that was read, an element of the outermost list is somebody else's record."""
    is_others = out.is_read and depth == 0
    goes = entry in known or (not is_others and out.traces.are_in_record(list(_own_texts(entry))))
    out.removed += goes
    return goes


def _own_texts(entry: Any) -> Iterator[str]:
    """The texts of an element itself; lists in it have elements of their own."""
    if isinstance(entry, dict):
        for value in entry.values():
            yield from _own_texts(value)
    elif isinstance(entry, str):
        yield entry


def _workbook(data: bytes, out: Without) -> bytes:
    """Rows of all sheets. They are written anew as text, which is how they are read."""
    import xlsxwriter

    from pipelines.sources.records import SourceFile
    from pipelines.sources.spreadsheets import sheets_as_text

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, rows in sheets_as_text(SourceFile("", data)).items():
            sheet = book.add_worksheet(out.words(name)[:31])
            kept = [out.cells(line, row) for line, row in enumerate(rows, start=1) if not out.is_record(line, row)]
            for number, row in enumerate(kept):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(number, column, cell)
    return stream.getvalue()


def _parquet(data: bytes, out: Without) -> bytes:
    frame = pl.read_parquet(io.BytesIO(data))
    flat = [name for name, dtype in frame.schema.items() if not dtype.is_nested() and dtype != pl.Binary]
    rows = frame.select(pl.col(flat).cast(pl.String).fill_null("")).rows()
    keep = [not out.is_record(line, list(row)) for line, row in enumerate(rows, start=1)]
    texts = [name for name in flat if frame.schema[name] == pl.String]
    kept = [
        out.cells(line, list(row))
        for line, row in enumerate(frame.select(texts).fill_null("").rows(), start=1)
        if keep[line - 1]
    ]
    cleaned = pl.DataFrame(kept, schema=dict.fromkeys(texts, pl.String()), orient="row")
    whole = frame.filter(pl.Series(keep, dtype=pl.Boolean))
    stream = io.BytesIO()
    whole.with_columns(
        pl.when(whole[name].is_null() & (cleaned[name] == "")).then(None).otherwise(cleaned[name]).alias(name)
        for name in texts
    ).write_parquet(stream)
    return stream.getvalue()


def _archive(data: bytes, out: Without) -> bytes:
    """Every member by its own form; one that can't be kept is left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            member = Without(out.traces)
            kept = without(entry.filename, old.read(entry), member)
            out.removed += member.removed
            if kept is not None:
                new.writestr(zipfile.ZipInfo(entry.filename, entry.date_time), kept)
    return stream.getvalue()


def _gzip(data: bytes, out: Without) -> bytes | None:
    kept = _unknown_text(gzip.decompress(data), out)
    return None if kept is None else gzip.compress(kept, mtime=0)


def _unknown(data: bytes, out: Without) -> bytes | None:
    """A file without a known ending: text loses the words, anything else goes whole."""
    if not out.traces.are_in_bytes(data):
        return data
    return _unknown_text(data, out)


def _unknown_text(data: bytes, out: Without) -> bytes | None:
    if b"\0" not in data:
        return _text(data, out)
    if out.traces.are_in_bytes(data):
        out.removed += 1
        return None
    return data


WAYS: tuple[tuple[tuple[str, ...], Way], ...] = (
    (TABLES, _table),
    ((".ndjson", ".jsonl"), _lines),
    ((".json",), _json),
    ((".ics", ".ical", ".ifb", ".icalendar"), _calendar),
    ((".xlsx",), _workbook),
    ((".parquet",), _parquet),
    ((".zip",), _archive),
    ((".gz",), _gzip),
    (TEXTS, _text),
)
