"""Whether pairs meet is told of every programme of k people and more, and of no smaller one."""

from datetime import date

import polars as pl
import pytest

from pipelines.serving.pairs_meeting import pairs_meeting


def rate(met: float, pairs: int, **more: object) -> pl.DataFrame:
    cell = {"metric_id": "active_pair_rate", "programme_id": "p", "cohort_id": "all", "segment_kind": "all", "period_kind": "to_date", "period_start": date(2026, 1, 1), "value": met / pairs, "n_people": pairs}  # fmt: skip
    return pl.DataFrame([{**cell, **more}])


@pytest.mark.parametrize(("met", "most_met"), [(0, False), (4, False), (5, True), (9, True)])
def test_nine_pairs_are_too_few_for_a_share_and_enough_for_an_alarm(met: int, most_met: bool) -> None:
    assert pairs_meeting(rate(met, 9), 5).rows() == [("p", most_met)]


@pytest.mark.parametrize(
    "cell", [rate(0, 4), rate(0, 9, value=None), rate(0, 9, cohort_id="2026"), rate(0, 9, period_kind="month")]
)
def test_nothing_is_told_of_fewer_than_k_of_what_isnt_measured_and_of_parts(cell: pl.DataFrame) -> None:
    assert pairs_meeting(cell, 5).is_empty()
