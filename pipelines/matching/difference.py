"""What changes between two proposals for the same people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipelines.counted import counted

if TYPE_CHECKING:
    from pipelines.matching.solution import MatchResult

FIGURES = ("matched", "total_score", "mean_score", "worst_score", "first_choice_share", "top3_share", "idle_mentors")


@dataclass(frozen=True)
class Difference:
    """quality: figure, before, after, difference. pairs: one row per mentee whose mentors change. words: one sentence. after: the new result."""

    quality: pl.DataFrame
    pairs: pl.DataFrame
    words: str
    after: "MatchResult"


def difference(before: "MatchResult", after: "MatchResult") -> Difference:
    """Figures and pairs that differ. pairs: mentee_application_id, mentor_before, mentor_after (null = unmatched), score_before, score_after."""
    one, other = before.quality.row(0, named=True), after.quality.row(0, named=True)
    figures = pl.DataFrame(
        [{"figure": name, "before": one[name], "after": other[name]} for name in FIGURES],
        schema={"figure": pl.String, "before": pl.Float64, "after": pl.Float64},
        strict=False,
    ).with_columns((pl.col("after") - pl.col("before")).alias("difference"))
    changed = changed_pairs(before.unpriced, after.unpriced)
    more = other["matched"] - one["matched"]
    words = (
        f"{other['matched']} of {counted(other['mentees'], 'mentee')} {'is' if other['mentees'] == 1 else 'are'} matched ({more:+d}), the total score is {other['total_score']:.3f} "
        f"({other['total_score'] - one['total_score']:+.3f}), and {counted(changed.height, 'mentee')} {'gets' if changed.height == 1 else 'get'} another mentor or none."
    )
    return Difference(figures, changed, words, after)


def changed_pairs(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per mentee whose mentors differ between two frames of pairs; several mentors are joined by a comma."""

    def by_mentee(pairs: pl.DataFrame, word: str) -> pl.DataFrame:
        return pairs.group_by("mentee_application_id").agg(
            pl.col("mentor_application_id").sort().str.join(", ").alias(f"mentor_{word}"),
            pl.col("score").sum().alias(f"score_{word}"),
        )

    both = by_mentee(before, "before").join(
        by_mentee(after, "after"), on="mentee_application_id", how="full", coalesce=True
    )
    return (
        both.filter(pl.col("mentor_before").ne_missing(pl.col("mentor_after")))
        .select("mentee_application_id", "mentor_before", "mentor_after", "score_before", "score_after")
        .sort("mentee_application_id")
    )
