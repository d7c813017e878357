"""Whether a draw was one: sizes and balance, against permutations and planted tampering."""

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.declared_outcomes import DeclarationError, Outcome
from pipelines.impact import read_declaration
from pipelines.impact.draw_integrity import DrawCheck, balance_p, check_draw
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.rating import rate

rng = np.random.default_rng(41)
POINTS = Outcome("score", "Score", "points", covariates=("age",))


def drawn(treated: np.ndarray, age: np.ndarray, strata: list[str] | None = None) -> pl.DataFrame:
    people = [f"p{i:03d}" for i in range(treated.size)]
    return pl.DataFrame(
        {"person_key": people, "arm": np.where(treated, "mentoring", "control"), "unit_id": people, "stratum": strata or [None] * treated.size, "age": age},
        schema_overrides={"stratum": pl.String},
    )  # fmt: skip


def half(size: int) -> np.ndarray:
    return rng.permutation(np.arange(size) < size // 2)


def test_the_balance_test_agrees_with_drawing_again_and_again() -> None:
    """The chi-square of the summed differences against 4,000 permutations within strata of the same units; its error is 0.8 points at p = .5."""
    values, strata = rng.normal(size=(60, 3)), np.repeat(["a", "b"], 30)
    values[:, 1] = values[:, 0] + 0.3 * values[:, 1]

    def draw() -> np.ndarray:
        return np.concatenate([rng.permutation(np.arange(30) < 12), rng.permutation(np.arange(30) < 15)])

    again = np.array([balance_p(values, draw(), strata) for _ in range(4000)])
    for level in (0.5, 0.2, 0.05):
        assert (again < level).mean() == pytest.approx(level, abs=0.03)


def test_an_honest_draw_passes_and_one_that_was_tampered_with_does_not() -> None:
    age = rng.normal(40, 10, 300)
    honest = drawn(half(300), age)
    assert check_draw(honest, ["age"], "mentoring", 0.5) == DrawCheck(pytest.approx(0.5, abs=0.499), 1.0)
    oldest_first = drawn(age > np.median(age) - rng.normal(0, 12, 300), age)
    assert check_draw(oldest_first, ["age"], "mentoring", None).balance_p < 0.001
    forty_missing = honest.filter(~((pl.col("arm") == "control") & (pl.int_range(pl.len()) < 140)))
    assert check_draw(forty_missing, ["age"], "mentoring", 0.5).ratio_p < 0.001


def test_whose_covariate_is_missing_more_often_in_one_arm_is_seen() -> None:
    treated = half(200)
    age = [None if on and i % 2 else 40.0 + i % 7 for i, on in enumerate(treated)]
    assert check_draw(drawn(treated, np.array([np.nan if one is None else one for one in age])).with_columns(age=pl.Series(age)), ["age"], "mentoring", None).balance_p < 0.001  # fmt: skip


def test_strata_with_other_shares_are_no_imbalance() -> None:
    """Older strata got more places, as planned: compared within strata the arms are alike."""
    strata = ["young"] * 100 + ["old"] * 100
    age = np.concatenate([rng.normal(30, 3, 100), rng.normal(55, 3, 100)])
    treated = np.concatenate([rng.permutation(np.arange(100) < 20), rng.permutation(np.arange(100) < 80)])
    assert check_draw(drawn(treated, age, strata), ["age"], "mentoring", None).balance_p > 0.001
    assert check_draw(drawn(treated, age), ["age"], "mentoring", None).balance_p < 0.001


def test_where_nothing_was_known_before_nothing_is_tested() -> None:
    assert check_draw(drawn(half(40), np.ones(40)), [], "mentoring", None) == DrawCheck(None, None)
    assert check_draw(drawn(half(40), np.ones(40)), ["age"], "mentoring", None).balance_p is None


def test_a_draw_that_fails_is_not_called_caused_and_loses_its_dots() -> None:
    age = rng.normal(40, 10, 300)
    for treated, verdict, points in ((half(300), "caused", 5), (age > 40, "suggestive", 3)):
        people = drawn(treated, age)
        score = treated * 3.0 + rng.normal(size=300)
        seen = people.select("person_key", wave_no=pl.lit(1), wave_label=pl.lit("month 9"), is_exposed=pl.lit(value=True), months_since_start=pl.lit(9.0), outcome_value=pl.Series(score), baseline_value=pl.lit(None, pl.Float64))  # fmt: skip
        known = people.select("person_key", covariate=pl.lit("age"), value=pl.col("age"))
        row = estimate_intention_to_treat(people.drop("age"), seen, known, POINTS).row(0, named=True)
        assert (row["verdict"], rate(row, ()).points) == (verdict, points)
        if points == 3:
            assert "more than a draw makes them differ" in " ".join(row["reasons"])


def test_a_planned_share_is_read_or_refused() -> None:
    assert read_declaration("p", {"draw_share": 0.4}).draw_share == 0.4
    with pytest.raises(DeclarationError, match="draw_share is 40"):
        read_declaration("p", {"draw_share": 40})
