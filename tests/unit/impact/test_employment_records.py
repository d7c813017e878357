"""Person-months become target trials: nobody is looked at from the future, and every mentee is used or counted as left out."""

import polars as pl
import pytest

from pipelines.impact import LookAheadError, NotEstimable, Outcome, emulate
from pipelines.impact.employment_records import employment_records
from tests.unit.impact.made_months import FIRST, measures, months

RETAINED = Outcome("retained_12m", "Still employed", "share", kind="share")
PROMOTED = Outcome("promoted_12m", "Promoted", "share", kind="share")
COVARIATES = ("quality", "tenure_months", "level_rank")


@pytest.fixture(scope="module")
def firm() -> pl.DataFrame:
    # a level that never changes can't be adjusted for
    return months().with_columns(level_rank=2.0 + pl.col("person_key").str.slice(1).cast(pl.Int64) % 3)


def test_each_mentee_is_used_or_counted_as_too_recent(firm: pl.DataFrame) -> None:
    records = employment_records(firm, measures(firm), RETAINED, COVARIATES)
    trials = emulate(records.panel, records.people, records.trial)
    used = int((trials.starts & trials.in_trial).sum())
    assert used + records.too_recent == firm.filter(pl.col("start_month").is_not_null())["person_key"].n_unique()
    assert records.too_recent > 0
    assert records.trial.last_month + 12 <= FIRST + 36


def test_a_planted_look_ahead_is_an_error(firm: pl.DataFrame) -> None:
    leaking = measures(firm).with_columns(
        known_month=pl.when(pl.col("month") == FIRST + 5).then("month").otherwise("known_month")
    )
    records = employment_records(firm, leaking, RETAINED, COVARIATES)
    with pytest.raises(LookAheadError, match="quality became known in month"):
        emulate(records.panel, records.people, records.trial)


def test_a_covariate_that_nobody_delivers_is_named(firm: pl.DataFrame) -> None:
    with pytest.raises(NotEstimable, match="The covariate charm was declared, but no source delivers it"):
        employment_records(firm, measures(firm), RETAINED, ("charm",))


def test_mentees_whose_covariates_were_not_known_are_counted(firm: pl.DataFrame) -> None:
    gone = firm.filter(pl.col("start_month") == pl.col("month"))["person_key"].head(7)
    silent = measures(firm).filter(~pl.col("person_key").is_in(gone.implode()))
    assert employment_records(firm, silent, RETAINED, COVARIATES).without_covariates == 7


def test_after_a_promotion_the_wait_for_the_next_one_is_a_unit_of_its_own(firm: pl.DataFrame) -> None:
    records = employment_records(firm, measures(firm), PROMOTED, COVARIATES)
    never = firm.filter(pl.col("start_month").is_null())
    twice = never.group_by("person_key").agg(pl.col("is_promoted").sum().alias("times")).filter(pl.col("times") == 2)
    person = twice["person_key"].sort()[0]
    units = records.people.filter(pl.col("person") == person)
    events = records.panel.filter((pl.col("person") == person) & (pl.col("event") == 1))
    assert events.height == 2
    assert units.height in (2, 3)
    assert records.people["person_key"].n_unique() == records.people.height


def test_nobody_who_has_been_mentored_before_is_a_comparison(firm: pl.DataFrame) -> None:
    records = employment_records(firm, measures(firm), PROMOTED, COVARIATES)
    trials = emulate(records.panel, records.people, records.trial)
    begins = dict(firm.group_by("person_key").agg(pl.col("start_month").first()).iter_rows())
    rows = records.panel.sort("person_key", "month").filter(pl.Series(trials.in_trial & ~trials.starts))
    later = [
        begins[person] is None or month < begins[person] for person, month in rows.select("person", "month").iter_rows()
    ]
    assert all(later)


def test_before_any_window_is_over_there_is_nothing_to_estimate(firm: pl.DataFrame) -> None:
    early = firm.filter(pl.col("month") < FIRST + 10)
    assert not employment_records(early, measures(early), RETAINED, COVARIATES).is_window_over


def test_leaving_for_other_reasons_competes_with_leaving_voluntarily(firm: pl.DataFrame) -> None:
    dismissed = firm.with_columns(
        end_kind=pl.when(pl.col("leaves") & (pl.col("month") % 2 == 0))
        .then(pl.lit("involuntary"))
        .otherwise("end_kind")
    )
    outcome = Outcome("left_voluntarily_12m", "Left", "share", kind="share")
    events = (
        employment_records(dismissed, measures(dismissed), outcome, COVARIATES).panel["event"].unique().sort().to_list()
    )
    assert events == [0, 1, 2]
