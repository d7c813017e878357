"""What models of files share: no word that nobody reads, and faults told in plain words with their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Place = tuple[str | int, ...]
Text = str | int | float | bool | date | datetime
"""A name or a value as YAML reads it: a header `2024` is a number, `Yes` a truth value."""
Texts = Text | list[Text]


class Words(BaseModel):
    """A block of a file. Every field has a description; an unknown word is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)


@dataclass(frozen=True)
class Fault:
    """What is wrong at which place of a file."""

    place: Place
    words: str


def faults(model: type[Words], content: Any) -> list[Fault]:
    """Everything that is wrong with the structure of a file's content, in the order of the file; empty where nothing is."""
    try:
        model.model_validate(content)
    except ValidationError as wrong:
        found = [_fault(model, one) for one in wrong.errors(include_url=False, include_input=False)]
        first = list({one.place: one for one in reversed(found)}.values())[::-1]
        return [one for one in first if not any(_is_below(other.place, one.place) for other in first)]
    return []


def lines_of(text: str) -> dict[Place, int]:
    """The line of each word and list item of a YAML text, by its place."""
    lines: dict[Place, int] = {}
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    _note_lines(node, (), lines)
    return lines


def _note_lines(node: yaml.Node | None, place: Place, lines: dict[Place, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*place, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*place, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            lines[(*place, position)] = value.start_mark.line + 1
            _note_lines(value, (*place, position), lines)


def line_at(lines: Mapping[Place, int], place: Place) -> int:
    """The line of the nearest thing that stands in the file at `place` or around it; 1 at the top."""
    spelled = tuple(str(part) if isinstance(part, bool) else part for part in place)
    while spelled and spelled not in lines:
        spelled = spelled[:-1]
    return lines.get(spelled, 1)


def _is_below(place: Place, above: Place) -> bool:
    """Whether a fault is told more exactly by another: a union of shapes complains about each of them."""
    return len(place) > len(above) and place[: len(above)] == above


MOST = 5
"""Faults that are told at once."""


def told(found: Sequence[Fault], lines: Mapping[Place, int] | None = None) -> str:
    """Faults as one sentence each, with their line, or with the words around them where the text isn't at hand."""
    said = [
        f"line {line_at(lines, one.place)}: {one.words}" if lines is not None else f"{_around(one.place)}{one.words}"
        for one in found[:MOST]
    ]
    more = len(found) - MOST
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def _around(place: Place) -> str:
    """ "at files 2, tables 1: " of a place in a list."""
    around = " ".join(f"{part + 1}," if isinstance(part, int) else str(part) for part in place[:-1]).rstrip(",")
    return f"at {around}: " if around else ""


def _fault(model: type[Words], error: Mapping[str, Any]) -> Fault:
    place = _place(model, error["loc"])
    kind, last = error["type"], place[-1] if place else ""
    if kind == "extra_forbidden":
        known = sorted(known_words(_block_at(model, place[:-1])))
        near = get_close_matches(str(last), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        return Fault(place, f"nobody reads the word {str(last)!r}; {hint}")
    if kind == "missing":
        return Fault(place[:-1], f"{str(last)!r} is missing")
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        return Fault(place, f"{str(last)!r} is not a block of `word: value`")
    if kind in ("list_type", "tuple_type"):
        return Fault(place, f"{str(last)!r} is not a list")
    if kind == "literal_error":
        return Fault(place, f"{str(last)!r} is none of {error['ctx']['expected']}")
    return Fault(place, f"{str(last)!r}: {error['msg'][:1].lower()}{error['msg'][1:]}")


def _place(model: type[Words], found: Sequence[str | int]) -> Place:
    """The place in the file: what pydantic adds for the members of a union isn't part of it."""
    place: list[str | int] = []
    block: Any = model
    for part in found:
        inner = None if str(part).startswith(_GENERIC) else _inner(block, part)
        if inner is None:
            continue
        place.append(part)
        block = inner
    return tuple(place)


def _inner(block: Any, part: str | int) -> Any:
    """The type below `part` of a type; None where `part` only names a member of a union."""
    for kind in _members(block):
        if isinstance(kind, type) and issubclass(kind, Words):
            for name, field in kind.model_fields.items():
                if part in (field.alias, name):
                    return field.annotation
            if isinstance(part, str) and part not in _NAMES_OF_TYPES and part != kind.__name__:
                return Any
        elif get_origin(kind) in (list, tuple, Sequence) and isinstance(part, int):
            return get_args(kind)[0]
        elif get_origin(kind) in (dict, Mapping) and part not in _NAMES_OF_TYPES:
            return get_args(kind)[1]
    return None


_GENERIC = ("list[", "dict[", "function-", "constrained-")
_NAMES_OF_TYPES = frozenset(("str", "int", "float", "bool", "date", "datetime", "[key]", "none", "nullable"))


def _members(block: Any) -> Iterator[Any]:
    if get_origin(block) in (Union, UnionType):
        for one in get_args(block):
            yield from _members(one)
    else:
        yield block


def _block_at(model: type[Words], place: Place) -> type[Words]:
    block: Any = model
    for part in place:
        block = _inner(block, part)
    return next(kind for kind in _members(block) if isinstance(kind, type) and issubclass(kind, Words))


def known_words(model: type[Words]) -> frozenset[str]:
    """The words that a block may hold."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())
