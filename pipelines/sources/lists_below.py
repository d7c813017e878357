"""Where a second list begins below the records of a delimited file: reports put several into one file, each with its own headers.

It is told by a blank line or a line of one field above it, and by headers of another number of fields with a record (or nothing more) below them.
"""

import csv
import re
from collections.abc import Iterator, Sequence

LOOK = 5  # lines after a list's beginning that tell it apart: blank, heading, blank, headers, first record
_VALUE = re.compile(r"@|^[\W\d]*\d[\W\d]*$")


def list_below(lines: Sequence[str], start: int, stop: int, delimiter: str, width: int) -> int | None:
    """The index in `start` to `stop` at which another list begins; None where there is none. width: fields of the records.

    Lines before `start` and from `stop` on are looked at only for what stands beside the place.
    """
    if width < 2:
        return None
    notes = _notes(lines, start, stop, delimiter)
    for index in _places(lines, start, stop, delimiter):
        line = lines[index]
        if not line.strip() or (line.count(delimiter) == width - 1 and '"' not in line):
            continue
        if _begins(lines, index, delimiter, width) and not _within_quotes(lines[start:index]):
            return index
    return notes


def _notes(lines: Sequence[str], start: int, stop: int, delimiter: str) -> int | None:
    """Where notes begin that end the file: lines of one field alone, parted from the records by a blank one (who made the report, its copyright)."""
    if any(delimiter in line for line in lines[stop:]):
        return None
    first = stop
    while first > start and delimiter not in lines[first - 1]:
        first -= 1
    blank = next((at for at in range(first, stop) if not lines[at].strip()), None)
    begin = None if blank is None else next((at for at in range(blank, stop) if lines[at].strip()), None)
    return begin if begin is not None and not _within_quotes(lines[start:begin]) else None


def _places(lines: Sequence[str], start: int, stop: int, delimiter: str) -> Iterator[int]:
    """Where a list could begin: at a line of one field, or below a blank one. Nearly every line is a record, so they are told apart by one search each."""
    is_blank_told = delimiter.isspace()
    for index in range(max(start - 1, 0), stop):
        line = lines[index]
        if delimiter in line and not (is_blank_told and line.isspace()):
            continue
        place = index if line.strip() else index + 1
        if start <= place < stop:
            yield place


def _begins(lines: Sequence[str], index: int, delimiter: str, width: int) -> bool:
    is_heading = delimiter not in lines[index]
    if not is_heading and (index == 0 or lines[index - 1].strip()):
        return False
    filled = [line for line in lines[index : index + LOOK] if line.strip()]
    header = filled[is_heading : is_heading + 1]
    below = filled[is_heading + 1 : is_heading + 2]
    if not header or not _is_header(header[0], delimiter, width):
        return False
    return not below or _width(below[0], delimiter) == _width(header[0], delimiter)


def _is_header(line: str, delimiter: str, width: int) -> bool:
    fields = _fields(line, delimiter)
    return 1 < len(fields) != width and all(fields) and not any(map(_VALUE.search, fields))


def _width(line: str, delimiter: str) -> int:
    return len(_fields(line, delimiter))


def _fields(line: str, delimiter: str) -> list[str]:
    return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]


def _within_quotes(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1
