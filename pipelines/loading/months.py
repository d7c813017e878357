"""Months of a source whose files are named by month: which files a load takes as they lie now where only some months are asked for (decision 027)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.sources.mapped_files.file_days import day_in
from pipelines.told import ToldInWords
from pipelines.workspace_entries import MONTH

if TYPE_CHECKING:
    from pipelines.loading.landing import Landed


class NoMonths(ToldInWords, ValueError):
    """What was written names no months; the message says how they are written."""


def month_of(name: str) -> str | None:
    """The month that a file's name gives (`meetings_2025-03.csv`, `20250314_calls.csv`), as `2025-03`; None where it gives none."""
    day = day_in(name)
    return day[:7] if day else None


def months_between(text: str) -> tuple[str, ...]:
    """`2025-01..2025-12`, or one month, as months in order. Raises NoMonths."""
    first, _, last = text.partition("..")
    last = last or first
    if not (MONTH.fullmatch(first) and MONTH.fullmatch(last)) or last < first:
        raise NoMonths(f"{text!r} names no months. Next step: write one as 2025-03, or several as 2025-01..2025-12.")
    return tuple(month_at(number) for number in range(_number(first), _number(last) + 1))


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_at(number: int) -> str:
    """The month of a running number, 0 for January of the year 0."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@dataclass(frozen=True)
class TakenMonths:
    """Months of which a source's files are taken as they lie now; of the others, what `held` has: the load that stands in the warehouse."""

    months: frozenset[str]
    held: "Landed | None"

    def files(self, found: Mapping[str, Path]) -> dict[str, Path]:
        """Name to path, of `found` and of the held load. Where nothing is held yet, files of no month come with the first months."""
        if self.held is None:
            return {name: path for name, path in found.items() if month_of(name) in (*self.months, None)}
        kept = {name: self.held.folder / name for name in self.held.files if month_of(name) not in self.months}
        return kept | {name: path for name, path in found.items() if month_of(name) in self.months}
