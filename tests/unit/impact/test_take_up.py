"""The effect of taking part, by the lot as instrument."""

import numpy as np
import pytest

from pipelines.impact import NotEstimable, least_squares, two_stage_least_squares


def made(n: int = 4000, take_up: float = 0.7, seed: int = 1) -> tuple[np.ndarray, ...]:
    """The keen take the offer rather, and are better off anyway; taking part adds 0.5."""
    rng = np.random.default_rng(seed)
    keen, offered = rng.normal(size=n), (rng.random(n) < 0.5).astype(float)
    took = offered * (rng.random(n) < 1 / (1 + np.exp(-keen - np.log(take_up / (1 - take_up)))))
    return 0.5 * took + 0.8 * keen + 0.3 * rng.normal(size=n), took, offered, np.arange(n)


def test_the_planted_effect_is_found_and_comparing_those_who_took_part_is_not_it() -> None:
    y, took, offered, people = made()
    fit = two_stage_least_squares(y, took, offered, {"constant": np.ones(y.size)}, people)
    low, high = fit.interval("took_part")
    assert low < 0.5 < high
    assert y[took == 1].mean() - y[took == 0].mean() > 0.8


def test_without_covariates_it_is_the_effect_of_the_offer_over_the_take_up() -> None:
    y, took, offered, people = made(500)
    one = {"constant": np.ones(y.size)}
    offer = least_squares(y, {**one, "offered": offered}, people).estimate("offered")[0]
    assert two_stage_least_squares(y, took, offered, one, people).estimate("took_part")[0] == pytest.approx(offer / took[offered == 1].mean(), rel=1e-10)  # fmt: skip


def test_where_everybody_takes_the_offer_it_is_the_regression_with_its_error() -> None:
    y, _, offered, people = made(500)
    one = {"constant": np.ones(y.size)}
    plain = least_squares(y, {"took_part": offered, **one}, people % 50)
    both = two_stage_least_squares(y, offered, offered, one, people % 50)
    assert both.estimate("took_part") == pytest.approx(plain.estimate("took_part"), rel=1e-10)


def test_an_offer_that_moves_nobody_is_refused() -> None:
    y, _, offered, people = made(300)
    random = (np.random.default_rng(2).random(300) < 0.5).astype(float)
    with pytest.raises(NotEstimable, match="hardly moved taking part"):
        two_stage_least_squares(y, random, offered, {"constant": np.ones(300)}, people)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(300):
        y, took, offered, people = made(250, seed=100 + seed)
        low, high = two_stage_least_squares(y, took, offered, {"constant": np.ones(250)}, people).interval("took_part")
        held += low < 0.5 < high
    assert 0.92 < held / 300 < 0.98
