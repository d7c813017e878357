"""Words for nothing (`N/A`, `-`, `NULL`) in columns of days, times, numbers and truths that a table doesn't need: nothing, counted and told, where they would refuse the row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.contracts import Column
from pipelines.sources.cleaning import NO_TEXT_WORDS, spelled
from pipelines.sources.conversions import Told
from pipelines.sources.mapped_files.words import label

_WORDS = spelled(
    NO_TEXT_WORDS
    | set(
        "none nil na n.a. keine keiner keines kein entfällt aucun aucune ninguno ninguna nessuno nessuna geen".split()
    )
)
"""What says that there is none. `unknown`, `TBD` or a formula's error say that there is one that nobody knows: these still refuse the row."""
_STILL = spelled(
    "present|current|currently|ongoing|open|active|permanent|indefinite|today|bis heute|laufend|unbefristet|aktiv|aktuell|heute|à ce jour|en cours|actuel|indéterminé|actualidad|actual|indefinido|en curso|presente|attuale|in corso|heden|lopend".split(
        "|"
    )
)
"""What stands where something has no end yet."""
_WORDS_OF_ENDS = _WORDS + _STILL
_ENDS = re.compile(r"(^|_)(end|left|until|termination|closed|done)(_|$)|valid_to")


def words_for_nothing(column: Column, spec: Mapping[str, Any]) -> list[str]:
    """The words that say in a typed column, whose values may be missing, that there is none."""
    if column.required or column.type == "text" or "map" in spec:
        return []
    return _WORDS_OF_ENDS if _ENDS.search(column.name) else _WORDS


def told_of_nothing(column: Column, text: pl.Expr, words: Sequence[str]) -> tuple[Told, ...]:
    """How it is told that there were such. text: as the file has it, trimmed."""
    detail = f"{{rows}} values of {label(column)} say that there is none (N/A, NULL, -) and stay empty"
    return (Told(text.is_in(words).fill_null(value=False), "word_for_nothing", detail),) if words else ()
