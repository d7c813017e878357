"""Seats that are still free: what mentors say they may have in all, less whom they have already.

Of a column of numbers nothing but its heading tells whether it holds places, taken places or places left, so each reading is said.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import NUMBER_WORDS, count, folded, says_nothing, without_accents
from pipelines.matching_inputs.headers import Columns
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.seat_remarks import taken_beside
from pipelines.matching_inputs.sheets import Sheet, cells_of
from pipelines.matching_inputs.standing_pairs import Standing

MOST_MENTEES = 30
"""A greater number in a column of present mentees is somebody's id."""
MOST_TOLD = 5
_FURTHER = expression(
    r"\b(new|more|additional|further|extra|other|neue[nr]?|weitere[nr]?|zusatzlich\w*|noch|nouve\w+|supplementaires?|autres?|nuev[oa]s|mas|otr[oa]s|nuov[ei]|altr[ei]|nov[oa]s|mais|outr[oa]s|nieuwe?|andere|nya|nye|uusia|nowych)\b"
)
"""A heading that asks how many mentees somebody would take beside those of now."""


def with_seats(frame: pl.DataFrame, columns: Columns, file: str, said: list[str]) -> Columns:
    """The columns with present mentees under `taken` where they are counted and under `current` where they are named, and places that are left in the place of places in all."""
    for name, other in (("current", "taken"), ("taken", "current")):
        header = columns.chosen.get(name)
        cells = [] if header is None else [text for text in frame[header].drop_nulls() if text.strip()]
        if header and other not in columns.chosen and cells and all(map(_is_number, cells)) != (name == "taken"):
            rest = {meaning: one for meaning, one in columns.chosen.items() if meaning != name}
            columns = replace(columns, chosen={**rest, other: header})
    return _of_those_left(columns, file, said)


def _of_those_left(columns: Columns, file: str, said: list[str]) -> Columns:
    chosen = dict(columns.chosen)
    if "left" not in chosen:
        return columns
    left = chosen.pop("left")
    within = [repr(chosen.pop(name)) for name in ("capacity", "taken") if name in chosen]
    if within:
        are = "is" if len(within) == 1 else "are"
        said.append(f"{file}: {left!r} is read as the seats; {' and '.join(within)} {are} left aside.")
    return replace(columns, chosen={**chosen, "capacity": left})


def _is_number(text: str) -> bool:
    """Whether a cell counts mentees, `2`, `one (from May)`, or says that there are none."""
    first = re.split(r"\W", folded(text), maxsplit=1)[0]
    counts = first.isdigit() or first in NUMBER_WORDS or says_nothing(text)
    return counts and _number(text) is not None


def _number(text: str | None) -> int | None:
    """The number of mentees in a cell; None where it holds something else, such as a name or an id."""
    try:
        value = count(text or "")
    except ValueError:
        return 0 if text and says_nothing(text) else None
    return value if value <= MOST_MENTEES else None


def free_seats(
    frames: dict[str, pl.DataFrame], mentors: Sheet, standing: Standing, register: Register, said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames in which mentees of now who stand in no sheet take their mentor's seats; pairs that stand in the sheets take theirs by themselves."""
    column, places = (mentors.columns.chosen.get(name) for name in ("taken", "capacity"))
    beside = _beside(mentors, places)
    if column is None and not standing.elsewhere.total() and not any(beside):
        return frames
    named = column or mentors.columns.chosen.get("current")
    if places is None or (column and _FURTHER.search(without_accents(places.casefold()))):
        because = f"{places!r} asks for further ones" if places else "no column says how many somebody may have in all"
        said.append(f"{mentors.file}: {named!r} isn't taken off anybody's seats, since {because}.")
        return frames
    counted = [_number(text) or 0 for text in cells_of(mentors.rows, column)] if column else beside
    taken = _taken(mentors, counted, standing, register)
    frame, seats = frames["mentors"], frames["mentors"]["capacity"]
    gone = [taken[key] if size is not None else 0 for key, size in zip(frame["person_key"], seats, strict=True)]
    free = [None if size is None else max(0, size - less) for size, less in zip(seats, gone, strict=True)]
    least = [None if size is None else max(0, size - less) for size, less in zip(frame["minimum"], gone, strict=True)]
    if named is None:
        said += _remarked(mentors, places, beside)
    elif any(gone):
        said.append(_told(mentors.file, named, places, seats, free))
    return {**frames, "mentors": frame.with_columns(_whole("capacity", free), _whole("minimum", least))}


def _beside(mentors: Sheet, places: str | None) -> list[int]:
    """What each mentor's cell of places says beside their number of those that are taken; nothing where its heading asks for further ones."""
    if places is None or _FURTHER.search(without_accents(places.casefold())):
        return [0] * mentors.rows.height
    return [taken_beside(text, _places(text)) for text in cells_of(mentors.rows, places)]


def _places(text: str | None) -> int:
    try:
        return count(text or "")
    except ValueError:
        return 0


def _remarked(mentors: Sheet, places: str, beside: list[int]) -> list[str]:
    """How each cell was read that says beside its number how many are taken."""
    cells = zip(cells_of(mentors.rows, places), beside, strict=True)
    read = [f"{text!r} as {_places(text) - less}" for text, less in cells if less]
    more = f" and {len(read) - MOST_TOLD} more" if len(read) > MOST_TOLD else ""
    return [
        f"{mentors.file}: of {places!r} what a cell says is taken already is taken off: {', '.join(read[:MOST_TOLD])}{more}. Where the number is meant besides, write it alone."
    ]


def _whole(name: str, values: Iterable[int | None]) -> pl.Series:
    return pl.Series(name, values, dtype=pl.Int64)


def _taken(mentors: Sheet, counted: list[int], standing: Standing, register: Register) -> Mapping[str, int]:
    """Mentor to the seats that people take who stand in no sheet."""
    here = Counter(mentor for _, mentor in standing.kept)
    keys = [register.keys[person.side, person.row] for person in mentors.people]
    return Counter(
        {key: max(number - here[key], standing.elsewhere[key], 0) for key, number in zip(keys, counted, strict=True)}
    )


def _told(file: str, named: str, places: str, seats: pl.Series, free: Iterable[int | None]) -> str:
    before, after = int(seats.sum()), sum(size or 0 for size in free)
    return (
        f"{file}: {named!r} is taken off {places!r}: of {before} {'seat' if before == 1 else 'seats'} {after} {'is' if after == 1 else 'are'} free. "
        f"If {places!r} is meant besides: --means '{named}=ignore'."
    )
