"""Spreadsheets as text. Size is bounded before anything is parsed: 867 kB of XLSX can unfold to 349 MB."""

import io
import re
import zipfile
from typing import NoReturn

import polars as pl

from pipelines.sources.cleaning import LINE, RAW, clean_name, tidied
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import HEADER_WITHIN, normalised, unique_names
from pipelines.sources.disguises import ARCHIVE, disguise, other_archive
from pipelines.sources.lists_below import LOOK, list_below
from pipelines.sources.records import REJECT_SCHEMA, Finding, SourceFile, SourceRefused
from pipelines.sources.shown_cells import day_zero, with_known_errors, with_shown
from pipelines.sources.struck_rows import struck_rows
from pipelines.sources.workbooks import UNSOUND, SheetOf, column_number, merged_over_rows, remarks_on, sheets_of

UNFOLDED_LIMIT = 200 * 1024 * 1024
CELLS_LIMIT = 20_000_000
_COLUMN_OF_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})\d")
_ROW_OF_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br=[\"'][A-Z]{0,3}(\d{1,9})[\"']")
_GROUPS = re.compile(
    r"\b(mentor|mentee|coach|tandem|program|cohort|kohorte|jahrgang|group|gruppe|groupe|grupo|circle|kreis|team|department|dept|division|unit|bereich|abteilung|location|standort|office)"
)
"""Columns by which people group rows, so that a merged cell is true of all of its rows; an address or a number is one person's."""
_CELL_TAG = 200  # bytes kept between two pieces, more than a cell's tag has


def read_spreadsheet(
    file: SourceFile,
    *,
    required: tuple[str, ...] = (),
    sheet: str | int = 0,
    header_rows: int = 1,
    keep_unnamed: bool = False,
    first_list: bool = False,
    struck: str | None = None,
) -> DelimitedText:
    """One sheet of an XLSX file as text columns, dates in ISO form, empty cells null. Where none is declared, the first that holds the required columns.

    first_list: another list below the records is counted (`below`), not split, as in delimited text. struck: the name of a column that is added, `yes` in rows that are struck through.

    Raises `SourceRefused` for an empty or broken file, one that unfolds over 200 MB or reaches over 20 million cells, an unknown sheet or a missing required column.
    """
    found, cells, findings = _sheet(file, required, sheet)
    header_at = _header_row(cells, required)
    if header_at is None:
        _refuse_header(file, cells, required, found.name)
    findings += remarks_on(file, found, header_at + 1)
    crossed_out = [row for row in struck_rows(file, found) if row > header_at]
    if crossed_out and struck is None:
        findings.append(Finding("struck_rows", "", file.name, _struck_words(len(crossed_out))))
    names = unique_names([clean_name(cell or "") for cell in cells.row(header_at)], file.name, findings)
    more = tuple(
        tuple(cell or "" for cell in cells.row(header_at + at))
        for at in range(1, header_rows)
        if header_at + at < cells.height
    )
    start = header_at + header_rows
    end, below = _end_of_list(cells, start) if first_list else (cells.height, 0)
    body = _grouped(file, found, cells, names, start).slice(start, max(0, end - start))
    body.columns = names
    # The reader drops leading empty rows of the sheet; the record number counts what it delivered.
    body = body.with_columns(
        pl.concat_str([pl.col(name).fill_null("") for name in names], separator="\t").alias(RAW),
        pl.int_range(start + 1, start + 1 + pl.len(), dtype=pl.Int64).alias(LINE),
    ).filter(pl.col(RAW).str.contains(r"\S"))
    kept = [name for name in names if keep_unnamed or not name.startswith("__unnamed_")]
    rows = tidied(body.select(*kept, LINE, RAW))
    if struck is not None:
        is_out = pl.col(LINE).is_in([row + 1 for row in crossed_out])
        rows = rows.select(pl.exclude(LINE, RAW), pl.when(is_out).then(pl.lit("yes")).alias(struck), LINE, RAW)
    rejects = pl.DataFrame(schema=REJECT_SCHEMA)
    return DelimitedText(file.name, tuple(names), more, rows, rejects, findings, below, day_zero(file))


def _struck_words(rows: int) -> str:
    return f"{rows:,} {'row is' if rows == 1 else 'rows are'} struck through and read like the others; `struck:` in `format:` names a column by which they can be left out"


def _end_of_list(cells: pl.DataFrame, start: int) -> tuple[int, int]:
    """The row behind the last one of the list that begins at row `start`, and how many filled rows of others stand below it. Only rows below an empty one, or with a single filled cell, are looked at."""
    filled = cells.select(pl.sum_horizontal(pl.all().is_not_null() & (pl.all() != ""))).to_series()
    begins = (filled > 0) & ((filled == 1) | (filled.shift(1) == 0))
    width = len(_line(cells, start - 1).split("\t"))
    for row in begins.arg_true().to_list():
        if row < start:
            continue
        lines = [_line(cells, at) for at in range(row - 1, min(row + LOOK, cells.height))]
        if list_below(lines, 1, 2, "\t", width) is not None:
            return row, int((filled[row:] > 0).sum())
    return cells.height, 0


def _line(cells: pl.DataFrame, row: int) -> str:
    """A row as a line of text, without the empty cells at its end."""
    plain = str.maketrans('"\t\r\n', "    ")
    return "\t".join((cell or "").translate(plain) for cell in cells.row(row)).rstrip("\t ")


def _grouped(file: SourceFile, sheet: SheetOf, cells: pl.DataFrame, names: list[str], start: int) -> pl.DataFrame:
    """The cells with the value of a merged one in all of its rows, where rows are grouped by its column. start: the first row below the header."""
    by_column = cells.columns
    for column, first, last in merged_over_rows(file, sheet):
        if (
            first < start
            or column >= len(names)
            or last >= cells.height
            or not _GROUPS.search(names[column].casefold())
        ):
            continue
        values = cells[by_column[column]].to_list()
        if values[first] is not None and not any(values[first + 1 : last + 1]):
            values[first : last + 1] = [values[first]] * (last - first + 1)
            cells = cells.with_columns(pl.Series(by_column[column], values, dtype=pl.String))
    return cells


def _sheet(
    file: SourceFile, required: tuple[str, ...], sheet: str | int
) -> tuple[SheetOf, pl.DataFrame, list[Finding]]:
    """The sheet that is read, its cells as text, and what is told where it isn't the first or isn't alone. Hidden sheets are read where they are declared, or where all are."""
    names, listed = sheet_names(file), sheets_of(file)
    if isinstance(sheet, int) and sheet >= len(names):
        raise SourceRefused(
            f"{file.name} has no sheet {sheet}; it has {', '.join(names)}. Next step: correct `sheet:`."
        )
    if sheet:
        name = sheet if isinstance(sheet, str) else names[sheet]
        return listed.get(name, SheetOf(name)), _cells(file, listed.get(name, SheetOf(name))), []
    shown = [name for name in names if name not in listed or not listed[name].is_hidden] or names
    first, found = _cells(file, listed.get(shown[0], SheetOf(shown[0]))), None
    others: list[str] = []
    for name in shown:
        cells = first if name == shown[0] else _cells(file, listed.get(name, SheetOf(name)))
        if _holds_records(cells, required):
            others += [name] if found is not None and required else []
            found = found or (name, cells)
    name, cells = found or (shown[0], first)
    return listed.get(name, SheetOf(name)), cells, _about_sheets(file, name, others, names[0] in shown, names[0])


def _about_sheets(file: SourceFile, name: str, others: list[str], is_shown: bool, first: str) -> list[Finding]:
    """What is told where the sheet that is read isn't the first, or isn't the only one with the columns."""
    findings = []
    if name != first:
        why = "doesn't hold the columns" if is_shown else "is hidden"
        told = f"the first sheet {first!r} {why}; {name!r} is read. Declare it as `sheet:`"
        findings.append(Finding("sheet_found", "", file.name, told))
    if others:
        verbs = ("holds", "isn't") if len(others) == 1 else ("hold", "aren't")
        told = f"{', '.join(map(repr, others))} {verbs[0]} the same columns as {name!r} and {verbs[1]} read; give each sheet an entry with `sheet:`"
        findings.append(Finding("sheet_left_out", "", file.name, told))
    return findings


def _cells(file: SourceFile, sheet: SheetOf) -> pl.DataFrame:
    import fastexcel  # the Rust reader loads only where a spreadsheet is mapped

    try:
        data = with_known_errors(file.data)
        cells = fastexcel.read_excel(data).load_sheet(sheet.name, header_row=None, dtypes="string").to_polars()
        return with_shown(cells, file, sheet)
    except Exception as problem:  # fastexcel raises its own and Arrow's errors
        raise SourceRefused(
            f"{file.name} can't be read as a spreadsheet ({_one_line(problem)}). Next step: save it again as .xlsx, and check the sheet's name in the mapping file."
        ) from problem


def sheet_names(file: SourceFile) -> list[str]:
    """The sheets of an XLSX file in their order. Raises `SourceRefused` for a broken file or one that unfolds too far."""
    check_unfolded_size(file)
    import fastexcel

    try:
        return fastexcel.read_excel(file.data).sheet_names
    except Exception as problem:  # fastexcel raises its own and Arrow's errors
        raise SourceRefused(
            f"{file.name} can't be read as a spreadsheet ({_one_line(problem)}). Next step: save it again as .xlsx."
        ) from problem


def sheets_as_text(file: SourceFile) -> dict[str, list[list[str]]]:
    """Every sheet as the rows of text that `read_spreadsheet` numbers, empty cells as empty text. Raises `SourceRefused` as `sheet_names`."""
    names, listed = sheet_names(file), sheets_of(file)
    cells = {name: _cells(file, listed.get(name, SheetOf(name))) for name in names}
    return {name: [[cell or "" for cell in row] for row in frame.rows()] for name, frame in cells.items()}


class _Reach:
    """How far the used cells of a sheet reach, by the names of its cells; readers allocate the whole rectangle."""

    def __init__(self) -> None:
        self._tail = b""
        self._columns: set[bytes] = set()
        self._last_row = 0

    def add(self, chunk: bytes) -> None:
        """Look at the next piece of the sheet's XML."""
        text = self._tail + chunk
        self._columns.update(_COLUMN_OF_CELL.findall(text))
        self._last_row = max(self._last_row, *map(int, _ROW_OF_CELL.findall(text)), 0)
        self._tail = text[-_CELL_TAG:]

    @property
    def _width(self) -> int:
        return max((column_number(letters) for letters in self._columns), default=0)

    @property
    def cells(self) -> int:
        return self._width * self._last_row

    @property
    def corner(self) -> str:
        """The last column and row."""
        last = max(self._columns, key=column_number, default=b"A")
        return f"{last.decode()}{self._last_row}"


def check_unfolded_size(file: SourceFile, limit: int = UNFOLDED_LIMIT) -> None:
    """Refuse an archive whose members unfold to more than `limit` bytes, counted by unfolding, since headers may lie."""
    if not file.data:
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    unfolded = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            what = other_archive(archive.namelist())
            if what is not None:
                raise SourceRefused(
                    f"{file.name} is {what} by its content. Next step: open it in a spreadsheet program and save it as .xlsx, or export it as CSV."
                )
            for member in archive.infolist():
                reach = _Reach()
                is_sheet = member.filename.startswith("xl/worksheets/")
                with archive.open(member) as stream:
                    while chunk := stream.read(1 << 20):
                        unfolded += len(chunk)
                        if is_sheet:
                            reach.add(chunk)
                        if unfolded > limit:
                            raise SourceRefused(
                                f"{file.name} unfolds to more than {limit // 1024**2} MB and is not opened. Next step: export it as CSV."
                            )
                if reach.cells > CELLS_LIMIT:
                    raise SourceRefused(
                        f"{file.name}: the used cells of {member.filename.rpartition('/')[2]} reach to {reach.corner}, {reach.cells:,} cells, more than {CELLS_LIMIT:,}. "
                        "Next step: delete the far cell (Ctrl+End shows it), or export as CSV."
                    )
    except UNSOUND as problem:
        raise SourceRefused(
            f"{file.name} is {_is_instead(file.data) or f'not a valid .xlsx file ({problem})'}. Next step: save it again as .xlsx."
        ) from problem


def _is_instead(data: bytes) -> str | None:
    """What lies under the name of a workbook that isn't one; an archive is a damaged workbook."""
    return None if data.startswith(ARCHIVE) else disguise(data)


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).partition("Context:")[0].split())


def _holds_records(cells: pl.DataFrame, required: tuple[str, ...]) -> bool:
    header_at = _header_row(cells, required)
    return header_at is not None and cells.height > header_at + 1


def _header_row(cells: pl.DataFrame, required: tuple[str, ...]) -> int | None:
    wanted = {normalised(name) for name in required}
    for index in range(min(HEADER_WITHIN, cells.height)):
        present = {normalised(value) for value in cells.row(index) if value}
        if present and wanted <= present:
            return index
    return None


def _refuse_header(file: SourceFile, cells: pl.DataFrame, required: tuple[str, ...], sheet: str) -> NoReturn:
    missing = list(required)
    for index in range(min(HEADER_WITHIN, cells.height)):
        present = {normalised(value) for value in cells.row(index) if value}
        absent = [name for name in required if normalised(name) not in present]
        missing = absent if len(absent) < len(missing) else missing
    columns = ", ".join(repr(name) for name in missing) or "a header"
    raise SourceRefused(
        f"{file.name}: required column {columns} is missing in the first {HEADER_WITHIN} rows of sheet {sheet!r} (its sheets: {', '.join(sheet_names(file))}). "
        "Next step: export the file with that column, name the sheet as `sheet:`, or correct the name in the mapping file."
    )
