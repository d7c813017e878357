"""Bytes that aren't Unicode: Windows' letters of western Europe or the old Mac's, told by what stands inside words."""

import re

WINDOWS, MAC = "cp1252", "mac_roman"
NAMES = {WINDOWS: "cp1252 (Windows, Western Europe)", MAC: "mac_roman (an old Mac or Excel for Mac)"}
_NO_LETTER = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
"""Bytes that Windows has no letter for; on the old Mac they are Å, ç, è, ê and ù."""
_CAPITAL = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŠŽŒŸ"
_MARK = r"[^\w\s\x00-\x7f’‘“”–—…®™©·]"
_STRANGE = re.compile(
    rf"[A-Za-z]{_MARK}|{_MARK}[a-z]|[A-Za-z][{_CAPITAL}][a-z]|[a-z][{_CAPITAL}](?!\w)|[A-Za-z][™®©…·][a-z]"
)


def older_encoding(data: bytes) -> str:
    """The one of both in which no word holds a mark or a capital that no word has: `Müller` and not `MŸller` or `M¸ller`."""
    strange = {name: len(_STRANGE.findall(data.decode(name, errors="replace"))) for name in (WINDOWS, MAC)}
    strange[WINDOWS] += sum(data.count(byte) for byte in _NO_LETTER)
    return MAC if strange[WINDOWS] > 0 and strange[MAC] == 0 else WINDOWS
