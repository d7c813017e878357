"""Small parts of a source are joined before they are cleaned: the same rows and findings, in fewer pieces."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.records import Extract, Finding, TableBatch, filtered_frame, rows_frame
from pipelines.sources.small_parts import joined


def part(rows: int, *, table: str = "milestones", ids: frozenset[str] = frozenset(), told: str = "") -> Extract:
    frame = rows_frame(table, [{"milestone": f"{table} {number}"} for number in range(rows)])
    batch = TableBatch(table, frame, filtered=filtered_frame({"left out": 1}), ids=ids)
    return Extract([batch], [Finding(told, table, "", "")] if told else [])


@pytest.mark.parametrize(
    ("sizes", "pieces"), [([2, 2, 2], [9]), ([8, 1, 1], [13]), ([50, 50], [51, 51]), ([3] * 6, [12, 12])]
)
def test_parts_are_joined_until_they_are_large_enough_and_a_large_one_stays_as_it_is(
    sizes: list[int], pieces: list[int]
) -> None:
    """Each part has one record more that was left out."""
    found = joined((part(size) for size in sizes), rows=12)
    assert [sum(batch.rows_in for batch in piece.batches) for piece in found] == pieces


@given(st.lists(st.tuples(st.sampled_from(["milestones", "pairs"]), st.integers(0, 4)), max_size=12), st.integers(1, 9))
def test_nothing_is_lost_and_the_order_within_a_table_stays(parts: list[tuple[str, int]], rows: int) -> None:
    given_parts = [part(size, table=table, told=f"{at}") for at, (table, size) in enumerate(parts)]
    found = list(joined(given_parts, rows=rows))
    assert [one.kind for piece in found for one in piece.findings] == [f"{at}" for at in range(len(parts))]
    for table in {table for table, _ in parts}:
        before, after = (
            [batch for piece in pieces for batch in piece.batches if batch.table == table]
            for pieces in (given_parts, found)
        )
        assert pl.concat([one.rows for one in after]).equals(pl.concat([one.rows for one in before]))
        assert sum(one.rows_in for one in after) == sum(one.rows_in for one in before)


def test_ids_that_one_mapping_declares_hold_for_its_own_rows_alone() -> None:
    found = list(joined([part(2, ids=frozenset({"NONE"})), part(3), part(1)]))
    assert [(batch.rows.height, batch.ids) for piece in found for batch in piece.batches] == [
        (2, frozenset({"NONE"})),
        (4, frozenset()),
    ]
