"""Files that are something else than their name says: told by their first bytes, so that a refusal can name it."""

ARCHIVE = b"PK\x03\x04"
"""How an archive begins, and with it every workbook of today."""
_MARKS = (
    (ARCHIVE, "a spreadsheet or another archive (.xlsx, .zip)"),
    (b"\xd0\xcf\x11\xe0", "a workbook of the old format (.xls), or one with a password"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"%PDF", "a PDF document"),
)
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
    return "an XML file" if start.startswith("<?xml") else None
