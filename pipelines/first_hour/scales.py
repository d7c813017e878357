"""What the answers of a survey's column are: numbers on a scale, words that stand for such, or sentences that are never loaded."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.word_steps import word_steps
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.shared.surveys.steps import Direction, Step, direction_of, ends_said, step_of
from pipelines.sources.shared.surveys.written_answers import says_nothing

IN_HEADER = re.compile(
    r"\b([01])\s*(?:-|–|to|bis|à|a)\s*(4|5|6|7|10|100)\b|\b([01])\s*=.*?\b(4|5|6|7|10|100)\s*=", re.IGNORECASE
)
USUAL_TOPS = (5, 7, 10)
FEWEST = 3
MOST_WORDS, LONGEST_WORDS = 7, 30
"""Different answers, and letters of each, up to which a question was answered by choosing among words."""
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
    """Answers as numbers. low, high: the scale; high is None where the answers don't say. values: what words are worth. direction: which end is the best, where the words beside the numbers say so.

    steps: the words of a scale of words. others: scales that the words may be of as well. is_mixed: whether some answered in words and others in numbers.
    """

    low: int
    high: int | None
    values: Mapping[str, float]
    top_seen: int = 0
    direction: Direction | None = None
    steps: tuple[str, ...] = ()
    others: tuple["Rated", ...] = ()
    is_mixed: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether nothing is left to ask about it."""
        return self.direction is not None and self.high is not None and not self.others

    def turned(self) -> "Rated":
        """The same where the smallest number is the best: words keep what they mean."""
        top = self.low + (self.high or 0)
        return (
            replace(self, values={word: top - value for word, value in self.values.items()}) if self.is_mixed else self
        )

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
    return of_words(values.unique().to_list()) or _of_numbers(header, values) or _of_both(header, values)


def unrated_note(sheet: Sheet, header: str) -> str | None:
    """What is said of a question whose answers nearly are on a scale, or are words that no known scale has; None for any other column."""
    values = sheet.values(header)
    values = values.filter(~says_nothing(values))
    distinct = values.unique(maintain_order=True).to_list()
    if values.len() < FEWEST or COUNTS.search(folded(header)) or numbers_answers(header):
        return None
    odd = [text for text in distinct if step_of(text) is None]
    if 2 * len(odd) <= len(distinct) and odd:
        more = f" and {len(odd) - 1} more of its answers are" if len(odd) > 1 else " is"
        return (
            f"“{header}” isn’t measured: “{odd[0]}”{more} no step of a scale; mend it in the file to have it measured"
        )
    is_question = header.rstrip().endswith("?") or header.count(" ") >= 3
    if is_question and len(odd) == len(distinct) <= MOST_WORDS and max(map(len, distinct)) <= LONGEST_WORDS:
        return f"“{header}” isn’t measured: {', '.join(f'“{text}”' for text in distinct[:3])} are on no scale that is known here; write numbers instead"
    return None


def of_words(distinct: Sequence[str]) -> Rated | None:
    """The scale of words that answers are of, with the others that they may be of as well; None for none."""
    found = [Rated(1, len(steps), values, direction="up", steps=steps) for steps, values in word_steps(distinct)]
    return replace(found[0], others=tuple(found[1:])) if found else None


def _of_both(header: str, values: pl.Series) -> Rated | None:
    """A scale that some answered by its numbers and others by its words."""
    distinct = values.unique().to_list()
    numbers = [step for text in distinct if (step := step_of(text)) is not None and not step.words]
    scale = of_words([text for text in distinct if step_of(text) is None])
    if not numbers or scale is None:
        return None
    seen = max(step.value for step in numbers)
    declared = IN_HEADER.search(header)
    top = int([part for part in declared.groups() if part][1]) if declared else math.ceil(seen)
    fitting = [one for one in (scale, *scale.others) if one.high == top and min(step.value for step in numbers) >= 1]
    return replace(fitting[0], others=(), direction=None, top_seen=top, is_mixed=True) if len(fitting) == 1 else None


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
    if declared:
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
    return bool(
        re.search(
            r"recommend|weiterempfehl|empfehlen|recommand|recomend|raccomand|consiglie|aanbevel|aanrad|suosittel|rekommend|anbefal|polec|tavsiye|勧め|薦め|推薦|推荐|추천",
            folded(header),
        )
    )


def is_satisfaction(header: str) -> bool:
    """Whether a question asks how satisfied somebody is with mentoring."""
    return bool(
        re.search(
            r"satisf|satisfied|useful|helpful|valuable|worth|zufrieden|hilfreich|utile|happy|overall|how (was|is) |rate |soddisfa|tevreden|tyytyvai|hyodylli|nojd|nytta|nyttig|tilfreds|fornøyd|zadowol|przydatn|memnun|faydali|faydalı|満足|役に立|满意|有帮助|만족|도움이",
            folded(header),
        )
    )


def construct_of(header: str) -> str | None:
    """The scale of the metric dictionary that a question belongs to, by its words."""
    words = folded(header)
    is_of_the_pair = _TRUST.search(words)
    if not (is_of_the_pair and is_of_the_pair[2]) and re.search(
        r"confiden|zutrau|confiance|confianza|zelfvertrouwen|itsevarm|itseluottam|sjalvfortroende|selvtillit|ozguven|özgüven|自信|자신감",
        words,
    ):
        return "skill_confidence"
    if is_of_the_pair:
        return "relationship_quality"
    return (
        "engagement"
        if re.search(r"engage|motivat|proud|motivaatio|sitoutu|motivasyon|意欲|モチヘ|积极性|동기", words)
        else None
    )
