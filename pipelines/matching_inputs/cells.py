"""Cells of people's own sheets as values: lists, seats, levels and zones in the ways they are written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from pipelines.matching_inputs.word_files import words

MOST_SEATS, LARGEST_LEVEL = 1_000, 1_000_000
"""Beyond these a cell holds something else, such as a telephone number."""

_NUMBER_WORDS = (
    "none zero no kein keine keinen null aucun aucune zero ninguno ninguna cero",
    "one ein eine einen eins un une uno una um uma een één",
    "two zwei deux dos due dois duas twee",
    "three drei trois tres tre três drie",
    "four vier quatre cuatro quattro quatro",
    "five fünf funf cinq cinco cinque vijf",
    "six sechs seis sei zes",
)
NUMBER_WORDS = {word: number for number, words in enumerate(_NUMBER_WORDS) for word in words.split()}
"""In English, German, French, Spanish, Italian, Portuguese and Dutch."""
NOTHING = frozenset(
    word
    for words in (
        "n/a|na|n.a|none|nothing|nil|no|nope|-|--|—|–|/|nobody|no one|noone|no preference|no preferences|not applicable|not sure|unsure|i don't know|i don’t know|i don't know yet|don't know|"
        "i am not sure|i'm not sure|tbd|to be decided|prefer not to say|prefer not to answer|rather not say|unknown|unbekannt|inconnu|desconocido|anything|any|anyone|anybody|whoever|no idea|open to anything",
        "keine|keiner|keine angabe|k.a|nein|niemand|nichts|egal|weiß nicht|weiss nicht|entfällt|nicht zutreffend|möchte ich nicht sagen|keine antwort",
        "aucun|aucune|non|personne|rien|pas de préférence|sans préférence|peu importe|je ne sais pas|je préfère ne pas répondre|je préfère ne pas le dire|sans objet",
        "ninguno|ninguna|nadie|nada|sin preferencia|no sé|prefiero no decirlo|prefiero no contestar|no aplica|nessuno|nessuna|niente|nessuna preferenza|non so|ninguém|nenhum|nenhuma|não|sem preferência|geen|niemand|nee|geen voorkeur",
    )
    for word in words.split("|")
)
"""How people say in a form that they name nothing, as `folded` words."""
# Letters that several zones share are not here (IST, CST of China): they are asked about.
ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "wet": "Europe/Lisbon", "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "eet": "Europe/Athens", "eest": "Europe/Athens", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "ct": "America/Chicago", "cdt": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "jst": "Asia/Tokyo", "sgt": "Asia/Singapore",
    "eastern time": "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
    "eastern": "America/New_York", "pacific": "America/Los_Angeles", "greenwich mean time": "UTC", "british time": "Europe/London", "uk time": "Europe/London",
    "central european time": "Europe/Berlin", "central europe": "Europe/Berlin", "eastern european time": "Europe/Athens", "western european time": "Europe/Lisbon",
    "mitteleuropäische zeit": "Europe/Berlin", "india standard time": "Asia/Kolkata", "indian standard time": "Asia/Kolkata", "india time": "Asia/Kolkata",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip
_BULLET = re.compile(r"^(?:[-*–—·]\s+|\(?\d{1,2}[.)]\s+)")
_JOINED = re.compile(r"\s+(?:and|und|et|y|e|en|or|oder|ou|o|of)\s+|\s*[&/+,]\s*", re.IGNORECASE)
_DEGREES = (
    "basics?|basic knowledge|beginners?|intermediate|advanced|experts?|expert level|fluent|native|mother tongue|proficient|conversational|good|very good|grundkenntnisse|grundlagen|anfänger|"
    "fortgeschritten|fließend|fliessend|muttersprache|verhandlungssicher|gut|débutant|intermédiaire|avancé|courant|langue maternelle|básico|intermedio|avanzado|fluido|nativo|[abc][12]"
)
_DEGREE = re.compile(rf"\s*(?:\(\s*(?:{_DEGREES})\s*\)|[-–:]\s+(?:{_DEGREES}))\s*$", re.IGNORECASE)
_LEVEL = re.compile(
    r"(?:L|G|E|level|grade|band|stufe|ebene|niveau|nivel|livello)[\s.:-]*(\d{1,3})|(\d{1,3})\s*[-–:(].*\D.*",
    re.IGNORECASE,
)
_LIMITLESS = re.compile(
    r"limit|unlimited|as many|any number|beliebig|unbegrenzt|illimit|sin l[ií]mite|sem limite", re.IGNORECASE
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-]?)(\d{1,2})(?:(:?)(\d{2})|\.(\d{1,2}))?", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*[/,;|]\s*|\s+(?:or|oder|ou|o|-|–)\s+", re.IGNORECASE)
_TIME_BEHIND = re.compile(r" (standard )?time$")
_BRACKETED = re.compile(r"^\((?:utc|gmt)\s*([+-]\d{1,2}:\d{2})?\)", re.IGNORECASE)


def folded(text: str) -> str:
    """A word for comparison: composed (NFKC), without case, blanks collapsed, without marks at its ends."""
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(plain.split()).strip(" .,;:!?\"'").casefold()


def says_nothing(text: str) -> bool:
    """Whether a cell only says that there is nothing to say."""
    return folded(text) in NOTHING or not folded(text)


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
    for part in re.split(rf"{marks}|[•▪●‣]", text):
        word = " ".join(_BULLET.sub("", part.strip()).split())
        if not says_nothing(word):
            found.setdefault(folded(word), word)
    return list(found.values())


def apart(lists: Sequence[list[str]], known: Mapping[str, str]) -> list[list[str]]:
    """Lists in which `Excel and SQL`, `Excel / SQL` is two items where both are known by themselves, so that `Research and development` stays one."""
    return [list(dict.fromkeys(part for item in items for part in _halves(item, known))) for items in lists]


def _halves(item: str, known: Mapping[str, str]) -> list[str]:
    parts = [part.strip() for part in _JOINED.split(item) if part.strip()]
    is_known = len(parts) > 1 and all(folded(part) in known for part in parts)
    return [known[folded(part)] for part in parts] if is_known else [item]


def without_degree(item: str) -> str:
    """An item without how well it is known: `Excel (basic)`, `SQL - advanced`, `English (fluent)`."""
    plain = _DEGREE.sub("", item).strip()
    return plain or item


def languages(text: str) -> list[str]:
    """The codes of the languages that a text names in any of the forms' languages (`Deutsch`, `en-GB`, `English and a bit of French`), else the text itself."""
    plain = _without_accents(folded(text))
    one = _languages().get(plain) or _languages().get(re.split(r"[-_ (]", plain, maxsplit=1)[0])
    several = [_languages()[word] for word in re.findall(r"[^\W\d_]{4,}", plain) if word in _languages()]
    return list(dict.fromkeys(several)) or [one or text]


def _without_accents(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


@cache
def _languages() -> Mapping[str, str]:
    return {name: code for code, names in words("languages.yaml").items() for name in (code, *names)}


def level(text: str) -> int:
    """A level's number, also as `L3`, `Grade 5`, `5 - Director`. Raises `ValueError`."""
    found = _LEVEL.fullmatch(text.strip())
    return whole(found[1] or found[2] if found else text)


def whole(text: str) -> int:
    """A whole number. Raises `ValueError`."""
    value = float(text.replace(",", "."))
    if value != int(value) or abs(value) > LARGEST_LEVEL:
        raise ValueError(text)
    return int(value)


def count(text: str) -> int:
    """A number of seats: `2`, `Up to 3`, `3+`, `1-2`, `two mentees`; of several the greatest, since it says what is offered. Raises `ValueError`."""
    numbers = [int(number) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", text)]
    numbers += [NUMBER_WORDS[word] for word in re.findall(r"\w+", folded(text)) if word in NUMBER_WORDS]
    if _LIMITLESS.search(text) and not any(mark.isdigit() for mark in text):
        raise ValueError(text)
    is_plain = re.fullmatch(r"[+-]?\d+(\.0+)?", text.strip())
    value = whole(text) if is_plain else max(numbers, default=-1)
    if not 0 <= value <= MOST_SEATS:
        raise ValueError(text)
    return value


def offset_hours(text: str, as_of: date) -> float:
    """Hours from UTC on the day: from `Europe/Berlin`, `Berlin`, `PST`, `W. Europe Standard Time`, `(UTC+01:00) Amsterdam`, `+0530`, `UTC+2`. Raises `ValueError`."""
    text = (
        re.sub(r"\s*([+-])\s*(?=\d)", r"\1", text.replace("−", "-").replace("–", "-"))
        if re.search(r"\d", text)
        else text
    )
    bracketed = _BRACKETED.match(text.strip())
    if bracketed:
        return _hours(bracketed[1] or "0")
    if _OFFSET.fullmatch(text.strip()):
        return _hours(text.strip())
    plain = folded(re.sub(r"\([^)]*\)", " ", text)).replace("_", " ")
    if _OFFSET.fullmatch(plain):
        return _hours(plain)
    names = (
        folded(text).replace("_", " "),
        plain,
        _without_accents(plain),
        plain.replace(" ", "/", 1),
        _TIME_BEHIND.sub("", plain).replace(" ", "/", 1),
    )
    zone = next((_zones()[name] for name in names if name in _zones()), None) or _of_country(plain, as_of)
    if zone is None:
        return _agreed(
            [part for part in _ALTERNATIVES.split(text.strip()) if part and part != text.strip()], text, as_of
        )
    difference = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()
    if difference is None:
        raise ValueError(text)
    return difference.total_seconds() / 3600


def _agreed(parts: Sequence[str], text: str, as_of: date) -> float:
    """What several names of one zone agree on: `CET/CEST`, `London, UK`. Raises `ValueError` where they don't, or none is a zone."""
    found = set()
    for part in parts:
        with suppress(ValueError):
            found.add(offset_hours(part, as_of))
    if len(found) != 1:
        raise ValueError(text)
    return found.pop()


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
def _of_country(name: str, as_of: date) -> str | None:
    """The zone of a country whose zones all show the same time on the day."""
    folder = resources.files("tzdata.zoneinfo")
    rows = [
        line.split("\t") for line in folder.joinpath("iso3166.tab").read_text("utf-8").splitlines() if line[:1] != "#"
    ]
    codes = {folded(country): code for code, country in rows} | {
        "uk": "GB",
        "united kingdom": "GB",
        "great britain": "GB",
        "england": "GB",
    }
    zones = [
        line.split("\t")[2]
        for line in folder.joinpath("zone.tab").read_text("utf-8").splitlines()
        if line[:1] != "#" and line.split("\t")[0] == codes.get(name)
    ]
    noon = datetime(as_of.year, as_of.month, as_of.day, 12)
    offsets = {noon.replace(tzinfo=ZoneInfo(zone)).utcoffset() for zone in zones}
    return zones[0] if len(offsets) == 1 else None


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
    known = {name: zone for zone, names in words("zone_names.yaml").items() for name in names}
    return {**alone, **known, **windows, **iana, **ABBREVIATIONS}
