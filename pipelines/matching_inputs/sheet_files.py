"""Files that people keep tables in, as text cells with the row each stands in: CSV in the ways spreadsheets write it, XLSX, Parquet.

A title above the header, semicolons or tabs, and text that isn't UTF-8 are met without asking.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.markup import is_marked, without_markup
from pipelines.matching_inputs.sheet_terms import HEADER_WITHIN, ROW, IsHeader, Row, SheetRefused
from pipelines.matching_inputs.tables_within import table_of_side
from pipelines.matching_inputs.whole_headers import names_people, side_like
from pipelines.matching_inputs.workbook_rows import rows_of, workbook_of
from pipelines.sources.cleaning import ERROR_WORDS, unwrapped, without_marks

_ANSWER_KIND = expression(
    r"(open-ended )?response|offene antwort|antwort|réponse( ouverte)?|respuesta( abierta)?", re.IGNORECASE
)
"""What stands below a question that takes one answer, in an export with a row of options."""
_WHOLE = r"^\s*(\d+)\.0\s*$"


def read_table(
    path: Path, looks_like_header: IsHeader, *, side: str | None = None, said: list[str] | None = None
) -> pl.DataFrame:
    """All cells as text below the header's names, and `ROW`: the row as the spreadsheet numbers it.

    side: `mentees` or `mentors`, for a workbook with a sheet of each. said: gets a sentence where a workbook has several. Raises `SheetRefused`.
    """
    if not path.is_file():
        raise SheetRefused(f"{path} {'is a folder' if path.is_dir() else 'does not exist'}. Next step: check the name.")
    if not path.stat().st_size:
        raise SheetRefused(f"{path.name} is empty. Next step: export it again, with a header and one row per person.")
    ending, told = path.suffix.lower(), [] if said is None else said
    if ending == ".parquet":
        return _parquet(path)
    if ending == ".xlsx":
        rows = rows_of(workbook_of(path), looks_like_header, side, told)
    elif ending in (".csv", ".tsv", ".txt"):
        rows = _text_rows(path, looks_like_header)
    else:
        raise SheetRefused(f"{path.name} is no .csv, .tsv, .xlsx or .parquet file. Next step: save it as one of these.")
    own = table_of_side(rows, side, names_people, side_like) if side else None
    if own is not None:
        told.append(
            f"{path.name} holds a table of each side; rows {own[0][0]} to {own[-1][0]} are read for the {side}."
        )
    return below_header(path.name, own or rows, looks_like_header, told)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise SheetRefused(f"{path.name} is not a valid Parquet file. Next step: write it again.") from problem
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    texts = frame.with_columns(pl.col(lists).list.eval(pl.element().cast(pl.String)).list.join(";")).cast(pl.String)
    return texts.with_columns((pl.int_range(pl.len()) + 2).alias(ROW))


def _text_rows(path: Path, looks_like_header: IsHeader) -> list[Row]:
    """Rows parted by whichever mark makes the best header."""
    text = _decoded(path.read_bytes())
    parted = {mark: _first(text, mark) for mark in ",;\t|"}
    several = [mark for mark, first in parted.items() if any(len(row) > 1 for row in first)]
    best = max(several or parted, key=lambda mark: len(several) > 1 and _likelihood(parted[mark], looks_like_header))
    rows = []
    try:
        for row in _parted(text, best):
            rows.append(row)
    except csv.Error:
        raise SheetRefused(
            f"{path.name}, row {rows[-1][0] + 1 if rows else 1} or below: a quotation mark is opened and not closed, or stands within a cell. "
            "Next step: correct it, or save the file as .xlsx."
        ) from None
    return rows


def _likelihood(rows: list[list[str]], looks_like_header: IsHeader) -> tuple[int, int]:
    """How well a mark parts a text: the best header among its first rows, then the cells of rows as wide as the widest."""
    widest = max(map(len, rows), default=0)
    return max(map(looks_like_header, rows), default=0), (widest > 1) * widest * sum(len(row) == widest for row in rows)


def _first(text: str, mark: str) -> list[list[str]]:
    rows = []
    try:
        for _, row in _parted(text, mark):
            rows.append(row)
            if len(rows) == HEADER_WITHIN:
                break
    except csv.Error:
        return rows
    return rows


def _parted(text: str, mark: str) -> Iterator[Row]:
    # Strict, since a quotation mark that is never closed would otherwise swallow all rows below it.
    reader, begun = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1
    for row in reader:
        yield begun, row
        begun = reader.line_num + 1


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 where it says so or fits; else what Windows writes in western Europe."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def below_header(file: str, rows: list[Row], looks_like_header: IsHeader, said: list[str]) -> pl.DataFrame:
    """The table below the row that looks most like a header. Raises `SheetRefused`."""
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise SheetRefused(f"{file} is empty. Next step: export it again, with a header and one row per person.")
    at = max(range(min(HEADER_WITHIN, len(filled))), key=lambda k: looks_like_header(filled[k][1]))
    header = filled[at][1]
    below = [(number, row) for number, row in filled[at + 1 :] if not _repeats(row, header)]
    if below and (options := options_below(header, below[0][1])):
        header, below = options, below[1:]
    names: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = cell.strip().removeprefix("\ufeff") or f"column {position}"
        names.append(name if name not in names else f"{name} ({position})")
    table: dict[str, list[str | int]] = {name: [] for name in [*names, ROW]}
    for number, row in below:
        if any(cell.strip() for cell in row[len(names) :]):
            raise SheetRefused(
                f"{file}, row {number}: there are {len(row)} cells below {len(names)} column names. "
                "Next step: put quotes around the cell that holds the extra mark, or save the file as .xlsx."
            )
        for k, name in enumerate(names):
            table[name].append(row[k] if k < len(row) else "")
        table[ROW].append(number)
    errors = [number for number, row in below if any(cell.strip().lower() in ERROR_WORDS for cell in row)]
    if errors:
        said.append(
            f"{file}: cells that show a formula's error, such as #N/A, count as empty: row {', '.join(map(str, errors[:5]))}{', ...' if len(errors) > 5 else ''}."
        )
    if not table[ROW]:
        raise SheetRefused(f"{file} has a header and no row below it. Next step: add one row per person.")
    return _tidied(pl.DataFrame(table, schema={**dict.fromkeys(names, pl.String()), ROW: pl.Int64()}))


def _without_errors(text: pl.Expr) -> pl.Expr:
    """What a formula shows for no value, `#N/A`, as an empty cell."""
    is_error = text.str.strip_chars().str.to_lowercase().is_in(ERROR_WORDS)
    return pl.when(~is_error).then(text).otherwise(pl.lit(""))


def _repeats(row: list[str], header: list[str]) -> bool:
    """Whether a row below the header is the header again, as pages joined into one list have it, or holds an export's own codes."""
    cells = [cell.strip() for cell in row]
    codes = sum(cell.startswith('{"ImportId"') for cell in cells)
    return (len([cell for cell in cells if cell]) > 1 and cells == [cell.strip() for cell in header]) or codes > 1


def options_below(header: list[str], row: list[str]) -> list[str] | None:
    """The header with the options of a second row below it, as SurveyMonkey writes them: `What can you teach? [Excel]`. None where the row is somebody's.

    Such a row is empty below each question of one column, or says what kind of answer it takes, and continues under the unnamed columns of a question with several.
    """
    cells = [*(cell.strip() for cell in row), *[""] * len(header)][: len(header)]
    names = [cell.strip() for cell in header]
    unnamed = [at for at, name in enumerate(names) if not name]
    kinds = [at for at, cell in enumerate(cells) if _ANSWER_KIND.fullmatch(cell)]
    alone = [at for at, name in enumerate(names) if name and at + 1 not in unnamed]
    is_second = kinds or (unnamed and all(cells[at] for at in unnamed))
    if not is_second or any(cells[at] for at in alone if at not in kinds):
        return None
    made, question = [], ""
    for at, name in enumerate(names):
        question = name or question
        has_options = bool(cells[at]) and at not in kinds
        made.append(f"{question} [{cells[at]}]" if has_options and (not name or at + 1 in unnamed) else question)
    return made


def _tidied(table: pl.DataFrame) -> pl.DataFrame:
    """Cells without the invisible marks and wrappings that programs leave; columns that are whole numbers written as decimals (`1001.0`) as whole numbers."""
    texts = [name for name in table.columns if name != ROW]
    marked = {name for name in texts if is_marked(table[name])}
    plain = {name: unwrapped(without_marks(pl.col(name))) for name in texts}
    table = table.with_columns(
        _without_errors(without_markup(text) if name in marked else text) for name, text in plain.items()
    )
    decimals = [name for name in texts if _are_decimals(table[name])]
    return table.with_columns(pl.col(name).str.replace(_WHOLE, "${1}") for name in decimals)


def _are_decimals(cells: pl.Series) -> bool:
    filled = cells.str.strip_chars().replace("", None).drop_nulls()
    return filled.len() > 0 and bool(filled.str.contains(_WHOLE).all())
