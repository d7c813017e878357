"""Text as lines, as every reader of delimited text counts them: a line ends with CRLF, LF or CR, and with nothing else (U+2028 and a vertical tab are letters of a cell)."""

import re
from collections.abc import Sequence

from pipelines.sources.records import SourceRefused

LONGEST_LINE = 16 << 20  # characters; no export has a longer record, and a file that is one line is no table
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")


def lines_of(text: str) -> list[str]:
    """The lines without their ends; the last one is empty where the text ends with an end of line."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def lines_with_ends(text: str) -> list[str]:
    """The lines as they stand, so that together they are the text."""
    return [line for line in _LINE.findall(text) if line]


def refuse_long_line(file: str, longest: int) -> None:
    """Raise `SourceRefused` where a line is longer than any record."""
    if longest > LONGEST_LINE:
        raise SourceRefused(
            f"{file} has a line of more than {LONGEST_LINE >> 20} million characters, so it is no table. Next step: export it again as CSV with a line a record."
        )


def filled_lines(lines: Sequence[str]) -> int:
    """How many lines aren't blank."""
    return sum(1 for line in lines if line.strip())
