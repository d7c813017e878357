"""The sections of a Teams attendance report: summary, participants, single stays. They are numbered; those of 2021 have no numbers, and are known by their shape.

The lists of 2020 have a line for each time that somebody joined or left; `actions.py` makes stays of them.

Reports are text with tabs; what a spreadsheet has saved again has semicolons or commas and quotation marks. A section's columns are known by their English names or,
where those are translated, by their fixed order.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.sources.delimited_head import normalised
from pipelines.sources.records import SourceFile
from pipelines.sources.sessions.teams.actions import Line, stays_of_actions
from pipelines.sources.text_encodings import decode
from pipelines.sources.text_lines import lines_of

SUMMARY, PEOPLE, STAYS = 1, 2, 3
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name"),
    "joined": ("first join", "first join time", "join time"),
    "left": ("last leave", "last leave time", "leave time"),
    "duration": ("duration",),
    "mail": ("email",),
    "account": ("participant id (upn)",),
    "role": ("role",),
}
ORDERS = {
    PEOPLE: ("name", "joined", "left", "duration", "mail", "account", "role"),
    STAYS: ("name", "joined", "left", "duration", "mail", "role"),
}
_NUMBERED = re.compile(r"^\s*(\d)\.\s+\S")


@dataclass(frozen=True)
class Section:
    """Cells of a section's lines, each with its place in the file. is_of_actions: whether its stays were made of a list of 2020."""

    number: int
    lines: tuple[Line, ...]
    is_of_actions: bool = False

    @property
    def columns(self) -> dict[str, int]:
        """What a column holds, to its place."""
        header = [normalised(cell) for cell in self.lines[0][1]] if self.lines else []
        found = {column: header.index(name) for column, names in NAMES.items() for name in names if name in header}
        if "joined" in found and "left" in found:
            return found
        return {name: place for place, name in enumerate(ORDERS[self.number])}


def sections_of(file: SourceFile) -> dict[int, Section]:
    """Number to section; empty where the file is no report."""
    lines = list(_lines(file))
    numbered = list(_numbered(lines))
    return {section.number: section for section in numbered or list(_by_shape(lines)) or _by_actions(lines)}


def _lines(file: SourceFile) -> Iterator[Line]:
    """The filled lines. Each is split by itself: a quotation mark in a title or a name must not swallow those below."""
    text = decode(file).lstrip("\ufeff").replace("\0", "")
    delimiter = next((mark for mark in "\t;" if mark in text), ",")
    for place, line in enumerate(lines_of(text), start=1):
        cells = next(csv.reader([line], delimiter=delimiter), []) if line.count('"') % 2 == 0 else line.split(delimiter)
        if any(cell.strip() for cell in cells):
            yield place, [cell.strip() for cell in cells]


def _numbered(lines: Sequence[Line]) -> Iterator[Section]:
    number, found = 0, list[Line]()
    for place, cells in lines:
        heading = None if any(cells[1:]) else _NUMBERED.match(cells[0])
        if heading is None:
            found.append((place, cells))
            continue
        if number:
            yield Section(number, tuple(found))
        number, found = int(heading[1]), []
    if number:
        yield Section(number, tuple(found))


def _by_shape(lines: Sequence[Line]) -> Iterator[Section]:
    """What stands above the header of a table of stays is the summary; the other lines are the stays."""
    header = next((at for at, (_, cells) in enumerate(lines) if _names_stays(cells)), None)
    if header is not None:
        yield Section(SUMMARY, tuple(lines[:header]))
        yield Section(STAYS, tuple(lines[header:]))


def _by_actions(lines: Sequence[Line]) -> Iterator[Section]:
    stays = stays_of_actions(lines)
    if stays:
        yield Section(STAYS, tuple(stays), is_of_actions=True)


def _names_stays(cells: Sequence[str]) -> bool:
    names = {normalised(cell) for cell in cells}
    return all(names.intersection(NAMES[column]) for column in ("name", "joined", "left"))
