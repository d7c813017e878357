"""Small groups never reach a reader, nor can they be worked out from what does."""

import polars as pl

from pipelines.serving.disclosure import suppress_counts, suppress_small_groups
from tests.published import metric_values


def cells(*groups: tuple[str, int]) -> pl.DataFrame:
    """A breakdown by department with its total, `groups` as (name, people)."""
    one = (
        metric_values()
        .filter((pl.col("metric_id") == "csat_mentee") & (pl.col("programme_id") == "mentoring_a"))
        .head(1)
    )
    rows = [one.with_columns(pl.lit(sum(n for _, n in groups)).cast(pl.Int64).alias("n_people"))]
    rows += [
        one.with_columns(
            pl.lit("department").alias("segment_kind"),
            pl.lit(name).alias("segment_value"),
            pl.lit(n).cast(pl.Int64).alias("n_people"),
        )
        for name, n in groups
    ]
    return pl.concat(rows)


def shown(frame: pl.DataFrame) -> set[str]:
    return set(frame.filter(~pl.col("is_suppressed"))["segment_value"])


def test_a_group_under_k_loses_every_number() -> None:
    hidden = suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 3)), 5).filter(
        pl.col("segment_value") == "Legal"
    )
    row = hidden.row(0, named=True)
    assert row["is_suppressed"]
    assert [row[name] for name in ("numerator", "denominator", "n_people", "value", "ci_low", "ci_high")] == [None] * 6
    assert row["suppression_reason"] == "fewer than 5 people"


def test_a_single_hidden_group_takes_its_smallest_neighbour_along() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 9)), 5)) == {"all", "Sales"}


def test_two_hidden_groups_protect_each_other() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("Legal", 4), ("IT", 3)), 5)) == {"all", "Sales"}


def test_nothing_is_hidden_without_a_small_group() -> None:
    assert shown(suppress_small_groups(cells(("Sales", 40), ("IT", 9)), 5)) == {"all", "Sales", "IT"}


def test_keys_and_row_count_stay() -> None:
    before = cells(("Sales", 40), ("Legal", 4))
    after = suppress_small_groups(before, 5)
    assert after.height == before.height
    assert after.columns == before.columns


def test_small_counts_are_emptied_and_said_to_be() -> None:
    frame = suppress_counts(pl.DataFrame({"people": [4, 5, 0]}), "people", 5)
    assert frame.to_dict(as_series=False) == {"people": [None, 5, 0], "is_suppressed": [True, False, False]}
