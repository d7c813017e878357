"""Two spreadsheets instead of a warehouse: mentees and mentors from CSV, XLSX or Parquet, as forms and people write them.

All problems are told at once, each with file, row and column; what was taken for granted or left aside is said. docs/guides/matching.md lists the columns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA, OPTIONAL_MENTEE, OPTIONAL_MENTOR, TEXT_LIST
from pipelines.matching_inputs.cells import count, folded, listed, offset_hours, whole
from pipelines.matching_inputs.headers import Columns, columns_of, header_score
from pipelines.matching_inputs.identities import Person, Register, counts_answers, counts_rows, normal_mail
from pipelines.matching_inputs.matrices import gathered
from pipelines.matching_inputs.sheet_files import ROW, SheetRefused, read_table

WORD_LISTS = ("languages", "skills", "topics", "goals", "interests", "availability")
PEOPLE_LISTS = ("preferred", "excluded", "previous")
MOST_TOLD = 20
WANTED = {
    "level": "a whole number",
    "capacity": "a whole number of 0 or more (at most 1,000)",
    "minimum": "a whole number of 0 or more (at most 1,000)",
    "demand": "a whole number of 0 or more (at most 1,000)",
    "pool_seats": "a whole number of 0 or more (at most 1,000)",
    "time_zone": "a zone such as Europe/Berlin or an offset such as +5.5",
}


@dataclass
class Sheet:
    """One side's rows as text by the engine's names, its columns, and its people."""

    side: str
    file: str
    rows: pl.DataFrame
    columns: Columns
    people: list[Person] = field(default_factory=list)


@dataclass
class People:
    """Both sides as frames of a `MatchProblem`. names: side, application_id, name, email of everybody; said: what was taken for granted."""

    mentees: pl.DataFrame
    mentors: pl.DataFrame
    pools: dict[str, int]
    names: pl.DataFrame
    said: list[str]


def read_people(paths: Mapping[str, Path], *, as_of: date) -> People:
    """Both sheets. paths: `mentees` and `mentors`. as_of: the day for which time zones are read.

    The reporting line is followed through `manager` over both sheets. Raises `SheetRefused` with all that is wrong.
    """
    problems: list[str] = []
    said: list[str] = []
    sheets = {
        side: _sheet(read_table(path, header_score, side=side, said=said), path.name, side, said)
        for side, path in paths.items()
    }
    if paths["mentees"] == paths["mentors"] and sheets["mentees"].rows.equals(sheets["mentors"].rows):
        raise SheetRefused(
            f"{paths['mentees'].name} holds one sheet for both sides. Next step: name one of its sheets Mentees and another Mentors, or save them as two files."
        )
    for sheet in sheets.values():
        problems += _repeated(sheet)
    register = _register(sheets, said)
    line = _reporting_lines(sheets, register, said)
    words = _Words()
    frames = {side: _frame(sheet, register, line, words, as_of, problems, said) for side, sheet in sheets.items()}
    pools = _pools(sheets["mentors"], problems)
    if problems:
        more = f"\n... and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise SheetRefused("\n".join(problems[:MOST_TOLD]) + more)
    return People(frames["mentees"], frames["mentors"], pools, _names(sheets, frames), said)


def _sheet(frame: pl.DataFrame, file: str, side: str, said: list[str]) -> Sheet:
    frame = gathered(frame, file, said)
    columns = columns_of(frame.drop(ROW).columns, side)
    if columns.twice:
        name, one, other = columns.twice[0]
        raise SheetRefused(f"{file}: the columns {one!r} and {other!r} both mean {name}. Next step: remove one.")
    if not (columns.mail or columns.number or columns.names):
        raise SheetRefused(
            f"{file} has no column `id`; it has {', '.join(frame.drop(ROW).columns)}. Next step: add one with a unique id for each person, or an e-mail address."
        )
    rows = frame.select(
        *(pl.col(column).str.strip_chars().replace("", None) for column in frame.drop(ROW).columns), pl.col(ROW)
    ).filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    if columns.unused:
        said.append(f"{file}: not used: {', '.join(columns.unused)}.")
    sheet = Sheet(side, file, rows, columns)
    sheet.people, sheet.rows = _people(sheet, said)
    return sheet


def _people(sheet: Sheet, said: list[str]) -> tuple[list[Person], pl.DataFrame]:
    """Who stands in each row. Of two answers of one address the later one holds."""
    columns, rows = sheet.columns, sheet.rows
    mails = [normal_mail(text) for text in _cells(rows, columns.mail)]
    numbers = _cells(rows, columns.number)
    names = [
        " ".join(part for part in parts if part) or None
        for parts in zip(*(_cells(rows, name) for name in columns.names), strict=True)
    ]
    names = names or [None] * rows.height
    numbered = columns.number is not None and not (any(mails) and counts_answers(numbers))
    if columns.number is not None and not numbered:
        said.append(
            f"{sheet.file}: {columns.number} counts the answers and names nobody; people are known by {columns.mail}."
        )
    numbers = numbers if numbered else [None] * rows.height
    people = [
        Person(sheet.side, row, number or (mail and _cells(rows, columns.mail)[at]) or name or "", mail, number, name)
        for at, (row, number, mail, name) in enumerate(zip(rows[ROW], numbers, mails, names, strict=True))
    ]
    return _newest(sheet, people, said)


def _newest(sheet: Sheet, people: list[Person], said: list[str]) -> tuple[list[Person], pl.DataFrame]:
    last = {person.mail: person.row for person in people if person.mail and not person.number}
    kept = [person for person in people if person.number or not person.mail or last[person.mail] == person.row]
    gone = [person for person in people if person not in kept]
    if gone:
        count = len({person.mail for person in gone})
        rows = ", ".join(str(person.row) for person in gone[:5])
        said.append(
            f"{sheet.file}: {count} {'person' if count == 1 else 'people'} answered more than once; the last answer holds (left aside: row {rows})."
        )
    return kept, sheet.rows.filter(pl.col(ROW).is_in([person.row for person in kept]))


def _repeated(sheet: Sheet) -> list[str]:
    """Rows that name nobody, or somebody whom another row names."""
    problems = []
    seen: dict[str, int] = {}
    for person in sheet.people:
        if not person.label:
            problems.append(f"{sheet.file}, row {person.row}: id is empty. Next step: give the person an id.")
        elif folded(person.label) in seen:
            problems.append(
                f"{sheet.file}, row {person.row}: the id {person.label!r} occurs twice (row {seen[folded(person.label)]}). Next step: keep one row per person."
            )
        seen.setdefault(folded(person.label), person.row)
    return problems


def _register(sheets: Mapping[str, Sheet], said: list[str]) -> Register:
    people = [person for sheet in sheets.values() for person in sheet.people]
    numbers = {side: [person.number for person in sheet.people] for side, sheet in sheets.items()}
    are_rows = all(counts_rows(of_side) for of_side in numbers.values()) and not any(
        one.mail or one.name for one in people
    )
    if are_rows:
        said.append(
            "Both sheets number their rows from 1, without names or addresses: row 1 of one and row 1 of the other are taken for two people."
        )
    return Register(people, numbers_name_people=not are_rows and any(person.number for person in people))


def _reporting_lines(sheets: Mapping[str, Sheet], register: Register, said: list[str]) -> dict[str, list[str]]:
    """The managers of everybody, up to the top: over both sheets, and by whatever a cell names them."""
    above: dict[str, set[str]] = {}
    outside: dict[str, list[str]] = {}
    for sheet in sheets.values():
        for person, text in zip(sheet.people, _cells(sheet.rows, sheet.columns.chosen.get("manager")), strict=True):
            if text is None:
                continue
            key = register.keys[person.side, person.row]
            found = register.found(text) - {key}
            if not found:
                outside.setdefault(sheet.file, []).append(text)
            above.setdefault(key, set()).update(found or {text})
    for file, named in outside.items():
        said.append(f"{file}: manager names {_some(named)}, in neither sheet; the reporting line ends there.")
    return {key: _line(key, above) for key in above}


def _line(person: str, above: Mapping[str, set[str]]) -> list[str]:
    """Managers up to the top; a loop in the sheet ends the line."""
    line: list[str] = []
    waiting = sorted(above.get(person, ()))
    while waiting:
        manager = waiting.pop(0)
        if manager != person and manager not in line:
            line.append(manager)
            waiting += sorted(above.get(manager, ()))
    return line


class _Words:
    """One spelling for words that differ only in case, blanks or marks: the first that was met."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def told(self, words: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._first.setdefault(folded(word), word) for word in words))


def _frame(
    sheet: Sheet,
    register: Register,
    line: Mapping[str, list[str]],
    words: _Words,
    as_of: date,
    problems: list[str],
    said: list[str],
) -> pl.DataFrame:
    schema = {**MENTEE_SCHEMA, **OPTIONAL_MENTEE} if sheet.side == "mentees" else {**MENTOR_SCHEMA, **OPTIONAL_MENTOR}
    chosen = sheet.columns.chosen
    keys = [register.keys[person.side, person.row] for person in sheet.people]

    def parsed(name: str, parse: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
        values = [
            _value(sheet, name, row, text, parse, problems)
            for row, text in zip(sheet.rows[ROW], _cells(sheet.rows, chosen.get(name)), strict=True)
        ]
        return pl.Series(name, values, dtype=dtype)

    columns: dict[str, pl.Series] = {
        "application_id": pl.Series([person.label for person in sheet.people], dtype=pl.String),
        "person_key": pl.Series(keys, dtype=pl.String),
    }
    for name in WORD_LISTS:
        columns[name] = pl.Series(
            [words.told(cell) for cell in listed(_cells(sheet.rows, chosen.get(name)))], dtype=TEXT_LIST
        )
    for name in PEOPLE_LISTS:
        columns["previous_partners" if name == "previous" else name] = _references(sheet, name, register, said)
    for name in ("department", "location"):
        columns[name] = pl.Series(_cells(sheet.rows, chosen.get(name)), dtype=pl.String)
    columns["utc_offset_hours"] = parsed("time_zone", lambda text: offset_hours(text, as_of), pl.Float64())
    columns["level_rank"] = parsed("level", whole, pl.Int64())
    columns["reporting_line"] = pl.Series([line.get(key, []) for key in keys], dtype=TEXT_LIST)
    for name in ("demand",) if sheet.side == "mentees" else ("capacity", "minimum"):
        columns[name] = parsed(name, count, pl.Int64())
    if sheet.side == "mentees":
        columns["submitted_rank"] = _submitted(sheet)
    else:
        columns["pool"] = pl.Series(_cells(sheet.rows, chosen.get("pool")), dtype=pl.String)
    frame = pl.DataFrame({name: values.alias(name) for name, values in columns.items()})
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _value(
    sheet: Sheet, name: str, row: int, text: str | None, parse: Callable[[str], Any], problems: list[str]
) -> Any:
    if text is None:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError, KeyError, OSError):
        column = sheet.columns.chosen[name].strip()
        problems.append(
            f"{sheet.file}, row {row}: {column} is {text[:60]!r}, not {WANTED[name]}. Next step: correct the cell."
        )
        return None


def _references(sheet: Sheet, name: str, register: Register, said: list[str]) -> pl.Series:
    """Lists of people by key, by whatever a cell names them. What names nobody, or several, is told."""
    cells = listed(_cells(sheet.rows, sheet.columns.chosen.get(name)))
    if name == "preferred" and sheet.columns.ranked:
        ranks = [_cells(sheet.rows, column) for column in sheet.columns.ranked]
        cells = [[text for text in choices if text] + more for *choices, more in zip(*ranks, cells, strict=True)]
    unknown: list[str] = []
    values = []
    for texts in cells:
        found: list[str] = []
        for text in texts:
            keys = register.found(text)
            if not keys or (name == "preferred" and len(keys) > 1):
                unknown.append(text)
            found += sorted(keys) if name != "preferred" or len(keys) == 1 else []
        values.append(list(dict.fromkeys(found)))
    if unknown:
        said.append(
            f"{sheet.file}: {name} names {_some(unknown)}, not found in the other sheet (or found more than once) and left aside. Check the spelling."
        )
    return pl.Series(name, values, dtype=TEXT_LIST)


def _submitted(sheet: Sheet) -> pl.Series:
    applied = pl.Series(_cells(sheet.rows, sheet.columns.chosen.get("applied")), dtype=pl.String)
    applied = sheet.rows[ROW].cast(pl.String) if applied.null_count() == applied.len() else applied
    ordered = applied.cast(pl.Int64, strict=False)
    return (applied if ordered.null_count() else ordered).rank("ordinal").cast(pl.Int64)


def _pools(mentors: Sheet, problems: list[str]) -> dict[str, int]:
    """Pool to its seats, from the mentors' columns `pool` and `pool_seats`."""
    chosen, sizes = mentors.columns.chosen, dict[str, int]()
    pools, given = (_cells(mentors.rows, chosen.get(name)) for name in ("pool", "pool_seats"))
    for row, pool, text in zip(mentors.rows[ROW], pools, given, strict=True):
        size = None if pool is None else _value(mentors, "pool_seats", row, text, count, problems)
        if pool is not None and size is not None and sizes.setdefault(pool, size) != size:
            problems.append(
                f"{mentors.file}, row {row}: the pool {pool!r} has {size} seats here and {sizes[pool]} above. Next step: give it one number."
            )
    unsized = sorted({pool for pool in pools if pool is not None} - set(sizes))
    if unsized:
        problems.append(
            f"{mentors.file}: the pool {unsized[0]!r} has no number of seats. Next step: add it in a column `pool_seats` in one of its rows."
        )
    return sizes


def _names(sheets: Mapping[str, Sheet], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    rows = [
        (side, key, person.name, person.mail)
        for side, sheet in sheets.items()
        for person, key in zip(sheet.people, frames[side]["application_id"], strict=True)
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("side", "application_id", "name", "email"), pl.String), orient="row"
    )


def _cells(rows: pl.DataFrame, column: str | None) -> list[str | None]:
    return [None] * rows.height if column is None else rows[column].to_list()


def _some(names: Sequence[str], most: int = 3) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:most]) + (f" and {len(distinct) - most} more" if len(distinct) > most else "")
