"""What an estimate reads of the warehouse: one programme's rows of the marts, of the people in question and in the columns that its declaration names."""

from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import Declaration
from pipelines.impact.lotteries import Lottery
from pipelines.impact.person_months import LeftOut, known_measures, person_months
from pipelines.impact.programme_effects import ProgrammeData
from pipelines.impact.rollouts import Rollout
from pipelines.verdict_words import RANDOMISED
from pipelines.warehouse import read_frame

RECORDS = (
    "intermediate.int_person_segments",
    "marts.applications",
    "marts.cohorts",
    "marts.enrolments",
    "marts.lottery_draws",
    "marts.measure_readings",
    "marts.measure_waves",
    "marts.promotions",
    "marts.rollout_draws",
    "marts.survey_scores",
    "marts.trial_covariates",
    "marts.trial_intakes",
    "marts.trial_observations",
    "marts.trial_people_left_out",
    "marts.trial_segments_left_out",
    "marts.trial_spans",
)
"""Every table that is read here."""

COHORTS = """
    select distinct cohorts.cohort_id, cohorts.assignment_rule, cohorts.start_date
    from marts.cohorts as cohorts
    inner join marts.enrolments as enrolments
        on cohorts.cohort_id = enrolments.cohort_id and enrolments.role = 'mentee'
    where cohorts.programme_id = ? and cohorts.status <> 'forming'
    order by cohorts.cohort_id
"""
ASSIGNMENTS = """
    select person_key, arm, unit_id, stratum, drawn_date as drawn_on, cast(took_part as integer) as took_part
    from marts.lottery_draws where cohort_id = ? order by person_key
"""
OBSERVATIONS = """
    select outcome, person_key, wave_no, is_exposed, months_since_start, outcome_value, baseline_value, known_on,
        case when months_since_start is null then 'wave ' || wave_no else 'month ' || cast(months_since_start as integer) end as wave_label
    from marts.trial_observations where cohort_id = ? order by all
"""
STARTS_DRAWN = """
    select person_key, unit_id, stratum, starts_on, began_date
    from marts.rollout_draws where programme_id = ? order by person_key
"""
ANSWERS_OF_DRAWN = """
    with drawn as (select person_key from marts.rollout_draws where programme_id = $1)
    select scores.construct as outcome, scores.person_key, scores.answered_date as answered_on, avg(scores.score) as value
    from marts.survey_scores as scores
    inner join drawn on scores.person_key = drawn.person_key
    where scores.programme_id = $1 and scores.question_kind in ('scale_item', 'number')
    group by all
    union all
    select readings.measure, readings.person_key, readings.measured_on, readings.value
    from marts.measure_readings as readings
    inner join drawn on readings.person_key = drawn.person_key
    where list_contains($2, readings.measure)
    order by all
"""
COVARIATES = "select person_key, covariate, value from marts.trial_covariates where cohort_id = ? order by all"
IN_QUESTION = "select person_key from marts.trial_spans where programme_id = ?"
SPANS = """
    select person_key, spell_key, hired_date, first_month, last_month, eligible_from, eligible_until, level_rank, level_known_month,
        leaving_month, end_kind, start_month, ramped_month, last_reading_month, refused_month, asked_in_vain
    from marts.trial_spans where programme_id = ? order by spell_key, first_month
"""
INTAKES = "select month from marts.trial_intakes where programme_id = ? order by month"
PROMOTIONS = f"select person_key, promoted_date from marts.promotions where person_key in ({IN_QUESTION}) order by all"
PEOPLE_LEFT_OUT = "select event, month, people_came, people_with_event, people_last_seen from marts.trial_people_left_out where programme_id = ? order by all"
SEGMENTS_LEFT_OUT = "select segment_kind, segment_value, first_month from marts.trial_segments_left_out where programme_id = ? order by all"
READINGS = f"""
    select person_key, measure, value, measured_on, known_on, known_month, year_past_month
    from marts.measure_readings where person_key in ({IN_QUESTION}) and list_contains(?, measure)
    order by person_key, measure, known_on, measured_on
"""
WAVES = """
    select person_key, measure, wave, asked_on, value, began_date, is_by_lot, start_wave
    from marts.measure_waves where programme_id = ? and list_contains(?, measure)
    order by all
"""
SEGMENTS = f"""
    select person_key, segment_kind, segment_value, valid_from, valid_to
    from intermediate.int_person_segments
    where programme_id = ? and list_contains(?, segment_kind)
        and person_key in ({IN_QUESTION} union all select person_key from marts.applications where programme_id = ?)
    order by all
"""


def programme_data(warehouse: Any, declaration: Declaration) -> ProgrammeData:
    """Everything that `programme_effects` needs of the programme."""
    programme = declaration.programme_id
    cohorts = read_frame(warehouse, COHORTS, [programme])
    spans = read_frame(warehouse, SPANS, [programme])
    intakes = read_frame(warehouse, INTAKES, [programme])["month"].to_list()
    months = person_months(spans, intakes, read_frame(warehouse, PROMOTIONS, [programme]))
    return ProgrammeData(
        tuple(
            _lottery(warehouse, *row)
            for row in cohorts.filter(pl.col("assignment_rule") == "lottery")
            .select("cohort_id", "start_date")
            .iter_rows()
        ),
        months,
        known_measures(months, read_frame(warehouse, READINGS, [programme, _measures(declaration)])),
        read_frame(warehouse, WAVES, [programme, _asked_in_waves(declaration)]),
        not set(cohorts["assignment_rule"]) <= set(RANDOMISED),
        rollout_of(warehouse, declaration),
        LeftOut(
            read_frame(warehouse, PEOPLE_LEFT_OUT, [programme]), read_frame(warehouse, SEGMENTS_LEFT_OUT, [programme])
        ),
    )


def segments_declared(warehouse: Any, declaration: Declaration) -> pl.DataFrame:
    """Spans of the segments that a subgroup is declared by."""
    programme = declaration.programme_id
    kinds = sorted({kind for outcome in declaration.outcomes for kind in outcome.subgroups})
    return read_frame(warehouse, SEGMENTS, [programme, kinds, programme, programme])


def rollout_of(warehouse: Any, declaration: Declaration) -> Rollout | None:
    """The people whose starts were drawn; None where none were."""
    programme = declaration.programme_id
    drawn = read_frame(warehouse, STARTS_DRAWN, [programme])
    if drawn.is_empty():
        return None
    answers = read_frame(
        warehouse, ANSWERS_OF_DRAWN, [programme, [outcome.outcome for outcome in declaration.outcomes]]
    )
    return Rollout(f"{programme}:starts", drawn, answers)


def _lottery(warehouse: Any, cohort_id: str, started_on: date) -> Lottery:
    return Lottery(
        cohort_id,
        read_frame(warehouse, ASSIGNMENTS, [cohort_id]),
        read_frame(warehouse, OBSERVATIONS, [cohort_id]),
        read_frame(warehouse, COVARIATES, [cohort_id]),
        started_on,
    )


def _measures(declaration: Declaration) -> list[str]:
    """Covariates and control; names that aren't measures find no rows."""
    return [*declaration.covariates, *([declaration.negative_control] if declaration.negative_control else [])]


def _asked_in_waves(declaration: Declaration) -> list[str]:
    """Outcomes that are kept of everybody, and the control that is compared beside them."""
    own = [outcome.outcome for outcome in declaration.outcomes if outcome.kind == "measure"]
    return [*own, *([declaration.negative_control] if own and declaration.negative_control else [])]
