"""What a workbook shows beside its cells' values: cells merged over rows, and rows that are hidden."""

from collections.abc import Sequence

from pipelines.sources.records import SourceFile
from pipelines.sources.workbooks import SheetOf, merged_over_rows, remarks_on

Row = tuple[int, list[str]]
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
