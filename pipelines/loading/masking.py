"""Raw text that a programme manager may see: its shape stays, every value that may point to a person goes.

A refused line can hold a name in any place (a missing separator shifts all that follow), so nothing is trusted by position: letters become x, digits #,
and only words of the contract's own vocabularies stay. The value at fault stands in the reason.
"""

import re
from collections.abc import Iterable
from functools import cache

import polars as pl

from pipelines.contracts import TABLES

LIMIT = 400  # characters shown; longer lines are cut
_WORD = re.compile(r"[^\W_]+(?:[_-][^\W_]+)*", re.UNICODE)
_JSON_NAME = re.compile(r'"[A-Za-z_.]{1,60}":')  # field names of a JSON record are the vendor's, not a person's
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]", re.UNICODE)


@cache
def _vocabulary() -> frozenset[str]:
    values = {value for table in TABLES for column in table.columns for value in column.values or ()}
    headers = {column.name for table in TABLES for column in table.columns}
    return frozenset({*values, *headers, "true", "false", "null", "UID"})


def masked_text(raw: Iterable[str | None]) -> pl.Series:
    """Each text masked; null stays null."""
    return pl.Series([None if text is None else mask(text) for text in raw], dtype=pl.String)


def mask(text: str) -> str:
    """Letters to x, digits to #, except words of the contract; cut after 400 characters."""
    text, is_cut = text[:LIMIT], len(text) > LIMIT
    names = [match.span() for match in _JSON_NAME.finditer(text)] if text.startswith("{") else []
    shown, after = [], 0
    for start, end in [*names, (len(text), len(text))]:
        shown += [_WORD.sub(_masked, text[after:start]), text[start:end]]
        after = end
    return "".join(shown) + ("..." if is_cut else "")


def _masked(match: re.Match[str]) -> str:
    return match.group() if match.group() in _vocabulary() else _blurred(match.group())


def _blurred(word: str) -> str:
    return _LETTER.sub("x", _DIGIT.sub("#", word))
