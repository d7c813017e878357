"""A column of a log that says only which meetings didn't take place: `Cancelled?`, `DNA`, `No-show`."""

import re
from collections.abc import Mapping
from functools import cache

from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.values import USUAL
from pipelines.sources.mapped_files.header_words import folded

_NO_SHOW = re.compile(
    r"\b(dna|did not attend|didn t attend|not attended|no shows?|missed|absent|absence|nicht erschienen|manque|ausente)\b"
)
_CANCELLED = re.compile(
    r"\b(cancell?(ed|ation)?|called off|not held|didn t happen|did not happen|abgesagt|ausgefallen|entfallen|annulee?|cancelad[ao]|suspendid[ao]|annullat[ao]|afgezegd|peruttu|installd|avlyst|aflyst|odwolane|iptal)\b"
)
_CAME = re.compile(
    r"\b(attended|present|came|showed up|turned up|attendance|anwesend|anwesenheit|teilgenommen|erschienen|presente?s?|presence|asistio|asistencia|presenza|aanwezig|paikalla|narvarande|til ?stede|obecn\w+)\b"
)
"""A heading under which a no says that somebody didn't come, `Mentee attended`."""
_NUMBERS = re.compile(r"\b(sessions?|meetings?|hours|times|number|count|days|list|sheet)\b")
_YES = frozenset("yes y true 1 x ja oui si sim kylla tak evet attended present came anwesend here".split())
_REASON = re.compile(r"\b(reason|why|by|grund|motif|motivo|notes?)\b")
_NO = frozenset("no n false 0 nein non nee nej nei ei nie hayir".split())


def failing_columns(sheet: Sheet) -> list[str]:
    """The headings of such columns: each of two may say that one of the two didn't come."""
    return [name for name in sheet.header if not _REASON.search(folded(name)) and _tells(sheet, name)]


def _tells(sheet: Sheet, name: str) -> bool:
    said = _says(name)
    return bool(said) and (said != "came" or _is_yes_and_no(sheet, name))


def _is_yes_and_no(sheet: Sheet, name: str) -> bool:
    words = {folded(value) for value in sheet.values(name).unique()}
    return bool(words & _NO) and words <= _NO | _YES | _known().keys()


def _says(header: str) -> str | None:
    words = folded(header)
    if _CAME.search(words) and not _NO_SHOW.search(words) and not _NUMBERS.search(words):
        return "came"
    return "no_show" if _NO_SHOW.search(words) else "cancelled" if _CANCELLED.search(words) else None


def failures(sheet: Sheet, header: str) -> Mapping[str, str | None]:
    """Each word of the column to the state of its meetings; None where it says nothing against them."""
    told = sheet.values(header).unique().sort().to_list()
    failed = str(_says(header))
    if failed == "came":
        return {value: "no_show" if folded(value) in _NO else _known().get(folded(value)) for value in told}
    return {value: None if folded(value) in _NO else _known().get(folded(value), failed) for value in told}


@cache
def _known() -> Mapping[str, str]:
    """Usual words for a meeting that failed, to its state."""
    return {
        folded(word): state
        for state in ("cancelled", "no_show", "rescheduled")
        for word in (state.replace("_", " "), *USUAL["sessions", "status"][state].split(","))
    }
