"""Group-time effects against R's answers, and on panels whose truth is known."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.impact.difference_in_differences import aggregate, group_time_effects, pre_trend
from pipelines.impact.regression import NotEstimable

DATA = Path(__file__).parents[2] / "reference/data/did"


@pytest.fixture(scope="module")
def counties() -> pl.DataFrame:
    cohort = pl.when(pl.col("first.treat") > 0).then(pl.col("first.treat"))
    return pl.read_csv(DATA / "mpdta.csv").select(unit="countyreal", wave="year", outcome="lemp", cohort=cohort)


@pytest.mark.parametrize(("comparison", "scenario"), [("never", "mpdta_nev_dr"), ("not_yet", "mpdta_nyt_dr")])
def test_every_effect_average_and_error_is_that_of_r_did(
    counties: pl.DataFrame, comparison: str, scenario: str
) -> None:
    effects = group_time_effects(counties, comparison=comparison, baseline_waves=1, small_sample=False)
    cells = pl.read_csv(DATA / "R_did_ref_attgt.csv").filter(pl.col("scenario") == scenario).sort("group", "t")
    assert effects.cells["estimate"].to_numpy() == pytest.approx(cells["att"].to_numpy(), abs=1e-12)
    assert effects.cells["std_error"].to_numpy() == pytest.approx(cells["se"].to_numpy(), abs=1e-12)
    published = pl.read_csv(DATA / "R_did_ref_aggte.csv", null_values="NA").filter(pl.col("scenario") == scenario)
    for kind in ("simple", "group", "dynamic", "calendar"):
        theirs = published.filter(pl.col("type") == kind)
        ours = aggregate(effects, kind)
        assert ours.row(0)[1:3] == pytest.approx(theirs.row(0)[-2:], abs=1e-12)
        if kind != "simple":
            assert ours["estimate"][1:].to_numpy() == pytest.approx(theirs["att_egt"].to_numpy(), abs=1e-12)
            assert ours["std_error"][1:].to_numpy() == pytest.approx(theirs["se_egt"].to_numpy(), abs=1e-12)


def survey(units: int, seed: int, *, effect: float = 0.0, dip: float = 0.0, answered: float = 1.0) -> pl.DataFrame:
    """Ten waves; a fifth each starts in waves 4, 5 and 6, the rest never; a slump for all from wave 5; `dip` in the wave before joining."""
    rng = np.random.default_rng(seed)
    starts = np.array([4, 5, 6, 99, 99])[np.arange(units) % 5]
    wave = np.arange(10)
    level = rng.normal(size=units) + 0.7 * (starts < 99)
    y = level[:, None] + rng.normal(scale=0.6, size=(units, 10)) - 0.3 * (wave >= 5)
    y += effect * (wave >= starts[:, None]) - dip * (wave == starts[:, None] - 1)
    y[rng.random((units, 10)) > answered] = np.nan
    return pl.DataFrame(
        {
            "unit": np.repeat(np.arange(units), 10),
            "wave": np.tile(wave, units),
            "outcome": y.ravel(),
            "cohort": np.repeat(starts, 10),
        }
    ).with_columns(
        pl.col("outcome").fill_nan(None), pl.when(pl.col("cohort") < 99).then(pl.col("cohort")).alias("cohort")
    )


def test_the_planted_effect_is_found_although_everybody_slumped_and_some_did_not_answer() -> None:
    row = aggregate(group_time_effects(survey(500, 1, effect=0.3, answered=0.8))).row(0, named=True)
    assert row["ci_low"] < 0.3 < row["ci_high"]
    assert row["std_error"] < 0.1


def test_a_bad_wave_before_joining_misleads_less_with_three_baseline_waves_and_fires_the_gate() -> None:
    dipped = survey(500, 2, dip=0.6)
    one, three = (group_time_effects(dipped, baseline_waves=n) for n in (1, 3))
    naive, averaged = (aggregate(found).row(0, named=True)["estimate"] for found in (one, three))
    assert naive > 0.45
    assert averaged < 0.3
    assert pre_trend(three).p_value < 0.001
    assert pre_trend(group_time_effects(survey(500, 2))).p_value > 0.05


def test_intervals_hold_the_truth_in_small_programmes() -> None:
    """100 programmes of 30 starters; binomial noise puts 89 to 99 within three errors of 95."""
    held = fired = 0
    for seed in range(100):
        effects = group_time_effects(survey(50, 1000 + seed))
        row = aggregate(effects).row(0, named=True)
        held += row["ci_low"] < 0 < row["ci_high"]
        fired += pre_trend(effects).p_value < 0.05
    assert 88 <= held <= 99
    assert fired <= 12


def test_the_change_before_the_start_is_told_with_what_it_could_have_shown() -> None:
    """Without a trend the whole change over the steps is nothing but chance, and the test says how much it would see."""
    drift = pre_trend(group_time_effects(survey(500, 2))).drift
    assert drift is not None
    assert abs(drift.estimate) < 3 * drift.std_error
    assert drift.smallest_detectable == pytest.approx(2.8016 * drift.std_error, rel=1e-3)


def test_the_gate_counts_waves_and_pairs() -> None:
    gate = pre_trend(group_time_effects(survey(50, 3)))
    assert (gate.waves_before, gate.fewest_pairs) == (4, 10)
    early = survey(50, 3).filter(pl.col("wave") >= 3)
    assert pre_trend(group_time_effects(early)).waves_before == 1


def test_clusters_of_several_units_share_errors() -> None:
    panel = survey(100, 4).with_columns(site=pl.col("unit") // 10)
    alone, sites = group_time_effects(panel), group_time_effects(panel, cluster="site")
    assert alone.cells["estimate"].to_list() == sites.cells["estimate"].to_list()
    assert aggregate(alone)["std_error"][0] != pytest.approx(aggregate(sites)["std_error"][0], rel=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: pl.concat([p, p.head(1)]), "two rows in one wave"),
        (
            lambda p: p.with_columns(cohort=pl.when(pl.col("wave") > 5).then(4).otherwise(pl.col("cohort"))),
            "more than one start",
        ),
        (lambda p: p.with_columns(cohort=pl.lit(0)), "No cohort has a wave before"),
    ],
)
def test_panels_that_cannot_carry_the_design_are_refused(change, message: str) -> None:
    with pytest.raises(NotEstimable, match=message):
        group_time_effects(change(survey(50, 5)))
