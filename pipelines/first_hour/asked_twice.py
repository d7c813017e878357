"""Questions that one form asks of two times, how it was before and how it is now: averaged together they would be neither."""

import re
from collections.abc import Sequence

from pipelines.sources.mapped_files.header_words import folded

_BEFORE = re.compile(
    r"\b(before( (the|this|my) (program(me)?|mentoring))?|at the (start|beginning)( of (the )?(program(me)?|mentoring))?|pre|baseline|then|vorher|vor dem (programm|mentoring)|zu beginn|avant( le (programme|mentorat))?|au debut|antes( del (programa|mentoring))?|al inicio|prima|antes do programa)\b"
)
_AFTER = re.compile(
    r"\b(after( (the|this|my) (program(me)?|mentoring))?|at the end( of (the )?(program(me)?|mentoring))?|post|now|today|nachher|nach dem (programm|mentoring)|am ende|jetzt|apres( le (programme|mentorat))?|maintenant|despues( del (programa|mentoring))?|ahora|al final|dopo|depois do programa|agora)\b"
)


def of_before(header: Sequence[str]) -> dict[str, str]:
    """Heading that asks how something was before, to the one that asks the same of now."""
    now = {_without(_AFTER, name): name for name in header if _AFTER.search(folded(name))}
    earlier = {name: _without(_BEFORE, name) for name in header if _BEFORE.search(folded(name))}
    return {name: now[rest] for name, rest in earlier.items() if rest in now and now[rest] != name}


def _without(words: re.Pattern[str], header: str) -> str:
    return " ".join(words.sub(" ", folded(header)).split())
