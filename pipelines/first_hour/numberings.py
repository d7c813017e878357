"""Lists of people that number them each for itself, as two countries or two firms do: what is 001 in one is somebody else in the other.

Exports of one list over time give a number to the same person, whose name may change in part. Where the names of a number have nothing in common, the lists are two: the
numbers of the later ones are told apart by their table's title, and a table that gives such a number alone can't be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.first_hour import kinds
from pipelines.first_hour.names import Listed, plain_name
from pipelines.first_hour.understanding import Understood
from pipelines.sources.conversions import as_list

SHOWN = 3


def told_apart(tables: Sequence[Understood], listed: Mapping[str, list[Listed]], people: str) -> list[Understood]:
    """The tables with a mark before the numbers of each list whose numbers are other people's in one before it. listed: a list's key to who stands in it. people: the id type of staff numbers.

    Tables that use such a number get a problem.
    """
    lists = [one for one in tables if one.kind == kinds.PEOPLE and one.mapping and listed.get(one.sheet.key)]
    before: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for one in lists:
        own = {person.person: plain_name(person.name) for person in listed[one.sheet.key]}
        both = own.keys() & before.keys()
        others = {number for number in both if not _alike(own[number], before[number])}
        if 2 * len(others) > len(both):
            shared[one.sheet.key] = others
        before |= {number: name for number, name in own.items() if number not in both}
    return [_marked(one, shared, people) for one in tables] if shared else list(tables)


def _alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: they share a word, or all letters whatever parts them; names of which one is in Latin letters and the other isn't tell nothing."""
    joined = ["".join(sign for sign in name if sign.isalnum()) for name in (one, other)]
    return bool(set(one.split()) & set(other.split())) or joined[0] == joined[1] or one.isascii() != other.isascii()


def _marked(one: Understood, shared: Mapping[str, set[str]], people: str) -> Understood:
    if one.mapping is None:
        return one
    if one.kind == kinds.PEOPLE:
        others = shared.get(one.sheet.key)
        return one if others is None else _with_mark(one, others, people)
    taken = set[str]().union(*shared.values())
    used = {
        value
        for spec in _columns(one.mapping)
        if people in as_list(spec.get("reference")) and isinstance(spec.get("from"), str)
        for value in one.sheet.values(spec["from"])
    } & taken
    if used:
        said = f"“{one.sheet.title}” names people by numbers such as {_some(used)}, which two lists of people give to different people. Next step: write names or e-mail addresses there instead, or put the country before the number in this table and in its list."
        return replace(one, problem=said)
    return one


def _with_mark(one: Understood, others: set[str], people: str) -> Understood:
    mark = one.sheet.title.rpartition(".")[0] or one.sheet.title
    mark = "".join(letter for letter in mark if letter not in "{}")
    entries = [
        {
            **entry,
            "tables": [
                {**spec, "columns": {name: _before(column, mark, people) for name, column in spec["columns"].items()}}
                for spec in entry.get("tables", [])
            ],
        }
        for entry in (one.mapping or {}).get("files", [])
    ]
    said = f"its numbers {_some(others)} are other people’s in another list, so this list’s people are told apart by “{mark}” before the number"
    return replace(one, mapping={**(one.mapping or {}), "files": entries}, notes=[*one.notes, said])


def _before(column: Mapping[str, Any], mark: str, people: str) -> Mapping[str, Any]:
    if people not in as_list(column.get("reference")) or not isinstance(column.get("from"), str):
        return column
    rest = {name: value for name, value in column.items() if name != "from"}
    return {"template": f"{mark} {{{column['from']}}}", **rest}


def _columns(mapping: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        column
        for entry in mapping.get("files", [])
        for spec in entry.get("tables", [])
        for column in spec["columns"].values()
    ]


def _some(values: set[str]) -> str:
    return ", ".join(sorted(values)[:SHOWN]) + (" …" if len(values) > SHOWN else "")
