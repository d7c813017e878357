"""Why this pair: components in points and in words that a participant could read."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl

from pipelines.matching.affinity import SCALE, overlap
from pipelines.matching.candidates import Edges, ranks
from pipelines.matching.eligibility import IntArray
from pipelines.matching.named_scores import ranked
from pipelines.matching.solved import Solved

PAIRS_SCHEMA: dict[str, pl.DataType] = {
    "mentee_application_id": pl.String(),
    "mentor_application_id": pl.String(),
    "mentee_person_key": pl.String(),
    "mentor_person_key": pl.String(),
    "score": pl.Float64(),
    "rank": pl.Int64(),
    "mentor_rank": pl.Int64(),
    "mentee_choice": pl.Int64(),
    "mentor_choice": pl.Int64(),
    "mentee_fit": pl.Float64(),
    "mentor_fit": pl.Float64(),
    "price": pl.Float64(),
    "is_current": pl.Boolean(),
    "is_locked": pl.Boolean(),
    "reasons": pl.List(pl.String()),
    "components": pl.List(pl.Struct({"component": pl.String(), "points": pl.Float64()})),
}
_ORDINALS = {1: "first", 2: "second", 3: "third"}
WISHES = ("skills", "topics", "goals")


def _shared(wanted: Sequence[str], offered: Sequence[str]) -> list[str]:
    return sorted(set(wanted) & set(offered))


def _readable(words: Sequence[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def pair_reasons(
    mentee: Mapping[str, list[str]],
    mentor: Mapping[str, list[str]],
    points: Mapping[str, int],
    choices: Sequence[str],
) -> list[str]:
    """The components that earned points, greatest first, with what was shared. choices: who named whom as which choice, in words."""
    wording: dict[str, Callable[[], str]] = {
        "skills": lambda: "skills met: " + _readable(_shared(mentee["skills"], mentor["skills"])),
        "topics": lambda: "topics in common: " + _readable(_shared(mentee["topics"], mentor["topics"])),
        "goals": lambda: "goals in common: " + _readable(_shared(mentee["goals"], mentor["goals"])),
        "interests": lambda: "interests in common: " + _readable(_shared(mentee["interests"], mentor["interests"])),
        "reciprocity": lambda: "what one wants is what the other offers, both ways",
        "preferences": lambda: " and ".join(choices),
        "own_scores": lambda: "a score of your own",
        "location": lambda: "same location",
        "other_department": lambda: "another department",
    }
    earned = sorted(((value, name) for name, value in points.items() if value > 0), reverse=True)
    return [wording[name]() for _, name in earned]


def explain_pairs(solved: Solved, everything: Edges, *, complete: bool) -> pl.DataFrame:
    """One row per pair, `PAIRS_SCHEMA` without the price.

    score: 0 to 1, the sum of the components' points. rank: the mentee's rank of this mentor among all feasible ones; mentor_rank the
    other way round (null where not all pairs were held). mentee_choice, mentor_choice: as which choice one named the other.
    mentee_fit: share of what the mentee wants that the mentor offers; mentor_fit: share of what the mentor offers that the mentee wants.
    """
    problem, rows, columns = solved.problem, solved.rows, solved.columns
    points = solved.model.components(rows, columns)
    mentee_rows = problem.mentees[rows].select("skills", "topics", "goals", "interests").to_dicts()
    mentor_rows = problem.mentors[columns].select("skills", "topics", "goals", "interests").to_dicts()
    values = [
        dict(zip(points, line, strict=True)) for line in zip(*(one.tolist() for one in points.values()), strict=True)
    ]
    fits = both_fits(solved)
    choices = (
        _choices(problem.mentees, problem.mentors, rows, columns),
        _choices(problem.mentors, problem.mentees, columns, rows),
    )
    frame = pl.DataFrame(
        {
            "mentee_application_id": problem.mentees["application_id"].gather(rows),
            "mentor_application_id": problem.mentors["application_id"].gather(columns),
            "mentee_person_key": problem.mentees["person_key"].gather(rows),
            "mentor_person_key": problem.mentors["person_key"].gather(columns),
            "score": solved.scores / SCALE,
            "rank": ranks(solved.model, solved.feasibility, rows, solved.scores),
            "mentor_rank": _mentor_ranks(solved, everything)
            if complete
            else pl.Series([None] * rows.size, dtype=pl.Int64),
            "mentee_choice": choices[0],
            "mentor_choice": choices[1],
            "mentee_fit": fits[0],
            "mentor_fit": fits[1],
            "is_current": _is_current(solved),
            "is_locked": solved.locked,
            "reasons": _lists(
                [
                    pair_reasons(mentee, mentor, value, _chosen_as(*both))
                    for mentee, mentor, value, *both in zip(mentee_rows, mentor_rows, values, *choices, strict=True)
                ]
            ),
            "components": _components(points, rows.size),
        },
        schema={name: dtype for name, dtype in PAIRS_SCHEMA.items() if name != "price"},
        strict=False,
    )
    return frame


def _lists(rows: Sequence[Sequence[str]]) -> pl.Series:
    """Lists of texts as a series; by way of one flat column, which takes Polars a tenth of the time."""
    flat = pl.DataFrame(
        {
            "at": np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
            "text": [text for row in rows for text in row],
        },
        schema={"at": pl.Int64, "text": pl.String},
    )
    lists = flat.group_by("at", maintain_order=True).agg("text")
    return (
        pl.select(at=pl.int_range(len(rows)))
        .join(lists, on="at", how="left", maintain_order="left")["text"]
        .fill_null([])
    )


def _chosen_as(mentees: int | None, mentors: int | None) -> list[str]:
    """As which choice each side named the other, in words."""
    named = (("mentee", mentees), ("mentor", mentors))
    return [
        f"the {side}'s {_ORDINALS.get(choice, f'{choice}th')} choice" for side, choice in named if choice is not None
    ]


def _components(points: Mapping[str, IntArray], pairs: int) -> pl.Series:
    """For each pair a list of component and points; put together by columns, since a list of dictionaries takes Polars as long as solving."""
    if not points or not pairs:
        return pl.Series([[]] * pairs, dtype=PAIRS_SCHEMA["components"])
    parts = [
        pl.struct(pl.lit(name).alias("component"), pl.Series(values / SCALE).alias("points")).alias(name)
        for name, values in points.items()
    ]
    return pl.select(parts).select(pl.concat_list(pl.all()).alias("components"))["components"]


def both_fits(solved: Solved) -> tuple[list[float | None], list[float | None]]:
    """For each pair the share of the mentee's wishes that are met, and of the mentor's offers that are wanted; None where nothing was named."""
    one = overlap(solved.problem.mentees, solved.problem.mentors, WISHES)
    shared = np.array(
        [one.left[i] @ one.right[j] for i, j in zip(solved.rows.tolist(), solved.columns.tolist(), strict=True)]
    )
    left, right = one.left_size[solved.rows], one.right_size[solved.columns]
    return (
        [float(s / n) if n else None for s, n in zip(shared, left, strict=True)],
        [float(s / n) if n else None for s, n in zip(shared, right, strict=True)],
    )


def _is_current(solved: Solved) -> np.ndarray:
    rows, columns = solved.problem.positions(solved.problem.current, "current", strict=False)
    width = max(solved.problem.mentors.height, 1)
    return np.isin(solved.rows * width + solved.columns, rows * width + columns)


def _choices(owners: pl.DataFrame, others: pl.DataFrame, owner: IntArray, other: IntArray) -> pl.Series:
    named = ranked(owners, others)
    asked = pl.DataFrame({"owner": owner, "other": other}, schema=named.select("owner", "other").schema)
    return asked.join(named, on=["owner", "other"], how="left", maintain_order="left")["choice"]


def _mentor_ranks(solved: Solved, everything: Edges) -> list[int]:
    order = np.lexsort((everything.scores, everything.columns))
    columns, scores = everything.columns[order], everything.scores[order]
    starts = np.searchsorted(columns, np.arange(solved.problem.mentors.height + 1))
    found = []
    for j, score in zip(solved.columns.tolist(), solved.scores.tolist(), strict=True):
        own = scores[starts[j] : starts[j + 1]]
        found.append(1 + int(own.size - np.searchsorted(own, score, side="right")))
    return found
