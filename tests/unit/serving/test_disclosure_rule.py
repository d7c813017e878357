"""The one rule of what is too few, on counts alone: each clause at its limit."""

import numpy as np
import polars as pl
import pytest

from pipelines.serving.disclosure_rule import (
    QUANTITIES,
    is_share,
    known_with_the_whole,
    limits,
    sensitive,
    told_by_the_whole,
    too_few,
    whole_programme,
    widths,
)

K = 5
CELL = {
    "metric_id": "m",
    "unit": "share",
    "programme_id": "p",
    "cohort_id": "all",
    "segment_kind": "all",
    "segment_value": "all",
    "period_kind": "to_date",
    "period_start": "2026-01",
    "numerator": 15.0,
    "denominator": 30.0,
    "n_people": 30,
    "complement": 15.0,
}
COHORT = {"cohort_id": "c1"}
SALES = {"segment_kind": "department", "segment_value": "Sales"}
MAY = {"period_kind": "month", "period_start": "2026-05"}
JUNE = {"period_kind": "month", "period_start": "2026-06"}


def cells(*changes: dict) -> pl.DataFrame:
    schema = {key: pl.Float64 if isinstance(value, float) else type(value) for key, value in CELL.items()}
    return pl.DataFrame([{**CELL, **change} for change in changes], schema=schema)


def answers(frame: pl.DataFrame, rule: pl.Expr) -> list:
    return frame.select(rule.alias("answer"))["answer"].to_list()


def hidden(change: dict, **more) -> set[str]:
    """Which quantities of a group's cell must not be known."""
    found = cells({**SALES, **change}).select(**sensitive(K, **more))
    return {name for name in QUANTITIES if found[name][0]}


def nobody_told(_count: str) -> pl.Expr:
    return pl.lit(value=False)


def test_few_are_one_to_one_fewer_than_k() -> None:
    frame = pl.DataFrame({"count": [0, 1, 4, 5, None]})
    assert answers(frame, too_few(pl.col("count"), K)) == [False, True, True, False, False]


def test_only_a_part_of_a_whole_is_a_share() -> None:
    frame = cells({}, {"numerator": 31.0}, {"unit": "people"}, {"unit": "people", "numerator": 31.0})
    assert answers(frame, is_share()) == [True, False, False, False]


def test_a_whole_programme_is_all_of_it_or_a_cohort_that_holds_all_of_it() -> None:
    frame = cells(
        {**COHORT, "numerator": 14.0},
        {**COHORT, "cohort_id": "c2", "denominator": 29.0},
        {**COHORT, "cohort_id": "c3", "n_people": 29},
        {**COHORT, "cohort_id": "c4"},
        {},
        SALES,
        {**COHORT, "programme_id": "without a total"},
        {"programme_id": "just", "n_people": 20},
        {"programme_id": "under", "n_people": 19},
    )
    assert answers(frame, whole_programme()) == [False, False, False, True, True, False, False, True, False]


def test_nobody_of_a_whole_programme_is_nobody_of_its_parts_in_that_period_alone() -> None:
    frame = cells(
        {**COHORT, **MAY, "numerator": 7.0},
        {**SALES, **MAY, "numerator": 7.0},
        {**MAY, "numerator": 0.0, "n_people": 20},
        {**COHORT, **JUNE, "numerator": 0.0},
        {**SALES, **JUNE, "numerator": 0.0},
        {**JUNE, "numerator": 1.0},
        {**MAY, "period_kind": "to_date"},
        {**MAY, "programme_id": "q"},
        {**MAY, "metric_id": "n"},
    )
    assert answers(frame, told_by_the_whole("numerator")) == [True] * 3 + [False] * 6


def test_a_whole_programme_of_fewer_than_may_be_shown_tells_nothing() -> None:
    frame = cells({**COHORT, **MAY}, {**MAY, "numerator": 0.0, "n_people": 19}, {"numerator": 0.0, "n_people": 19})
    for rule in (told_by_the_whole, known_with_the_whole):
        assert answers(frame.head(1), rule("numerator")) == answers(frame, rule("numerator"))[:1] == [False]
    assert answers(frame, known_with_the_whole("numerator")) == [False] * 3


MONTHS = ({**MAY, "denominator": 10.0, "n_people": 10}, {**JUNE, "denominator": 20.0, "n_people": 19})
PARTS_FIRST = ({**COHORT, "numerator": 3.0}, {**SALES, "numerator": 3.0}, {**COHORT, **MAY}, {**SALES, **MAY})


def test_nobody_to_date_is_nobody_in_any_month_where_months_add_up_to_it() -> None:
    nobody = {"numerator": 0.0, "n_people": 20}
    adding_up = cells(*PARTS_FIRST, *MONTHS, nobody, {"programme_id": "q"})
    assert answers(adding_up, told_by_the_whole("numerator")) == [True] * 7 + [False]
    not_adding_up = cells(*PARTS_FIRST, *MONTHS, {**nobody, "denominator": 25.0})
    of_months = answers(not_adding_up.filter(period_kind="month"), told_by_the_whole("numerator"))
    told = answers(not_adding_up, told_by_the_whole("numerator"))
    assert of_months == [False] * 4
    assert told == [True, True, False, False, False, False, True]


def test_somebody_to_date_tells_no_month_though_months_add_up() -> None:
    frame = cells({**COHORT, "numerator": 0.0}, {**SALES, "numerator": 0.0}, *MONTHS, {"numerator": 1.0})
    for rule in (told_by_the_whole, known_with_the_whole):
        assert answers(frame, rule("numerator")) == [False] * 5


def test_a_month_of_nobody_beside_nobody_to_date_is_known_and_a_month_of_somebody_is_not() -> None:
    frame = cells(
        {**COHORT, **MAY, "numerator": 0.0},
        {**COHORT, **JUNE, "numerator": 1.0},
        {**COHORT, **JUNE, "numerator": None},
        {"numerator": 0.0, "denominator": 99.0},
        {**COHORT, **MAY, "programme_id": "q", "numerator": 0.0},
    )
    assert answers(frame, known_with_the_whole("numerator")) == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"n_people": 4}, set(QUANTITIES)),
        ({"n_people": 1}, set(QUANTITIES)),
        ({"n_people": 0, "numerator": 3.0}, set()),
        ({"n_people": None, "numerator": 3.0}, set()),
        ({"unit": "definition", "n_people": 4}, set()),
        ({"unit": "people", "numerator": 4.0}, {"numerator"}),
        ({"unit": "pairs", "numerator": 4.0}, {"numerator"}),
        ({"unit": "people", "numerator": 5.0}, set()),
        ({"unit": "sessions", "numerator": 4.0}, set()),
        ({"unit": "people", "denominator": 4.0}, set()),
        ({"numerator": 4.0}, {"numerator"}),
        ({"complement": 4.0}, {"complement"}),
        ({"complement": None}, set()),
        ({"numerator": 4.0, "denominator": 4.0, "complement": 0.0}, {"numerator", "denominator"}),
        ({"n_people": 19, "numerator": 5.0, "denominator": 100.0, "complement": 95.0}, set()),
        ({"n_people": 19, "numerator": 5.0, "denominator": 101.0, "complement": 96.0}, {"numerator"}),
        ({"n_people": 20, "numerator": 5.0, "denominator": 101.0, "complement": 96.0}, set()),
        ({"n_people": 19, "numerator": 95.0, "denominator": 100.0, "complement": 5.0}, set()),
        ({"n_people": 19, "numerator": 96.0, "denominator": 101.0, "complement": 5.0}, {"complement"}),
    ],
)
def test_each_quantity_of_a_group_is_judged_by_itself(change: dict, expected: set[str]) -> None:
    assert hidden(change, told=nobody_told) == expected


def test_a_count_that_a_reader_has_anyway_need_not_be_kept_from_them() -> None:
    assert hidden({"numerator": 4.0}, told=lambda count: pl.lit(count == "numerator")) == set()
    assert hidden({"complement": 4.0}, told=lambda count: pl.lit(count == "complement")) == set()
    few = hidden({"n_people": 4}, told=lambda count: pl.lit(count == "complement"))
    assert few == {"numerator", "denominator", "n_people"}


def test_a_whole_programme_may_tell_of_a_few_of_it() -> None:
    found = cells({"numerator": 4.0}, {"complement": 4.0}, {"unit": "people", "numerator": 4.0}).select(**sensitive(K))
    assert not any(found.row(i, named=True)[name] for i in range(3) for name in QUANTITIES)


@pytest.mark.parametrize(("k", "expected"), [(5, (2, 4, 4, 2)), (10, (4, 9, 9, 4))])
def test_a_hidden_group_stays_open_by_one_less_than_k_and_a_part_of_it_by_half(
    k: int, expected: tuple[int, int, int, int]
) -> None:
    assert widths(k) == expected


def test_beforehand_everybody_knows_that_counts_are_not_negative_and_that_a_hidden_cell_has_somebody() -> None:
    units = ["share", "people", "pairs", "sessions", "hours", "days", "points on the scale"]
    low, high = limits(cells(*({"unit": unit} for unit in units), {"n_people": 0}, {"n_people": None}))
    assert low[:, 0].tolist() == [0.0] * 6 + [-np.inf, 0.0, 0.0]
    assert low[:, 1].tolist() == low[:, 3].tolist() == [0.0] * 9
    assert low[:, 2].tolist() == [1.0] * 7 + [0.0, 0.0]
    assert np.isposinf(high).all()
