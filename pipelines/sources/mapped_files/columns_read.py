"""Which columns of a file a mapping reads: the allow-list that a remote system is asked for, so that nothing else leaves it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.sources.conversions import as_list

_IN_TEMPLATE = re.compile(r"\{([^}]+)\}")


def columns_read(entry: Mapping[str, Any]) -> list[str]:
    """Names of all columns that one entry of a mapping reads, aliases included, in order of first mention."""
    return list(dict.fromkeys(_names(entry)))


def made_of(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    """Columns that an entry puts together (`join`, `gather`, `repeats`), each with those of the file that it is made of."""
    words = (entry.get(word) or {} for word in ("join", "gather", "repeats"))
    return {str(name): [str(part) for part in as_list(parts)] for word in words for name, parts in word.items()}


def in_the_file(names: Sequence[str], entry: Mapping[str, Any]) -> list[str]:
    """Names of columns as the file has them; of one that is put together the first that it is made of."""
    made = made_of(entry)
    return list(dict.fromkeys(made[name][0] if name in made else name for name in names))


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for parts in made_of(entry).values() for name in parts)
    yield from (
        str(name) for name in (*as_list(entry.get("key")), *as_list(entry.get("required")), *(entry.get("split") or {}))
    )
    for spec in entry.get("tables", []):
        yield from (
            str(name)
            for name in (*as_list(spec.get("key")), *(spec.get("where") or {}), *as_list(spec.get("not_null")))
        )
        yield from (str(name) for name in ((spec.get("unpivot") or {}).get("columns") or {}))
        for column in (spec.get("columns") or {}).values():
            for entry_of_column in entries_of(column):
                yield from (str(name) for name in as_list(entry_of_column.get("from")))
                yield from _IN_TEMPLATE.findall(str(entry_of_column.get("template", "")))


def entries_of(column: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A column's entry, and those that fill the rows for which it gives nothing."""
    entry: Mapping[str, Any] | None = column
    while entry:
        yield entry
        entry = entry.get("otherwise")
