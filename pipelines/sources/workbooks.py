"""What a workbook says beside its cells: which sheets are hidden, which formulas have no stored result, which rows are hidden, which cells are merged.

Readers of cells pass all of that over, and take an empty cell for an empty answer.
"""

import html
import io
import lzma
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass

from pipelines.sources.records import Finding, SourceFile

UNSOUND = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What Python's reader of archives raises for a broken one, an offset before its beginning included."""
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*\bref=[\"']([A-Z]+(\d+):[A-Z]+(\d+))[\"']")
_OVER_ROWS = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*\bref=[\"']([A-Z]+)(\d+):[A-Z]+(\d+)[\"']")
_FILLED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>/]*>")
_PLACE = re.compile(rb"\br=[\"']([A-Z]+\d+)[\"']")


@dataclass(frozen=True)
class SheetOf:
    """A sheet of a workbook. member: its file in the archive; None where the workbook doesn't say."""

    name: str
    is_hidden: bool = False
    member: str | None = None


def sheets_of(file: SourceFile) -> dict[str, SheetOf]:
    """The sheets by name; empty for an archive that doesn't list them as workbooks do."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            listed = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
            relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    except (KeyError, *UNSOUND):
        return {}
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
    sheets = [
        SheetOf(
            name, _attribute(tag, "state") in ("hidden", "veryHidden"), _member(targets.get(_attribute(tag, r"\w+:id")))
        )
        for tag in _SHEET.findall(listed)
        if (name := _attribute(tag, "name")) is not None
    ]
    return {sheet.name: sheet for sheet in sheets}


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape(found[1] if found[1] is not None else found[2]) if found else None


def _member(target: str | None) -> str | None:
    return None if target is None else posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def remarks_on(file: SourceFile, sheet: SheetOf, header_row: int) -> list[Finding]:
    """What must be told of a sheet that is read. header_row: the row of the header, from 1; titles above it may be merged."""
    xml = xml_of(file, sheet)
    if xml is None:
        return []
    return [
        Finding(kind, "", file.name, detail)
        for kind, detail in (_formulas(xml), _hidden(xml), _merged(xml, header_row))
        if detail
    ]


def merged_over_rows(file: SourceFile, sheet: SheetOf) -> list[tuple[int, int, int]]:
    """Cells that are merged over several rows: column, first and last row, from 0 at the sheet's first filled cell as readers count."""
    xml = xml_of(file, sheet)
    over = [found.groups() for found in _OVER_ROWS.finditer(xml or b"") if found[2] != found[3]]
    if not xml or not over:
        return []
    top, left = first_filled(xml)
    return [(column_number(letters) - left, int(first) - top, int(last) - top) for letters, first, last in over]


def first_filled(xml: bytes) -> tuple[int, int]:
    """The first row and the first column that hold a filled cell, from 1, where readers begin to count."""
    places = _FILLED.findall(xml)
    top = min((int(row) for _, row in places), default=1)
    return top, min((column_number(letters) for letters, _ in places), default=1)


def column_number(letters: bytes) -> int:
    """The number of a column, 1 for A."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def xml_of(file: SourceFile, sheet: SheetOf) -> bytes | None:
    """The sheet's XML; None where the workbook doesn't say which member it is, or the member isn't there."""
    if sheet.member is None:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            return archive.read(sheet.member)
    except (KeyError, *UNSOUND):
        return None


def _formulas(xml: bytes) -> tuple[str, str]:
    """A text formula may have an empty result; every other one has a value once a spreadsheet program has saved it."""
    empty = (
        [cell[1] for cell in _FORMULA.finditer(xml) if not re.search(rb"\bt=[\"']str[\"']", cell[1])]
        if b"f>" in xml or b"f " in xml
        else []
    )
    first = _PLACE.search(empty[0]) if empty else None
    return "formulas_without_value", (
        empty
        and (
            f"{len(empty):,} {'cell holds a formula whose result' if len(empty) == 1 else 'cells hold formulas whose results'} the file doesn't store"
            f"{f' (first: {first[1].decode()})' if first else ''}; read as empty. Open it in a spreadsheet program, save it and deliver it again"
        )
    ) or ""


def _hidden(xml: bytes) -> tuple[str, str]:
    rows = len(_HIDDEN_ROW.findall(xml))
    return (
        "hidden_rows",
        f"{rows:,} {'row is' if rows == 1 else 'rows are'} hidden in the sheet and read like the others"
        if rows
        else "",
    )


def _merged(xml: bytes, header_row: int) -> tuple[str, str]:
    over = [ref for ref, first, last in _MERGED.findall(xml) if int(first) != int(last) and int(first) > header_row]
    return "merged_cells", (
        f"{len(over):,} {'cell is' if len(over) == 1 else 'cells are'} merged over several rows (first: {over[0].decode()}); the value stands in the first row alone, the others are read as empty, but for columns by which rows are grouped, such as the mentor"
        if over
        else ""
    )
