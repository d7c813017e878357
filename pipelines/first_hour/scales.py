"""What the answers of a survey's column are: numbers on a scale, words that stand for such, or sentences that are never loaded."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.shared.surveys.steps import Direction, Step, direction_of, ends_said, step_of
from pipelines.sources.shared.surveys.word_scales import WORD_SCALES
from pipelines.sources.shared.surveys.written_answers import says_nothing

IN_HEADER = re.compile(
    r"\b([01])\s*(?:-|–|to|bis|à|a)\s*(4|5|6|7|10)\b|\b([01])\s*=.*?\b(4|5|6|7|10)\s*=", re.IGNORECASE
)
USUAL_TOPS = (5, 7, 10)
FEWEST = 3
OF_THE_FORM = re.compile(
    r"^(no|nr|number|progress|finished|seed|score|total points|total score|points .*)$|\bid$|^id\b|\blast ?page\b|\bstart ?language\b|^duration\b|^time (taken|spent)\b|^location (latitude|longitude)"
)
COUNTS = re.compile(
    r"\b(how (many|long)|number of|hours?|minutes?|months?|years?|wie ?(viele?|lange)|anzahl|stunden|minuten|monate|jahre|combien|nombre d\w*|heures|mois|annees|cuant[ao]s|numero de|horas|meses|anos)\b"
)
"""What asks for a count and not for an opinion."""
SCHOOL_MARKS = re.compile(r"\bschulnote|\bschul noten?\b")
"""German schools mark from 1, the best, to 6."""
MOST_UNREADABLE = 0.1
_TRUST = re.compile(
    r"trust|relationship|get along|rapport|beziehung|vertrau|relation|(confiance (a|en|envers)|confi\w+ en) (mon|ma|mi) (mentor|tut)"
)
"""What asks about the two of a pair. In French and Spanish one word is trust in somebody and confidence in oneself."""


@dataclass(frozen=True)
class Rated:
    """Answers as numbers. low, high: the scale; high is None where the answers don't say. values: what words are worth. direction: which end is the best, where the words beside the numbers say so."""

    low: int
    high: int | None
    values: Mapping[str, float]
    top_seen: int = 0
    direction: Direction | None = None

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left to ask about it."""
        return self.direction is not None and self.high is not None

    @property
    def tops(self) -> tuple[int, ...]:
        """The ends that the scale may have."""
        if self.high:
            return (self.high,)
        seen = max(self.top_seen, self.low + 1)
        return tuple(dict.fromkeys((seen, min(top for top in USUAL_TOPS if top >= seen))))


def rated(sheet: Sheet, header: str) -> Rated | None:
    """The scale of a column; None where it holds no answers on one. Cells that say that nothing was answered don't count."""
    values = sheet.values(header)
    values = values.filter(~says_nothing(values))
    if values.len() < FEWEST:
        return None
    return _of_words(values.unique().to_list()) or _of_numbers(header, values)


def _of_words(distinct: Sequence[str]) -> Rated | None:
    fitting = [found for scale in WORD_SCALES if (found := _on(scale, distinct)) is not None]
    # `agree` beside `somewhat agree` is no scale of five steps, in which both would be the fourth.
    told_apart = (found for found in fitting if len(set(found.values.values())) == len(distinct))
    return next(told_apart, fitting[0] if fitting else None)


def _on(scale: Sequence[Sequence[str]], distinct: Sequence[str]) -> Rated | None:
    """The answers on a scale of words; None where one isn't of it."""
    steps = {spelled: place for place, words in enumerate(scale, start=1) for spelled in words}
    if any(folded(value) not in steps for value in distinct):
        return None
    values = {value: float(steps[folded(value)]) for value in distinct}
    return Rated(1, len(scale), values, direction="up")


def _of_numbers(header: str, values: pl.Series) -> Rated | None:
    known = {text: step_of(text) for text in values.unique().to_list()}
    steps = [step for text in values if (step := known[text]) is not None]
    if not steps or values.len() - len(steps) > MOST_UNREADABLE * values.len():
        return None
    ends = _ends(header, steps)
    if ends is None:
        return None
    low, high = ends
    top_seen = math.ceil(max(step.value for step in steps))
    said = [*steps, *ends_said(header)]
    direction: Direction | None = direction_of(said, low, high or max(top_seen, low + 1))
    if SCHOOL_MARKS.search(folded(header)):
        direction = "down"
    elif all(step.is_stars for step in steps):
        direction = "up"
    return Rated(low, high, {}, top_seen, direction)


def _ends(header: str, steps: Sequence[Step]) -> tuple[int, int | None] | None:
    """Where a scale of numbers begins and ends, the end None where nothing says; None where there is no scale."""
    seen = max(step.value for step in steps)
    tops = {step.top for step in steps} - {None}
    if tops:
        top = tops.pop()
        return (
            None if tops or top is None or seen > top else (0 if top > max(USUAL_TOPS) or _has_zero(steps) else 1, top)
        )
    declared = IN_HEADER.search(header)
    if declared and seen <= 10:
        low, high = (int(part) for part in declared.groups() if part)
        return (low, high) if seen <= high else None
    if seen > max(USUAL_TOPS) or COUNTS.search(folded(header)):
        return None
    if SCHOOL_MARKS.search(folded(header)) and seen <= 6:
        return 1, 6
    if _has_zero(steps) or (is_recommendation(header) and seen > 5):
        return 0, 10 if seen > 5 or is_recommendation(header) else _top(math.ceil(seen))
    return 1, _top(math.ceil(seen))


def _has_zero(steps: Sequence[Step]) -> bool:
    return any(step.value == 0 for step in steps)


def _top(seen: int) -> int | None:
    """The end of the scale where the highest answer shows it."""
    if seen in USUAL_TOPS:
        return seen
    return 10 if seen in (8, 9) else None


def numbers_answers(header: str) -> bool:
    """Whether a column is the form's own: it numbers the answers, counts pages or points, and asks nobody anything."""
    return bool(OF_THE_FORM.search(folded(header))) and not header.rstrip().endswith("?")


def is_recommendation(header: str) -> bool:
    """Whether a question asks how likely somebody is to recommend."""
    return bool(re.search(r"recommend|weiterempfehl|empfehlen|recommand|recomend", folded(header)))


def is_satisfaction(header: str) -> bool:
    """Whether a question asks how satisfied somebody is with mentoring."""
    return bool(
        re.search(
            r"satisf|satisfied|useful|helpful|valuable|worth|zufrieden|hilfreich|utile|happy|overall|how (was|is) |rate ",
            folded(header),
        )
    )


def construct_of(header: str) -> str | None:
    """The scale of the metric dictionary that a question belongs to, by its words."""
    words = folded(header)
    is_of_the_pair = _TRUST.search(words)
    if not (is_of_the_pair and is_of_the_pair[2]) and re.search(r"confiden|zutrau|confiance|confianza", words):
        return "skill_confidence"
    if is_of_the_pair:
        return "relationship_quality"
    return "engagement" if re.search(r"engage|motivat|proud", words) else None
