"""Spreadsheets as text. Size is bounded before anything is parsed: 867 kB of XLSX can unfold to 349 MB (shared/design/privacy.md)."""

import io
import zipfile
import zlib

import polars as pl

from pipelines.sources.cleaning import clean_name, tidied
from pipelines.sources.delimited import HEADER_WITHIN, LINE, RAW, DelimitedText, normalised
from pipelines.sources.records import REJECT_SCHEMA, SourceFile, SourceRefused

UNFOLDED_LIMIT = 200 * 1024 * 1024


def read_spreadsheet(file: SourceFile, *, required: tuple[str, ...] = (), sheet: str | int = 0) -> DelimitedText:
    """One sheet of an XLSX file as text columns, dates in ISO form, empty cells null.

    Raises `SourceRefused` for an empty or broken file, one that unfolds over 200 MB, an unknown sheet or a missing required column.
    """
    check_unfolded_size(file)
    import fastexcel  # the Rust reader loads only where a spreadsheet is mapped

    try:
        book = fastexcel.read_excel(file.data)
        cells = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    except Exception as problem:  # fastexcel raises its own and Arrow's errors
        raise SourceRefused(
            f"{file.name} can't be read as a spreadsheet ({_one_line(problem)}). Next step: save it again as .xlsx, and check the sheet's name in the mapping file."
        ) from problem
    header_at = _header_row(file, cells, required)
    names: list[str] = []
    for position, name in enumerate(cells.row(header_at), start=1):
        clean = clean_name(name or "")
        unique = clean or f"__unnamed_{position}"
        names.append(unique if unique not in names else f"{clean} ({position})")
    body = cells.slice(header_at + 1)
    body.columns = names
    # The reader drops leading empty rows of the sheet; the record number counts what it delivered.
    body = body.with_columns(
        pl.concat_str([pl.col(name).fill_null("") for name in names], separator="\t").alias(RAW),
        pl.int_range(header_at + 2, header_at + 2 + pl.len(), dtype=pl.Int64).alias(LINE),
    ).filter(pl.col(RAW).str.contains(r"\S"))
    kept = [name for name in names if not name.startswith("__unnamed_")]
    return DelimitedText(
        file.name, tuple(names), (), tidied(body.select(*kept, LINE, RAW)), pl.DataFrame(schema=REJECT_SCHEMA), []
    )


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
    names = sheet_names(file)
    import fastexcel

    book = fastexcel.read_excel(file.data)
    cells = {name: book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in names}
    return {name: [[cell or "" for cell in row] for row in frame.rows()] for name, frame in cells.items()}


def check_unfolded_size(file: SourceFile, limit: int = UNFOLDED_LIMIT) -> None:
    """Refuse an archive whose members unfold to more than `limit` bytes, counted by unfolding, since headers may lie."""
    if not file.data:
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    unfolded = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while chunk := stream.read(1 << 20):
                        unfolded += len(chunk)
                        if unfolded > limit:
                            raise SourceRefused(
                                f"{file.name} unfolds to more than {limit // 1024**2} MB and is not opened. Next step: export it as CSV."
                            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise SourceRefused(
            f"{file.name} is not a sound .xlsx file ({problem}). Next step: save it again as .xlsx."
        ) from problem


def _one_line(problem: Exception) -> str:
    return " ".join(str(problem).partition("Context:")[0].split())


def _header_row(file: SourceFile, cells: pl.DataFrame, required: tuple[str, ...]) -> int:
    wanted = {normalised(name): name for name in required}
    missing = list(wanted.values())
    for index in range(min(HEADER_WITHIN, cells.height)):
        present = {normalised(value) for value in cells.row(index) if value}
        if present and wanted.keys() <= present:
            return index
        absent = [name for key, name in wanted.items() if key not in present]
        missing = absent if len(absent) < len(missing) else missing
    columns = ", ".join(repr(name) for name in missing) or "a header"
    raise SourceRefused(
        f"{file.name}: required column {columns} is missing in the first {HEADER_WITHIN} rows. "
        "Next step: export the file with that column, or correct the name in the mapping file."
    )
