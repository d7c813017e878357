"""As if they had begun a year earlier: a difference in what had already happened by then is no work of the programme.

Promotions before time zero are compared with the weights of the estimate itself. For leaving there is no such test: whoever joins hadn't left, so an earlier start always finds an effect.
For surveys the change over the waves before the start takes its place (`difference_in_differences.pre_trend`). Reference: Imbens & Rubin (2015), Causal Inference, chapter 21.
"""

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.employment_records import EmploymentRecords
from pipelines.impact.point_outcomes import hajek_difference
from pipelines.impact.regression import Vector
from pipelines.impact.sensitivity import NegativeControl, control_from
from pipelines.impact.target_trial import PersonTrials
from pipelines.impact.trial_weights import TrialWeights

FEWEST = 30
WORDS = "promotions before the start"


def earlier_start(
    records: EmploymentRecords, outcome: Outcome, trials: PersonTrials, weights: TrialWeights
) -> NegativeControl | None:
    """The "effect" on promotions within the horizon before time zero, of those on record so long (a share); None for other outcomes, under 30 people an arm, or without spread."""
    if outcome.event != "promoted":
        return None
    values = _promoted_before(records.panel, outcome.horizon_months)
    rows = trials.in_trial & ~np.isnan(values)
    treated = trials.starts[rows]
    if min(int(treated.sum()), int((~treated).sum())) < FEWEST:
        return None
    people = records.clusters(trials.keys)[trials.person[rows]]
    gap = hajek_difference(values[rows], treated, weights.baseline[rows], cluster=people)
    return control_from(WORDS, gap)


def _promoted_before(panel: pl.DataFrame, months: int) -> Vector:
    """By unit and month as trials have them: whether the person was promoted in the `months` before; nan where the record of the employment doesn't reach back so far."""
    spell = panel.select("spell_key", "month", "is_promoted").unique(["spell_key", "month"]).sort("spell_key", "month")
    rises = spell.select("spell_key", "month", rises=pl.col("is_promoted").cast(pl.Int64).cum_sum().over("spell_key"))
    rises = rises.with_columns(before=pl.col("rises").shift(1, fill_value=0).over("spell_key")).drop("rises")
    then = rises.select("spell_key", pl.col("month") + months, then="before")
    known = rises.join(then, on=["spell_key", "month"], how="left", maintain_order="left").select(
        "spell_key", "month", promoted=(pl.col("before") > pl.col("then")).cast(pl.Float64)
    )
    placed = panel.sort("person_key", "month").select("spell_key", "month")
    found = placed.join(known, on=["spell_key", "month"], how="left", maintain_order="left")
    return found["promoted"].fill_null(float("nan")).to_numpy()
