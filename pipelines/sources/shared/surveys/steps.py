"""One written answer as a step of a scale: its number, the words beside it, the end that it names; and which end of a scale words speak of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.shared.surveys.pictures import without_pictures
from pipelines.sources.shared.surveys.word_scales import WORD_SCALES

Direction = Literal["up", "down"]
_NUMBER = r"(?P<number>\d{1,3}(?:[.,]\d)?)"
_WORDS = r"(?P<words>[^\W\d].*)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<number>\d{1,3}(?:[.,][05])?)",
        rf"(?P<number>\d{{1,2}})\s*[-–—=:.)(]+\s*{_WORDS}",
        r"(?P<words>[^\W\d][^\d]*?)\s*[(\[\-–—=:]\s*(?P<number>\d{1,2})\s*[)\]]?",
        rf"{_NUMBER}\s*(?:/|of|out of|von|sur|de)\s*(?P<top>\d{{1,3}})",
        rf"{_NUMBER}\s*%",
    )
)
"""`4`, `4,5`; `4 - Agree`; `Agree (4)`; `4/5`; `80 %`. A date has no word behind its first number, and `3 months` no mark."""
_STARS = re.compile(r"[★⭐\ufe0f]+[☆\s]*")
_LOW = re.compile(
    r"^(not|never|no|none|nothing|poor|bad|worst|low|lowest|little|least|hardly|strongly dis\w*|completely dis\w*|very (un|dis)\w*|very (bad|poor|low|little)|nicht|gar nicht|uberhaupt|kein\w*|nie|niemals|schlecht\w*|ungenugend|mangelhaft|niedrig|wenig|sehr (un\w+|schlecht\w*|wenig|niedrig)|pas|aucun\w*|jamais|mauvais\w*|faible|tres (in\w+|mauvais\w*|faible)|nada|nunca|ningun\w*|mal\w*|muy (in\w+|mal\w*|en desacuerdo|baj\w))\b|\b(unzufrieden|dissatisfied|unsatisfied|disagree|insatisf\w+|insatisfech\w+|desacuerdo)$"
)
_HIGH = re.compile(
    r"^(very|most|top|extremely|completely|totally|fully|strongly agree|excellent|best|high|highest|always|a lot|sehr|am wichtigsten|wichtigste\w*|le plus|la plus|mas importante|voll\w*|ausserst|ausgezeichnet|hervorragend|hoch|immer|tres|tout a fait|entierement|excellent\w*|toujours|muy|totalmente|completamente|siempre)\b"
)


@dataclass(frozen=True)
class Step:
    """value: its number. words: what stands beside it. top: the end of the scale that it names itself."""

    value: float
    words: str = ""
    top: int | None = None
    is_stars: bool = False


def step_of(text: str) -> Step | None:
    """The step that an answer is; None where it is none."""
    if _STARS.fullmatch(text):
        empty = text.count("☆")
        full = sum(text.count(star) for star in "★⭐")
        return Step(float(full), top=full + empty if empty else None, is_stars=True)
    text = without_pictures(text.strip())
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    top = 100 if text.endswith("%") else int(parts["top"]) if parts.get("top") else None
    return Step(float(parts["number"].replace(",", ".")), parts.get("words") or "", top)


def direction_of(steps: Iterable[Step], low: float, high: float) -> Direction | None:
    """Whether the greatest number is the best one, by the words beside the numbers; None where they don't say, or don't agree."""
    middle = (low + high) / 2
    signs = {(step.value - middle > 0) == (sign > 0) for step in steps if step.value != middle and (sign := _sign(step.words))}  # fmt: skip
    return None if len(signs) != 1 else "up" if signs.pop() else "down"


def _sign(words: str) -> int:
    """1 for words of a scale's upper half, -1 for its lower one, 0 where they tell neither."""
    plain = folded(words)
    for scale in WORD_SCALES:
        for place, spelled in enumerate(scale, start=1):
            if plain in spelled:
                middle = (len(scale) + 1) / 2
                return (place > middle) - (place < middle)
    return -1 if _LOW.search(plain) else 1 if _HIGH.search(plain) else 0


_ENDS = re.compile(r"\b(\d{1,3})\s*(?:=|:|-|–|—)\s*([^\W\d][^\d;,/()]*)")
_ENDS_BEHIND = re.compile(r"([^\W\d][^\d;,/()]*?)\s*\((\d{1,3})\)")

_BEFORE_IT = re.compile(r"^.*[:?]\s*|^\s*(to|through|bis|à|a|and|und)\s+", re.IGNORECASE)


def ends_said(header: str) -> list[Step]:
    """The steps that a question explains: `(1 = very satisfied, 5 = not at all)`, `poor (1) ... excellent (5)`."""
    said = [Step(float(number), words.strip()) for number, words in _ENDS.findall(header)]
    return said or [Step(float(number), _BEFORE_IT.sub("", words)) for words, number in _ENDS_BEHIND.findall(header)]
