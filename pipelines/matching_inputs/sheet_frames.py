"""One side's sheet as a frame of a `MatchProblem`: each cell read as what its column holds; what can't be read is a problem with its row and column."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA, OPTIONAL_MENTEE, OPTIONAL_MENTOR, TEXT_LIST
from pipelines.matching_inputs.cells import count, folded, level, says_nothing
from pipelines.matching_inputs.headers import JOINED
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.sent_times import sending_order
from pipelines.matching_inputs.sheet_lists import people_lists, word_lists
from pipelines.matching_inputs.sheet_terms import ROW
from pipelines.matching_inputs.sheets import Sheet, cells_of
from pipelines.matching_inputs.zones import offset_hours

WANTED = {
    "level": "a whole number, such as 3 or L3 (or leave the column away)",
    "capacity": "a whole number of 0 or more (at most 1,000)",
    "minimum": "a whole number of 0 or more (at most 1,000)",
    "demand": "a whole number of 0 or more (at most 1,000)",
    "pool_seats": "a whole number of 0 or more (at most 1,000)",
    "time_zone": "a zone such as Europe/Berlin or an offset such as +5.5",
}


class Spellings:
    """One spelling for words that differ only in case, blanks or marks: the first that was met."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def told(self, words: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._first.setdefault(folded(word), word) for word in words))


def sheet_frame(
    sheet: Sheet,
    register: Register,
    line: Mapping[str, list[str]],
    words: Spellings,
    as_of: date,
    ranks: Mapping[str, int | None] | None,
    problems: list[str],
    said: list[str],
) -> pl.DataFrame:
    """A sheet's people in the shape of `MENTEE_SCHEMA` or `MENTOR_SCHEMA`, row by row. line: person to those above them. as_of: the day for which zones are read. ranks: words for levels to their rank."""
    schema = {**MENTEE_SCHEMA, **OPTIONAL_MENTEE} if sheet.side == "mentees" else {**MENTOR_SCHEMA, **OPTIONAL_MENTOR}
    chosen = sheet.columns.chosen
    keys = [register.keys[person.side, person.row] for person in sheet.people]

    def parsed(name: str, parse: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
        values = [
            cell_value(sheet, name, row, text, parse, problems)
            for row, text in zip(sheet.rows[ROW], cells_of(sheet.rows, chosen.get(name)), strict=True)
        ]
        return pl.Series(name, values, dtype=dtype)

    columns: dict[str, pl.Series] = {
        "application_id": pl.Series([person.label for person in sheet.people], dtype=pl.String),
        "person_key": pl.Series(keys, dtype=pl.String),
    }
    for name in JOINED:
        columns[name] = pl.Series([words.told(cell) for cell in word_lists(sheet, name)], dtype=TEXT_LIST)
    for name, values in people_lists(sheet, register, said).items():
        columns[name] = pl.Series(name, values, dtype=TEXT_LIST)
    for name in ("department", "location"):
        columns[name] = pl.Series(cells_of(sheet.rows, chosen.get(name)), dtype=pl.String)
    columns["utc_offset_hours"] = parsed("time_zone", lambda text: offset_hours(text, as_of), pl.Float64())
    columns["level_rank"] = parsed("level", level if ranks is None else _rank_in(ranks), pl.Int64())
    columns["reporting_line"] = pl.Series([line.get(key, []) for key in keys], dtype=TEXT_LIST)
    for name in ("demand",) if sheet.side == "mentees" else ("capacity", "minimum"):
        columns[name] = parsed(name, count, pl.Int64())
    if sheet.side == "mentees":
        columns["submitted_rank"] = _submitted(sheet)
    else:
        columns["pool"] = pl.Series(cells_of(sheet.rows, chosen.get("pool")), dtype=pl.String)
    frame = pl.DataFrame({name: values.alias(name) for name, values in columns.items()})
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _rank_in(ranks: Mapping[str, int | None]) -> Callable[[str], int | None]:
    return lambda text: ranks[folded(text)]


def cell_value(
    sheet: Sheet, name: str, row: int, text: str | None, parse: Callable[[str], Any], problems: list[str]
) -> Any:
    """What a cell holds, or None with a problem that names its row and column."""
    if text is None or (says_nothing(text) and name not in ("capacity", "demand", "minimum")):
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError, KeyError, OSError):
        column = sheet.columns.chosen[name].strip()
        problems.append(
            f"{sheet.file}, row {row}: {column} is {text[:60]!r}, {_turned(text)}not {WANTED[name]}. Next step: correct the cell."
        )
        return None


def _turned(text: str) -> str:
    """Where a spreadsheet made a day of `1-2`."""
    is_day = re.match(r"\d{4}-\d\d-\d\d|\d{1,2}[.-][^\W\d]{3}", text)
    return "a day, as spreadsheets make of 1-2, and " if is_day else ""


def _submitted(sheet: Sheet) -> pl.Series:
    order = sending_order(cells_of(sheet.rows, sheet.columns.chosen.get("applied")))
    return pl.Series(range(sheet.rows.height) if order is None else order, dtype=pl.Int64) + 1
