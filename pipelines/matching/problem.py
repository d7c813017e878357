"""What is to be matched: the people, the seats, the rules and the weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

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


class MatchProblemError(ValueError):
    """The problem can't be stated as given; the message says which frame and column."""


@dataclass(frozen=True)
class MatchProblem:
    """Mentees who want one mentor each, mentors with seats, hard rules and weighted components.

    mentees: one row an application, `MENTEE_SCHEMA`; `skills` are wanted, `preferred` person keys in order of choice.
    mentors: one row an application, `MENTOR_SCHEMA`; `skills` are offered, `capacity` is the number of seats.
    reporting_line: person keys of a person's managers up to the top.
    weights: component to weight >= 0; they are normalised to a sum of 1.

    Rows are sorted by application_id, so that the order of the input never changes the output.
    Raises `MatchProblemError` on a missing column, a repeated id, a negative weight or a person without id.
    """

    mentees: pl.DataFrame
    mentors: pl.DataFrame
    rules: Sequence[Rule]
    weights: Mapping[str, float]
    weight_reasons: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentees", _conformed(self.mentees, MENTEE_SCHEMA, "mentees"))
        object.__setattr__(self, "mentors", _conformed(self.mentors, MENTOR_SCHEMA, "mentors"))
        if any(weight < 0 for weight in self.weights.values()):
            raise MatchProblemError(f"Weights must not be negative: {dict(self.weights)}")
        if sum(self.weights.values()) <= 0:
            raise MatchProblemError(
                "No component has a weight above 0. Give `matching.weights` in the programme's file."
            )
        if self.mentors["capacity"].drop_nulls().lt(0).any():
            raise MatchProblemError("A mentor's capacity is negative.")


def _conformed(frame: pl.DataFrame, schema: Mapping[str, pl.DataType], name: str) -> pl.DataFrame:
    missing = [column for column in schema if column not in frame.columns]
    if missing:
        raise MatchProblemError(f"{name} lack the columns {', '.join(missing)}.")
    frame = frame.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
    lists = [column for column, dtype in schema.items() if dtype == TEXT_LIST]
    frame = frame.with_columns(pl.col(lists).fill_null([])).sort("application_id")
    if frame["application_id"].null_count() or frame["person_key"].null_count():
        raise MatchProblemError(f"{name}: a row has no application_id or no person_key.")
    if frame["application_id"].is_duplicated().any():
        raise MatchProblemError(f"{name}: an application_id occurs twice.")
    return frame
