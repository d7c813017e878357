"""Releases of organisations that differ: one programme, many, no goal, nothing measured, everything hidden."""

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from pipelines.serving.snapshot import publish, write_tables
from tests.published import tables

FIRST_LOOK = "it is judged first on 31 March 2027, as declared"
Tables = dict[str, pl.DataFrame]
NUMBERS = ("numerator", "denominator", "n_people", "value", "ci_low", "ci_high")


def as_published() -> Tables:
    return tables()


def one_programme() -> Tables:
    return {
        name: frame.filter(pl.col("programme_id") != "mentoring_b") if "programme_id" in frame.columns else frame
        for name, frame in tables().items()
    }


def eight_programmes() -> Tables:
    return many_programmes(6)


def many_programmes(more: int) -> Tables:
    """The two programmes and copies of the first: C, D and so on."""
    found = tables()
    for name, frame in found.items():
        if "programme_id" in frame.columns and name not in ("match_runs",):
            copies = [
                _renamed(
                    frame.filter(pl.col("programme_id") == "mentoring_a"),
                    f"mentoring_{letter}",
                    f"Mentoring {letter.upper()}",
                )
                for letter in "cdefghijklmnopqrstuvwxyz"[:more]
            ]
            found[name] = pl.concat([frame, *copies], how="vertical_relaxed")
    return found


def no_goals() -> Tables:
    found = tables()
    return {**found, "goals": found["goals"].clear()}


def nothing_measured() -> Tables:
    found = no_goals()
    return {
        **found,
        "metric_values": _emptied(
            found["metric_values"].filter(pl.col("period_kind") == "to_date"),
            "not measured: no sessions of its pairs are loaded",
        ),
        "metric_signals": found["metric_signals"].clear(),
        "programme_costs": found["programme_costs"].clear(),
        **{name: found[name].clear() for name in found if name.startswith("impact_") and name != "impact_rules"},
    }


def everything_hidden() -> Tables:
    found = tables()
    hidden = "fewer than 5 people, or a number that would give them away"
    emptied = [pl.lit(None, pl.Float64).alias(name) for name in ("current_value", "ci_low", "ci_high")]
    return {
        **found,
        "metric_values": _emptied(found["metric_values"], hidden),
        "metric_signals": found["metric_signals"].with_columns(pl.lit("cannot_tell").alias("signal"), pl.lit("a month has too few people to show").alias("no_limits_reason"), *[pl.lit(None, pl.Float64).alias(name) for name in ("value", "limit_low", "limit_high", "baseline_mean")]),
        "goals": found["goals"].with_columns(*emptied, pl.lit("cannot_tell").alias("status")),
        "programme_costs": found["programme_costs"].with_columns(pl.lit(None, pl.Float64).alias("amount"), pl.lit(True).alias("is_suppressed")),
    }  # fmt: skip


def before_the_first_look() -> Tables:
    """Every outcome is declared and none has been looked at: words, and not one figure of a comparison."""
    found = tables()
    described = ("outcome", "outcome_label", "unit", "is_primary", "design", "arm", "wave", "programme_id", "programme_name", "cohort_id", "estimate_id", "declaration_hash", "declaration_version", "is_changed_after_results", "policy_version")  # fmt: skip
    estimates = found["impact_estimates"]
    emptied = [pl.lit(None, kind).alias(name) for name, kind in estimates.schema.items() if name not in described]
    waiting = (
        pl.lit("refused").alias("verdict"),
        pl.lit("No effect is estimated here.").alias("verdict_words"),
        pl.lit([FIRST_LOOK], pl.List(pl.String)).alias("reasons"),
        pl.lit([], pl.List(pl.String)).alias("untested"),
    )
    # a figure of a comparison stands nowhere before it was looked at
    of_figures = [name for name in found if name.startswith("impact_") and name not in ("impact_rules", "impact_declarations")]  # fmt: skip
    return {
        **found,
        **{name: found[name].clear() for name in of_figures},
        "impact_estimates": estimates.with_columns(emptied).with_columns(waiting),
    }


VARIANTS: Mapping[str, Callable[[], Tables]] = {
    made.__name__: made
    for made in (
        as_published,
        one_programme,
        eight_programmes,
        no_goals,
        nothing_measured,
        everything_hidden,
        before_the_first_look,
    )
}


def published_variant(serving: Path, made: Tables) -> Path:
    """The readers' file of a release that holds `made`."""
    return publish(serving, lambda path: write_tables(path, made))


def _renamed(frame: pl.DataFrame, programme_id: str, name: str) -> pl.DataFrame:
    columns = [pl.lit(programme_id).alias("programme_id")]
    columns += [pl.lit(name).alias(column) for column in ("programme_name",) if column in frame.columns]
    columns += [
        pl.lit(name).alias("name") for column in frame.columns if column == "name" and "mission" in frame.columns
    ]
    columns += [
        pl.format("{}_{}", column, pl.lit(programme_id)).alias(column)
        for column in ("goal_id", "estimate_id", "cohort_id")
        if column in frame.columns and column != "cohort_id"
    ]
    return frame.with_columns(columns)


def _emptied(frame: pl.DataFrame, reason: str) -> pl.DataFrame:
    numbers = [pl.lit(None, frame.schema[name]).alias(name) for name in NUMBERS]
    return frame.with_columns(*numbers, pl.lit(True).alias("is_suppressed"), pl.lit(reason).alias("suppression_reason"))
