"""What is to be matched: the people, the seats, the rules and the weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.affinity import OWN_SCHEMA
from pipelines.matching.eligibility import Rule

TEXT_LIST = pl.List(pl.String())

PERSON_SCHEMA: dict[str, pl.DataType] = {
    "application_id": pl.String(),
    "person_key": pl.String(),
    "languages": TEXT_LIST,
    "utc_offset_hours": pl.Float64(),
    "level_rank": pl.Int64(),
    "department": pl.String(),
    "location": pl.String(),
    "skills": TEXT_LIST,
    "topics": TEXT_LIST,
    "interests": TEXT_LIST,
    "preferred": TEXT_LIST,
    "excluded": TEXT_LIST,
    "reporting_line": TEXT_LIST,
    "previous_partners": TEXT_LIST,
}
MENTEE_SCHEMA: dict[str, pl.DataType] = {**PERSON_SCHEMA, "submitted_rank": pl.Int64()}
MENTOR_SCHEMA: dict[str, pl.DataType] = {**PERSON_SCHEMA, "capacity": pl.Int64()}
OPTIONAL_PERSON: dict[str, pl.DataType] = {"goals": TEXT_LIST, "availability": TEXT_LIST}
OPTIONAL_MENTEE: dict[str, pl.DataType] = {**OPTIONAL_PERSON, "demand": pl.Int64()}
OPTIONAL_MENTOR: dict[str, pl.DataType] = {**OPTIONAL_PERSON, "minimum": pl.Int64(), "pool": pl.String()}
"""Columns that may be left out: an absent list is empty, an absent demand is 1, an absent minimum 0, an absent pool none."""

Pairs = Sequence[tuple[str, str]]
IntArray = NDArray[np.int64]


class MatchProblemError(ValueError):
    """The problem can't be stated as given; the message says which frame and column."""


@dataclass(frozen=True)
class MatchProblem:
    """Mentees who want one or several mentors, mentors with seats, hard rules and weighted components.

    mentees: one row per application, `MENTEE_SCHEMA` (+ `OPTIONAL_MENTEE`); `skills` are wanted, `preferred` person keys in order of choice.
    mentors: one row per application, `MENTOR_SCHEMA` (+ `OPTIONAL_MENTOR`); `skills` are offered, `capacity` is the number of seats,
    `minimum` the least load, `pool` the name of a pool whose seats several mentors share.
    reporting_line: person keys of a person's managers up to the top.
    score: component to weight >= 0; they are normalised to a sum of 1.
    capacity, demand: application id to seats or to mentors wanted; they overrule the columns.
    locks: (mentee, mentor) application ids that must be pairs; forbidden: that must not; current: that are pairs now; approved: that somebody
    approved, which move only where the total gains by it.
    own_scores: mentee_application_id, mentor_application_id, score >= 0: points of the component `own_scores`; a pair without a row has none.
    pools: pool name to seats. groups: person_key, attribute, value: for quotas and the audit, never for a score.

    Rows are sorted by application_id, so that the order of the input never changes the output.
    Raises `MatchProblemError` on a missing column, a repeated or unknown id, a negative weight or a person without id.
    """

    mentees: pl.DataFrame
    mentors: pl.DataFrame
    rules: Sequence[Rule]
    score: Mapping[str, float]
    capacity: Mapping[str, int] = field(default_factory=dict)
    demand: Mapping[str, int] = field(default_factory=dict)
    locks: Pairs = ()
    forbidden: Pairs = ()
    current: Pairs = ()
    approved: Pairs = ()
    pools: Mapping[str, int] = field(default_factory=dict)
    groups: pl.DataFrame | None = None
    own_scores: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        mentees = _conformed(self.mentees, MENTEE_SCHEMA, OPTIONAL_MENTEE, "mentees")
        mentors = _conformed(self.mentors, MENTOR_SCHEMA, OPTIONAL_MENTOR, "mentors")
        object.__setattr__(self, "mentees", _overruled(mentees, "demand", self.demand, "mentees"))
        object.__setattr__(self, "mentors", _overruled(mentors, "capacity", self.capacity, "mentors"))
        if not all(0 <= weight < float("inf") for weight in self.score.values()):
            raise MatchProblemError(
                f"Weights are numbers of 0 or more, not {dict(self.score)}. Next step: correct the weights."
            )
        if sum(self.score.values()) <= 0:
            raise MatchProblemError(
                "No component has a weight above 0. Next step: give `matching.weights` in the programme's file."
            )
        if self.own_scores is not None:
            object.__setattr__(self, "own_scores", _own_scores(self.own_scores))
        for column, frame in (("capacity", self.mentors), ("minimum", self.mentors), ("demand", self.mentees)):
            if frame[column].lt(0).any():
                raise MatchProblemError(
                    f"A {'mentee' if column == 'demand' else 'mentor'}'s {column} is negative. Next step: give 0 or more."
                )
        for word in ("locks", "forbidden"):
            self.positions(getattr(self, word), word)
        unknown = sorted(set(self.mentors["pool"].drop_nulls()) - set(self.pools))
        if unknown:
            raise MatchProblemError(
                f"mentors name pools without a number of seats: {', '.join(unknown)}. Next step: give each pool its seats."
            )

    @property
    def seats(self) -> IntArray:
        """Seats of each mentor, in the order of `mentors`."""
        return self.mentors["capacity"].to_numpy().astype(np.int64)

    @property
    def wanted(self) -> IntArray:
        """Mentors that each mentee wants, in the order of `mentees`."""
        return self.mentees["demand"].to_numpy().astype(np.int64)

    def positions(self, pairs: Pairs, word: str, *, strict: bool = True) -> tuple[IntArray, IntArray]:
        """Row numbers of pairs of application ids. Unknown ids are an error, or left out where `strict` is off."""
        mentee_at = {key: i for i, key in enumerate(self.mentees["application_id"])}
        mentor_at = {key: j for j, key in enumerate(self.mentors["application_id"])}
        known = [(a, b) for a, b in pairs if a in mentee_at and b in mentor_at]
        if strict and len(known) < len(list(pairs)):
            strangers = [f"{a} with {b}" for a, b in pairs if a not in mentee_at or b not in mentor_at]
            raise MatchProblemError(
                f"{word} name people who aren't in this cohort, or on the other side: {', '.join(strangers[:5])}. Next step: check the ids and their order, mentee first."
            )
        rows = np.array([mentee_at[a] for a, _ in known], dtype=np.int64)
        columns = np.array([mentor_at[b] for _, b in known], dtype=np.int64)
        return rows, columns


def _conformed(
    frame: pl.DataFrame, schema: Mapping[str, pl.DataType], optional: Mapping[str, pl.DataType], name: str
) -> pl.DataFrame:
    missing = [column for column in schema if column not in frame.columns]
    if missing:
        raise MatchProblemError(f"{name} lack the columns {', '.join(missing)}. Next step: add them.")
    frame = frame.with_columns(
        pl.lit(None, dtype=dtype).alias(column) for column, dtype in optional.items() if column not in frame.columns
    )
    everything = {**schema, **optional}
    frame = frame.select(pl.col(column).cast(dtype) for column, dtype in everything.items())
    lists = [column for column, dtype in everything.items() if dtype == TEXT_LIST]
    numbers = {"capacity": 1, "demand": 1, "minimum": 0}
    frame = frame.with_columns(
        pl.col(lists).fill_null([]),
        *(pl.col(column).fill_null(value) for column, value in numbers.items() if column in everything),
    ).sort("application_id")
    if frame["application_id"].null_count() or frame["person_key"].null_count():
        raise MatchProblemError(
            f"{name}: a row has no application_id or no person_key. Next step: give every row both."
        )
    if frame["application_id"].is_duplicated().any():
        raise MatchProblemError(f"{name}: an application_id occurs twice. Next step: keep one of the rows.")
    return frame


def _own_scores(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in OWN_SCHEMA if name not in frame.columns]
    if missing:
        raise MatchProblemError(f"own_scores lack the columns {', '.join(missing)}. Next step: add them.")
    frame = frame.select(pl.col(name).cast(dtype) for name, dtype in OWN_SCHEMA.items())
    if frame.select(~(pl.col("score").is_finite() & (pl.col("score") >= 0)).fill_null(False)).to_series().any():
        raise MatchProblemError(
            "own_scores hold a score that is no number of 0 or more. Next step: correct it, or leave the pair away."
        )
    if frame.select("mentee_application_id", "mentor_application_id").is_duplicated().any():
        raise MatchProblemError("own_scores hold a pair twice. Next step: keep one of the rows.")
    return frame.sort("mentee_application_id", "mentor_application_id")


def _overruled(frame: pl.DataFrame, column: str, values: Mapping[str, int], name: str) -> pl.DataFrame:
    if not values:
        return frame
    strangers = sorted(set(values) - set(frame["application_id"]))
    if strangers:
        raise MatchProblemError(
            f"{column} names applications that aren't among the {name}: {', '.join(strangers[:5])}. Next step: check the ids."
        )
    given = pl.DataFrame({"application_id": list(values), "given": [int(value) for value in values.values()]})
    return (
        frame.join(given, on="application_id", how="left")
        .with_columns(pl.coalesce("given", column).alias(column))
        .drop("given")
        .sort("application_id")
    )
