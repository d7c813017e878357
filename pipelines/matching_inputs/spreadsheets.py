"""Two spreadsheets instead of a warehouse: mentees and mentors from CSV, XLSX or Parquet, as forms and people write them.

All problems are told at once, each with file, row and column; what was taken for granted or left aside is said. docs/guides/matching.md lists the columns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA, OPTIONAL_MENTEE, OPTIONAL_MENTOR, TEXT_LIST
from pipelines.matching_inputs.both_sides import judged_times, kept_from_namesakes, taken_apart
from pipelines.matching_inputs.cells import count, folded, level, offset_hours, says_nothing
from pipelines.matching_inputs.headers import columns_of, header_score, looks_like
from pipelines.matching_inputs.identities import Person, Register, counts_answers, counts_rows, normal_mail
from pipelines.matching_inputs.level_words import level_ranks
from pipelines.matching_inputs.matrices import gathered
from pipelines.matching_inputs.reporting_lines import reporting_lines
from pipelines.matching_inputs.sheet_files import ROW, SheetRefused, read_table
from pipelines.matching_inputs.sheet_lists import people_lists, word_lists
from pipelines.matching_inputs.sheets import Sheet, cells_of
from pipelines.matching_inputs.taking_part import role_column, taking_part
from pipelines.matching_inputs.ticked_columns import options_gathered

WORD_LISTS = ("languages", "skills", "topics", "goals", "interests", "availability")
MOST_TOLD = 20
WANTED = {
    "level": "a whole number, such as 3 or L3 (or leave the column away)",
    "capacity": "a whole number of 0 or more (at most 1,000)",
    "minimum": "a whole number of 0 or more (at most 1,000)",
    "demand": "a whole number of 0 or more (at most 1,000)",
    "pool_seats": "a whole number of 0 or more (at most 1,000)",
    "time_zone": "a zone such as Europe/Berlin or an offset such as +5.5",
}


@dataclass
class People:
    """Both sides as frames of a `MatchProblem`. names: side, application_id, name, email of everybody; said: what was taken for granted. unused: columns that nothing is made of, by side, row by row as in the frames."""

    mentees: pl.DataFrame
    mentors: pl.DataFrame
    pools: dict[str, int]
    names: pl.DataFrame
    said: list[str]
    unused: dict[str, pl.DataFrame]


def read_people(
    paths: Mapping[str, Path], *, as_of: date, levels: Sequence[str] = (), needs_levels: bool = True
) -> People:
    """Both sheets. paths: `mentees` and `mentors`. as_of: the day for which time zones are read. levels: words for levels, lowest first. needs_levels: whether a rule asks for them.

    The reporting line is followed through `manager` over both sheets. Raises `SheetRefused` with all that is wrong.
    """
    problems: list[str] = []
    said: list[str] = []
    tables = {side: read_table(path, header_score, side=side, said=said) for side, path in paths.items()}
    tables = options_gathered(tables, {side: path.name for side, path in paths.items()}, said)
    sheets = {side: _sheet(table, paths[side].name, side, said) for side, table in tables.items()}
    _refuse_mixed_up(paths, sheets)
    for sheet in sheets.values():
        problems += _repeated(sheet)
    register = _register(sheets, said)
    line = reporting_lines(sheets, register, said)
    words = _Words()
    ranks = level_ranks([*sheets.values()], levels, needed=needs_levels, said=said, problems=problems)
    frames = {side: _frame(sheet, register, line, words, as_of, ranks, problems, said) for side, sheet in sheets.items()}  # fmt: skip
    frames = judged_times(taken_apart(frames), sheets, said)
    frames = kept_from_namesakes(frames, register, said)
    pools = _pools(sheets["mentors"], problems)
    if problems:
        more = f"\n... and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise SheetRefused("\n".join(problems[:MOST_TOLD]) + more)
    unused = {side: sheet.rows.select(sheet.columns.unused) for side, sheet in sheets.items()}
    return People(frames["mentees"], frames["mentors"], pools, _names(sheets, frames), said, unused)


def _refuse_mixed_up(paths: Mapping[str, Path], sheets: Mapping[str, Sheet]) -> None:
    """One table that doesn't say who is what, and two files given the other way round."""
    one, other = sheets["mentees"], sheets["mentors"]
    if paths["mentees"] == paths["mentors"] and one.rows.equals(other.rows) and one.columns.role is None:
        raise SheetRefused(
            f"{one.file} holds one sheet for both sides. Next step: name one of its sheets Mentees and another Mentors, add a column Role (mentee, mentor, both), or save them as two files."
        )
    if not any(looks_like(sheet.rows.columns, sheet.side) for sheet in sheets.values()):
        raise SheetRefused(
            f"{one.file} has the columns of mentors and {other.file} those of mentees. Next step: give the mentees' file first: impact match {other.file} {one.file}"
        )


def _sheet(frame: pl.DataFrame, file: str, side: str, said: list[str]) -> Sheet:
    frame = gathered(frame, file, side, said)
    columns = columns_of([name for name in frame.drop(ROW).columns if not _says_nobody(frame[name])], side)
    if columns.role is None and (role := role_column(frame, columns)):
        columns = replace(columns, role=role, unused=tuple(name for name in columns.unused if name != role))
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
    rows = taking_part(rows, columns, side, file, said)
    if rows.is_empty():
        raise SheetRefused(f"{file} holds no {side} who take part. Next step: check the columns that say so.")
    if columns.unused:
        said.append(f"{file}: not used: {', '.join(columns.unused)}.")
    sheet = Sheet(side, file, rows, columns)
    sheet.people, sheet.rows = _people(sheet, said)
    return sheet


def _says_nobody(column: pl.Series) -> bool:
    """Whether a column is empty, or holds what a form writes for whoever didn't sign in."""
    return all(folded(text or "") in ("", "anonymous", "anonym", "anonyme") for text in column.unique())


def _people(sheet: Sheet, said: list[str]) -> tuple[list[Person], pl.DataFrame]:
    """Who stands in each row. Of two answers of one address the later one holds."""
    columns, rows = sheet.columns, sheet.rows
    mails = [normal_mail(text) for text in cells_of(rows, columns.mail)]
    numbers = cells_of(rows, columns.number)
    names = [
        " ".join(part for part in parts if part) or None
        for parts in zip(*(cells_of(rows, name) for name in columns.names), strict=True)
    ]
    names = names or [None] * rows.height
    numbered = columns.number is not None and not (any(mails) and counts_answers(numbers))
    if columns.number is not None and not numbered:
        said.append(
            f"{sheet.file}: {columns.number} counts the answers and names nobody; people are known by {columns.mail}."
        )
    numbers = numbers if numbered else [None] * rows.height
    people = [
        Person(
            sheet.side,
            row,
            number or (mail and _shown(cells_of(rows, columns.mail)[at], mail)) or name or "",
            mail,
            number,
            name,
        )
        for at, (row, number, mail, name) in enumerate(zip(rows[ROW], numbers, mails, names, strict=True))
    ]
    return _newest(sheet, people, said)


def _shown(cell: str | None, mail: str) -> str:
    """An address as it was written, without a name or marks around it."""
    return cell if cell is not None and cell.casefold() == mail else mail


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
    ranks: Mapping[str, int | None] | None,
    problems: list[str],
    said: list[str],
) -> pl.DataFrame:
    schema = {**MENTEE_SCHEMA, **OPTIONAL_MENTEE} if sheet.side == "mentees" else {**MENTOR_SCHEMA, **OPTIONAL_MENTOR}
    chosen = sheet.columns.chosen
    keys = [register.keys[person.side, person.row] for person in sheet.people]

    def parsed(name: str, parse: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
        values = [
            _value(sheet, name, row, text, parse, problems)
            for row, text in zip(sheet.rows[ROW], cells_of(sheet.rows, chosen.get(name)), strict=True)
        ]
        return pl.Series(name, values, dtype=dtype)

    columns: dict[str, pl.Series] = {
        "application_id": pl.Series([person.label for person in sheet.people], dtype=pl.String),
        "person_key": pl.Series(keys, dtype=pl.String),
    }
    for name in WORD_LISTS:
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


def _value(
    sheet: Sheet, name: str, row: int, text: str | None, parse: Callable[[str], Any], problems: list[str]
) -> Any:
    if text is None or (says_nothing(text) and name not in ("capacity", "demand", "minimum")):
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError, KeyError, OSError):
        column = sheet.columns.chosen[name].strip()
        problems.append(
            f"{sheet.file}, row {row}: {column} is {text[:60]!r}, not {WANTED[name]}. Next step: correct the cell."
        )
        return None


def _submitted(sheet: Sheet) -> pl.Series:
    applied = pl.Series(cells_of(sheet.rows, sheet.columns.chosen.get("applied")), dtype=pl.String)
    applied = sheet.rows[ROW].cast(pl.String) if applied.null_count() == applied.len() else applied
    ordered = applied.cast(pl.Int64, strict=False)
    return (applied if ordered.null_count() else ordered).rank("ordinal").cast(pl.Int64)


def _pools(mentors: Sheet, problems: list[str]) -> dict[str, int]:
    """Pool to its seats, from the mentors' columns `pool` and `pool_seats`."""
    chosen, sizes = mentors.columns.chosen, dict[str, int]()
    pools, given = (cells_of(mentors.rows, chosen.get(name)) for name in ("pool", "pool_seats"))
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
