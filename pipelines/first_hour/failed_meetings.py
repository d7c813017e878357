"""A column of a log that says only which meetings didn't take place: `Cancelled?`, `DNA`, `No-show`."""

import re
from collections.abc import Mapping

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
    r"\b(mentee|mentor|student|learner|client) (attended|present|came|showed up|attendance)\b|\battended by mentee\b"
)
"""A heading under which a no says that somebody didn't come."""
_REASON = re.compile(r"\b(reason|why|by|grund|motif|motivo|notes?)\b")
_NO = frozenset("no n false 0 nein non nee nej nei ei nie hayir".split())


def failing_column(sheet: Sheet) -> str | None:
    """The heading of such a column; None where there is none."""
    return next((name for name in sheet.header if _says(name) and not _REASON.search(folded(name))), None)


def _says(header: str) -> str | None:
    words = folded(header)
    if _CAME.search(words):
        return "came"
    return "no_show" if _NO_SHOW.search(words) else "cancelled" if _CANCELLED.search(words) else None


def failures(sheet: Sheet, header: str, others: str) -> Mapping[str, str]:
    """Each word of the column to the state of its meetings. others: the state of those of which it says no."""
    known = {
        folded(word): state
        for state in ("cancelled", "no_show", "rescheduled")
        for word in (state.replace("_", " "), *USUAL["sessions", "status"][state].split(","))
    }
    told = sheet.values(header).unique().sort().to_list()
    failed = str(_says(header))
    if failed == "came":
        return {value: "no_show" if folded(value) in _NO else known.get(folded(value), others) for value in told}
    return {value: others if folded(value) in _NO else known.get(folded(value), failed) for value in told}
