"""People who asked for a place, got none and never began, as if they had: a comparison in which the programme can have done nothing.

Whoever asks may differ in what nobody measured. Where that is so, those who asked in vain differ from others as well, though nobody mentored them. They are laid out as mentees
are: time zero is the month in which their cohort began, covariates, weights, follow-up and errors are the same; mentees serve as comparison until their own start and are left out from then on.
Reference: Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21.
"""

import polars as pl

from pipelines.impact.declaration import Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.person_months import NOBODY, Others
from pipelines.impact.regression import NotEstimable
from pipelines.impact.sensitivity import NegativeControl
from pipelines.impact.target_trial import emulate
from pipelines.impact.trial_effects import estimate_effects
from pipelines.impact.trial_weights import weight_trials

FEWEST_APPLICANTS = 30
WORDS = "people who asked for a place and got none"


def unmatched_applicants(
    months: pl.DataFrame,
    measures: pl.DataFrame,
    outcome: Outcome,
    covariates: tuple[str, ...],
    others: Others = NOBODY,
) -> NegativeControl | None:
    """The "effect" of asking in vain on the share with the outcome's event by the horizon; None where fewer than 30 asked so, or no error can be told.

    months: as `employment_records` takes them, with refused_month: the month in which others of the cohort began, null for everybody else.
    others: people on record who aren't in `months`.
    """
    if "refused_month" not in months.columns:
        return None
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
