"""A staggered rollout: everybody starts in the end, and the lot says when. Those whose start came first are compared with those who still wait.

At each start the people drawn to it are compared with everybody drawn to start no sooner than a whole horizon later (or never): the last answer within the horizon, on having started, the
last answer before the start and the stratum, both within the start. All starts are one regression with errors clustered on the unit of the draw, so that somebody who waits through two starts
counts at both and isn't taken for two. Nobody whose start has come is ever anybody's comparison. With few units the draw's own permutations are asked: starts dealt out anew within strata.
Reference: Hussey & Hughes (2007), Contemporary Clinical Trials 28; Roth & Sant'Anna (2023), Journal of Political Economy Microeconomics 1; Wing, Freedman & Hollingsworth (2024), NBER 32054.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.arm_contrasts import FEW_DRAWN
from pipelines.impact.draw_integrity import CONTROL
from pipelines.impact.estimate_rows import looked, refused_row
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.looks import ONCE, Early, Look, day_words
from pipelines.impact.missing import finite
from pipelines.impact.randomisation import MOST_DRAWS
from pipelines.impact.regression import Vector
from pipelines.impact.verdicts import POLICY, VerdictPolicy

OFFERED = "mentoring"
NO_COVARIATES = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
ESTIMAND = "intention to treat: having started, against still waiting"
_SEED = 20_230_501


@dataclass(frozen=True)
class Rollout:
    """People of a programme who were drawn to starts.

    drawn: person_key, unit_id, stratum (nullable), starts_on (null: drawn to none), began_date (null: not yet). One row per person. answers: outcome, person_key,
    answered_on, value. looks: by outcome, when it is judged and on what was known by then; ONCE where none is given.
    """

    cohort_id: str
    drawn: pl.DataFrame
    answers: pl.DataFrame
    looks: Mapping[str, Look | Early] = field(default_factory=dict)

    def starts(self, outcome: Outcome) -> list[date]:
        """Starts at which somebody waits for at least the outcome's horizon more."""
        days = self.drawn["starts_on"].drop_nulls().unique().sort().to_list()
        never = self.drawn["starts_on"].null_count() > 0
        return [day for day in days if never or days[-1] >= _after(day, outcome.horizon_months)]

    def last_start(self, outcome: Outcome) -> date | None:
        """The last start at which anybody can be compared."""
        return max(self.starts(outcome), default=None)


def rollout_rows(rollout: Rollout, outcome: Outcome, policy: VerdictPolicy = POLICY) -> list[dict[str, Any]]:
    """Rows of ESTIMATE_SCHEMA: one estimate over all starts, or one row that says why there is none. No row of what is read from employment records: that needs a year in which nobody else starts."""
    if outcome.event:
        return []
    look = rollout.looks.get(outcome.outcome, ONCE)
    if isinstance(look, Early):
        return _told(rollout, outcome, f"it is judged first on {day_words(look.first)}, as declared")
    problem = _problem(rollout, outcome)
    if problem:
        return _told(rollout, outcome, problem)
    answers = rollout.answers.filter(pl.col("outcome") == outcome.outcome).with_columns(finite(pl.col("value")))
    known = answers.drop_nulls("value").filter((pl.col("answered_on") <= look.on) if look is not ONCE else True)
    assigned, observed = _stacked(rollout, outcome, known, policy.settling_days)
    if observed.is_empty():
        return _told(rollout, outcome, "nobody who was drawn answered between the first four weeks and the horizon of a start at which others wait")  # fmt: skip
    declared = replace(outcome, covariates=(), pooled=False, include_baseline_wave=False)
    units = observed.join(assigned, on="person_key")["unit_id"].n_unique()
    p_draw = _p_of_the_draw(rollout, outcome, known, policy.settling_days) if units < FEW_DRAWN else None
    found = estimate_intention_to_treat(assigned, observed, NO_COVARIATES, declared, policy, level=look.level, drawn_p=p_draw)  # fmt: skip
    return [looked({**row, **_words(row, rollout, outcome)}, look) for row in found.iter_rows(named=True)]


def _words(row: Mapping[str, Any], rollout: Rollout, outcome: Outcome) -> dict[str, Any]:
    starts = len(rollout.starts(outcome))
    return {
        "design": "staggered",
        "estimand": ESTIMAND,
        "estimator": f"{row['estimator']}; {starts} {'start' if starts == 1 else 'starts'} together, baseline and stratum within each",
    }


def _stacked(
    rollout: Rollout, outcome: Outcome, answers: pl.DataFrame, settling_days: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Assignments and observations as `estimate_intention_to_treat` takes them, a person once per start at which they start or wait."""
    steps = pl.concat([_step(rollout.drawn, day, outcome.horizon_months) for day in rollout.starts(outcome)])
    observed = _before_and_after(steps, answers, outcome.horizon_months, settling_days).select(
        pl.col("key").alias("person_key"), pl.lit(1).alias("wave_no"), pl.lit("while others wait").alias("wave_label"), pl.lit(value=True).alias("is_exposed"),
        pl.lit(float(outcome.horizon_months)).alias("months_since_start"), "outcome_value", "baseline_value",
    )  # fmt: skip
    return steps.drop("person_key", "step_on").rename({"key": "person_key"}), observed


def _before_and_after(people: pl.DataFrame, answers: pl.DataFrame, horizon: int, settling_days: int) -> pl.DataFrame:
    """key, outcome_value (the last answer within the horizon of step_on), baseline_value (the last one before it; null: none). people: person_key, key, step_on. Whoever has no answer within is left out."""
    dated = people.join(answers, on="person_key", how="inner").sort("answered_on", "value")
    begins, ends = pl.col("step_on"), pl.col("step_on").dt.offset_by(f"{horizon}mo")
    within = pl.col("answered_on").is_between(begins + timedelta(days=settling_days), ends)
    last = pl.col("value").last()
    after = dated.filter(within).group_by("key", maintain_order=True).agg(last.alias("outcome_value"))
    before = dated.filter(pl.col("answered_on") < begins).group_by("key").agg(last.alias("baseline_value"))
    return after.join(before, on="key", how="left", maintain_order="left")


def _step(drawn: pl.DataFrame, day: date, horizon_months: int) -> pl.DataFrame:
    """One start: who was drawn to it, and who waits a whole horizon longer."""
    ends = _after(day, horizon_months)
    waits = pl.col("starts_on").is_null() | (pl.col("starts_on") >= ends)
    stratum = pl.format("{} {}", pl.lit(str(day)), pl.col("stratum").fill_null(""))
    return drawn.filter(waits | (pl.col("starts_on") == day)).select(
        "person_key",
        pl.format("{} {}", "person_key", pl.lit(str(day))).alias("key"),
        pl.when(waits).then(pl.lit(CONTROL)).otherwise(pl.lit(OFFERED)).alias("arm"),
        "unit_id",
        stratum.alias("stratum"),
        (pl.col("began_date") < ends).fill_null(value=False).cast(pl.Int64).alias("took_part"),
        pl.lit(day).alias("step_on"),
    )


def _p_of_the_draw(rollout: Rollout, outcome: Outcome, answers: pl.DataFrame, settling_days: int) -> float:
    """Two-sided p of no effect on anybody: the share of other deals of the starts, within strata, that differ at least as much."""
    units = rollout.drawn.group_by("unit_id", maintain_order=True).agg(pl.col("starts_on").first(), pl.col("stratum").first(), pl.len().alias("people"))  # fmt: skip
    starts = rollout.starts(outcome)
    changes = np.column_stack(
        [
            _changes(
                rollout.drawn,
                units,
                _before_and_after(_all_at(rollout.drawn, day), answers, outcome.horizon_months, settling_days),
            )
            for day in starts
        ]
    )
    days = np.array([day.toordinal() if day else np.iinfo(np.int64).max for day in units["starts_on"]], dtype=np.int64)
    ends = [_after(day, outcome.horizon_months).toordinal() for day in starts]
    steps = [(column, day.toordinal(), end) for column, day, end in zip(changes.T, starts, ends, strict=True)]
    sizes, strata = units["people"].to_numpy().astype(np.float64), units["stratum"].fill_null("").to_numpy()
    observed = abs(_difference(days, steps, sizes)) - 1e-12
    generator, extreme = np.random.default_rng(_SEED), 0
    for _ in range(MOST_DRAWS):
        dealt = days.copy()
        for name in np.unique(strata):
            own = np.flatnonzero(strata == name)
            dealt[own] = generator.permutation(days[own])
        extreme += abs(_difference(dealt, steps, sizes)) >= observed
    return (extreme + 1) / (MOST_DRAWS + 1)


def _all_at(drawn: pl.DataFrame, day: date) -> pl.DataFrame:
    """Everybody, whenever they start, as of one start: what another deal would have compared."""
    return drawn.select("person_key", pl.col("person_key").alias("key"), pl.lit(day).alias("step_on"))


def _changes(drawn: pl.DataFrame, units: pl.DataFrame, answered: pl.DataFrame) -> Vector:
    """By unit, the mean change of its people from before a start to within its horizon; nan: nobody answered. Shape (units,)."""
    both = drawn.join(answered, left_on="person_key", right_on="key")
    # without any answer before, levels are compared
    level = pl.col("baseline_value") if both["baseline_value"].is_not_null().any() else pl.lit(0.0)
    means = both.group_by("unit_id").agg((pl.col("outcome_value") - level).mean().alias("change"))
    found = units.join(means, on="unit_id", how="left", maintain_order="left")["change"]
    changes: Vector = found.cast(pl.Float64).to_numpy()
    return changes


def _difference(days: np.ndarray, steps: list[tuple[Vector, int, int]], sizes: Vector) -> float:
    """Those who start less those who wait, over all steps, each weighing as it does in a regression."""
    total, weight = 0.0, 0.0
    for change, day, end in steps:
        known = ~np.isnan(change)
        starts, waits = known & (days == day), known & (days >= end)
        if not starts.any() or not waits.any():
            continue
        own = float(sizes[starts].sum() * sizes[waits].sum() / (sizes[starts].sum() + sizes[waits].sum()))
        gap = np.average(change[starts], weights=sizes[starts]) - np.average(change[waits], weights=sizes[waits])
        total, weight = total + own * float(gap), weight + own
    return total / weight if weight else 0.0


def _problem(rollout: Rollout, outcome: Outcome) -> str:
    """Why nobody can be compared; "" where somebody can."""
    starts = pl.col("starts_on").n_unique()
    torn = rollout.drawn.group_by("unit_id").agg(starts).filter(pl.col("starts_on") > 1).height
    if torn:
        return f"people of one unit were drawn to different starts ({torn} {'unit' if torn == 1 else 'units'}), so that it isn't what was drawn"
    if rollout.starts(outcome):
        return ""
    days = rollout.drawn["starts_on"].drop_nulls().unique().sort().to_list()
    if len(days) < 2:
        return "everybody was drawn to one start, so that nobody waits"
    longest = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month
    return f"nobody waits as long as the declared horizon of {outcome.horizon_months} months: the last start is {longest} months after the first"


def _told(rollout: Rollout, outcome: Outcome, reason: str) -> list[dict[str, Any]]:
    """The row that gives no figure, and says why."""
    assigned = [_step(rollout.drawn, day, outcome.horizon_months) for day in rollout.starts(outcome)]
    sides = dict(pl.concat(assigned).group_by("arm").len().iter_rows()) if assigned else {}
    counts = {"drawn_treated": sides.get(OFFERED, 0), "drawn_control": sides.get(CONTROL, 0)}
    return [refused_row(outcome, "staggered", OFFERED, reason, **counts)]


def _after(day: date, months: int) -> date:
    moved: date = pl.select(pl.lit(day).dt.offset_by(f"{months}mo")).item()
    return moved
