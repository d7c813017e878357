"""On which of the usual scales of words answers are: one where they leave no doubt, else each that they fit."""

import re
from collections.abc import Mapping, Sequence

from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.shared.surveys.pictures import one_form
from pipelines.sources.shared.surveys.word_scales import MIDDLES, WORD_SCALES

Steps = tuple[str, ...]
Found = tuple[Steps, Mapping[str, float]]
USUAL = 5
"""Steps of the usual scale; one of more is only meant where its own words are seen."""


def word_steps(distinct: Sequence[str]) -> list[Found]:
    """Every scale that the answers fit, likeliest first: its steps, and what each answer is worth."""
    fitting = [(scale, values) for scale in WORD_SCALES if (values := _values(scale, distinct)) is not None]
    # `agree` beside `somewhat agree` is no scale of five steps, in which both would be the fourth.
    told_apart = [one for one in fitting if len(set(one[1].values())) == len(distinct)]
    fitting = told_apart or fitting
    most = max(USUAL, min((len(scale) for scale, _ in fitting), default=0))
    found: list[Found] = []
    for scale, values in fitting:
        found += _with_and_without_middle(scale, values) if len(scale) <= most else []
    return list({(len(steps), tuple(values.values())): (steps, values) for steps, values in reversed(found)}.values())[
        ::-1
    ]


def passes_a_middle(steps: Steps, values: Mapping[str, float]) -> bool:
    """Whether a scale is taken to have a neutral middle although nobody chose it."""
    middle = (len(steps) + 1) / 2
    return not middle % 1 and middle not in values.values() and steps[int(middle) - 1] in MIDDLES


def _values(scale: Sequence[Sequence[str]], distinct: Sequence[str]) -> dict[str, float] | None:
    """What the answers are worth on a scale; None where one isn't of it."""
    places = {spelled: place for place, words in enumerate(scale, start=1) for spelled in words}
    found = {value: places.get(_key(value)) for value in distinct}
    return None if not found or None in found.values() else {value: float(place or 0) for value, place in found.items()}


def _key(value: str) -> str:
    """Words as `folded` writes them; a picture alone as it is."""
    return folded(value) or re.sub(r"\s+", "", one_form(value))


def _with_and_without_middle(scale: Sequence[Sequence[str]], values: Mapping[str, float]) -> list[Found]:
    """A scale, and where all its steps but the neutral middle were chosen the same without one, which is the likelier."""
    whole = (tuple(words[0] for words in scale), values)
    middle = (len(scale) + 1) / 2
    without = len(set(values.values())) == len(scale) - 1 and middle not in values.values()
    if not without or middle % 1 or not MIDDLES & set(scale[int(middle) - 1]):
        return [whole]
    steps = tuple(words[0] for place, words in enumerate(scale, start=1) if place != middle)
    return [(steps, {word: value - (value > middle) for word, value in values.items()}), whole]
