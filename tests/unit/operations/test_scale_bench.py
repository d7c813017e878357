"""The bench of scale reads a run from outside: it must know every step, and its arithmetic must be right."""

from xml.etree import ElementTree

import pytest

from pipelines.run import STEP_WORDS
from tests.bench.scale import exponents, extrapolated, stage_of, with_growth
from tests.bench.scale_plot import drawn


def scale(records: int, cpu: float, peak_mb: float) -> dict:
    return {"records": records, "stages": {"all": {"seconds": cpu, "cpu": cpu, "peak_mb": peak_mb}}}


@pytest.mark.parametrize("words", STEP_WORDS.values())
def test_every_step_of_a_run_belongs_to_a_stage(words: str) -> None:
    assert stage_of(f"  done  {words:<52}    1.0 s") not in (None, "other")


def test_a_line_that_ends_no_step_is_passed_over() -> None:
    assert stage_of("  ... dbt: staging, marts, metrics and their tests (12 built)") is None


def test_ten_times_the_records_at_ten_times_the_cost_is_the_first_power() -> None:
    small, large = scale(1_000, 2.0, 100.0), scale(10_000, 20.0, 200.0)
    assert exponents(small, large) == {"all": 1.0}


def test_what_is_on_paper_lies_on_the_line_through_what_was_measured() -> None:
    """4 s whatever the size and 1 s for each thousand records; memory that didn't grow is taken not to."""
    small, large = scale(1_000, 5.0, 300.0), scale(10_000, 14.0, 300.0)
    assert extrapolated(small, large, 10) == {"all": {"cpu": 104.0, "peak_mb": 300.0}}


def test_the_curve_is_a_picture_with_a_name() -> None:
    found = {"1x": scale(1_000, 2.0, 100.0), "10x": scale(10_000, 20.0, 200.0)}
    picture = ElementTree.fromstring(drawn(with_growth(found)))
    assert picture.find("{http://www.w3.org/2000/svg}title") is not None
