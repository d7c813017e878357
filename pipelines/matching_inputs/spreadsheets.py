"""Two spreadsheets instead of a warehouse: mentees and mentors from CSV, XLSX or Parquet, with errors that name column and row.

Column names don't mind case, blanks or underscores. Lists stand in one cell, parted by ; or |. docs/guides/matching.md lists the columns.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from pipelines.matching.problem import (
    MENTEE_SCHEMA,
    MENTOR_SCHEMA,
    OPTIONAL_MENTEE,
    OPTIONAL_MENTOR,
    TEXT_LIST,
)
from pipelines.matching_inputs.sheet_files import ROW, SheetRefused, read_table

ALIASES = {
    "languages": "languages language",
    "time_zone": "time_zone timezone zone utc_offset_hours utc_offset",
    "level": "level level_rank grade rank",
    "department": "department team unit",
    "location": "location site city office",
    "skills": "skills skills_wanted skills_offered skill",
    "topics": "topics topic",
    "goals": "goals goal",
    "interests": "interests interest hobbies",
    "availability": "availability available times",
    "preferred": "preferred preferences wishes preferred_mentors preferred_mentees",
    "excluded": "excluded exclusions not_with",
    "previous": "previous previous_partners earlier_partners",
    "manager": "manager manager_id reports_to",
    "demand": "demand mentors_wanted",
    "applied": "applied submitted submitted_at submitted_rank",
    "capacity": "capacity seats places max_mentees",
    "minimum": "minimum min_mentees",
    "pool": "pool",
    "pool_seats": "pool_seats pool_size",
}
IDS = (
    "id",
    "person_id",
    "person_key",
    "application_id",
    "employee_id",
    "mentee",
    "mentor",
    "email",
    "e_mail",
    "full_name",
    "name",
)
"""What may name a person, the first present wins."""

LISTS = ("languages", "skills", "topics", "goals", "interests", "availability", "preferred", "excluded", "previous")
SIDES = {"mentees": ("demand", "applied"), "mentors": ("capacity", "minimum", "pool", "pool_seats")}


MOST_SEATS, LARGEST_LEVEL = 1_000, 1_000_000
"""Beyond these a cell holds something else, such as a telephone number."""

GROUP_COLUMNS = {
    "person": ("person", *IDS),
    "attribute": ("attribute", "kind"),
    "value": ("value", "group"),
}


def read_people(paths: Mapping[str, Path], *, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frames of a `MatchProblem`. paths: `mentees` and `mentors`. as_of: the day for which time zones are read.

    The reporting line is followed through `manager` over both sheets. Raises `SheetRefused`.
    """
    sheets, headers = {}, {}
    for side, path in paths.items():
        sheets[side], headers[side] = _named(read_table(path, _header_score), path.name, side)
    managers: dict[str, str] = {}
    for sheet in sheets.values():
        if "manager" in sheet.columns:
            managers.update(sheet.select("id", "manager").drop_nulls().iter_rows())
    frames = {
        side: _typed(sheet, paths[side].name, side, managers, headers[side], as_of) for side, sheet in sheets.items()
    }
    return frames["mentees"], frames["mentors"]


def read_pools(mentors: Path) -> dict[str, int]:
    """Pool to its seats, from the mentors' columns `pool` and `pool_seats`. Raises `SheetRefused` where a pool has no number, or two."""
    sheet, headers = _named(read_table(mentors, _header_score), mentors.name, "mentors")
    if "pool" not in headers:
        return {}
    sizes: dict[str, int] = {}
    given = sheet["pool_seats"] if "pool_seats" in headers else pl.Series([None] * sheet.height, dtype=pl.String)
    for row, pool, text in zip(sheet["row"], sheet["pool"], given, strict=True):
        if pool is None or text is None:
            continue
        try:
            size = _count(text)
        except (ValueError, OverflowError):
            raise SheetRefused(
                f"{mentors.name}, row {row}: {headers['pool_seats']} is {text[:60]!r}, not {_WANTED['capacity']}. Next step: correct the cell."
            ) from None
        if sizes.setdefault(pool, size) != size:
            raise SheetRefused(
                f"{mentors.name}, row {row}: the pool {pool!r} has {size} seats here and {sizes[pool]} above. Next step: give it one number."
            )
    unsized = sorted(set(sheet["pool"].drop_nulls()) - set(sizes))
    if unsized:
        raise SheetRefused(
            f"{mentors.name}: the pool {unsized[0]!r} has no number of seats. Next step: add it in a column `pool_seats` in one of its rows."
        )
    return sizes


def read_groups(path: Path, people: set[str]) -> pl.DataFrame:
    """person_key, attribute, value: for a quota and the audit only. people: ids of both sheets; others are left out. Raises `SheetRefused`."""
    frame = read_table(
        path, lambda cells: len({_plain(cell) for cell in cells} & {"attribute", "value", "person", *IDS})
    )
    plain = {_plain(column): column for column in reversed(frame.columns)}
    chosen = {
        name: next((plain[word] for word in words if word in plain), None) for name, words in GROUP_COLUMNS.items()
    }
    missing = [name for name, column in chosen.items() if column is None]
    if missing:
        raise SheetRefused(
            f"{path.name} has no column {' or '.join(missing)}. Next step: write the columns person, attribute, value, such as ann, site, Berlin."
        )
    groups = frame.select(
        pl.col(str(column)).str.strip_chars().replace("", None).alias(name) for name, column in chosen.items()
    ).drop_nulls()
    twice = groups.filter(pl.struct("person", "attribute").is_duplicated())
    contradicted = twice.unique().filter(pl.struct("person", "attribute").is_duplicated())
    if contradicted.height:
        person, attribute, _ = contradicted.sort("person", "attribute").row(0)
        raise SheetRefused(f"{path.name}: {person} has two values of {attribute}. Next step: keep one.")
    known = groups.filter(pl.col("person").is_in(sorted(people))).unique(maintain_order=True)
    if known.is_empty():
        raise SheetRefused(
            f"{path.name} names nobody of the two sheets. Next step: use the same ids as there in its column {chosen['person']!r}."
        )
    return known.rename({"person": "person_key"})


def _header_score(cells: list[str]) -> int:
    """Known column names in a row, if one of them names a person."""
    names = {_plain(cell) for cell in cells}
    known = {alias for words in ALIASES.values() for alias in words.split()}
    return bool(names & set(IDS)) * (1 + len(names & known))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower().removeprefix("\ufeff")).strip("_")


def _named(frame: pl.DataFrame, file: str, side: str) -> tuple[pl.DataFrame, dict[str, str]]:
    """Columns by the engine's names, blanks as nulls, and the sheet's own name of each; columns that aren't known are left out."""
    known = {alias: name for name, words in ALIASES.items() for alias in words.split()}
    chosen: dict[str, str] = {}
    other_side = set().union(*(set(names) for key, names in SIDES.items() if key != side))
    for column in frame.drop(ROW).columns:
        name = known.get(_plain(column))
        if name is None or name in other_side:
            continue
        if name in chosen:
            raise SheetRefused(
                f"{file}: the columns {chosen[name]!r} and {column!r} both mean {name}. Next step: remove one."
            )
        chosen[name] = column
    plain = {_plain(column): column for column in reversed(frame.columns)}
    named = next((plain[name] for name in IDS if name in plain), None)
    if named is None:
        raise SheetRefused(
            f"{file} has no column `id`; it has {', '.join(frame.drop(ROW).columns)}. Next step: add one with a unique id for each person."
        )
    chosen = {"id": named, **chosen}
    sheet = frame.select(
        pl.col(column).str.strip_chars().replace("", None).alias(name) for name, column in chosen.items()
    ).with_columns(frame[ROW].alias("row"))
    sheet = sheet.filter(pl.any_horizontal(pl.col(list(chosen)).is_not_null()))
    missing = sheet.filter(pl.col("id").is_null())
    if missing.height:
        raise SheetRefused(f"{file}, row {missing['row'][0]}: id is empty. Next step: give the person an id.")
    twice = sheet.filter(pl.col("id").is_duplicated())
    if twice.height:
        raise SheetRefused(
            f"{file}, row {twice['row'][1]}: the id {twice['id'][1]!r} occurs twice. Next step: keep one row a person."
        )
    return sheet, chosen


def _typed(
    sheet: pl.DataFrame, file: str, side: str, managers: Mapping[str, str], headers: Mapping[str, str], as_of: date
) -> pl.DataFrame:
    schema = {**MENTEE_SCHEMA, **OPTIONAL_MENTEE} if side == "mentees" else {**MENTOR_SCHEMA, **OPTIONAL_MENTOR}

    def parsed(column: str, parse: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
        values = []
        for row, text in sheet.select("row", column).iter_rows() if column in sheet.columns else ():
            try:
                values.append(None if text is None else parse(text))
            except (ValueError, OverflowError, KeyError, OSError, ZoneInfoNotFoundError):
                raise SheetRefused(
                    f"{file}, row {row}: {headers[column].strip()} is {text[:60]!r}, not {_WANTED[column]}. Next step: correct the cell."
                ) from None
        return pl.Series(column, values or [None] * sheet.height, dtype=dtype)

    columns: dict[str, pl.Series] = {"application_id": sheet["id"], "person_key": sheet["id"]}
    for name in LISTS:
        columns["previous_partners" if name == "previous" else name] = parsed(name, _listed, TEXT_LIST)
    for name in ("department", "location"):
        columns[name] = sheet[name] if name in sheet.columns else pl.Series([None] * sheet.height, dtype=pl.String)
    columns["utc_offset_hours"] = parsed("time_zone", lambda text: _offset(text, as_of), pl.Float64())
    columns["level_rank"] = parsed("level", _whole, pl.Int64())
    columns["reporting_line"] = pl.Series([_line(key, managers) for key in sheet["id"]], dtype=TEXT_LIST)
    for name in ("demand",) if side == "mentees" else ("capacity", "minimum"):
        columns[name] = parsed(name, _count, pl.Int64())
    if side == "mentees":
        applied = sheet["applied"] if "applied" in sheet.columns else sheet["row"]
        ordered = applied.cast(pl.Int64, strict=False)
        columns["submitted_rank"] = (applied if ordered.null_count() else ordered).rank("ordinal").cast(pl.Int64)
    else:
        columns["pool"] = (
            pl.Series([None] * sheet.height, dtype=pl.String) if "pool" not in sheet.columns else sheet["pool"]
        )
    frame = pl.DataFrame({name: values.alias(name) for name, values in columns.items()})
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


_WANTED = {
    "level": "a whole number",
    "capacity": "a whole number of 0 or more (at most 1,000)",
    "minimum": "a whole number of 0 or more (at most 1,000)",
    "demand": "a whole number of 0 or more (at most 1,000)",
    "time_zone": "a zone such as Europe/Berlin or an offset such as +5.5",
}


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;|]", text) if part.strip()))


def _whole(text: str) -> int:
    value = float(text)
    if value != int(value) or abs(value) > LARGEST_LEVEL:
        raise ValueError(text)
    return int(value)


def _count(text: str) -> int:
    value = _whole(text)
    if not 0 <= value <= MOST_SEATS:
        raise ValueError(text)
    return value


def _offset(text: str, as_of: date) -> float:
    """Hours from UTC, from a zone's name at noon of the day or from a number such as +5.5, UTC+2 or -3:30."""
    found = re.fullmatch(r"(?:UTC|GMT)?\s*([+-]?\d{1,2})(?:[:.](\d{1,2}))?", text.strip())
    if found:
        hours, rest = found.groups()
        part = 0.0 if not rest else int(rest) / 60 if ":" in text else float(f"0.{rest}")
        value = abs(int(hours)) + part
        if value > 14:
            raise ValueError(text)
        return -value if hours.startswith("-") else value
    moment = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=ZoneInfo(text.strip()))
    difference = moment.utcoffset()
    if difference is None:
        raise ValueError(text)
    return difference.total_seconds() / 3600


def _line(person: str, managers: Mapping[str, str]) -> list[str]:
    """Managers up to the top; a loop in the sheet ends the line."""
    line: list[str] = []
    above = managers.get(person)
    while above is not None and above != person and above not in line:
        line.append(above)
        above = managers.get(above)
    return line
