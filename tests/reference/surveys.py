"""Survey panels whose truth is known: the content join more, everybody slumps once, not all answer, and some join just after a bad wave.

The design is that of METHODS.md, section 3. The trap is Ashenfelter's dip: people who join after a bad wave recover anyway, and what recovers looks like
an effect to whoever compares with the last survey before.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.impact import Evidence, NotEstimable, aggregate, group_time_effects, judge_comparison, pre_trend
from pipelines.impact import response_gap as gap_of

WAVES, STARTS, NEVER = 12, (4, 5, 6, 7), 99


@dataclass(frozen=True)
class SurveySetting:
    """people: asked in every wave, some 4 in 10 join. effect: points from the start on. dip: points below their own level in the wave before joining."""

    people: int = 600
    effect: float = 0.20
    dip: float = 0.0


SURVEYS = {
    "survey": SurveySetting(),
    "survey_null": SurveySetting(effect=0.0),
    "survey_small": SurveySetting(people=150),
    "survey_small_null": SurveySetting(people=150, effect=0.0),
    "survey_dip": SurveySetting(dip=0.5),
    "survey_dip_null": SurveySetting(effect=0.0, dip=0.5),
}


def make_survey(setting: SurveySetting, seed: int) -> pl.DataFrame:
    """One row per person and wave: unit, wave, outcome (null: no answer), cohort (first wave as a mentee; null: never)."""
    rng = np.random.default_rng(seed)
    n, wave = setting.people, np.arange(WAVES)
    level = rng.normal(size=n)
    joins = rng.random(n) < 1 / (1 + np.exp(0.5 - 0.8 * level))
    start = np.where(joins, rng.choice(STARTS, n), NEVER)
    y = level[:, None] + rng.normal(scale=0.6, size=(n, WAVES)) - 0.25 * (wave >= 6)
    y += setting.effect * (wave >= start[:, None]) - setting.dip * (wave == start[:, None] - 1)
    answers = rng.random((n, WAVES)) < 1 / (1 + np.exp(-1.5 - 0.3 * level[:, None]))
    panel = pl.DataFrame(
        {
            "unit": np.repeat(np.arange(n), WAVES),
            "wave": np.tile(wave, n),
            "outcome": np.where(answers, y, np.nan).ravel(),
            "cohort": np.repeat(start, WAVES),
        }
    )
    return panel.with_columns(
        pl.col("outcome").fill_nan(None),
        pl.when(pl.col("cohort") < NEVER).then(pl.col("cohort")).alias("cohort"),
    )


def one_survey(task: tuple[str, int]) -> dict[str, float | str]:
    """Truth, estimate, interval, gate and verdict of one panel, and the change since the last survey before joining, which nobody should show."""
    name, seed = task
    panel = make_survey(SURVEYS[name], seed)
    row: dict[str, float | str] = {"setting": name, "truth": SURVEYS[name].effect, "naive": since_last_survey(panel)}
    try:
        effects = group_time_effects(panel)
    except NotEstimable:
        return {**row, "verdict": "not_estimable"}
    estimate, gate = aggregate(effects).row(0, named=True), pre_trend(effects)
    found = Evidence(
        design="difference_in_differences",
        outcome="Engagement",
        unit="points",
        estimate=estimate["estimate"],
        ci_low=estimate["ci_low"],
        ci_high=estimate["ci_high"],
        mentees=panel.drop_nulls("cohort")["unit"].n_unique(),
        waves_before=gate.waves_before,
        fewest_pairs=gate.fewest_pairs,
        pre_trend_p=gate.p_value,
        response_gap=unequal_answers(panel),
    )
    kept = {name: estimate[name] for name in ("estimate", "std_error", "ci_low", "ci_high")}
    fired = gate.p_value is None or gate.p_value < 0.05
    return {**row, **kept, "gate_fired": float(fired), "verdict": judge_comparison(found).verdict}


def since_last_survey(panel: pl.DataFrame) -> float:
    """Mean change of those who joined, from the last wave before to all waves after."""
    joined = panel.drop_nulls()
    before = joined.filter(pl.col("wave") == pl.col("cohort") - 1).select("unit", before="outcome")
    after = joined.filter(pl.col("wave") >= pl.col("cohort")).join(before, on="unit")
    return float(after.select(pl.col("outcome") - pl.col("before")).to_series().mean())


def unequal_answers(panel: pl.DataFrame) -> float:
    counts = [
        (rows["outcome"].count(), rows.height)
        for rows in (panel.filter(pl.col("cohort").is_not_null()), panel.filter(pl.col("cohort").is_null()))
    ]
    return gap_of(*counts[0], *counts[1])
