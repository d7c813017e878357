"""The words by which headings are known, and a heading without what changes nothing."""

import re
from functools import lru_cache
from typing import Any

from pipelines.expressions import expression
from pipelines.matching_inputs import word_files
from pipelines.matching_inputs.cells import without_accents


def _together(words: Any, further: Any) -> Any:
    """Words with further ones: lists and tables joined, expressions as alternatives."""
    if isinstance(words, dict):
        return {key: _together(one, further[key]) if key in further else one for key, one in words.items()}
    return f"{words}|{further}" if isinstance(words, str) else [*words, *further]


WORDS: dict[str, Any] = _together(word_files.words("header_words.yaml"), word_files.words("header_words_further.yaml"))
"""The words of all languages: what header_words.yaml says of each part."""
HEADINGS = 4096
"""So many headings are kept: each is looked at a dozen times, and so are the cells of the rows that might be one."""
_BESIDE = frozenset(WORDS["beside"])
_RANKED_NOUN = expression("|".join(noun.replace("_", "[ _]") for noun in WORDS["choices"]["nouns"]))
_NUMBERED = expression(r"\s*(?:q(?:uestion)?\s*)?\d{1,2}\s*[.):]\s+(.*\S.*)", re.IGNORECASE | re.DOTALL)


@lru_cache(HEADINGS)
def plain(name: str) -> str:
    """A header without case, accents, marks and blanks."""
    return re.sub(r"[\W_]+", "_", without_accents(_without_number(name).casefold())).strip("_")


def _without_number(name: str) -> str:
    """A header without its number among the form's questions, `3. Email`; `1. Wahl` is a rank and keeps it."""
    found = _NUMBERED.match(name)
    rest = found[1] if found else name
    return name if found and _RANKED_NOUN.match(without_accents(rest.casefold())) else rest


_OWNERS = expression(
    r"^(?:worker|employee|participant|applicant|candidate|person|mentee|coachee|student|colleague|member|staff_member)_s_(?=manager|boss|supervisor|line|reporting|email|e_mail|name|department|team|location|level|grade|job)"
)
"""Whose column it is, `Worker's manager`; a sheet has one kind of people."""


@lru_cache(HEADINGS)
def bare(name: str) -> str:
    """A plain header without words and endings that change nothing: `Your work e-mail`, `Ihre Führungskraft`, `Language(s)`."""
    words = _OWNERS.sub("", plain(name)).replace("e_mail", "email").split("_")
    while len(words) > 1 and words[0] in _BESIDE and words[1:] not in (["mentor"], ["mentee"]):
        words = words[1:]
    if len(words) > 1 and words[-1] in ("s", "n", "en", "es") and name.rstrip().endswith(")"):
        words = words[:-1]
    return "_".join(words)
