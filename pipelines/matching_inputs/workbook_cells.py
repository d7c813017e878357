"""What a workbook shows beside its cells' values: cells merged over rows, rows that are hidden, and rows that are struck through."""

from collections.abc import Sequence

from pipelines.matching_inputs.sheet_terms import Row
from pipelines.sources.records import SourceFile
from pipelines.sources.struck_rows import struck_rows
from pipelines.sources.workbooks import SheetOf, merged_over_rows, remarks_on

HIDDEN, NO_RESULT = "hidden_rows", "formulas_without_value"


def with_merged_cells(rows: Sequence[Row], file: SourceFile, sheet: SheetOf | None, header: int) -> list[Row]:
    """The rows with the value of a merged cell in all of its rows below the header; an address is one person's and stays in the first. header: its place among the rows."""
    filled = [(number, list(cells)) for number, cells in rows]
    for column, first, last in merged_over_rows(file, sheet) if sheet else []:
        inside = first > header and last < len(filled) and 0 <= column < len(filled[first][1])
        value = filled[first][1][column] if inside else ""
        if value and "@" not in value:
            for place in range(first + 1, last + 1):
                filled[place][1][column] = filled[place][1][column] or value
    return filled


def told_of(file: SourceFile, sheet: SheetOf | None, header: int) -> list[str]:
    """Sentences about hidden rows and formulas without a result."""
    remarks = remarks_on(file, sheet, header + 1) if sheet else []
    return [f"{file.name}: {one.detail}." for one in remarks if one.kind in (HIDDEN, NO_RESULT)]


def without_struck(
    rows: Sequence[Row], file: SourceFile, sheet: SheetOf | None, header: int, said: list[str]
) -> list[Row]:
    """The rows without those below the header that somebody struck through, which is how people cross out who left; it is said."""
    struck = {at for at in struck_rows(file, sheet) if header < at < len(rows)} if sheet else set()
    if struck:
        numbers = ", ".join(str(rows[at][0]) for at in sorted(struck)[:5]) + (", ..." if len(struck) > 5 else "")
        said.append(
            f"{file.name}: left out, as it is struck through: row {numbers}. If somebody of them takes part, remove the line through the row."
        )
    return [row for at, row in enumerate(rows) if at not in struck]
