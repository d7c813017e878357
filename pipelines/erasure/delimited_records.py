"""Delimited text cut into records, each with its place and its own bytes, whoever wrote it."""

import csv
from collections.abc import Iterator

from pipelines.sources.text_encodings import is_mostly_utf_8, line_by_line, utf_16_of
from pipelines.sources.text_lines import lines_with_ends

LONGEST_RECORD = 50
"""Lines. A record that is longer comes of a quotation mark that was never closed; each of its lines then counts as one."""


def records_of(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """First line, text and cells of every record of delimited text; a quoted cell may run over several lines."""
    lines = lines_with_ends(text)
    reader = csv.reader(iter(lines), delimiter=separator(lines))
    at = 0
    while at < len(lines):
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = None
        end = reader.line_num if cells is not None else len(lines)
        if cells is None or end - at > LONGEST_RECORD:
            yield from ((number, lines[number - 1], [lines[number - 1]]) for number in range(at + 1, end + 1))
        else:
            yield at + 1, "".join(lines[at:end]), cells
        at = end


def separator(lines: list[str]) -> str:
    """The character that stands most often in the first lines, of those that separate cells."""
    head = "".join(lines[:20])
    return max(",;\t|", key=head.count)


def decoded(data: bytes) -> tuple[str, str]:
    """Text, and the encoding in which to write it back: by its mark, else UTF-8, else one that takes every byte."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", errors="replace"), "utf-8-sig"
    wide = utf_16_of(data)
    if wide is not None:
        return data.decode(wide, errors="replace"), wide
    if is_mostly_utf_8([data]):  # written back as what nearly all of it is
        return line_by_line(data), "utf-8"
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def encoded(text: str, encoding: str) -> bytes:
    """The bytes of `text` as they came."""
    return text.encode(encoding)
