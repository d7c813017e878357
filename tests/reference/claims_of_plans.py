"""What the planner promises against what programmes with that effect see: chance that the interval excludes zero, less the chance that was promised."""

from collections.abc import Callable

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact import NotEstimable, diagnose_trials, emulate, estimate_effects, weight_trials
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.power import USUAL_LOSS, StudyPlan, chance_to_see
from tests.reference import fixed_company
from tests.reference.claim import Claim, each
from tests.reference.claims_of_lotteries import NOTHING
from tests.reference.companies import SETTINGS, make_company
from tests.reference.simulate import TRIAL

WITHIN = 0.05
HAPPENED = Outcome("y", "Promoted", "share", "yes_no")


def lottery(plan: StudyPlan, mentees: int, base: float, rise: float) -> Callable[[int], float]:
    """A lottery with half of the places, people or whole sites, some outcomes missing by chance."""
    size = int(plan.unit_size)
    units = 2 * mentees // size
    unit = np.repeat(np.arange(units), size)
    promised = chance_to_see(rise, mentees, base, plan)

    def over_promised(seed: int) -> float:
        rng = np.random.default_rng(seed)
        gets = rng.permutation(np.arange(units) < units // 2)
        level = np.where(gets, base + rise, base)
        spread = 1 / plan.likeness - 1 if plan.likeness else 0.0
        own = rng.beta(level * spread, (1 - level) * spread) if plan.likeness else level
        value = (rng.random(unit.size) < own[unit]).astype(float)
        people = [f"p{number}" for number in range(unit.size)]
        drawn = pl.DataFrame({"person_key": people, "arm": np.where(gets, "mentoring", "control")[unit], "unit_id": [f"u{number}" for number in unit]}).with_columns(stratum=pl.lit(None, pl.String))  # fmt: skip
        seen = pl.DataFrame({"person_key": people, "outcome_value": value}).filter(pl.Series(rng.random(unit.size) >= plan.missing))  # fmt: skip
        seen = seen.with_columns(wave_no=pl.lit(1), wave_label=pl.lit("after"), is_exposed=pl.lit(value=True), months_since_start=pl.lit(12.0), baseline_value=pl.lit(None, pl.Float64))  # fmt: skip
        row = estimate_intention_to_treat(drawn, seen, NOTHING, HAPPENED).row(0, named=True)
        found = row["estimate"] is not None and not row["ci_low"] <= 0 <= row["ci_high"]
        return promised - found

    return over_promised


def company(setting: str, outcome: str) -> Callable[[int], float | None]:
    """A company whose programme isn't randomised: what the planner promises for as many mentees at the comparison's share, three colleagues to each."""

    def over_promised(seed: int) -> float | None:
        made = make_company(SETTINGS[setting], seed)
        stays = outcome == "retention"
        frames = (fixed_company.panel(made.staff), fixed_company.people(made.staff)) if stays else fixed_company.before_first_promotion(made.staff)  # fmt: skip
        try:
            trials = emulate(*frames, TRIAL)
            weights = weight_trials(trials, TRIAL)
            row = estimate_effects(trials, weights, TRIAL).at([TRIAL.horizon_months]).row(0, named=True)
            mentees = diagnose_trials(trials, weights).treated.people
        except NotEstimable:
            return None
        share = 1 - row["incidence_comparison"] if stays else row["incidence_comparison"]
        rise = made.retention if stays else made.promotion
        promised = chance_to_see(rise, mentees, share, StudyPlan(3.0, USUAL_LOSS[outcome]))
        return promised - (not row["ci_low"] <= 0 <= row["ci_high"])

    return over_promised


PLANS = (
    ("12 to 22 %, 220 a side", StudyPlan(1.0, 1.0), 220, 0.12, 0.10),
    ("12 to 22 %, 220 a side, 30 % missing", StudyPlan(1.0, 1.0, 0.3), 220, 0.12, 0.10),
    ("40 to 55 %, ten of twenty sites of 30", StudyPlan(1.0, 1.0, 0.0, 30.0, 0.05), 300, 0.40, 0.15),
    ("40 to 55 %, ten of twenty sites of 30, 30 % missing", StudyPlan(1.0, 1.0, 0.3, 30.0, 0.05), 300, 0.40, 0.15),
    ("12 to 22 %, ten of twenty sites of 30", StudyPlan(1.0, 1.0, 0.0, 30.0, 0.05), 300, 0.12, 0.10),
)
CLAIMS = (
    *(Claim(f"11 promised less seen: {name}", each(lottery(*plan)), WITHIN, low=-WITHIN) for name, *plan in PLANS),
    *(Claim(f"11 promised less seen: {outcome}, {setting} company", each(company(setting, outcome)), WITHIN, low=-WITHIN, is_short=False) for setting in ("base", "small") for outcome in ("promotion", "retention")),
)  # fmt: skip
