"""A strict reader of delimited text: bytes in, columns of text out, with the line number and the raw text of each row.

Nothing is sniffed and nothing is padded: a sniffer that meets one short row may see one column in the whole file, without an error. A row with the wrong number of fields is a reject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.sources.delimited_head import head_of
from pipelines.sources.delimited_records import split_records
from pipelines.sources.lists_below import list_below
from pipelines.sources.records import Finding, SourceFile, SourceRefused
from pipelines.sources.text_encodings import decoded, has_mojibake, repaired
from pipelines.sources.text_lines import LONGEST_LINE, filled_lines, lines_of, refuse_long_line


@dataclass(frozen=True)
class DelimitedText:
    """A file as text: `rows` has a text column per header name plus `__line` (1-based) and `__raw`. below: filled lines of other lists below the records.

    day_zero: the day from which a workbook counts its days; None for the usual one.
    """

    file: str
    header: tuple[str, ...]
    more_headers: tuple[tuple[str, ...], ...]
    rows: pl.DataFrame
    rejects: pl.DataFrame
    findings: list[Finding]
    below: int = 0
    day_zero: date | None = None


_NOTHING = b" \t\r\n\x00\x1a\xef\xbb\xbf\xff\xfe"
"""Bytes of a file that holds no letter: blanks, marks of an encoding, the end of a file as DOS wrote it."""


def read_delimited(
    file: SourceFile,
    *,
    required: Sequence[str] = (),
    delimiter: str | None = None,
    encoding: str | None = None,
    header_rows: int = 1,
    keep_unnamed: bool = False,
    first_list: bool = False,
) -> DelimitedText:
    """Read `file`; the header is the first of 20 lines that holds all `required` names. delimiter: without it a comma, or what else parts the required names.

    first_list: another list below the records is counted (`below`), not split.

    Raises `SourceRefused` for an empty file, a missing required column or bytes that are no text.
    """
    if not file.data.strip(_NOTHING):
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    text, findings = decoded(file, encoding)
    lines = lines_of(text)
    if len(text) > LONGEST_LINE:
        refuse_long_line(file.name, max(map(len, lines)))
    if has_mojibake(text):
        lines, changed = repaired(lines)
        findings.append(
            Finding(
                "mojibake",
                "",
                file.name,
                f"{changed} lines held UTF-8 read as cp1252 and were repaired; the export needs it too",
            )
        )
    head = head_of(file.name, lines, findings, required=required, delimiter=delimiter, header_rows=header_rows)
    end = list_below(lines, head.body, len(lines), head.delimiter, head.width) if first_list else None
    below = filled_lines(lines[end:]) if end is not None else 0
    rows, rejects = split_records(
        file.name, lines[:end], head.body, head.delimiter, head.names, keep_unnamed=keep_unnamed, ends=head.ends
    )
    return DelimitedText(file.name, tuple(head.names), head.more, rows, rejects, findings, below)
