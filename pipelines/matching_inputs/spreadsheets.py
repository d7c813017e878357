"""Two spreadsheets instead of a warehouse: mentees and mentors from CSV, XLSX or Parquet, as forms and people write them.

All problems are told at once, each with file, row and column; what was taken for granted or left aside is said. docs/guides/matching.md lists the columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.matching_inputs.both_sides import (
    judged_times,
    kept_from_namesakes,
    taken_apart,
    times_in_one_zone,
    told_of_empty_answers,
    told_twice,
    with_languages,
)
from pipelines.matching_inputs.cells import count, folded
from pipelines.matching_inputs.headers import columns_of, header_score
from pipelines.matching_inputs.identities import Register, counts_rows
from pipelines.matching_inputs.level_words import level_ranks
from pipelines.matching_inputs.matrices import gathered
from pipelines.matching_inputs.pair_sheets import pair_sheets, with_couples
from pipelines.matching_inputs.people_columns import with_people, with_times
from pipelines.matching_inputs.reporting_lines import reporting_lines
from pipelines.matching_inputs.seats_taken import free_seats, with_seats
from pipelines.matching_inputs.sheet_files import read_table
from pipelines.matching_inputs.sheet_frames import Spellings, cell_value, sheet_frame
from pipelines.matching_inputs.sheet_people import people_of, repeated
from pipelines.matching_inputs.sheet_terms import ROW, SheetRefused
from pipelines.matching_inputs.sheets import Sheet, cells_of
from pipelines.matching_inputs.standing_pairs import agreed_pairs, as_applications, standing_pairs, without_ended
from pipelines.matching_inputs.taking_part import notes_of_leaving, role_column, taking_part
from pipelines.matching_inputs.ticked_columns import options_gathered
from pipelines.matching_inputs.told_meanings import ColumnsAsked, as_told, mentions, told_meanings, unexplained_people
from pipelines.matching_inputs.whole_headers import looks_like

MOST_TOLD = 20


@dataclass
class People:
    """Both sides as frames of a `MatchProblem`. names: side, application_id, name, email of everybody; said: what was taken for granted. unused: columns that nothing is made of, by side, row by row as in the frames. current: application ids of pairs that stand. chosen: of each sheet, meaning to the heading of its column. agreed: application ids of pairs that must be. scores: those of a sheet of pairs."""

    mentees: pl.DataFrame
    mentors: pl.DataFrame
    pools: dict[str, int]
    names: pl.DataFrame
    said: list[str]
    unused: dict[str, pl.DataFrame]
    current: list[tuple[str, str]]
    chosen: Sequence[Mapping[str, str]]
    agreed: list[tuple[str, str]]
    scores: pl.DataFrame | None = None


def read_people(
    paths: Mapping[str, Path],
    *,
    as_of: date,
    levels: Sequence[str] = (),
    needs_levels: bool = True,
    means: Sequence[str] = (),
) -> People:
    """Both sheets. paths: `mentees` and `mentors`. as_of: the day for which time zones are read. levels: words for levels, lowest first. needs_levels: whether a rule asks for them. means: what columns and sheets mean, `HEADING=MEANING`.

    The reporting line is followed through `manager` over both sheets. Raises `SheetRefused` with all that is wrong.
    """
    problems: list[str] = []
    said: list[str] = []
    told = told_meanings(means)
    tables = {side: read_table(path, header_score, side=side, said=said) for side, path in paths.items()}
    tables = options_gathered(tables, {side: path.name for side, path in paths.items()}, said)
    sheets = {side: _sheet(table, paths[side].name, side, told, said) for side, table in tables.items()}
    _refuse_mixed_up(paths, sheets)
    for sheet in sheets.values():
        problems += repeated(sheet)
    register = _register(sheets, said)
    further = pair_sheets(paths, register, _names(sheets), told, as_of, said)
    asked = {
        **further.asked,
        **{key: one for sheet in sheets.values() for key, one in unexplained_people(sheet, register).items()},
    }
    if asked and not problems:
        raise ColumnsAsked(asked)
    said += [words for sheet in sheets.values() for words in (*told_twice(sheet), *mentions(sheet, register))]
    line = reporting_lines(sheets, register, said)
    words = Spellings()
    ranks = level_ranks([*sheets.values()], levels, needed=needs_levels, said=said, problems=problems)
    frames = {side: sheet_frame(sheet, register, line, words, as_of, ranks, problems, said) for side, sheet in sheets.items()}  # fmt: skip
    said += told_of_empty_answers(frames, sheets)
    frames = times_in_one_zone(taken_apart(frames, sheets, said), sheets, said)
    frames = judged_times(frames, sheets, said)
    frames = with_languages(frames, sheets, said)
    frames = with_couples(kept_from_namesakes(frames, register, said), further)
    standing = standing_pairs(sheets, register, said)
    frames = without_ended(frames, standing.ended) if standing.ended else frames
    frames = free_seats(frames, sheets["mentors"], standing, register, said)
    agreed = agreed_pairs(sheets, register, said) | further.of("agreed")
    pools = _pools(sheets["mentors"], problems)
    if problems:
        more = f"\n... and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise SheetRefused("\n".join(problems[:MOST_TOLD]) + more)
    unused = {side: sheet.rows.select(sheet.columns.unused) for side, sheet in sheets.items()}
    current = as_applications(standing.kept | further.of("current"), frames)
    chosen = [sheet.columns.chosen for sheet in sheets.values()]
    return People(
        frames["mentees"],
        frames["mentors"],
        pools,
        _names(sheets),
        said,
        unused,
        current,
        chosen,
        as_applications(agreed, frames),
        further.scores,
    )


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


def _sheet(frame: pl.DataFrame, file: str, side: str, told: Mapping[str, str], said: list[str]) -> Sheet:
    frame = gathered(frame, file, side, said)
    headers = [name for name in frame.drop(ROW).columns if not _says_nobody(frame[name])]
    columns = as_told(columns_of(headers, side), headers, told)
    if columns.role is None and (role := role_column(frame, columns)):
        unused, says = ([name for name in some if name != role] for some in (columns.unused, columns.takes_part))
        columns = replace(columns, role=role, unused=tuple(unused), takes_part=tuple(says))
    if columns.twice:
        name, one, other = columns.twice[0]
        raise SheetRefused(f"{file}: the columns {one!r} and {other!r} both mean {name}. Next step: remove one.")
    columns = with_seats(frame, with_times(frame, with_people(frame, columns)), file, said)
    if not (columns.mail or columns.number or columns.names):
        raise SheetRefused(
            f"{file} has no column `id`; it has {', '.join(frame.drop(ROW).columns)}. Next step: add one with a unique id for each person, or an e-mail address."
        )
    rows = frame.select(
        *(pl.col(column).str.strip_chars().replace("", None) for column in frame.drop(ROW).columns), pl.col(ROW)
    ).filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    rows = taking_part(rows, columns, side, file, said)
    if rows.is_empty():
        by = ", ".join(repr(one) for one in (*columns.takes_part, columns.role) if one) or "its rows"
        raise SheetRefused(
            f"{file} holds no {side} who take part, by {by}. Next step: check what stands there, or --means '{(*columns.takes_part, 'COLUMN')[0]}=ignore'."
        )
    said += notes_of_leaving(rows, columns, file)
    if columns.unused:
        said.append(f"{file}: not used: {', '.join(columns.unused)}.")
    sheet = Sheet(side, file, rows, columns)
    sheet.people, sheet.rows = people_of(sheet, said)
    return sheet


def _says_nobody(column: pl.Series) -> bool:
    """Whether a column is empty, or holds what a form writes for whoever didn't sign in."""
    return all(folded(text or "") in ("", "anonymous", "anonym", "anonyme") for text in column.unique())


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


def _pools(mentors: Sheet, problems: list[str]) -> dict[str, int]:
    """Pool to its seats, from the mentors' columns `pool` and `pool_seats`."""
    chosen, sizes = mentors.columns.chosen, dict[str, int]()
    pools, given = (cells_of(mentors.rows, chosen.get(name)) for name in ("pool", "pool_seats"))
    for row, pool, text in zip(mentors.rows[ROW], pools, given, strict=True):
        size = None if pool is None else cell_value(mentors, "pool_seats", row, text, count, problems)
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


def _names(sheets: Mapping[str, Sheet]) -> pl.DataFrame:
    rows = [(side, person.label, person.name, person.mail) for side, sheet in sheets.items() for person in sheet.people]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("side", "application_id", "name", "email"), pl.String), orient="row"
    )
