"""Whatever a small organisation looks like, enumerating everything that fits what is shown doesn't tell a hidden group."""

from collections.abc import Iterator
from itertools import product

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.serving.disclosure import suppress_small_groups
from tests.published import metric_values

pytestmark = pytest.mark.slow

K = 5
MOST = 30
PLACE = ["metric_id", "segment_kind", "segment_value"]
Groups = dict[str, list[tuple[int, int]]]


def organisation(groups: Groups, metrics: tuple[str, ...] = ("csat_mentee",)) -> pl.DataFrame:
    """Shares by segment with their total: per kind of segment the groups as (people, of whom counted)."""
    one = metric_values().filter(pl.col("metric_id") == "csat_mentee").head(1)
    total = next(iter(groups.values()))
    cells = [("all", "all", *(sum(column) for column in zip(*total, strict=True)))]
    cells += [(kind, f"{kind} {i}", *group) for kind, parts in groups.items() for i, group in enumerate(parts)]
    rows = [
        one.with_columns(
            pl.lit(metric).alias("metric_id"),
            pl.lit(kind).alias("segment_kind"),
            pl.lit(value).alias("segment_value"),
            pl.lit(float(counted)).alias("numerator"),
            pl.lit(float(people)).alias("denominator"),
            pl.lit(people).cast(pl.Int64).alias("n_people"),
            pl.lit(counted / people if people else None).cast(pl.Float64).alias("value"),
        )
        for metric in metrics
        for kind, value, people, counted in cells
    ]
    return pl.concat(rows)


@st.composite
def organisations(draw: st.DrawFn) -> Groups:
    """The same people by one or two kinds of segment; who counts is drawn for each kind within the same total."""
    people = draw(st.lists(st.integers(0, 8), min_size=1, max_size=4))
    first = [(n, draw(st.integers(0, n))) for n in people]
    if draw(st.booleans()) or len(people) < 2:
        return {"department": first}
    merged = [(first[0][0] + first[1][0], first[0][1] + first[1][1]), *first[2:]]
    return {"department": first, "location": merged}


def fits(published: pl.DataFrame, column: str) -> dict[tuple[str, str], set[int]]:
    """Per cell: every count of `column` in some table that agrees with what is published; a hidden cell has at least `least`."""
    least = 1 if column == "n_people" else 0
    shown = {(row["segment_kind"], row["segment_value"]): row[column] for row in published.to_dicts()}
    kinds = sorted({kind for kind, _ in shown if kind != "all"})
    total = shown.pop(("all", "all"))
    found: dict[tuple[str, str], set[int]] = {}
    for whole in range(MOST) if total is None else [int(total)]:
        tables = [list(_tables({key: n for key, n in shown.items() if key[0] == kind}, whole, least)) for kind in kinds]
        if all(tables):
            found.setdefault(("all", "all"), set()).add(whole)
            for key, n in (cell for kind in tables for table in kind for cell in table.items()):
                found.setdefault(key, set()).add(n)
    return found


def _tables(cells: dict, whole: int, least: int) -> Iterator[dict]:
    hidden = [key for key, n in cells.items() if n is None]
    rest = whole - sum(int(n) for n in cells.values() if n is not None)
    if not hidden:
        if rest == 0:
            yield cells
        return
    for guess in product(range(least, max(rest, 0) + 1), repeat=len(hidden) - 1):
        if rest - sum(guess) >= least:
            yield {**cells, **dict(zip(hidden, (*guess, rest - sum(guess)), strict=True))}


@settings(max_examples=60, deadline=None)
@given(organisations())
@example({"department": [(2, 1), (3, 1), (20, 10)]})
def test_no_small_group_can_be_placed_by_enumeration(groups: Groups) -> None:
    before = organisation(groups)
    published = suppress_small_groups(before, K)
    possible = fits(published, "n_people")
    for row in before.filter(pl.col("n_people").is_between(1, K - 1)).to_dicts():
        values = possible[row["segment_kind"], row["segment_value"]]
        assert max(values) - min(values) >= K - 1, (groups, row["segment_value"], values)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(organisations())
def test_no_hidden_part_of_a_group_is_determined_by_enumeration(groups: Groups) -> None:
    before = organisation(groups)
    published = suppress_small_groups(before, K)
    possible = fits(published, "numerator")
    rule = (
        pl.col("numerator").is_between(1, K - 1)
        | (pl.col("n_people") - pl.col("numerator")).is_between(1, K - 1)
        | pl.col("n_people").is_between(1, K - 1)
    )
    whole_programme = (pl.col("segment_kind") == "all") & (pl.col("n_people") >= 20)
    for row in before.filter(rule & ~whole_programme).to_dicts():
        values = possible[row["segment_kind"], row["segment_value"]]
        assert len(values) > 1, (groups, row["segment_value"], values)


@settings(max_examples=30, deadline=None)
@given(organisations())
def test_a_count_that_two_metrics_share_has_one_mask(groups: Groups) -> None:
    published = suppress_small_groups(organisation(groups, ("csat_mentee", "csat_mentor")), K)
    told = pl.col("denominator").is_null()
    agreement = published.group_by("segment_kind", "segment_value").agg(told.n_unique())
    if sum(n > 0 for n, _ in groups["department"]) + 1 >= 3:
        assert agreement["denominator"].max() == 1
