"""The audit looks at groups beside the matching: ratios with intervals, and nothing that would show a few people."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pipelines.matching import group_audit
from pipelines.matching.audit import wilson


def audit(sizes: dict[str, tuple[int, int]], **more) -> pl.DataFrame:
    """sizes: value to (mentees, matched)."""
    people, pairs, groups = [], [], []
    for value, (count, matched) in sizes.items():
        for k in range(count):
            key = f"{value}{k}"
            people.append({"application_id": key, "person_key": key})
            groups.append({"person_key": key, "attribute": "group", "value": value})
            if k < matched:
                pairs.append({"mentee_application_id": key, "score": 0.4 + 0.2 * (k % 2)})
    made = pl.DataFrame(pairs, schema={"mentee_application_id": pl.String, "score": pl.Float64})
    return group_audit(pl.DataFrame(people), made, pl.DataFrame(groups), **more)


def test_a_group_under_four_fifths_of_the_best_is_flagged() -> None:
    found = audit({"a": (50, 40), "b": (50, 31), "c": (50, 33)})
    assert found["coverage_ratio"].to_list() == pytest.approx([1.0, 31 / 40, 33 / 40])
    assert found["fails_four_fifths"].to_list() == [False, True, False]


def test_intervals_are_katz_and_wilson() -> None:
    row = audit({"a": (50, 40), "b": (50, 31)}).row(1, named=True)
    katz = confint_proportions_2indep(31, 50, 40, 50, method="log", compare="ratio", correction=False)
    assert (row["coverage_ratio_low"], row["coverage_ratio_high"]) == pytest.approx(katz)
    assert wilson(31, 50) == pytest.approx(proportion_confint(31, 50, method="wilson"))


def test_a_small_group_is_not_shown_and_cannot_be_subtracted() -> None:
    found = audit({"a": (30, 20), "b": (12, 6), "c": (3, 3)})
    assert dict(found.select("value", "is_suppressed").iter_rows()) == {"a": False, "b": True, "c": True}
    hidden = found.filter(pl.col("is_suppressed")).drop("attribute", "value", "is_suppressed")
    assert all(hidden[name].null_count() == 2 for name in hidden.columns)


def test_who_declared_nothing_is_a_group_too() -> None:
    people = pl.DataFrame({"application_id": [f"a{i}" for i in range(12)], "person_key": [f"p{i}" for i in range(12)]})
    groups = pl.DataFrame({"person_key": [f"p{i}" for i in range(6)], "attribute": "group", "value": "x"})
    pairs = pl.DataFrame(schema={"mentee_application_id": pl.String, "score": pl.Float64})
    found = group_audit(people, pairs, groups)
    assert found["value"].to_list() == ["not declared", "x"]
    assert found["coverage"].to_list() == [0.0, 0.0]
    assert found["fails_four_fifths"].to_list() == [False, False]


def test_a_handful_at_full_coverage_is_no_measure_for_everybody_else() -> None:
    found = audit({"a": (80, 64), "b": (72, 50), "c": (8, 8)})
    assert set(found["coverage_reference"]) == {"a"}
    assert found["coverage_ratio"].to_list() == pytest.approx([1.0, (50 / 72) / 0.8, 1 / 0.8])
    assert not found["fails_four_fifths"].any()


@pytest.mark.parametrize("value", ["not_disclosed", "not declared"])
def test_nobody_is_compared_with_those_who_gave_no_answer(value: str) -> None:
    found = audit({"a": (40, 30), "b": (40, 28), value: (40, 40)})
    assert set(found["coverage_reference"]) == {"a"} and set(found["quality_reference"]) <= {"a", "b"}


def test_those_who_gave_no_answer_are_still_looked_at() -> None:
    found = audit({"a": (40, 36), "b": (40, 34), "not_disclosed": (10, 4)})
    assert dict(found.select("value", "fails_four_fifths").iter_rows())["not_disclosed"]


def test_a_tenth_of_the_mentees_can_be_the_reference_and_less_cannot() -> None:
    assert set(audit({"a": (63, 20), "b": (7, 7)})["coverage_reference"]) == {"b"}
    assert set(audit({"a": (64, 20), "b": (7, 7)})["coverage_reference"]) == {"a"}


def test_without_a_group_that_can_be_the_reference_there_is_no_ratio() -> None:
    found = audit({"not_disclosed": (20, 20), "not declared": (20, 4)})
    assert found["coverage"].to_list() == [0.2, 1.0]
    assert found["coverage_ratio"].null_count() == found["quality_ratio"].null_count() == 2
    assert found["fails_four_fifths"].to_list() == [False, False]


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=6))
def test_no_group_that_can_be_a_reference_lies_above_it(sizes: list[tuple[int, float]]) -> None:
    found = audit({f"g{i}": (people, round(people * share)) for i, (people, share) in enumerate(sizes)})
    able = found.filter(pl.col("mentees") / sum(people for people, _ in sizes) >= 0.1)
    assert (able["coverage_ratio"].drop_nulls() <= 1 + 1e-12).all()
    assert (able["quality_ratio"].drop_nulls() <= 1 + 1e-12).all()
