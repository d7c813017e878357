"""Questions that a form spreads over a column an option, `What would you like to learn? [Excel]`, as one column of lists.

Google's grids and LimeSurvey's multiple choice are exported so: a cell holds a tick, a rating, or the parts of an option that apply.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.headers import is_choice

_OPTION = re.compile(r"^(?P<question>.*\S)\s*\[(?P<option>[^\[\]]+)\]\s*$")
_RATING = re.compile(r"^(10|\d)(?:\s*[-–=:.].*)?$")
_CODE = re.compile(r"[A-Z]{1,3}\d+")
TICKED = frozenset("yes y true x 1 checked selected ja j oui o si wahr vrai verdadero ✓ ✔ ☑".split())
EMPTY = frozenset("no n false 0 nein non faux falsch falso unchecked - n/a ☐ ✗".split())


def gathered(frame: pl.DataFrame, file: str, said: list[str]) -> pl.DataFrame:
    """The table with one column per question, where a form gave one an option. What was made of ratings and codes is said."""
    for question, options in _questions(frame.columns).items():
        lists, words = _chosen(frame, options)
        said += [f"{file}: {question}: {word}" for word in words]
        name = question if question not in frame.columns else f"{question} (options)"
        frame = frame.with_columns(pl.Series(name, lists, dtype=pl.String)).drop(options.values())
    return frame


def _questions(columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Question to its options and their columns, where there are several; ranked choices are columns of their own."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        parts = _OPTION.match(column)
        if parts is not None and not is_choice(column):
            found.setdefault(parts["question"].strip(" :"), {})[parts["option"].strip()] = column
    return {question: options for question, options in found.items() if len(options) > 1}


def _chosen(frame: pl.DataFrame, options: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The options that each row chooses, and what is said of how they were read."""
    cells = {option: [(cell or "").strip() for cell in frame[column]] for option, column in options.items()}
    filled = [cell for column in cells.values() for cell in column if cell]
    words = []
    if all(map(_CODE.fullmatch, options)):
        words.append("its options are codes, which must mean the same in both files.")
    ratings = [int(found[1]) for cell in filled if (found := _RATING.match(cell))]
    if len(ratings) == len(filled) and max(ratings, default=0) > 1:
        least = (min(1, *ratings) + max(ratings)) // 2 + 1
        words.append(f"options rated {least} or more of {max(ratings)} count.")
        chosen = {option: [_rated(cell, least, option) for cell in column] for option, column in cells.items()}
    else:
        chosen = {option: [_ticked(cell, option) for cell in column] for option, column in cells.items()}
    return [";".join(part for part in row if part) for row in zip(*chosen.values(), strict=True)], words


def _rated(cell: str, least: int, option: str) -> str:
    found = _RATING.match(cell)
    return option if found is not None and int(found[1]) >= least else ""


def _ticked(cell: str, option: str) -> str:
    """The option where it is ticked; with the parts that a cell names, such as the hours of a day."""
    word = folded(cell) or cell
    if not cell or word in EMPTY:
        return ""
    if word in TICKED or word == folded(option):
        return option
    if folded(option).startswith("other"):
        return cell
    return ";".join(f"{option} {part.strip()}" for part in re.split(r"[;,|\n]", cell) if part.strip())
