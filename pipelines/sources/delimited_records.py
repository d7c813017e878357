"""Lines of delimited text as records: columns of text with the number and the text of each, and a reject for each that has another width or an open quotation mark.

Lines without a quotation mark, nearly all of them, are split by Polars; the rest by Python's `csv`, so that
quoted fields over several lines work and an unclosed quotation mark costs one row, not the rest of the file.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW, tidied
from pipelines.sources.records import REJECT_SCHEMA, rejected, rejects_frame

MAX_RECORD_LINES = 500  # a quoted field longer than this is an unclosed quotation mark
CHUNK = 20_000  # quoted lines read at once: few enough that Python's lists stay small
END = "__end"
"""What stands behind the separator with which every record ends: nothing."""
_Record = tuple[int, list[str] | None, str]

csv.field_size_limit(10_000_000)


def next_record(lines: list[str], start: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that begins at `start` and the index after it; None where its quotation mark never closes."""
    if start >= len(lines):
        return None, start
    if '"' not in lines[start]:
        return lines[start].split(delimiter), start + 1
    window = lines[start : start + MAX_RECORD_LINES]
    used = 0

    def feed() -> Iterator[str]:
        nonlocal used
        for line in window:
            used += 1
            yield line + "\n"

    try:
        fields = next(csv.reader(feed(), delimiter=delimiter, strict=True, skipinitialspace=True))
    except (csv.Error, StopIteration):
        return None, start + 1
    return fields, start + used


def split_records(
    file: str,
    lines: list[str],
    body: int,
    delimiter: str,
    names: list[str],
    before: int = 0,
    *,
    keep_unnamed: bool = False,
    ends: bool = False,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split `lines` from index `body` on into typed-as-text rows and rejects; `before`: lines of the file that precede `lines`. ends: every record has a separator more, and nothing behind it."""
    names = [*names, END] if ends else names
    width = len(names)
    parts: list[pl.DataFrame] = []
    rejects: list[dict[str, Any]] = []
    frame = pl.DataFrame({LINE: range(body + 1, len(lines) + 1), RAW: pl.Series(lines[body:], dtype=pl.String)})
    frame = frame.with_columns(pl.col(LINE).cast(pl.Int64))
    quoted = frame.filter(pl.col(RAW).str.contains('"', literal=True))
    consumed: list[int] = []
    if quoted.height:
        part, consumed = _split_quoted(file, quoted, lines, delimiter, names, rejects, before)
        parts.append(part)
    plain = frame.filter(pl.col(RAW).str.contains(rf"[^\s\x1a{re.escape(delimiter)}]"))  # a line of separators is empty
    if consumed:
        plain = plain.filter(~pl.col(LINE).is_in(consumed))
    separators = pl.col(RAW).str.count_matches(delimiter, literal=True)
    for row in plain.filter(separators != width - 1).iter_rows(named=True):
        rejects.append(_wrong_width(file, row[LINE] + before, row[RAW].count(delimiter) + 1, width, row[RAW]))
    good = plain.filter(separators == width - 1) if plain.height else plain
    fields = (
        good[RAW].str.split_exact(delimiter, width - 1).struct.rename_fields(names).struct.unnest()
        if width > 1
        else good.select(pl.col(RAW).alias(names[0]))
    )
    parts.append(pl.concat([fields, good], how="horizontal"))
    rows = pl.concat([p.select(*names, LINE, RAW) for p in parts]).sort(LINE) if len(parts) > 1 else parts[0]
    if ends:
        moved = rows.filter(pl.col(END).str.strip_chars() != "")
        rejects += [_wrong_width(file, row[LINE] + before, width, width - 1, row[RAW]) for row in moved.to_dicts()]
        rows = rows.filter(pl.col(END).str.strip_chars() == "")
    kept = [name for name in names if name != END and (keep_unnamed or not name.startswith("__unnamed_"))]
    rows = tidied(rows.select(*kept, pl.col(LINE) + before, RAW))
    return rows, rejects_frame(rejects) if rejects else pl.DataFrame(schema=REJECT_SCHEMA)


def _split_quoted(
    file: str,
    quoted: pl.DataFrame,
    lines: list[str],
    delimiter: str,
    names: list[str],
    rejects: list[dict[str, Any]],
    before: int,
) -> tuple[pl.DataFrame, list[int]]:
    """Rows of the records that hold a quotation mark, and the numbers of the lines that they take up.

    A line with an odd number of marks opens (or closes) a record of several lines and is read alone; the others go
    through one reader a chunk, and one by one only if that did not give a record a line.
    """
    odd = pl.col(RAW).str.count_matches('"', literal=True) % 2 == 1
    consumed: set[int] = set()
    parts: list[pl.DataFrame] = []
    alone: list[_Record] = []

    def read_alone(number: int) -> None:
        if number in consumed:
            return
        fields, end = next_record(lines, number - 1, delimiter)
        consumed.update(range(number, end + 1))
        if fields is not None and _swallows(lines[number - 1 : end], delimiter, len(names)):
            rejects.extend(_swallowed(file, at + before, lines[at - 1]) for at in range(number, end + 1))
            return
        alone.append((number, fields, "\n".join(lines[number - 1 : end])))

    for number in quoted.filter(odd)[LINE].to_list():
        read_alone(number)
    single = [number for number in quoted.filter(~odd)[LINE].to_list() if number not in consumed]
    for start in range(0, len(single), CHUNK):
        numbers = single[start : start + CHUNK]
        texts = [lines[number - 1] for number in numbers]
        try:
            fields_of_all = list(csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error:
            fields_of_all = []
        if len(fields_of_all) == len(numbers):
            consumed.update(numbers)
            parts.append(_framed(file, list(zip(numbers, fields_of_all, texts, strict=True)), names, rejects, before))
        else:
            for number in numbers:
                read_alone(number)
    return pl.concat([*parts, _framed(file, alone, names, rejects, before)]), sorted(consumed)


def _swallows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a record of several lines holds a line that is a record itself: a quotation mark was left open, and the next one closed it.

    Such a line has the header's number of fields if quotation marks don't count, and begins like the record does (a number where that has one).
    """
    if width < 3:
        return False
    own = _shape(lines[0].partition(delimiter)[0])
    return any(line.count(delimiter) == width - 1 and _shape(line.partition(delimiter)[0]) == own for line in lines[1:])


def _shape(text: str) -> str:
    """A field with its digits as 9 and its letters as a, repeats once: `AB-1042` is `a-9`."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text.strip().strip('"')))


def _framed(
    file: str, records: list[_Record], names: list[str], rejects: list[dict[str, Any]], before: int
) -> pl.DataFrame:
    """The records of the header's width as a frame; the others are added to `rejects`."""
    width = len(names)
    good = [record for record in records if record[1] is not None and len(record[1]) == width]
    if len(good) < len(records):
        for number, fields, raw in records:
            if fields is None:
                rejects.append(_open_quote(file, number + before, raw))
            elif len(fields) != width:
                rejects.append(_wrong_width(file, number + before, len(fields), width, raw))
    columns = list(zip(*(record[1] or () for record in good), strict=True)) if good else [()] * width
    data = {name: pl.Series(name, column, dtype=pl.String) for name, column in zip(names, columns, strict=True)}
    data[LINE] = pl.Series([record[0] for record in good], dtype=pl.Int64)
    data[RAW] = pl.Series([record[2] for record in good], dtype=pl.String)
    return pl.DataFrame(data)


def _open_quote(file: str, line: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "quotation_mark",
        f"line {line} has a quotation mark that is not closed or stands inside a field",
        "double the quotation mark in the source and export again",
        raw,
    )


def _swallowed(file: str, line: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "quotation_mark",
        f"line {line} is part of a record that runs over several lines, one of which looks like a record of its own: a quotation mark is not closed",
        "close or double the quotation mark in the source and export again",
        raw,
    )


def _wrong_width(file: str, line: int, fields: int, width: int, raw: str) -> dict[str, Any]:
    return rejected(
        file,
        line,
        "number_of_fields",
        f"line {line} has {fields} {'field' if fields == 1 else 'fields'}, the header has {width}",
        "look for a missing or unquoted separator in the source and export again",
        raw,
    )
