"""What only both sheets together decide: which words are two, which times can be judged, and who may be one person."""

from collections.abc import Mapping

import polars as pl

from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.cells import EVERY_LANGUAGE, apart, is_all, is_language, known_items
from pipelines.matching_inputs.free_times import is_time, on_another_clock
from pipelines.matching_inputs.identities import Register, name_key
from pipelines.matching_inputs.sheet_terms import ROW
from pipelines.matching_inputs.sheets import Sheet, some

WISHES = ("skills", "topics", "goals", "interests")
"""The lists by which people are found for each other."""


def taken_apart(
    frames: Mapping[str, pl.DataFrame], sheets: Mapping[str, Sheet], said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames in which `Excel and SQL` is two skills where people of either side name both by themselves, and `All of the above` is all that anybody names."""
    changed = dict(frames)
    for name in WISHES:
        known = known_items(word for frame in frames.values() for word in frame[name].explode().drop_nulls())
        lists = {side: apart(frame[name].to_list(), known) for side, frame in changed.items()}
        every = sorted({item for of_side in lists.values() for items in of_side for item in items if not is_all(item)})
        for side, frame in changed.items():
            whole = [item for items in lists[side] for item in items if is_all(item)]
            if whole:
                said.append(f"{sheets[side].file}: {some(whole)} is read as all {len(every)} that anybody names.")
            read = [every if any(map(is_all, items)) else items for items in lists[side]]
            changed[side] = frame.with_columns(pl.Series(name, read, dtype=TEXT_LIST))
    return changed


def with_languages(
    frames: dict[str, pl.DataFrame], sheets: Mapping[str, Sheet], said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames in which whoever speaks all languages shares one with anybody. Languages that are no known ones and stand on one side alone are told."""
    named = {side: set(frame["languages"].explode().drop_nulls()) for side, frame in frames.items()}
    if not all(named.values()):
        return frames
    every = sorted(set.union(*named.values()) - {EVERY_LANGUAGE})
    for side, words in named.items():
        (others,) = (of for other, of in named.items() if other != side)
        strange = sorted(word for word in words - others if not is_language(word) and word != EVERY_LANGUAGE)
        if strange:
            said.append(
                f"{sheets[side].file}: the languages {some(strange)} aren't known and nobody of the other sheet names them. Check the spelling."
            )
    changed = {}
    for side, frame in frames.items():
        lists = [every if EVERY_LANGUAGE in words else words for words in frame["languages"].to_list()]
        changed[side] = frame.with_columns(pl.Series("languages", lists, dtype=TEXT_LIST))
    return changed


def times_in_one_zone(
    frames: Mapping[str, pl.DataFrame], sheets: Mapping[str, Sheet], said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames whose times are hours of the week on one clock, that of most people: evenings of two zones may never meet."""
    offsets = [offset for frame in frames.values() for offset in frame["utc_offset_hours"].drop_nulls()]
    clock = max(sorted(set(offsets)), key=offsets.count, default=0.0)
    changed = {}
    for side, frame in frames.items():
        rows = frame.select("availability", "utc_offset_hours").iter_rows()
        lists = [on_another_clock(words, 0 if offset is None else clock - offset) for words, offset in rows]
        changed[side] = frame.with_columns(pl.Series("availability", lists, dtype=TEXT_LIST))
        without = frame.filter(pl.col("utc_offset_hours").is_null() & (pl.col("availability").list.len() > 0))
        if without.height and len(set(offsets)) > 1:
            said.append(
                f"{sheets[side].file}: the times of {some(without['application_id'].to_list())}, without a time zone, are read as those of most people."
            )
    if len(set(offsets)) > 1 and any(frame["availability"].list.len().sum() for frame in frames.values()):
        said.append(f"Times are compared on one clock, UTC{clock:+g}, that of most people.")
    return changed


def judged_times(
    frames: dict[str, pl.DataFrame], sheets: Mapping[str, Sheet], said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames without times that aren't understood and that nobody of the other side names: they can't be judged."""
    known = {side: set(frame["availability"].explode().drop_nulls()) for side, frame in frames.items()}
    if not all(known.values()):
        return frames
    changed = {}
    for side, frame in frames.items():
        (others,) = (words for of, words in known.items() if of != side)
        lists = frame["availability"].to_list()
        strange = [not any(word in others or is_time(word) for word in words) and bool(words) for words in lists]
        if any(strange):
            texts = [words[0] for words, is_strange in zip(lists, strange, strict=True) if is_strange]
            said.append(
                f"{sheets[side].file}: availability {some(texts)} isn't understood; these people are taken to be free at any time."
            )
        kept = [[] if is_strange else words for words, is_strange in zip(lists, strange, strict=True)]
        changed[side] = frame.with_columns(pl.Series("availability", kept, dtype=TEXT_LIST))
    return changed


def told_twice(sheet: Sheet) -> list[str]:
    """What is said of names that stand twice in a sheet under two addresses or ids: somebody who answered twice, or two of one name."""
    rows: dict[tuple[str, ...], list[int]] = {}
    names: dict[tuple[str, ...], str] = {}
    for person in sheet.people:
        key = name_key(person.name or "")
        if len(key) > 1:
            rows.setdefault(key, []).append(person.row)
            names.setdefault(key, person.name or "")
    twice = [f"{names[key]} (row {' and '.join(map(str, of))})" for key, of in rows.items() if len(of) > 1]
    return (
        [
            f"{sheet.file}: one name stands under two addresses or ids: {some(twice)}. If it is one person, keep one of the rows."
        ]
        if twice
        else []
    )


def told_of_empty_answers(frames: Mapping[str, pl.DataFrame], sheets: Mapping[str, Sheet]) -> list[str]:
    """What is said of people in both sheets who say on one side nothing that anybody could be found by: they may have filled in the wrong form."""
    said = []
    for side, sheet in sheets.items():
        (other,) = (of for of in frames if of != side)
        filled = [name for name in WISHES if (frames[other][name].list.len() > 0).any()]
        both = set(frames[other]["person_key"])
        empty = [
            str(row)
            for row, key, *lists in zip(
                sheet.rows[ROW], frames[side]["person_key"], *(frames[side][name] for name in filled), strict=True
            )
            if key in both and not any(len(words) for words in lists)
        ]
        if empty and filled:
            said.append(
                f"{sheet.file}: row {some(empty)} names nothing, and stands in {sheets[other].file} too. If it was the wrong form, take the row out."
            )
    return said


def kept_from_namesakes(
    frames: dict[str, pl.DataFrame], register: Register, said: list[str]
) -> dict[str, pl.DataFrame]:
    """Frames in which nobody is proposed to somebody of the other side of the same whole name: it may be one person under two addresses."""
    shared = register.namesakes()
    if not shared:
        return frames
    labels = [" and ".join(sorted(keys)) for keys in shared]
    said.append(
        f"The same name stands in both sheets under two addresses or ids: {some(labels)}. They aren't proposed to each other."
    )
    out = {key: sorted(keys - {key}) for keys in shared for key in keys}
    mentees = frames["mentees"]
    lists = [own + out.get(key, []) for own, key in mentees.select("excluded", "person_key").iter_rows()]
    return {**frames, "mentees": mentees.with_columns(pl.Series("excluded", lists, dtype=TEXT_LIST))}
