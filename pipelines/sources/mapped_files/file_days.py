"""The day, month or quarter in a file's name, by which exports of several days are put in their order; names without one are ordered as people count: `(10)` after `(2)`."""

import re
from collections.abc import Sequence

from pipelines.sources.times.expressions import month_number

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH, _DAY = r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_NUMBERS = (
    re.compile(rf"(?<!\d){_YEAR}[-_. ]?{_MONTH}(?:[-_. ]?{_DAY})?(?:[T_ -]?\d{{4,6}})?(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}[-_.]{_MONTH}[-_.]{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_MONTH}[-_.](?P<d>1[3-9]|2\d|3[01])[-_.]{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_MONTH}[-_.]{_YEAR}(?!\d)"),
)
_AMERICAN, _EUROPEAN = (
    re.compile(rf"(?<!\d){first}[-_.]{second}[-_.]{_YEAR}(?!\d)")
    for first, second in ((_MONTH, _DAY), (r"(?:1[3-9]|2\d|3[01])", r"(?:0[1-9]|1[0-2])"))
)
_WORDS = (
    re.compile(rf"(?<![^\W\d_])(?P<word>[^\W\d_]{{3,10}})[-_.,' ]*{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}[-_. ]*(?P<word>[^\W\d_]{{3,10}})(?![^\W\d_])"),
)
_QUARTERS = (
    re.compile(rf"(?<!\d){_YEAR}[-_. ]*[Qq](?P<q>[1-4])(?!\d)"),
    re.compile(rf"(?<![^\W_])[Qq](?P<q>[1-4])[-_. ]*{_YEAR}(?!\d)"),
)


def day_in(name: str) -> str | None:
    """The day, month or quarter in a file's name as text that sorts (`2026-03-00` for a month); None where it has none."""
    base = name.rpartition("/")[2]
    return _by_numbers(base) or _by_words(base) or _by_numbers(name)


def days_in(names: Sequence[str]) -> list[str | None]:
    """The same of files that one hand has named: month before day where one of them can be read in no other way."""
    is_american = any(_AMERICAN.search(name) and not _NUMBERS[1].search(name) for name in names)
    if is_american and not any(_EUROPEAN.search(name) for name in names):
        return [_written(found) if (found := _AMERICAN.search(name)) else day_in(name) for name in names]
    return [day_in(name) for name in names]


def name_order(name: str) -> list[tuple[int, str]]:
    """A name for ordering: its numbers as numbers; a copy's number comes behind the name without one."""
    stem, dot, ending = name.rpartition(".")
    pieces = re.split(r"(\d+)", f"{stem if dot else name}")
    return [(int(piece), "") if piece.isdigit() else (-1, piece.rstrip(" (")) for piece in pieces] + [(-1, ending)]


def _by_numbers(name: str) -> str | None:
    found = next((found for pattern in _NUMBERS if (found := pattern.search(name))), None)
    return _written(found) if found else None


def _by_words(name: str) -> str | None:
    for pattern in _QUARTERS:
        if found := pattern.search(name):
            return f"{found['y']}-{3 * int(found['q']):02}-00"
    for pattern in _WORDS:
        for found in pattern.finditer(name):
            if month := month_number(found["word"]):
                return f"{found['y']}-{month:02}-00"
    return None


def _written(found: re.Match[str]) -> str:
    parts = found.groupdict()
    return f"{parts['y']}-{parts['m']}-{parts.get('d') or '00'}"
