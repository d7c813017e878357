"""Published counts as one linear system: what is one count, which sums hold, and how both are written as numbers."""

import numpy as np
import polars as pl
import pytest

from pipelines.serving.disclosure_rule import PLACE
from pipelines.serving.disclosure_sums import (
    Counts,
    as_matrix,
    count_variables,
    shares_as_sums,
    sums_that_hold,
)

CELL = {
    "metric_id": "m",
    "programme_id": "p",
    "cohort_id": "all",
    "segment_kind": "all",
    "segment_value": None,
    "period_kind": "to_date",
    "period_start": None,
    "numerator": None,
    "denominator": None,
    "n_people": None,
    "complement": None,
}
COUNTS = ("numerator", "denominator", "n_people", "complement")


def cells(*changes: dict) -> pl.DataFrame:
    schema = {name: pl.Float64 if name in COUNTS else pl.String for name in CELL}
    return pl.DataFrame([{**CELL, **change} for change in changes], schema=schema)


def groups(metric: str, numerators: list, **more: list) -> list[dict]:
    """A metric's cells by department: one count of each list per department."""
    named = {"numerator": numerators, **more}
    rows = zip(*named.values(), strict=True)
    return [
        {
            "metric_id": metric,
            "segment_kind": "department",
            "segment_value": f"d{i}",
            **dict(zip(named, row, strict=True)),
        }
        for i, row in enumerate(rows)
    ]


def is_one_count(first: list[dict], second: list[dict], one: str = "numerator", other: str = "numerator") -> bool:
    """Whether the counts `one` of the first cells are the counts `other` of the second, in every place that both have."""
    of_cell = count_variables(cells(*first, *second)).of_cell
    mine = of_cell[: len(first), COUNTS.index(one)]
    theirs = of_cell[len(first) :, COUNTS.index(other)]
    return bool((mine[: len(second)] == theirs[: len(first)]).all())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([3, 4, 5], [3, 4, 5], True),
        ([3, 4, 1], [3, 4, 1], True),
        ([3, 4], [3, 4], False),
        ([3, 4, 0], [3, 4, 0], False),
        ([3, 4, 5, 0], [3, 4, 5, 0], True),
        ([3, 4, 5, 6], [3, 4, 5, 7], False),
        ([3, 4, 5, 6], [3, 4, 5], True),
        ([3.12345671, 4, 5], [3.12345679, 4, 5], True),
        ([3.1234561, 4, 5], [3.1234569, 4, 5], False),
    ],
)
def test_counts_that_agree_in_three_places_of_somebody_are_one(first: list, second: list, expected: bool) -> None:
    assert is_one_count(groups("a", first), groups("b", second)) is expected


def test_counts_are_one_through_a_third_that_both_agree_with() -> None:
    first, second = groups("a", [3, 4, 5]), groups("c", [6, 7, 8])
    for cell, place in zip(second, ("e0", "e1", "e2"), strict=True):
        cell["segment_value"] = place
    bridge = groups("b", [3, 4, 5]) + [{**cell, "metric_id": "b"} for cell in second]
    keys = count_variables(cells(*first, *second, *bridge)).table["count_key"]
    assert keys.unique().to_list() == ["a.numerator"]


def test_a_share_of_all_agrees_with_its_whole_by_chance_and_a_plain_count_does_not() -> None:
    people = [6, 7, 8]
    everybody = groups("stayed", people, denominator=people, complement=[0, 0, 0])
    assert not is_one_count(everybody, everybody, "numerator", "denominator")
    nobody = groups("left", [0, 0, 0], denominator=people, complement=people)
    assert not is_one_count(nobody, nobody, "complement", "denominator")
    assert is_one_count(everybody, groups("other", [1, 2, 3], denominator=people), "denominator", "denominator")
    assert is_one_count(everybody, groups("open_pairs", people))
    assert is_one_count(groups("a_pairs", people), everybody)
    some = groups("some", [1, 2, 3], denominator=people, complement=[5, 5, 5])
    assert is_one_count(some, groups("counted", [1, 2, 3]))


def test_each_count_of_a_cell_has_its_variable_and_what_is_none_has_no_variable() -> None:
    found = count_variables(
        cells(
            {"numerator": 3.0, "denominator": 9.0}, {"segment_value": "x", "n_people": float("nan"), "complement": 1.0}
        )
    )
    assert found.of_cell.tolist() == [[0, 1, -1, -1], [-1, -1, -1, 2]]
    assert found.table.columns == ["variable", "count_key", *PLACE, "count"]
    assert found.table["count_key"].to_list() == ["m.numerator", "m.denominator", "m.complement"]
    assert found.values.tolist() == [3.0, 9.0, 1.0]


OF_CELL = np.array([[0, 1, -1, -1], [2, -1, -1, 3]])
THREE = Counts(pl.DataFrame({"variable": range(4), "count": [5.0, 6.0, 7.0, 8.0]}), OF_CELL)


def test_a_part_of_the_counts_is_numbered_anew_and_what_is_left_out_is_none() -> None:
    part = THREE.of(np.array([False, True, False, True]), np.array([True, True]))
    assert part.of_cell.tolist() == [[-1, 0, -1, -1], [-1, -1, -1, 1]]
    assert part.values.tolist() == [6.0, 8.0]
    assert THREE.of(np.ones(4, dtype=bool), np.array([False, True])).of_cell.tolist() == [[2, -1, -1, 3]]


def test_a_count_is_exposed_where_some_cell_shows_it() -> None:
    assert THREE.exposed(np.array([False, True])).tolist() == [True, True, False, False]
    assert THREE.exposed(np.array([True, True])).tolist() == [False] * 4
    assert THREE.exposed(np.array([True, True])).dtype == bool
    assert THREE.cells_showing(np.array([True, False, False, False])).tolist() == [True, False]
    assert THREE.cells_showing(np.array([False] * 4)).tolist() == [False, False]
    assert THREE.cells_showing(np.array([False, False, False, True])).dtype == bool


DEPARTMENT, SITE = ({"segment_kind": kind} for kind in ("department", "site"))
SUMS = cells(
    {"numerator": 10.0},
    {**DEPARTMENT, "segment_value": "Sales", "numerator": 4.0},
    {**DEPARTMENT, "segment_value": "IT", "numerator": 6.0},
    {**SITE, "segment_value": "Paris", "numerator": 10.0},
    {"cohort_id": "c1", "numerator": 10.00005},
    {"period_kind": "month", "period_start": "2026-05", "numerator": 9.0},
    {"period_kind": "month", "period_start": "2026-06", "numerator": 1.0},
    {"programme_id": "q", "numerator": 10.0},
    {"programme_id": "q", **SITE, "segment_value": "Paris", "numerator": 10.0},
)


def test_sums_hold_by_kind_of_segment_by_cohort_and_by_month_within_a_rounding() -> None:
    held = sums_that_hold(count_variables(SUMS).table)
    assert set(held.rows()) == {
        ("segment", 0, "department", 1),
        ("segment", 0, "department", 2),
        ("segment", 0, "site", 3),
        ("cohort", 0, "all", 4),
        ("month", 0, "all", 5),
        ("month", 0, "all", 6),
        ("segment", 7, "site", 8),
    }
    months = cells({"numerator": 9.0}, {"period_kind": "month", "period_start": "2026-05", "numerator": 9.0})
    assert sums_that_hold(count_variables(months).table).rows() == [("month", 0, "all", 1)]
    out = cells({"numerator": 9.0}, {"cohort_id": "c1", "numerator": 9.0002})
    assert sums_that_hold(count_variables(out).table).is_empty()


def test_each_sum_is_a_row_of_its_parts_less_its_total() -> None:
    matrix = as_matrix(sums_that_hold(count_variables(SUMS).table), 10).toarray()
    rows = {tuple(np.flatnonzero(row).tolist()): row[np.flatnonzero(row)].tolist() for row in matrix}
    assert matrix.shape == (5, 10)
    assert rows == {(0, 1, 2): [-1, 1, 1], (0, 3): [-1, 1], (0, 4): [-1, 1], (0, 5, 6): [-1, 1, 1], (7, 8): [-1, 1]}


def test_a_share_is_a_row_of_its_two_parts_less_the_whole() -> None:
    found = shares_as_sums(np.array([[0, 1, 2], [3, 4, 2]]), 6).toarray()
    assert found.tolist() == [[1, 1, -1, 0, 0, 0], [0, 0, -1, 1, 1, 0]]
