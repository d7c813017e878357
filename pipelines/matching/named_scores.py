"""Scores that few pairs have, by name: whom people wished for, and scores of one's own."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.matching.eligibility import IntArray

RANKED_SCHEMA = {"owner": pl.Int64, "other": pl.Int64, "choice": pl.Int64}


@dataclass(frozen=True)
class Named:
    """Points of few pairs by name: `codes` = row * mentors + column, sorted, and their points."""

    codes: IntArray
    points: IntArray


def ranked(owners: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """owner, other (row numbers), choice: who named whom in `preferred`, and as which choice (1 = first)."""
    if not owners["preferred"].list.len().sum():
        return pl.DataFrame(schema=RANKED_SCHEMA)
    named = owners.select(
        pl.int_range(pl.len()).alias("owner"),
        pl.col("preferred").alias("person_key"),
        pl.int_ranges(1, pl.col("preferred").list.len() + 1).alias("choice"),
    ).explode("person_key", "choice")
    known = others.select("person_key", pl.int_range(pl.len()).alias("other"))
    return (
        named.drop_nulls()
        .join(known, on="person_key", how="inner")
        .group_by("owner", "other")
        .agg(pl.col("choice").min().cast(pl.Int64))
        .sort("owner", "other")
    )


def preferences(mentees: pl.DataFrame, mentors: pl.DataFrame, units: int) -> Named:
    """The mean of both sides' rank utilities: 1 for the first choice, 1/2 for the second, 1/3 for the third ..."""
    width = max(mentors.height, 1)
    there, back = ranked(mentees, mentors), ranked(mentors, mentees)
    both = pl.concat(
        [
            there.select((pl.col("owner") * width + pl.col("other")).alias("code"), "choice"),
            back.select((pl.col("other") * width + pl.col("owner")).alias("code"), "choice"),
        ]
    )
    utility = both.group_by("code").agg((0.5 / pl.col("choice").sort()).sum().alias("utility")).sort("code")
    points = np.rint(utility["utility"].to_numpy() * units).astype(np.int64)
    return Named(utility["code"].to_numpy().astype(np.int64), points)


def own_scores(mentees: pl.DataFrame, mentors: pl.DataFrame, own: pl.DataFrame | None, units: int) -> Named:
    """Points of the pairs that have a score of one's own and stand in both frames."""
    if own is None or own.is_empty():
        return together([])
    rows, columns = (
        own[f"{side}_application_id"].replace_strict(
            people["application_id"],
            pl.Series(range(people.height), dtype=pl.Int64),
            default=None,
            return_dtype=pl.Int64,
        )
        for side, people in (("mentee", mentees), ("mentor", mentors))
    )
    here = (rows.is_not_null() & columns.is_not_null()).to_numpy()
    codes = rows.to_numpy()[here].astype(np.int64) * max(mentors.height, 1) + columns.to_numpy()[here].astype(np.int64)
    shares = own["score"].to_numpy() / max(1.0, float(own["score"].max()))  # type: ignore[arg-type]
    order = np.argsort(codes)
    return Named(codes[order], np.rint(shares[here][order] * units).astype(np.int64))


def points_of(named: Named, codes: IntArray) -> IntArray:
    """The points of pairs by their codes, (codes,); 0 for a pair that nobody named."""
    if not named.codes.size:
        return np.zeros(codes.size, dtype=np.int64)
    at = np.minimum(np.searchsorted(named.codes, codes), named.codes.size - 1)
    return np.where(named.codes[at] == codes, named.points[at], 0)


def together(parts: list[Named]) -> Named:
    """The points of all components by name, added up pair by pair."""
    codes = np.concatenate([np.zeros(0, dtype=np.int64), *(part.codes for part in parts)])
    points = np.concatenate([np.zeros(0, dtype=np.int64), *(part.points for part in parts)])
    distinct, at = np.unique(codes, return_inverse=True)
    total = np.zeros(distinct.size, dtype=np.int64)
    np.add.at(total, at, points)
    return Named(distinct, total)
