"""What the answers of a survey's column are: numbers on a scale, words that stand for such, or sentences that are never loaded."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.word_scales import WORD_SCALES
from pipelines.sources.mapped_files.header_words import folded

LEADING = re.compile(r"^\s*(\d|10)\s*[-–=:.)(]+\s*[^\W\d]")
"""A step of a scale with its number in front: `4 - Agree`; a date has no word behind its first number."""
IN_HEADER = re.compile(
    r"\b([01])\s*(?:-|–|to|bis|à|a)\s*(4|5|6|7|10)\b|\b([01])\s*=.*?\b(4|5|6|7|10)\s*=", re.IGNORECASE
)
USUAL_TOPS = (5, 7, 10)
FEWEST = 3
OF_THE_FORM = re.compile(
    r"^(no|nr|number|progress|finished|seed|score|total points|total score|points .*)$|\bid$|^id\b|\blast ?page\b|\bstart ?language\b|^duration\b|^time (taken|spent)\b|^location (latitude|longitude)"
)
MOST_UNREADABLE = 0.1
_TRUST = re.compile(
    r"trust|relationship|get along|rapport|beziehung|vertrau|relation|(confiance (a|en|envers)|confi\w+ en) (mon|ma|mi) (mentor|tut)"
)
"""What asks about the two of a pair. In French and Spanish one word is trust in somebody and confidence in oneself."""


@dataclass(frozen=True)
class Rated:
    """Answers as numbers. low, high: the scale; high is None where the answers don't say. values: what words are worth. words: lowest and highest answer as written."""

    low: int
    high: int | None
    values: Mapping[str, float]
    top_seen: int = 0

    @property
    def is_words(self) -> bool:
        return bool(self.values)


def rated(sheet: Sheet, header: str) -> Rated | None:
    """The scale of a column; None where it holds no answers on one."""
    values = sheet.values(header)
    if values.len() < FEWEST:
        return None
    distinct = values.unique().to_list()
    return _of_words(distinct) or _of_numbers(header, values.to_list())


def _of_words(distinct: Sequence[str]) -> Rated | None:
    leading = {value: LEADING.match(value) for value in distinct}
    if all(leading.values()):
        numbers = {value: float(found[1]) for value, found in leading.items() if found}
        highest = int(max(numbers.values()))
        return Rated(0 if 0 in numbers.values() else 1, _top(highest), numbers, highest)
    fitting = [found for scale in WORD_SCALES if (found := _on(scale, distinct)) is not None]
    # `agree` beside `somewhat agree` is no scale of five steps, in which both would be the fourth.
    told_apart = (found for found in fitting if len(set(found.values.values())) == len(distinct))
    return next(told_apart, fitting[0] if fitting else None)


def _on(scale: Sequence[Sequence[str]], distinct: Sequence[str]) -> Rated | None:
    """The answers on a scale of words; None where one isn't of it."""
    steps = {spelled: place for place, words in enumerate(scale, start=1) for spelled in words}
    if any(folded(value) not in steps for value in distinct):
        return None
    return Rated(1, len(scale), {value: float(steps[folded(value)]) for value in distinct})


def _of_numbers(header: str, values: Sequence[str]) -> Rated | None:
    numbers = [int(float(value)) for value in values if re.fullmatch(r"\d{1,2}(\.0)?", value)]
    if not numbers or len(values) - len(numbers) > MOST_UNREADABLE * len(values) or max(numbers) > 10:
        return None
    declared = IN_HEADER.search(header)
    if declared:
        low, high = (int(part) for part in declared.groups() if part)
        return Rated(low, high, {}, max(numbers)) if max(numbers) <= high else None
    is_from_zero = 0 in numbers or (is_recommendation(header) and max(numbers) > 5)
    if is_from_zero:
        return Rated(0, 10 if max(numbers) > 5 or is_recommendation(header) else _top(max(numbers)), {}, max(numbers))
    return Rated(1, _top(max(numbers)), {}, max(numbers))


def _top(seen: int) -> int | None:
    """The end of the scale where the highest answer shows it."""
    if seen in USUAL_TOPS:
        return seen
    return None if seen < 5 else min(top for top in USUAL_TOPS if top >= seen)


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
