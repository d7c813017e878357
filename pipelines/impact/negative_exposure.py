"""People who asked for a place, got none and never began, as if they had: a comparison in which the programme can have done nothing.

Whoever asks may differ in what nobody measured. Where that is so, those who asked in vain differ from others as well, though nobody mentored them. They are laid out as mentees
are: time zero is the month in which their cohort began, covariates, weights, follow-up and errors are the same; mentees serve as comparison until their own start and are left out from then on.
Who waited was kept out by the lack of places, who was rejected by somebody's choice: those chosen against may lack what those who ask have, and both together then look like others. So each kind
is also compared alone, and a difference of either counts.
Reference: Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.person_months import NOBODY, Others
from pipelines.impact.regression import NotEstimable
from pipelines.impact.sensitivity import NegativeControl
from pipelines.impact.target_trial import emulate
from pipelines.impact.trial_effects import estimate_effects
from pipelines.impact.trial_weights import weight_trials

FEWEST_APPLICANTS = 30
WORDS = "people who asked for a place and got none"
KINDS = ("waited", "rejected")


@dataclass(frozen=True)
class AskedInVain:
    """together: of all who asked in vain. waited, rejected: of each kind alone where there are enough of both; None elsewhere."""

    together: NegativeControl
    waited: NegativeControl | None = None
    rejected: NegativeControl | None = None

    @property
    def p_value(self) -> float:
        """That neither all of them nor either kind differs: the least p, those of the kinds doubled since there are two."""
        alone = [2 * one.p_value for one in (self.waited, self.rejected) if one]
        return min(self.together.p_value, *alone, 1.0)


def unmatched_applicants(
    months: pl.DataFrame,
    measures: pl.DataFrame,
    outcome: Outcome,
    covariates: tuple[str, ...],
    others: Others = NOBODY,
) -> AskedInVain | None:
    """The "effect" of asking in vain on the share with the outcome's event by the horizon; None where fewer than 30 asked so, or no error can be told.

    months: as `employment_records` takes them, with refused_month: the month in which others of the cohort began, null for everybody else; and asked_in_vain:
    waited or rejected. others: people on record who aren't in `months`.
    """
    if "refused_month" not in months.columns:
        return None
    together = _in_vain(months, measures, outcome, covariates, others)
    if together is None or "asked_in_vain" not in months.columns:
        return None if together is None else AskedInVain(together)
    # those of the other kind are left out: as comparison they would be as likely to differ
    alone = {kind: _in_vain(months.filter(_is_of(kind)), measures, outcome, covariates, others) for kind in KINDS}
    return AskedInVain(together, **alone) if all(alone.values()) else AskedInVain(together)


def _is_of(kind: str) -> pl.Expr:
    return pl.col("refused_month").is_null() | (pl.col("asked_in_vain") == kind)


def _in_vain(
    months: pl.DataFrame, measures: pl.DataFrame, outcome: Outcome, covariates: tuple[str, ...], others: Others
) -> NegativeControl | None:
    start = pl.col("start_month")
    before = months.filter(start.is_null() | (pl.col("month") < start))
    asked = before.with_columns(pl.col("refused_month").alias("start_month"))
    try:
        records = employment_records(asked, measures, outcome, covariates, others=others)
        if not records.is_window_over:
            return None
        trials = emulate(records.panel, records.people, records.trial)
        if int((trials.in_trial & trials.starts).sum()) < FEWEST_APPLICANTS:
            return None
        weights = weight_trials(trials, records.trial)
        effects = estimate_effects(trials, weights, records.trial, cluster=records.clusters(trials.keys))
    except NotEstimable:
        return None
    last = effects.at([outcome.horizon_months]).row(0, named=True)
    if not last["std_error"]:
        return None
    return NegativeControl(WORDS, last["difference"], last["std_error"])
