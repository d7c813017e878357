"""The sheets of a workbook as rows of text, and which of them is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.matching_inputs.sheet_terms import HEADER_WITHIN, SIDE_WORDS, IsHeader, Row, SheetRefused, side_said
from pipelines.matching_inputs.workbook_cells import told_of, with_merged_cells, without_struck
from pipelines.sources.records import SourceFile
from pipelines.sources.workbooks import SheetOf, sheets_of


@dataclass(frozen=True)
class Workbook:
    """rows: the visible sheets (all, where all are hidden) by name. listed: what the workbook says of its sheets."""

    file: SourceFile
    rows: Mapping[str, list[Row]]
    listed: Mapping[str, SheetOf]


def workbook_of(path: Path) -> Workbook:
    """The sheets of an XLSX file. Raises `SheetRefused`."""
    try:
        cells = pl.read_excel(path, sheet_id=0, has_header=False, infer_schema_length=0, drop_empty_rows=False, raise_if_empty=False)  # fmt: skip
    except Exception as problem:  # the reader raises its own errors, Arrow's and Polars'
        raise SheetRefused(
            f"{path.name} can't be opened as a spreadsheet: it is damaged, empty, protected by a password, or no .xlsx. "
            "Next step: save it again as .xlsx or .csv."
        ) from problem
    file = SourceFile(path.name, path.read_bytes())
    listed = sheets_of(file)
    every = {name: _numbered(frame) for name, frame in cells.items()}
    shown = {name: rows for name, rows in every.items() if name not in listed or not listed[name].is_hidden}
    return Workbook(file, shown or every, listed)


def rows_of(book: Workbook, looks_like_header: IsHeader, side: str | None, said: list[str]) -> list[Row]:
    """The rows of the sheet that is meant: the one named after the side, else the visible one whose header is known best."""
    chosen = sheet_of(book.rows, looks_like_header, side)
    if len(book.rows) > 1:
        said.append(f"{book.file.name}: the sheet {chosen!r} is read{f' for the {side}' if side else ''}.")
    return cleared(book, chosen, looks_like_header, said)


def cleared(book: Workbook, name: str, looks_like_header: IsHeader, said: list[str]) -> list[Row]:
    """A sheet's rows with the value of merged cells in all of theirs and without those that are struck through, which is said."""
    rows, sheet = book.rows[name], book.listed.get(name)
    header = max(range(min(HEADER_WITHIN, len(rows))), key=lambda at: looks_like_header(rows[at][1]), default=0)
    said += told_of(book.file, sheet, header)
    return without_struck(with_merged_cells(rows, book.file, sheet, header), book.file, sheet, header, said)


def _numbered(cells: pl.DataFrame) -> list[Row]:
    return [(k, [str(cell or "") for cell in row]) for k, row in enumerate(cells.iter_rows(), start=1)]


def sheet_of(sheets: Mapping[str, list[Row]], looks_like_header: IsHeader, side: str | None) -> str:
    """The name of the sheet that is meant for a side."""
    named = [name for name in sheets if side and SIDE_WORDS[side].search(name.casefold())]
    if side and not named:
        named = [name for name, rows in sheets.items() if _titled(rows, looks_like_header) == side]
    return max(
        named or sheets,
        key=lambda name: max((looks_like_header(row) for _, row in sheets[name][:HEADER_WITHIN]), default=0),
    )


def _titled(rows: list[Row], looks_like_header: IsHeader) -> str | None:
    """The side that a title above the header says; None where none does."""
    head = max(range(min(HEADER_WITHIN, len(rows))), key=lambda at: looks_like_header(rows[at][1]), default=0)
    titles = [texts[0] for _, cells in rows[:head] if len(texts := [cell for cell in cells if cell.strip()]) == 1]
    return next((side for title in reversed(titles) if (side := side_said(title))), None)
