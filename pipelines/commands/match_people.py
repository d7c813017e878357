"""Whom an argument of `impact match` means: people are named on the command line as in the sheets, by id, address or name, in any case."""

from typing import Any

import polars as pl

from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.spreadsheet_problem import Asked

SIDES = ("mentees", "mentors")


def application_of(asked: Asked, side: str, text: str) -> str:
    """The application that `text` names on a side; `text` itself where it names nobody or several, so that the library says so."""
    people = asked.problem.mentees if side == "mentees" else asked.problem.mentors
    if text in people["application_id"] or text in people["person_key"]:
        return text
    wanted = folded(text)
    columns = [people.select("application_id", pl.col("application_id").alias("called"))]
    if asked.names is not None:
        of_side = asked.names.filter(pl.col("side") == side)
        columns += [of_side.select("application_id", pl.col(name).alias("called")) for name in ("email", "name")]
    for known in columns:
        found = {row[0] for row in known.iter_rows() if row[1] is not None and folded(row[1]) == wanted}
        if len(found) == 1:
            return found.pop()
    return text


def with_applications(asked: Asked, changes: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a what-if with applications for the people that they name."""
    pairs = {
        name: [
            tuple(application_of(asked, side, one) for side, one in zip(SIDES, pair, strict=True))
            for pair in changes[name]
        ]
        for name in ("lock", "forbid")
    }
    seats = {application_of(asked, "mentors", mentor): more for mentor, more in changes["seats"].items()}
    return {**changes, **pairs, "seats": seats}
