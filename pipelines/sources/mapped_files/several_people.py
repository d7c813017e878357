"""Cells that name several people (`Ada Ames, Ben Bell`), as a row for each of them: a mentor with three mentees is three pairs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.conversions import Reading, as_list
from pipelines.sources.mapped_files.grammar import needed_column

HARD = (";", "\n", "|")
"""What parts people wherever it stands; the others do where each part is a whole name or an address."""
SOFT = (" / ", " & ", " + ", " and ", " und ", " et ", " y ", ",")
_WHOLE = re.compile(r"@|\S\s+\S")


def separators_in(values: pl.Series) -> list[str]:
    """The separators by which cells of `values` name several people; none where each names one.

    A comma parts people unless most cells hold exactly one and none a whole name without: those are family names before given names.
    """
    cells = values.drop_nulls().unique().to_list()
    found = [mark for mark in HARD if any(len(_parts(cell, [mark])) > 1 for cell in cells)]
    found += [mark for mark in SOFT if mark != "," and _parts_people(cells, mark, found)]
    named = [part for cell in cells for part in _parts(cell, found)]
    turned = sum(part.count(",") == 1 and "@" not in part for part in named)
    plain = any("," not in part and "@" not in part and _WHOLE.search(part) for part in named)
    if (plain or 2 * turned < len(named)) and _parts_people(cells, ",", found):
        found.append(",")
    return found


def _parts_people(cells: Sequence[str], mark: str, before: Sequence[str]) -> bool:
    parted = [parts for cell in cells for part in _parts(cell, before) if len(parts := _parts(part, [mark])) > 1]
    return bool(parted) and all(_WHOLE.search(part) for parts in parted for part in parts)


def _parts(cell: str, marks: Sequence[str]) -> list[str]:
    if not marks:
        return [cell]
    return [part.strip() for part in re.split(_pattern(marks), cell) if part.strip()]


def _pattern(marks: Sequence[str]) -> str:
    return "|".join(re.escape(mark) for mark in marks)


def people_in(values: pl.Series, marks: Sequence[str]) -> pl.Series:
    """The single people of cells that name several."""
    return _split(pl.DataFrame({"people": values}), "people", marks)["people"].drop_nulls()


def split_rows(rows: pl.DataFrame, split: Mapping[str, Any], reading: Reading) -> pl.DataFrame:
    """A row for each of the people in the cells of the columns of `split` (column to its separators). Raises `SourceRefused` where one is missing."""
    for name, marks in split.items():
        rows = _split(rows, needed_column(name, reading, "split"), [str(mark) for mark in as_list(marks)])
    return rows


def _split(rows: pl.DataFrame, column: str, marks: Sequence[str]) -> pl.DataFrame:
    parted = pl.col(column).str.replace_all(_pattern(marks), "\x1f").str.split("\x1f")
    named = parted.list.eval(pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != ""))
    nobody = pl.lit([None], dtype=pl.List(pl.String))  # an empty list would take its row along
    return rows.with_columns(pl.when(named.list.len() > 0).then(named).otherwise(nobody)).explode(column)
