"""People who stand in several columns: first and family name beside each other (`join:`), or people of one role numbered (`Mentee 1`, `Mentee B`, `Co-mentor`; `gather:`).

Either becomes one column; the cells of a gathered one hold a person a line, which `split:` takes apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.cleaning import is_nobody
from pipelines.sources.conversions import Reading, as_list
from pipelines.sources.mapped_files.header_words import LINKING, ROLES, folded, names_people_of_a_role
from pipelines.sources.records import SourceRefused

BETWEEN = "\n"
"""What stands between the people of a gathered cell; it parts people wherever it stands."""
_ORDINALS = frozenset(
    "first second third fourth fifth erster erste zweiter zweite dritter dritte premier premiere deuxieme troisieme primer primera segundo segunda tercer tercera co additional weiterer weitere".split()
)
_FIRST = re.compile(r"\b(first|given|vor|pre) ?nam(e|en)\b|\bprenom\b|\bnombre\b|\bfore ?name\b")
_LAST = re.compile(r"\b(last|family|sur|nach|familien) ?nam(e|en)\b|\bnom( de famille)?\b|\bapellidos?\b|\bcognome\b")
_NUMBER = re.compile(r"(\D)\s?(\d)\b")


def gathered(header: Sequence[str]) -> dict[str, list[str]]:
    """Name of the column that they become to the headers that number people of one role; nothing where each role has one column."""
    stems: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    for name in header:
        stem, is_numbered = _stem(name)
        if stem and names_people_of_a_role(" ".join(stem)):
            stems.setdefault(stem, []).append((name, is_numbered))
    several = {stem: names for stem, names in stems.items() if len(names) > 1 and any(n for _, n in names)}
    return {_named(stem, header): [name for name, _ in names] for stem, names in several.items()}


def _stem(name: str) -> tuple[tuple[str, ...], bool]:
    """The words of a header without its number, and whether it has one."""
    words = _NUMBER.sub(r"\1 \2", folded(name)).split()
    kept = [word for word in words if not _counts(word) and word not in LINKING]
    return tuple(kept), len(kept) < len([word for word in words if word not in LINKING])


def _counts(word: str) -> bool:
    return bool(re.fullmatch(r"\d(st|nd|rd|th|er|e|re|o|a)?|[a-h]|i{1,3}|iv", word)) or word in _ORDINALS


def _named(stem: Sequence[str], header: Iterable[str]) -> str:
    name = " ".join(stem).capitalize()
    return name if name not in header else f"{name} (all)"


def joined_names(header: Sequence[str], groups: Mapping[str, str]) -> dict[str, list[str]]:
    """Role to the two columns of its people's first and family name, where nothing else names them. groups: header to what stands above it."""
    found = {}
    for role, words in ROLES.items():
        own = [name for name in header if words & {*folded(name).split(), *folded(groups.get(name, "")).split()}]
        if any((names_people_of_a_role(name) or name in groups) and not _is_part(name) for name in own):
            continue
        first = [name for name in own if _FIRST.search(folded(name))]
        last = [name for name in own if _LAST.search(folded(name)) and name not in first]
        if len(first) == len(last) == 1:
            found[role.capitalize()] = [first[0], last[0]]
    return found


def _is_part(name: str) -> bool:
    return bool(_FIRST.search(folded(name)) or _LAST.search(folded(name)))


def put_together(rows: pl.DataFrame, entry: Mapping[str, Any], reading: Reading) -> pl.DataFrame:
    """Rows with each column of `join` and `gather` (name to the columns that it is made of) in the place of the first of its parts. Raises `SourceRefused` where none of them is there."""
    for word, between in (("join", " "), ("gather", BETWEEN)):
        for name, parts in (entry.get(word) or {}).items():
            rows = _as_one(rows, str(name), [str(part) for part in as_list(parts)], between, reading, word)
    return rows


def _as_one(
    rows: pl.DataFrame, name: str, parts: Sequence[str], between: str, reading: Reading, word: str
) -> pl.DataFrame:
    present = [found for part in parts if (found := reading.present(part)) is not None]
    if not present:
        raise SourceRefused(
            f"{reading.file}: none of the columns {', '.join(map(repr, parts))} is there (`{word}`). Next step: export it with them, or correct the mapping."
        )
    people = [pl.when(~_is_nobody(part)).then(pl.col(part).str.strip_chars()) for part in present]
    together = pl.concat_str(people, separator=between, ignore_nulls=True)
    made = pl.when(together != "").then(together).alias(name)
    before = rows.columns[: rows.columns.index(present[0])]
    after = [column for column in rows.columns if column not in (*before, *present)]
    return rows.select(*before, made, *after)


def _is_nobody(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return (text == "").fill_null(value=True) | is_nobody(text)
