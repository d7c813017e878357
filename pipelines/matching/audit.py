"""What a proposal does to declared groups. Beside the matching, never in it: no score, rule or tie-break sees a group.

Four-fifths rule (29 CFR 1607.4 D): a group's rate under four fifths of the highest is a sign to look, not a verdict; so every ratio has its interval
(Katz et al. 1978, log ratio of two shares; delta method for the ratio of means).

The reference is the group with the highest rate among those that can support one: a value that people gave of themselves, held by enough people to be
shown and by a tenth of the mentees at least. The highest of several rates is too high by chance, the more so the smaller its group.
"""

import math
from typing import Any

import numpy as np
import polars as pl

Z95 = 1.959963984540054
FOUR_FIFTHS = 0.8
NOT_DECLARED = "not declared"
NO_ANSWER = (NOT_DECLARED, "not_disclosed")
"""Values that aren't a group: nobody was told, or somebody chose not to tell."""
REFERENCE_SHARE = 0.1
"""Least share of the mentees that a reference group has."""

AUDIT_SCHEMA: dict[str, pl.DataType] = {
    "attribute": pl.String(),
    "value": pl.String(),
    "mentees": pl.Int64(),
    "matched": pl.Int64(),
    "coverage": pl.Float64(),
    "coverage_reference": pl.String(),
    "coverage_low": pl.Float64(),
    "coverage_high": pl.Float64(),
    "coverage_ratio": pl.Float64(),
    "coverage_ratio_low": pl.Float64(),
    "coverage_ratio_high": pl.Float64(),
    "mean_score": pl.Float64(),
    "quality_reference": pl.String(),
    "quality_ratio": pl.Float64(),
    "quality_ratio_low": pl.Float64(),
    "quality_ratio_high": pl.Float64(),
    "fails_four_fifths": pl.Boolean(),
    "is_suppressed": pl.Boolean(),
}


def group_audit(
    mentees: pl.DataFrame,
    pairs: pl.DataFrame,
    groups: pl.DataFrame,
    *,
    min_group_size: int = 5,
    reference_share: float = REFERENCE_SHARE,
) -> pl.DataFrame:
    """Coverage and mean score of each declared group, as ratios to the group with the highest coverage (or mean score). `AUDIT_SCHEMA`.

    `coverage_reference` and `quality_reference` name the groups compared with: of those that are shown, that people gave of themselves (`NO_ANSWER` isn't) and
    that hold at least `reference_share` of the mentees, the one with the highest rate; of equals the largest. Without such a group there are no ratios.

    mentees: application_id, person_key. pairs: mentee_application_id, score. groups: person_key, attribute, value.
    A person without a declared value is counted as "not declared". A group under `min_group_size` keeps its name and loses its figures, and
    where that leaves one figure to be worked out by subtraction the next smallest loses its figures too.
    """
    best = pairs.group_by("mentee_application_id").agg(pl.col("score").max())
    people = mentees.select("application_id", "person_key").join(
        best, left_on="application_id", right_on="mentee_application_id", how="left"
    )
    found = []
    for attribute in groups["attribute"].unique().sort().to_list() if groups.height else []:
        declared = groups.filter(pl.col("attribute") == attribute).select("person_key", "value").unique("person_key")
        counted = (
            people.join(declared, on="person_key", how="left")
            .with_columns(pl.col("value").fill_null(NOT_DECLARED))
            .group_by("value")
            .agg(
                pl.len().alias("mentees"),
                pl.col("score").count().alias("matched"),
                pl.col("score").mean().alias("mean"),
                pl.col("score").var().alias("variance"),
            )
            .sort("value")
        )
        found.extend(_audited(attribute, counted.to_dicts(), min_group_size, reference_share))
    return pl.DataFrame(found, schema=AUDIT_SCHEMA)


def _audited(attribute: str, rows: list[dict[str, Any]], least: int, reference_share: float) -> list[dict[str, Any]]:
    hidden = {row["value"] for row in rows if row["mentees"] < least}
    if len(hidden) == 1 and len(rows) > 1:
        others = [row for row in rows if row["value"] not in hidden]
        hidden.add(min(others, key=lambda row: (row["mentees"], row["value"]))["value"])
    everybody = sum(row["mentees"] for row in rows)
    able = [
        row
        for row in rows
        if row["value"] not in hidden
        and row["value"] not in NO_ANSWER
        and row["mentees"] / everybody >= reference_share
        and row["matched"]
    ]
    top = max(able, key=lambda row: (row["matched"] / row["mentees"], row["mentees"]), default=None)
    top_mean = max(able, key=lambda row: (row["mean"], row["mentees"]), default=None)
    audited = []
    for row in rows:
        line: dict[str, Any] = {"attribute": attribute, "value": row["value"], "is_suppressed": row["value"] in hidden}
        if row["value"] not in hidden:
            line |= _rates(row, top)
            line |= _means(row, top_mean)
            ratios = [line.get("coverage_ratio"), line.get("quality_ratio")]
            line["fails_four_fifths"] = any(ratio is not None and ratio < FOUR_FIFTHS for ratio in ratios)
        audited.append(line)
    return audited


def _rates(row: dict[str, Any], top: dict[str, Any] | None) -> dict[str, Any]:
    share = row["matched"] / row["mentees"]
    low, high = wilson(row["matched"], row["mentees"])
    line = {
        "mentees": row["mentees"],
        "matched": row["matched"],
        "coverage": share,
        "coverage_low": low,
        "coverage_high": high,
    }
    if top is None:
        return line
    highest = top["matched"] / top["mentees"]
    line |= {"coverage_reference": top["value"], "coverage_ratio": share / highest}
    if row["matched"] and row is not top:
        error = math.sqrt((1 - share) / row["matched"] + (1 - highest) / top["matched"])
        line["coverage_ratio_low"] = share / highest * math.exp(-Z95 * error)
        line["coverage_ratio_high"] = share / highest * math.exp(Z95 * error)
    return line


def _means(row: dict[str, Any], top: dict[str, Any] | None) -> dict[str, Any]:
    line = {"mean_score": row["mean"]}
    if top is None or not top["mean"]:
        return line
    line["quality_reference"] = top["value"]
    if not row["matched"]:
        return line
    ratio = row["mean"] / top["mean"]
    line["quality_ratio"] = ratio
    if row["matched"] > 1 and top["matched"] > 1 and ratio and row is not top:
        error = math.sqrt(
            row["variance"] / row["matched"] / row["mean"] ** 2 + top["variance"] / top["matched"] / top["mean"] ** 2
        )
        line |= {
            "quality_ratio_low": ratio * float(np.exp(-Z95 * error)),
            "quality_ratio_high": ratio * float(np.exp(Z95 * error)),
        }
    return line


def wilson(hits: int, people: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    share, square = hits / people, Z95**2
    middle = (share + square / (2 * people)) / (1 + square / people)
    half = Z95 / (1 + square / people) * math.sqrt(share * (1 - share) / people + square / (4 * people**2))
    return max(0.0, middle - half), min(1.0, middle + half)
