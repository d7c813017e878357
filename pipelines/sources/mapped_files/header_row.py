"""Which line of an unknown table holds its headers: not a title, and not a record whose values happen to be words that headers use."""

import re
from collections.abc import Sequence

from pipelines.sources.mapped_files.header_words import known_names

_VALUE = re.compile(r"@\w|^[\W\d]*\d[\W\d]*$|^\d{1,4}[-./]\w{1,9}[-./]\d{1,4}")
"""What stands in a record, not above a column: an address, a number, a date."""
_DAY = re.compile(r"^\d{1,4}[-./]\d{1,4}([-./]\d{0,4})?$")
CLEARLY_MORE = 2  # known names by which a later line must exceed the first wide one: one may be a value


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row of `rows` (the first of a table, as texts) that holds its headers; 0 where there is none.

    It is the first that is filled as far as the table is wide, unless a later one without any value knows clearly more names.
    """
    filled = [[field.strip() for field in row if field and field.strip()] for row in rows]
    width = max(map(len, filled), default=0)
    wide = [at for at, fields in enumerate(filled) if fields and 2 * len(fields) > width]
    if not wide:
        return 0
    named = [at for at in wide if not _holds_a_value(filled[at]) or (at == wide[0] and _names_days(filled[at]))] or wide
    first = named[0]
    best = max(named, key=lambda at: _known(filled[at]))
    return best if _known(filled[best]) >= _known(filled[first]) + CLEARLY_MORE else first


def _names_days(fields: Sequence[str]) -> bool:
    """Whether a first row has names that are known and beside them days or months, each another: a column a meeting."""
    days = [field for field in fields if _VALUE.search(field)]
    return _known(fields) >= CLEARLY_MORE and all(_DAY.search(day) for day in days) and len(set(days)) == len(days)


def _known(fields: Sequence[str]) -> int:
    """Names that mean something, and questions: a survey's headers are such."""
    return len({*known_names(fields), *(field for field in fields if field.endswith("?"))})


def _holds_a_value(fields: Sequence[str]) -> bool:
    """A single number may be a header (a year); an address or several values make a record."""
    values = [field for field in fields if _VALUE.search(field)]
    return any("@" in field for field in values) or 3 * len(values) > len(fields)
