"""Rows of a workbook that somebody struck through instead of deleting them: people who left, pairs that came to nothing."""

import io
import re
import zipfile
from collections.abc import Iterator

from pipelines.sources.records import SourceFile
from pipelines.sources.workbooks import UNSOUND, SheetOf, first_filled, xml_of

_ON = rb"<(?:\w+:)?strike\s*(?:/>|>|val=[\"'](?:1|true)[\"'])"
_STRUCK = re.compile(_ON)
_FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
_FONT = re.compile(rb"<(?:\w+:)?font\s*/>|<(?:\w+:)?font>.*?</(?:\w+:)?font>", re.DOTALL)
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb"<(?:\w+:)?xf\b[^>]*?\bfontId=[\"'](\d+)[\"']")
_TEXT = re.compile(rb"<(?:\w+:)?si>(.*?)</(?:\w+:)?si>", re.DOTALL)
_RUN = re.compile(rb"<(?:\w+:)?r>(.*?)</(?:\w+:)?r>", re.DOTALL)
_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)",
    re.DOTALL,
)
_PLACE = re.compile(rb"\br=[\"'][A-Z]{1,3}(\d+)[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
_SHARED = re.compile(rb"\bt=[\"']s[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>(\d+)</(?:\w+:)?v>")


def struck_rows(file: SourceFile, sheet: SheetOf) -> list[int]:
    """Rows whose first filled cell and at least half of all filled ones are struck through, from 0 at the sheet's first filled row as readers count. Empty where the workbook can't tell."""
    styles, texts = _struck_styles(file), _struck_texts(file)
    xml = xml_of(file, sheet) if styles or texts else None
    if not xml:
        return []
    rows: dict[int, list[bool]] = {}
    for row, is_struck in _cells(xml, styles, texts):
        rows.setdefault(row, []).append(is_struck)
    top, _ = first_filled(xml)
    return [row - top for row, cells in sorted(rows.items()) if cells[0] and 2 * sum(cells) >= len(cells)]


def _cells(xml: bytes, styles: set[int], texts: set[int]) -> Iterator[tuple[int, bool]]:
    """Row and whether it is struck through, of each filled cell."""
    for tag, content in _CELL.findall(xml):
        place = _PLACE.search(tag)
        if place is None or b"<" not in content:
            continue
        style, value = _STYLE.search(tag), _VALUE.search(content)
        is_text = value is not None and _SHARED.search(tag) is not None and int(value[1]) in texts
        yield int(place[1]), is_text or (style is not None and int(style[1]) in styles)


def _struck_styles(file: SourceFile) -> set[int]:
    """The numbers of the cell formats whose font is struck through."""
    xml = _member(file, "xl/styles.xml")
    fonts, formats = _FONTS.search(xml), _FORMATS.search(xml)
    if not _STRUCK.search(xml) or fonts is None or formats is None:
        return set()
    struck = {number for number, font in enumerate(_FONT.findall(fonts[0])) if _STRUCK.search(font)}
    return {number for number, font in enumerate(_FORMAT.findall(formats[0])) if int(font) in struck}


def _struck_texts(file: SourceFile) -> set[int]:
    """The numbers of the shared texts all of whose parts are struck through."""
    xml = _member(file, "xl/sharedStrings.xml")
    if not _STRUCK.search(xml):
        return set()
    parts = [_RUN.findall(text) for text in _TEXT.findall(xml)]
    return {number for number, runs in enumerate(parts) if runs and all(_STRUCK.search(run) for run in runs)}


def _member(file: SourceFile, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            return archive.read(name)
    except (KeyError, *UNSOUND):
        return b""
