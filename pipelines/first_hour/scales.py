"""What the answers of a survey's column are: numbers on a scale, words that stand for such, or sentences that are never loaded."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import folded

WORD_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("strongly disagree", "disagree strongly", "completely disagree"), ("disagree", "somewhat disagree"), ("neutral", "neither agree nor disagree", "undecided", "neither"), ("agree", "somewhat agree"), ("strongly agree", "agree strongly", "completely agree")),
    (("very dissatisfied", "very unsatisfied"), ("dissatisfied", "unsatisfied", "somewhat dissatisfied"), ("neutral", "neither satisfied nor dissatisfied", "neither"), ("satisfied", "somewhat satisfied"), ("very satisfied",)),
    (("very poor", "poor"), ("fair", "below average"), ("average", "ok", "okay"), ("good",), ("very good", "excellent")),
    (("not at all", "not useful", "not helpful"), ("a little", "slightly", "slightly useful", "slightly helpful"), ("somewhat", "moderately", "moderately useful", "moderately helpful"), ("very", "mostly", "very useful", "very helpful"), ("extremely", "completely", "extremely useful", "extremely helpful")),
    (("never",), ("rarely", "seldom"), ("sometimes",), ("often",), ("always",)),
)  # fmt: skip
"""Usual scales in words, lowest first, each step with its spellings."""
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
    for scale in WORD_SCALES:
        steps = {spelled: place for place, words in enumerate(scale, start=1) for spelled in words}
        if all(folded(value) in steps for value in distinct):
            return Rated(1, len(scale), {value: float(steps[folded(value)]) for value in distinct})
    return None


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
    if re.search(r"confiden|zutrau|confiance|confianza", words):
        return "skill_confidence"
    if re.search(r"trust|relationship|get along|rapport|beziehung|vertrau|relation", words):
        return "relationship_quality"
    return "engagement" if re.search(r"engage|motivat|proud", words) else None
