"""The spellings of true and false that systems use, in one place. Anything else is neither: it is told, never taken for one of them."""

from typing import Any

TRUE_WORDS = (
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
    "on",
    "active",
    "enabled",
    "ja",
    "oui",
    "sí",
    "si",
    "vrai",
    "wahr",
    "x",
    "verdadero",
    "✓",
    "✔",
    "☑",
)
FALSE_WORDS = tuple("false f no n 0 0.0 off inactive disabled nein non faux falsch falso ✗ ✘ ☐".split())


def truth(value: Any) -> bool | None:
    """Whether `value`, a truth value, a number or a word in any case, says yes or no; None where it says neither."""
    word = str(value).strip().casefold()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None
