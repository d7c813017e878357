"""Large delimited text in parts of bounded size: the same rows, rejects and line numbers as `read_delimited` gives for the whole file.

A part ends only where no record can run on: a record has at most `MAX_RECORD_LINES` lines, and in the last so many lines of a part every quotation
mark is closed on its own line. A file that offers no such place is one part.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import SEPARATORS, Head, declared_separator, head_of
from pipelines.sources.delimited_records import MAX_RECORD_LINES, split_records
from pipelines.sources.disguises import disguise
from pipelines.sources.lists_below import LOOK, list_below
from pipelines.sources.records import FileOnDisk, Finding
from pipelines.sources.text_encodings import (
    BLOCK,
    WESTERN,
    encodings,
    foreign_words,
    has_mojibake,
    is_mostly_utf_8,
    is_shifted,
    utf_16_of,
)
from pipelines.sources.text_lines import filled_lines, refuse_long_line

PART = 4 << 20  # characters of a part: some 50,000 records, whose frames take about 100 MB on their way
_BLOCK = 1 << 20
_MARK_LENGTH = 3  # characters of the longest mojibake mark


def encoding_of(path: Path, declared: str | None = None) -> str | None:
    """The encoding in which the whole file can be read in parts; None where it must be read at once.

    At once: UTF-16, UTF-8 with lines in another encoding, letters of another part of the world, mojibake to repair, Excel's `sep=` line, nothing but blanks, an unknown encoding. These are rare, or their words count over the whole file.
    """
    with path.open("rb") as file:
        start = file.read(BLOCK)
        if utf_16_of(start) or disguise(start) or is_shifted(start):
            return None
    for candidate in encodings(declared):
        if candidate == WESTERN and declared is None and (is_mostly_utf_8(_blocks(path)) or _is_foreign(path)):
            return None
        try:
            return candidate if _is_plain(path, candidate) else None
        except UnicodeDecodeError:
            continue
        except LookupError:
            return None
    return None


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _is_foreign(path: Path) -> bool:
    with path.open("rb") as file:
        return foreign_words(file.read(BLOCK)) is not None


def _is_plain(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    tail, is_blank = "", True
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            text = tail + decoder.decode(block)
            if has_mojibake(text) or (is_blank and text.strip().strip('"').startswith("sep=")):
                return False
            is_blank = is_blank and not text.strip()
            tail = text[-_MARK_LENGTH:]
    decoder.decode(b"", final=True)
    return not is_blank


def delimited_parts(
    file: FileOnDisk,
    *,
    encoding: str,
    required: Sequence[str] = (),
    delimiter: str | None = None,
    header_rows: int = 1,
    part: int = PART,
    first_list: bool = False,
) -> Iterator[DelimitedText]:
    """`file` in parts of about `part` characters, in the order of its lines; findings stand in the first. first_list: as in `read_delimited`.

    encoding: what `encoding_of` answered. Raises `SourceRefused` for a missing required column.
    """
    delimiter = declared_separator(file.name, delimiter) if delimiter else None
    head: Head | None = None
    before = 0
    findings: list[Finding] = []
    last: list[str] = []
    ended = False
    for lines, ahead in _with_what_follows(_line_groups(file, encoding, delimiter, part)):
        if head is None:
            head = head_of(
                file.name,
                [*lines, *ahead],
                findings,
                required=required,
                delimiter=delimiter,
                header_rows=header_rows,
            )
        body = max(0, head.body - before)
        end = 0 if ended else None
        if first_list and not ended:
            around = [*last, *lines, *ahead]
            found = list_below(around, len(last) + body, len(last) + len(lines), head.delimiter, head.width)
            end, ended = (None, False) if found is None else (found - len(last), True)
        below = filled_lines(lines[end:]) if end is not None else 0
        rows, rejects = split_records(
            file.name, lines[:end], min(body, len(lines[:end])), head.delimiter, head.names, before, ends=head.ends
        )
        before += len(lines)
        last = lines[-1:]
        yield DelimitedText(file.name, tuple(head.names), head.more, rows, rejects, findings, below)
        findings = []


def _with_what_follows(groups: Iterator[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Each group with the first lines of the next, which may tell that a list ends here."""
    group = next(groups)
    for following in groups:
        yield group, following[:LOOK]
        group = following
    yield group, []


def _line_groups(source: FileOnDisk, encoding: str, delimiter: str | None, part: int) -> Iterator[list[str]]:
    """The lines of the file, as `read_delimited` splits them, in groups that no record leaves."""
    rest = ""
    lines: list[str] = []
    with source.path.open(encoding=encoding) as file:  # universal newlines: \r\n and \r become \n
        while text := file.read(part):
            *whole, rest = (rest + text).split("\n")
            refuse_long_line(source.name, len(rest))
            lines += whole
            if lines and _all_closed(lines[-MAX_RECORD_LINES:], delimiter):
                yield lines
                lines = []
    yield [*lines, rest]


def _all_closed(lines: list[str], delimiter: str | None) -> bool:
    """Whether every line with a quotation mark is a record of its own."""
    quoted = [line for line in lines if '"' in line]
    if any(line.count('"') % 2 for line in quoted):
        return False
    try:
        return len(
            list(csv.reader(quoted, delimiter=delimiter or _any_separator(quoted), strict=True, skipinitialspace=True))
        ) == len(quoted)
    except csv.Error:
        return False


def _any_separator(quoted: list[str]) -> str:
    """Where none is declared: what stands most often beside a quotation mark."""
    text = "\n".join(quoted)
    return max(SEPARATORS, key=lambda separator: text.count(f'"{separator}') + text.count(f'{separator}"'))
