"""The audit finds what simple arithmetic finds, and passes what the hiding made of it."""

from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.serving import gate
from pipelines.serving.audit import audit
from pipelines.serving.disclosure import emptied, suppress_small_groups

pytestmark = pytest.mark.slow

K = 5
NOBODY = pl.lit(None, pl.List(pl.UInt64))
DEPARTMENTS = ("Sales", "IT", "Legal", "HR")


def values(counted: dict[str, tuple[int, int]], metric: str = "csat_mentee", unit: str = "share") -> pl.DataFrame:
    """A metric by department with its total; departments as (counted, people)."""
    every = {"all": tuple(map(sum, zip(*counted.values(), strict=True))), **counted}
    rows = [
        {"metric_id": metric, "programme_id": "p", "cohort_id": "all", "segment_kind": "all" if name == "all" else "department", "segment_value": name,
         "period_kind": "to_date", "period_start": date(2026, 1, 1), "period_end": date(2026, 10, 31), "definition_version": 1, "numerator": float(part), "denominator": float(people), "n_people": people,
         "value": part / people if people else None, "ci_low": 0.0, "ci_high": 1.0, "unit": unit, "is_suppressed": False, "suppression_reason": None}
        for name, (part, people) in every.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"suppression_reason": pl.String})


def without(frame: pl.DataFrame, *departments: str) -> pl.DataFrame:
    """`frame` with the cells of some departments emptied."""
    hidden = pl.col("segment_value").is_in(departments)
    return frame.with_columns(
        pl.when(~hidden).then(pl.col(name)).alias(name) for name in ("numerator", "denominator", "n_people", "value")
    )


def test_one_hidden_part_of_a_shown_total_is_worked_out() -> None:
    truth = values({"Sales": (15, 40), "IT": (10, 30), "Legal": (2, 4)})
    found = audit(without(truth, "Legal"), truth, K)
    assert not found.is_passed
    assert set(found.told["segment_value"]) == {"Legal"}
    assert set(found.told["how"]) == {"worked out"}


def test_two_small_parts_that_share_too_little_are_placed_too_narrowly() -> None:
    truth = values({"Sales": (15, 40), "IT": (10, 30), "Legal": (1, 2), "HR": (1, 1)})
    assert set(audit(without(truth, "Legal", "HR"), truth, K).told["how"]) == {"placed too narrowly"}


def test_a_count_hidden_in_one_metric_and_shown_in_another_is_worked_out() -> None:
    people = {"Sales": (15, 40), "IT": (10, 30), "Legal": (2, 4), "HR": (8, 20)}
    truth = pl.concat([values(people), values(people, metric="csat_mentor")])
    hidden = (pl.col("metric_id") == "csat_mentee") & pl.col("segment_value").is_in(["Legal", "HR"])
    published = truth.with_columns(
        pl.when(~hidden).then(pl.col(name)).alias(name) for name in ("numerator", "denominator", "n_people")
    )
    assert not audit(published, truth, K).is_passed


def test_other_cells_than_were_published_are_refused() -> None:
    truth = values({"Sales": (15, 40), "IT": (10, 30)})
    with pytest.raises(ValueError, match="the same cells"):
        audit(truth.head(1), truth, K)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=4))
def test_what_the_hiding_publishes_passes(groups: list[tuple[int, int]]) -> None:
    truth = values({name: (min(pair), max(pair)) for name, pair in zip(DEPARTMENTS, groups, strict=False)})
    assert audit(suppress_small_groups(truth, K), truth, K).is_passed


def test_the_gate_hides_more_where_the_hiding_overlooked_something(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = pl.concat(
        [
            values({"Sales": (15, 40), "IT": (10, 30), "Legal": (2, 4)}),
            values({"Sales": (15, 40), "IT": (10, 30)}, metric="csat_mentor"),
        ]
    )
    careless = emptied(truth, pl.col("segment_value") == "Legal", K)
    monkeypatch.setattr(gate, "suppress_small_groups", lambda *_: careless)
    passed = gate.pass_gate(truth.with_columns(contributions=NOBODY), K)
    assert passed.audit.is_passed
    shown = passed.shown
    left = shown.filter(~pl.col("is_suppressed"))
    assert set(left.filter(pl.col("metric_id") == "csat_mentee")["segment_value"]) == {"all"}
    assert set(left.filter(pl.col("metric_id") == "csat_mentor")["segment_value"]) == {"all", "Sales", "IT"}


def test_what_no_hiding_helps_against_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = values({"Sales": (15, 40), "IT": (10, 30), "Legal": (2, 4)})
    monkeypatch.setattr(gate, "suppress_small_groups", lambda *_: without(truth, "Legal"))
    monkeypatch.setattr(gate, "emptied", lambda cells, *_: cells)
    passed = gate.pass_gate(truth.with_columns(contributions=NOBODY), K)
    assert not passed.audit.is_passed
    assert passed.shown.select(truth.columns).equals(without(truth, "Legal"))
