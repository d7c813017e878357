"""A randomised cohort's declared outcome: judged when its plan says, on the waves that were declared, and told where nothing is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.draw_integrity import CONTROL
from pipelines.impact.estimate_rows import looked, refused_row
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.looks import ONCE, Early, Look, day_words
from pipelines.impact.verdicts import POLICY, VerdictPolicy

NOTHING_READ = "nothing of it is known for those who were drawn: no answers to it came after the start, and of people's records a lottery reads only staying and promotion within twelve months, once those are over"


@dataclass(frozen=True)
class Lottery:
    """One randomised cohort, as `estimate_intention_to_treat` takes it; observations carry a column `outcome` and may carry known_on, the day from which each was known.

    looks: by outcome, when it is judged and on what was known by then; ONCE where none is given.
    """

    cohort_id: str
    assignments: pl.DataFrame
    observations: pl.DataFrame
    covariates: pl.DataFrame
    started_on: date | None = None
    looks: Mapping[str, Look | Early] = field(default_factory=dict)

    def look_at(self, outcome: Outcome) -> Look | Early:
        """When the outcome is judged."""
        return self.looks.get(outcome.outcome, ONCE)

    def seen(self, outcome: Outcome, look: Look) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The outcome's observations of waves up to its horizon that were known at the look, and all others."""
        own = self.observations.filter(pl.col("outcome") == outcome.outcome).drop("outcome")
        counts = (pl.col("months_since_start") <= outcome.horizon_months).fill_null(value=True)
        if look is not ONCE and "known_on" in own.columns:
            counts &= (pl.col("known_on") <= look.on).fill_null(value=True)
        return own.filter(counts), own.filter(~counts)

    @property
    def arms(self) -> list[str]:
        """Those that were offered something."""
        return sorted(set(self.assignments["arm"].drop_nulls()) - {CONTROL})


def lottery_rows(
    lottery: Lottery, outcome: Outcome, policy: VerdictPolicy = POLICY, planned_share: float | None = None
) -> list[dict[str, Any]]:
    """Rows of ESTIMATE_SCHEMA: per arm and wave up to the horizon; one per arm that says why there is none; one per arm and wave after the horizon, without figures."""
    look = lottery.look_at(outcome)
    if isinstance(look, Early):
        return _told(lottery, outcome, f"it is judged first on {day_words(look.first)}, as declared")
    within, others = lottery.seen(outcome, look)
    found = estimate_intention_to_treat(
        lottery.assignments, within, lottery.covariates, outcome, policy, planned_share, level=look.level
    )
    rows = [looked(row, look) for row in found.iter_rows(named=True)]
    if not rows:
        rows = _told(lottery, outcome, NOTHING_READ)
    later = others.filter("is_exposed").join(within, on="wave_no", how="anti")
    waves = later.group_by("wave_no").agg(pl.col("wave_label", "months_since_start").first()).sort("wave_no")
    for _, label, months in waves.iter_rows():
        rows += _told(lottery, outcome, _why_not(outcome, look, months), label, months)
    return rows


def _why_not(outcome: Outcome, look: Look, months: float | None) -> str:
    """Why a wave has no figure."""
    if months is not None and months > outcome.horizon_months:
        return (
            f"it was asked {months:.0f} months after the start, and its declared horizon is {outcome.horizon_months}: "
            "whoever wants the later one judged declares it before the first look"
        )
    following = f"; the next look is on {day_words(look.following)}" if look.following else ""
    return f"it came in after {day_words(look.on)}, the day on which the outcome was judged{following}"


def _told(
    lottery: Lottery, outcome: Outcome, reason: str, wave: str | None = None, months: float | None = None
) -> list[dict[str, Any]]:
    """A row per arm that gives no figure, and says why."""
    drawn = dict(lottery.assignments.group_by("arm").len().iter_rows())
    after = {} if months is None else {"months_since_start": months}
    return [
        refused_row(
            outcome,
            "lottery",
            arm,
            reason,
            wave=wave,
            drawn_treated=drawn[arm],
            drawn_control=drawn.get(CONTROL, 0),
            **after,
        )
        for arm in lottery.arms
    ]
