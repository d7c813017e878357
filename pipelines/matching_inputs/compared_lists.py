"""What of the mentees is compared with what of the mentors, where the two forms call it differently.

One form asks for topics and the other for skills, or in words that no list of headers knows: then the lists that say something of each other are compared, and that is said.
"""

from collections.abc import Iterable

import polars as pl

from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.cells import folded, listed, without_degree
from pipelines.matching_inputs.matrices import is_grade
from pipelines.matching_inputs.spreadsheets import People

LISTS = ("skills", "topics", "goals", "interests")
LEAST_SHARED = 2
"""Items that two unknown columns must share: fewer may be chance."""
MOST_ALIKE = 0.5
"""A column of which more than this share of items are one word is a choice of few, such as an office, not a list of wishes."""


def compared_lists(people: People, mentees: str, mentors: str) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Both frames with something in `skills` to compare, and what is said of it; as they are where a list of both sides is filled. mentees, mentors: the files' names."""
    one, other = people.mentees, people.mentors
    given, offered = _filled(one), _filled(other)
    if set(given) & set(offered):
        return one, other, []
    if given and offered:
        said = f"{mentees}: {given[0]} are compared with the {offered[0]} of {mentors}, as no list of both sides has one name."
        return _as_skills(one, one[given[0]]), _as_skills(other, other[offered[0]]), [said]
    return _by_content(people, mentees, mentors)


def _filled(frame: pl.DataFrame) -> list[str]:
    return [name for name in LISTS if (frame[name].list.len() > 0).any()]


def _as_skills(frame: pl.DataFrame, lists: pl.Series) -> pl.DataFrame:
    return frame.with_columns(lists.cast(TEXT_LIST).alias("skills"))


def _by_content(people: People, mentees: str, mentors: str) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """The pair of columns that share the most items; columns that nothing is made of, or the list that one side has."""
    left, right = (
        {**{name: frame[name].to_list() for name in _filled(frame)}, **_lists(people.unused[side])}
        for side, frame in (("mentees", people.mentees), ("mentors", people.mentors))
    )
    shared = {(a, b): len(_items(left[a]) & _items(right[b])) for a in left for b in right}
    best = max(shared, key=lambda pair: shared[pair], default=None)
    if best is None or shared[best] < LEAST_SHARED:
        return people.mentees, people.mentors, []
    one, other = (pl.Series("skills", lists, dtype=TEXT_LIST) for lists in (left[best[0]], right[best[1]]))
    said = f"{mentees}: {best[0]!r} is compared with {best[1]!r} of {mentors}, as both name the same things ({shared[best]} of them)."
    return _as_skills(people.mentees, one), _as_skills(people.mentors, other), [said]


def _lists(rows: pl.DataFrame) -> dict[str, list[list[str]]]:
    """Columns that may be lists: more than one item in a cell, or items that differ from row to row."""
    found = {}
    for name in rows.columns:
        lists = [[without_degree(item) for item in items] for items in listed(rows[name].to_list())]
        every = [folded(item) for items in lists for item in items]
        most = max((every.count(item) for item in set(every)), default=0)
        if not all(map(is_grade, every)) and (
            most <= MOST_ALIKE * len(every) or any(len(items) > 1 for items in lists)
        ):
            found[name] = lists
    return found


def _items(lists: Iterable[list[str]]) -> set[str]:
    return {folded(item) for items in lists for item in items}
