"""Cells of people's own sheets as values: lists, seats, levels and zones in the ways they are written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOST_SEATS, LARGEST_LEVEL = 1_000, 1_000_000
"""Beyond these a cell holds something else, such as a telephone number."""

_NUMBER_WORDS = (
    "none zero no kein keine keinen null aucun aucune zero ninguno ninguna cero",
    "one ein eine einen eins un une uno una",
    "two zwei deux dos",
    "three drei trois tres",
    "four vier quatre cuatro",
    "five fünf funf cinq cinco",
    "six sechs seis",
)
NUMBER_WORDS = {word: number for number, words in enumerate(_NUMBER_WORDS) for word in words.split()}
"""In English, German, French and Spanish."""
# Letters that several zones share are not here (IST, CST of China): they are asked about.
ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "wet": "Europe/Lisbon", "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "eet": "Europe/Athens", "eest": "Europe/Athens", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "ct": "America/Chicago", "cdt": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "jst": "Asia/Tokyo", "sgt": "Asia/Singapore",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-]?)(\d{1,2})(?:(:?)(\d{2})|\.(\d{1,2}))?", re.IGNORECASE)
_BRACKETED = re.compile(r"^\((?:utc|gmt)\s*([+-]\d{1,2}:\d{2})?\)", re.IGNORECASE)


def folded(text: str) -> str:
    """A word for comparison: composed (NFKC), without case, blanks collapsed, without marks at its ends."""
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(plain.split()).strip(" .,;:!?\"'").casefold()


def listed(cells: Iterable[str | None]) -> list[list[str]]:
    """The lists of a column. `;`, `|` and new lines part a list; so do commas where a cell holds none of those and isn't an item of another cell."""
    texts = [cell or "" for cell in cells]
    items = {folded(part) for text in texts if _is_parted(text) for part in _parts(text, r"[;|\n]")}

    def parted(text: str) -> list[str]:
        whole = folded(text) in items or _is_parted(text)
        return _parts(text, r"[;|\n]" if whole else r"[,\n]")

    return [parted(text) for text in texts]


def _is_parted(text: str) -> bool:
    return re.search(r"[;|\n]", text.strip()) is not None


def _parts(text: str, marks: str) -> list[str]:
    found: dict[str, str] = {}
    for part in re.split(marks, text):
        if folded(part):
            found.setdefault(folded(part), " ".join(part.split()))
    return list(found.values())


def whole(text: str) -> int:
    """A whole number. Raises `ValueError`."""
    value = float(text.replace(",", "."))
    if value != int(value) or abs(value) > LARGEST_LEVEL:
        raise ValueError(text)
    return int(value)


def count(text: str) -> int:
    """A number of seats: `2`, `Up to 3`, `3+`, `1-2`, `two mentees`; of several the greatest, since it says what is offered. Raises `ValueError`."""
    numbers = [int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", text)]
    numbers += [NUMBER_WORDS[word] for word in folded(text).split() if word in NUMBER_WORDS]
    is_plain = re.fullmatch(r"[+-]?\d+(\.0+)?", text.strip())
    value = whole(text) if is_plain else max(numbers, default=-1)
    if not 0 <= value <= MOST_SEATS:
        raise ValueError(text)
    return value


def offset_hours(text: str, as_of: date) -> float:
    """Hours from UTC on the day: from `Europe/Berlin`, `Berlin`, `PST`, `W. Europe Standard Time`, `(UTC+01:00) Amsterdam`, `+0530`, `UTC+2`. Raises `ValueError`."""
    bracketed = _BRACKETED.match(text.strip())
    if bracketed:
        return _hours(bracketed[1] or "0")
    if _OFFSET.fullmatch(text.strip()):
        return _hours(text.strip())
    zone = _zones().get(folded(text).replace("_", " "))
    if zone is None:
        raise ValueError(text)
    difference = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()
    if difference is None:
        raise ValueError(text)
    return difference.total_seconds() / 3600


def _hours(text: str) -> float:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    sign, hours, _, minutes, share = found.groups()
    value = int(hours) + (int(minutes) / 60 if minutes else float(f"0.{share}") if share else 0.0)
    if value > 14:
        raise ValueError(text)
    return -value if sign == "-" else value


@cache
def _zones() -> Mapping[str, str]:
    """Zones by the names that people give them; a city that two zones have is left out."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    cities: dict[str, set[str]] = {}
    for name in available_timezones():
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/")):
            cities.setdefault(folded(name.rpartition("/")[2].replace("_", " ")), set()).add(name)
    alone = {city: min(names) for city, names in cities.items() if len(names) == 1}
    windows = {folded(name): zone for name, zone in WINDOWS_TO_OLSON.items()}
    iana = {folded(name).replace("_", " "): name for name in available_timezones()}
    return {**alone, **windows, **iana, **ABBREVIATIONS}
