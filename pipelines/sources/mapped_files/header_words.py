"""Which canonical column a header means: the dictionary `header_words.yaml` and the folding under which names are compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from pipelines.contracts import BY_NAME

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")


def folded(name: str) -> str:
    """A header for comparison: without case, accents, hyphens, dots, underscores and camelCase; `Geschäfts-E-Mail` is `geschafts e mail`."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name.strip())).replace("ß", "ss")
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split()).casefold()


@cache
def dictionary() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Table to column to its folded names, likeliest first. A key that the table doesn't have (`mentor`, `start_time`) is a part of several columns."""
    text = resources.files(__package__).joinpath("header_words.yaml").read_text(encoding="utf-8")
    return {
        table: {column: tuple(folded(str(word)) for word in words) for column, words in columns.items()}
        for table, columns in yaml.safe_load(text).items()
    }


@cache
def all_words() -> frozenset[str]:
    """Every name that any table knows: by it the line that holds the headers is found."""
    own = {column.name.replace("_", " ") for table in dictionary() for column in BY_NAME[table].columns}
    return frozenset(own | {word for columns in dictionary().values() for words in columns.values() for word in words})


def known_names(header: Iterable[str]) -> list[str]:
    """The headers that mean something, in their own spelling."""
    return [name for name in header if all_words() & set(_foldings(name))]


def recognised(table: str, header: Sequence[str]) -> dict[str, str]:
    """Column of `table` (or part of one) to the header that fills it; every header fills one column at most."""
    spelled = {form: name for name in reversed(header) for form in reversed(_foldings(name))}
    words = dictionary().get(table, {})
    columns = [column.name for column in BY_NAME[table].columns]
    found: dict[str, str] = {}
    for column in (*columns, *(part for part in words if part not in columns)):
        for word in (column.replace("_", " "), *words.get(column, ())):
            name = spelled.get(word)
            if name is not None and name not in found.values():
                found[column] = name
                break
    return found


def _foldings(name: str) -> tuple[str, ...]:
    """The whole header, and what is left without brackets: `Austritt (letzter Tag)` is `austritt` too."""
    return folded(name), folded(_BRACKETS.sub("", name))
