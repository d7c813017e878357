"""One sheet that holds a table of each side, beside each other or below: the one that is meant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipelines.matching_inputs.sheet_terms import HEADER_WITHIN, Row, side_said

LONGEST_TITLE = 80
NamesPeople = Callable[[Sequence[str]], bool]
"""Whether a row is a header with a column that names people."""
SideOf = Callable[[Sequence[str]], str | None]
"""The side whose table a header begins, by what it asks for; None where that could be either's."""


@dataclass(frozen=True)
class Table:
    """A table within a sheet: the texts above it, its rows from the header on, and the side it holds where that is known."""

    titles: Sequence[str]
    rows: Sequence[Row]
    side: str | None = None


def table_of_side(rows: Sequence[Row], side: str, names_people: NamesPeople, side_of: SideOf) -> list[Row] | None:
    """The rows of the side's table, where a sheet holds one of each and says which is which; else None."""
    tables = [
        replace(table, side=_side(table, side_of))
        for part in _beside(rows, names_people)
        for table in _below(part, names_people)
    ]
    sides = [table.side for table in tables]
    if len(tables) == 2 and sides.count(None) == 1 and tables[0].rows[0][1] != tables[1].rows[0][1]:
        left = "mentors" if "mentees" in sides else "mentees"
        tables = [replace(table, side=table.side or left) for table in tables]
    if {table.side for table in tables} != {"mentees", "mentors"} or len(tables) != 2:
        return None
    return [*next(table.rows for table in tables if table.side == side)]


def _side(table: Table, side_of: SideOf) -> str | None:
    """The side by the nearest title that says one, else by the header."""
    said = (side_said(title) for title in reversed(table.titles))
    header = table.rows[0][1]
    own = {side for cell in header if (side := side_said(cell)) and len(cell) <= LONGEST_TITLE}
    return next((side for side in said if side), None) or side_of(header) or (own.pop() if len(own) == 1 else None)


def _beside(rows: Sequence[Row], names_people: NamesPeople) -> list[list[Row]]:
    """The parts of a sheet between columns that are empty all the way down, where each part has a header that names people; else the sheet."""
    width = max((len(cells) for _, cells in rows), default=0)
    padded = [(number, [*cells, *[""] * (width - len(cells))]) for number, cells in rows]
    filled = [any(cells[at].strip() for _, cells in padded) for at in range(width)]
    starts = [at for at in range(width) if filled[at] and (at == 0 or not filled[at - 1])]
    ends = [next((after for after in range(at, width) if not filled[after]), width) for at in starts]
    parts = [
        [(number, cells[first:last]) for number, cells in padded] for first, last in zip(starts, ends, strict=True)
    ]
    parts = [[row for row in part if any(cell.strip() for cell in row[1])] for part in parts]
    are_tables = [any(names_people(cells) for _, cells in part[:HEADER_WITHIN]) for part in parts]
    return parts if len(parts) > 1 and all(are_tables) else [list(rows)]


def _below(rows: Sequence[Row], names_people: NamesPeople) -> list[Table]:
    """The tables of a part: each begins at a header that names people, below its titles."""
    heads = [at for at, (_, cells) in enumerate(rows) if names_people(cells)]
    tables: list[Table] = []
    after = 0
    for place, head in enumerate(heads):
        until = heads[place + 1] if place + 1 < len(heads) else len(rows)
        end = max(head + 1, until - len(_titles(rows[head + 1 : until]))) if until < len(rows) else until
        tables.append(Table(_titles(rows[after:head]), rows[head:end]))
        after = end
    return tables


def _titles(rows: Sequence[Row]) -> list[str]:
    """The texts that stand alone in the last of some rows."""
    found: list[str] = []
    for _, cells in reversed(rows):
        texts = [cell.strip() for cell in cells if cell.strip()]
        if len(texts) > 1 or (texts and len(texts[0]) > LONGEST_TITLE):
            break
        found.insert(0, texts[0] if texts else "")
    return found
