"""Cells of a workbook as it shows them, where a reader of values gives something else: errors of formulas as an empty cell, and 123 where a format shows 00123.

Only these cells are looked for in the sheet's XML; all others stay as the reader gave them.
"""

import html
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from pipelines.sources.records import SourceFile
from pipelines.sources.workbooks import UNSOUND, SheetOf, column_number, first_filled, xml_of

FROM_1900 = date(1899, 12, 30)
"""Day 0 of a workbook's count of days, as it counts from 1900-03-01 on."""
FROM_1904 = date(1904, 1, 1)
_COUNTS_FROM_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>]*>(?:\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>([^<]*)<"
)
_NEW_ERROR = re.compile(
    rb"(<(?:\w+:)?c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*>(?:\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>)"
    rb"(?!#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)<)#[^<]*<"
)
_NUMBER = rb"<(?:\w+:)?c\s(?=[^>]*\bs=[\"'](?:%s)[\"'])(?![^>]*\bt=[\"'](?!n[\"']))[^>]*?\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>]*>(?:\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v>(\d{1,15})(?:\.0+)?<"
_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\b[^>]*>")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|([-/ ])')
_WITH_ZEROS = re.compile(r'^(?:"[^"]*"|\\.|[-/ ])*0(?:(?:"[-/ ]"|\\[-/ ]|[-/ ])?0)+$')
"""A format that shows a whole number with leading zeros: `00000`, `"P"0000`, `000-000`."""
Place = tuple[int, int]


def with_shown(cells: pl.DataFrame, file: SourceFile, sheet: SheetOf) -> pl.DataFrame:
    """The reader's cells (text, from the sheet's first filled one on) with errors as their words and numbers as their format shows them; times to the second."""
    columns: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), text in shown_otherwise(file, sheet).items():
        if 0 <= row < cells.height and 0 <= column < cells.width:
            columns[column][row] = text
    for column, texts in columns.items():
        name = cells.columns[column]
        cells = cells.with_columns(cells[name].scatter(list(texts), list(texts.values())))
    return cells.with_columns(_to_the_second(cells[name]) for name in cells.columns)


def shown_otherwise(file: SourceFile, sheet: SheetOf) -> Mapping[Place, str]:
    """Place (row and column, from 0 at the first filled cell) to the text that the sheet shows there and a reader of values doesn't give."""
    xml = xml_of(file, sheet)
    if xml is None:
        return {}
    found = {place: text.decode() for place, text in _places(_ERROR, xml)}
    formats = _formats_with_zeros(file)
    if formats:
        for style, code in formats.items():
            numbers = re.compile(_NUMBER % str(style).encode())
            found.update({place: _shown(text.decode(), code) for place, text in _places(numbers, xml)})
    if not found:
        return {}
    top, left = first_filled(xml)
    return {(row - top, column - left): text for (row, column), text in found.items()}


def with_known_errors(data: bytes) -> bytes:
    """The workbook with errors that the reader of cells doesn't know (`#SPILL!`, `#CALC!`) as ones that it does: it would refuse all of the workbook for one of them. What stood there is shown all the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [member for member in archive.namelist() if member.startswith("xl/worksheets/")]
        if not any(_NEW_ERROR.search(archive.read(member)) for member in sheets):
            return data
        changed = io.BytesIO()
        with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as copy:
            for member in archive.namelist():
                content = archive.read(member)
                copy.writestr(member, _NEW_ERROR.sub(rb"\1#VALUE!<", content) if member in sheets else content)
    return changed.getvalue()


def _places(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[tuple[Place, bytes]]:
    for match in pattern.finditer(xml):
        yield (int(match[2]), column_number(match[1])), match[3]


def _formats_with_zeros(file: SourceFile) -> dict[int, str]:
    """The styles of a workbook that show whole numbers with leading zeros, to their format."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            text = archive.read("xl/styles.xml").decode("utf-8", errors="replace")
    except (KeyError, *UNSOUND):
        return {}
    codes = {_attribute(tag, "numFmtId"): _attribute(tag, "formatCode") or "" for tag in _FORMAT.findall(text)}
    styles = _STYLE.findall(next(iter(_STYLES.findall(text)), ""))
    named = {at: codes.get(_attribute(tag, "numFmtId"), "").partition(";")[0] for at, tag in enumerate(styles)}
    return {at: code for at, code in named.items() if _WITH_ZEROS.match(code)}


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf"\b{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape(found[1] if found[1] is not None else found[2]) if found else None


def _shown(number: str, code: str) -> str:
    """A whole number as a format of zeros and literals shows it: digits from the right, all that are too many before the first zero."""
    digits, shown = number, ""
    pieces = re.findall(r'"[^"]*"|\\.|.', code)
    first = pieces.index("0")
    for at in range(len(pieces) - 1, -1, -1):
        literal = _LITERAL.fullmatch(pieces[at])
        if literal:
            shown = next(part for part in literal.groups() if part is not None) + shown
        else:
            kept = len(digits) if at == first else 1
            shown = (digits[-kept:] if digits and kept else "").rjust(1, "0") + shown
            digits = digits[:-kept] if kept else digits
    return shown


def day_zero(file: SourceFile) -> date:
    """The day from which a workbook counts its days: old ones of a Mac count from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            return FROM_1904 if _COUNTS_FROM_1904.search(archive.read("xl/workbook.xml")) else FROM_1900
    except (KeyError, *UNSOUND):
        return FROM_1900


def _to_the_second(values: pl.Series) -> pl.Series:
    """Times as a sheet shows them: a time is kept as a fraction of its day, whose last digits are noise (09:29:59.997 is 09:30:00)."""
    written = values.str.contains(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+$").fill_null(value=False)
    if not written.any():
        return values
    moments = values.filter(written).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="ms", strict=False)
    rounded = moments.dt.round("1s").dt.strftime("%Y-%m-%d %H:%M:%S")
    return values.scatter(written.arg_true(), rounded.fill_null(values.filter(written)))
