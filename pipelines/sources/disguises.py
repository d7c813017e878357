"""Files that are something else than their name says: told by their first bytes, so that a refusal can name it."""

import re
from collections.abc import Iterable

ARCHIVE = b"PK\x03\x04"
"""How an archive begins, and with it every workbook of today."""
_MARKS = (
    (ARCHIVE, "a spreadsheet or another archive (.xlsx, .zip)"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old format (.xls), or one with a password"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"%PDF", "a PDF document"),
)
_ARCHIVES = (
    ("content.xml", "a spreadsheet of LibreOffice or OpenOffice (.ods)"),
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/", "a text document (.docx)"),
    ("ppt/", "a presentation (.pptx)"),
    ("Index/", "a spreadsheet of Numbers (.numbers)"),
)
"""How a member of an archive begins that isn't a workbook of today: its cells are bounded by nothing that is looked at."""
_PAGES = ("<!doctype html", "<html", "<head", "<body", "<table")
_LOOKED_AT = 1024


def disguise(data: bytes) -> str | None:
    """What the bytes are, where they are neither delimited text nor a workbook of today; None for everything that may be text."""
    for mark, what in _MARKS:
        if data.startswith(mark):
            return what
    start = data[:_LOOKED_AT].decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t").lower()
    if start.startswith(_PAGES):
        return "a web page (HTML), perhaps a sign-in page"
    if re.match(r"[\[{]\s*[\[{\"]", start) and ("}" in start or "]" in start or '":' in start):
        return "a JSON file"
    return "an XML file" if start.startswith("<?xml") else None


def other_archive(members: Iterable[str]) -> str | None:
    """What an archive of these members is, where it is another kind of document than a workbook of today; None for all else."""
    names = list(members)
    return next((what for mark, what in _ARCHIVES if any(name.startswith(mark) for name in names)), None)
