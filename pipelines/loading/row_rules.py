"""Which rows a contract refuses, and in which words: required, allowed values, bounds and the order of an interval's ends.

A reason may be read by anyone who runs a load, so it never shows a key, a demographic or anything with an @.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from pipelines.contracts import Column

REMEDY = "correct it in the source and export again"
# Half-open intervals: the end may equal the start (a state replaced on its own day), never precede it.
INTERVALS = (
    ("valid_from", "valid_to"),
    ("hire_date", "end_date"),
    ("start_date", "end_date"),
    ("start_date", "due_date"),
    ("planned_start_date", "planned_end_date"),
    ("actual_start_date", "actual_end_date"),
    ("joined_date", "left_date"),
    ("created_date", "due_date"),
    ("opened_date", "closed_date"),
    ("application_opens_date", "application_closes_date"),
    ("original_hire_date", "latest_hire_date"),
    ("scheduled_start_at", "scheduled_end_at"),
    ("actual_start_at", "actual_end_at"),
    ("joined_at", "left_at"),
    ("known_from", "known_to"),
)


@dataclass(frozen=True)
class RowRule:
    """A condition under which a row is refused, and the words for it."""

    failed: pl.Expr
    rule: str
    reason: pl.Expr
    remedy: str


def row_rules(columns: Sequence[Column]) -> list[RowRule]:
    """Required, allowed values, bounds and interval order, as the contract states them."""
    rules = []
    for column in columns:
        label = _label(column)
        if column.required:
            rules.append(RowRule(pl.col(column.name).is_null(), "required", pl.lit(f"{label} is missing"), REMEDY))
        if column.values is not None:
            allowed = pl.lit(f" is none of {', '.join(column.values)}")
            bad = pl.col(column.name).is_not_null() & ~pl.col(column.name).is_in(column.values)
            rules.append(
                RowRule(
                    bad,
                    "allowed_values",
                    pl.concat_str(pl.lit(f"{label} "), _shown(column), allowed),
                    "map the value in the mapping file, or correct it in the source",
                )
            )
        if column.type == "float":
            rules.append(RowRule(~pl.col(column.name).is_finite(), "type", pl.lit(f"{label} is not a number"), REMEDY))
        for word, bound, bad in _bounds(column):
            rules.append(
                RowRule(
                    bad,
                    "bounds",
                    pl.concat_str(pl.lit(f"{label} "), _shown(column), pl.lit(f" is {word} {bound}")),
                    REMEDY,
                )
            )
    names = {column.name for column in columns}
    return [*rules, *_interval_rules(names), *_length_rules(names)]


def _length_rules(names: set[str]) -> list[RowRule]:
    """Nobody was in a meeting for longer than from joining to leaving; reports count begun minutes."""
    if not names >= {"minutes", "joined_at", "left_at"}:
        return []
    lasts = (pl.col("left_at") - pl.col("joined_at")).dt.total_seconds() / 60
    reason = "minutes are more than lie between joined at and left at"
    return [RowRule(pl.col("minutes") > lasts + 2, "contradicts_its_length", pl.lit(reason), REMEDY)]


def _interval_rules(names: set[str]) -> list[RowRule]:
    rules = []
    for start, end in INTERVALS:
        if start in names and end in names:
            reason = pl.concat_str(
                pl.lit(f"{end.replace('_', ' ')} "),
                pl.col(end).cast(pl.String),
                pl.lit(f" precedes {start.replace('_', ' ')} "),
                pl.col(start).cast(pl.String),
            )
            rules.append(RowRule(pl.col(end) < pl.col(start), "interval_order", reason, REMEDY))
    return rules


def _label(column: Column) -> str:
    return column.name.removesuffix("_id").replace("_", " ")


def _shown(column: Column) -> pl.Expr:
    """The value for a reason: numbers, dates and short categories; never a key, a demographic or anything with an @."""
    text = pl.col(column.name).cast(pl.String)
    if column.pii != "P0":
        return pl.lit("(hidden)")
    if column.type != "text":
        return text
    return (
        pl.when((text.str.len_chars() <= 24) & ~text.str.contains("@", literal=True))
        .then(text)
        .otherwise(pl.lit("(hidden)"))
    )


def _bounds(column: Column) -> list[tuple[str, float | str, pl.Expr]]:
    found: list[tuple[str, float | str, pl.Expr]] = []
    for word, bound in (("below", column.minimum), ("above", column.maximum)):
        if bound is None:
            continue
        limit: date | datetime | float | str = bound
        if column.type == "date":
            limit = date.fromisoformat(str(bound))
        elif column.type == "instant":
            limit = datetime.fromisoformat(f"{bound}T00:00:00+00:00")
        bad = pl.col(column.name) < limit if word == "below" else pl.col(column.name) > limit
        found.append((word, bound, bad))
    return found


def first_failed(rules: Sequence[RowRule]) -> pl.Expr:
    """The index of the first rule that a row fails; null where it fails none."""
    return pl.coalesce(
        [
            *(pl.when(rule.failed).then(pl.lit(i, dtype=pl.Int32)) for i, rule in enumerate(rules)),
            pl.lit(None, dtype=pl.Int32),
        ]
    )


def refused_rows(frame: pl.DataFrame, rules: Sequence[RowRule]) -> pl.DataFrame:
    """The rows, all of which fail a rule, with the words of the one that `__failed` names."""
    parts = [refusal_words(frame.clear(), "required", pl.lit(""), "")]
    for (index,), group in frame.group_by("__failed", maintain_order=True):
        rule = rules[int(str(index))]
        parts.append(refusal_words(group, rule.rule, rule.reason, rule.remedy))
    return pl.concat(parts)


def refusal_words(frame: pl.DataFrame, rule: str, reason: pl.Expr, remedy: str) -> pl.DataFrame:
    """Where each row stands, why it is refused and what to do about it."""
    text = pl.col("raw_text") if "raw_text" in frame.columns else pl.lit(None, dtype=pl.String)
    return frame.select(
        "source_file",
        pl.col("source_line").cast(pl.Int64),
        pl.lit(rule).alias("rule"),
        reason.cast(pl.String).alias("reason"),
        pl.lit(remedy).alias("remedy"),
        text.alias("raw_text"),
    )
