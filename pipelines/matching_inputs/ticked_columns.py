"""Columns of ticks that no question stands above: a skill or a time of the week each, answered with yes and no, as people make sheets by hand.

Which of them are skills is told by both sheets having them; a time of the week tells itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, listed
from pipelines.matching_inputs.free_times import free_times
from pipelines.matching_inputs.headers import columns_of
from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.matrices import (
    EMPTY,
    RATED,
    TICKED,
    chosen_options,
    is_grade,
    with_brackets,
    without_codes,
    without_ends,
)
from pipelines.matching_inputs.sheet_terms import ROW, SIDE_WORDS, side_said

LONGEST = 5  # words of a header that is an option and not a question
_OF_THE_FORM = expression(
    r"(^|_)(consent|agree|accept|terms|policy|privacy|gdpr|dsgvo|newsletter|confirm|approved?|einwilligung|zustimmung|consentement|consentimiento|remote|online|virtual|in_person|on_?site|first_time|new|full_time|part_time|active|available|years?|months?|hours?|age|number|count|nr|no|size|score|jahre?|monate?|stunden|alter|anzahl|annees?|heures?|anos|horas|edad|participated|attended|trained|training|manager|mentor|mentee)(_|$)"
)
"""What yes and no are asked about besides skills."""


def options_gathered(
    tables: Mapping[str, pl.DataFrame], files: Mapping[str, str], said: list[str]
) -> dict[str, pl.DataFrame]:
    """The tables of both sides with one column for their ticked times and one for their ticked skills. What was made of them is said."""
    plainly = {
        side: _times_gathered(_roles_gathered(with_brackets(without_codes(table))), files[side], said)
        for side, table in tables.items()
    }
    plainly = _grades_gathered(plainly, files, said)
    ticks = {side: _ticked(table, side) for side, table in plainly.items()}
    shared = set.intersection(*({plain(name) for name in names} for names in ticks.values()))
    if len(shared) < 2:
        return _listed_by_others(plainly, ticks, files, said)
    chosen = {side: [name for name in names if plain(name) in shared] for side, names in ticks.items()}
    names = chosen["mentees"]
    said.append(
        f"The columns {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}, answered with yes and no in both sheets, are taken for skills."
    )
    return {side: _as_list(table, "skills", chosen[side]) for side, table in plainly.items()}


def _roles_gathered(table: pl.DataFrame) -> pl.DataFrame:
    """The table with one column of roles for two that are ticked, `Mentor` and `Mentee`."""
    said = {name: side for name in _texts(table) if len(name.split()) <= LONGEST and (side := side_said(name))}
    ticked = {side: name for name, side in said.items() if _is_ticks(table[name])}
    if len(ticked) < len(SIDE_WORDS) or len(said) > len(ticked):
        return table
    ways = {(True, True): "both", (True, False): "mentee", (False, True): "mentor", (False, False): ""}
    cells = table.select(ticked["mentees"], ticked["mentors"]).iter_rows()
    roles = [ways[_is_tick(one), _is_tick(other)] for one, other in cells]
    return table.drop(ticked.values()).with_columns(pl.Series("role", roles, dtype=pl.String))


def _is_tick(cell: str | None) -> bool:
    return bool(cell and cell.strip()) and (folded(cell or "") or (cell or "").strip()) in TICKED


def _listed_by_others(
    tables: dict[str, pl.DataFrame], ticks: Mapping[str, list[str]], files: Mapping[str, str], said: list[str]
) -> dict[str, pl.DataFrame]:
    """The tables with ticked columns as a list where the other side names two of them or more in a list of its own."""
    for side, names in ticks.items():
        (other,) = (one for one in tables if one != side)
        for meaning, column in columns_of([one for one in tables[other].columns if one != ROW], other).chosen.items():
            if meaning not in RATED:
                continue
            items = {plain(item) for items in listed(tables[other][column]) for item in items}
            options = [name for name in names if plain(name) in items]
            if len(options) > 1:
                said.append(
                    f"{files[side]}: the ticked columns {', '.join(options[:5])}{', ...' if len(options) > 5 else ''} are taken for {meaning}."
                )
                return tables | {side: _as_list(tables[side], meaning, options)}
    return tables


def _grades_gathered(
    tables: dict[str, pl.DataFrame], files: Mapping[str, str], said: list[str]
) -> dict[str, pl.DataFrame]:
    """The tables with one column for skills that are columns of grades in both: `Excel`, `Python`, answered 1 to 5 or with words such as `advanced`."""
    grades = {
        side: {without_ends(name): name for name in _unused(table, side, _is_grades)} for side, table in tables.items()
    }
    shared = set.intersection(*({plain(name) for name in names} for names in grades.values()))
    if len(shared) < 2:
        return tables
    found = {}
    for side, table in tables.items():
        options = {name: column for name, column in grades[side].items() if plain(name) in shared}
        lists, words = chosen_options(table, options)
        names = list(options)
        said.append(
            f"{files[side]}: the columns {', '.join(names[:5])}{', ...' if len(names) > 5 else ''} are taken for skills: {' '.join(words)}"
        )
        found[side] = table.drop(options.values()).with_columns(pl.Series("skills", lists, dtype=pl.String))
    return found


def _is_grades(cells: pl.Series) -> bool:
    filled = _filled(cells)
    says_more = [word for word in filled if word not in TICKED and word not in EMPTY]
    return bool(says_more) and all(map(is_grade, filled))


def _unused(table: pl.DataFrame, side: str, holds: Callable[[pl.Series], bool]) -> list[str]:
    """Columns that nothing else is made of and that may be skills; none where the sheet names skills otherwise."""
    headers = {without_ends(name): name for name in table.columns if name != ROW}
    columns = columns_of(list(headers), side)
    if "skills" in columns.chosen:
        return []
    return [headers[name] for name in columns.unused if _may_be_skill(name) and holds(table[headers[name]])]


def _times_gathered(table: pl.DataFrame, file: str, said: list[str]) -> pl.DataFrame:
    if any(plain(name) == "availability" for name in table.columns):
        return table
    times = [name for name in _texts(table) if _is_time(name) and _is_of_times(table[name])]
    if len(times) < 2:
        return table
    said.append(f"{file}: the columns {', '.join(times[:5])}{', ...' if len(times) > 5 else ''} are taken for times.")
    return _as_list(table, "availability", times)


def _is_time(name: str) -> bool:
    plainly = without_ends(name)  # `Excel (1-5)` names no hours
    return len(plainly.split()) <= LONGEST and "[" not in plainly and bool(free_times(plainly))


def _is_of_times(cells: pl.Series) -> bool:
    """Whether cells tick a time, or name parts of it (`9-12`, `morning`)."""
    filled = _filled(cells)
    return bool(filled) and all(word in TICKED or word in EMPTY or free_times(f"monday {word}") for word in filled)


def _ticked(table: pl.DataFrame, side: str) -> list[str]:
    """Columns whose cells are yes and no, at least one of them yes."""
    return _unused(table, side, _is_ticks)


def _may_be_skill(name: str) -> bool:
    is_question = name.rstrip().endswith("?") or len(name.split()) > LONGEST or "[" in name
    return not is_question and not _OF_THE_FORM.search(plain(name))


def _is_ticks(cells: pl.Series) -> bool:
    filled = _filled(cells)
    return bool(filled & TICKED) and filled <= TICKED | EMPTY


def _filled(cells: pl.Series) -> set[str]:
    return {folded(cell) or cell.strip() for cell in cells.drop_nulls() if cell.strip()}


def _texts(table: pl.DataFrame) -> list[str]:
    return [name for name, dtype in table.schema.items() if dtype == pl.String]


def _as_list(table: pl.DataFrame, name: str, options: Sequence[str]) -> pl.DataFrame:
    """The options that each row ticks, in one column; what a cell names beside its option goes with it."""
    cells = [
        ";".join(part for option, cell in zip(options, row, strict=True) for part in _chosen(option, cell))
        for row in table.select(options).iter_rows()
    ]
    return table.drop(options).with_columns(pl.Series(name, cells, dtype=pl.String))


def _chosen(option: str, cell: str | None) -> list[str]:
    word = folded(cell or "") or (cell or "").strip()
    if not word or word in EMPTY:
        return []
    return [option] if word in TICKED else [f"{option} {part.strip()}" for part in re.split(r"[;,|\n]", cell or "")]
