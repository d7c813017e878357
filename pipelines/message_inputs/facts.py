"""The warehouse's facts as the rules of messages want them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from pipelines.messages.facts import Facts, Invitation, Milestone, Pair, Person, Programme

PAIRS = """
    select pairs.programme_id, pairs.cohort_id, pairs.mentee_person_key as mentee, pairs.mentor_person_key as mentor, pairs.pair_id,
        coalesce(pairs.decided_date, pairs.requested_date) as matched_on, pairs.started_date as started, pairs.planned_end_date as planned_end, pairs.ended_date as ended,
        pairs.cadence_days, count(*) filter (where sessions.status = 'held' and sessions.session_date <= workspace.as_of_date) as held,
        max(sessions.session_date) filter (where sessions.status = 'held' and sessions.session_date <= workspace.as_of_date) as last_held,
        min(sessions.session_date) filter (where sessions.status = 'scheduled' and sessions.session_date >= workspace.as_of_date) as next_planned
    from marts.pairs as pairs
    inner join marts.programmes as programmes on pairs.programme_id = programmes.programme_id
    cross join raw_registry.workspace as workspace
    left join marts.sessions as sessions on pairs.pair_id = sessions.pair_id
    where coalesce(programmes.data_origin, 'real') <> 'reference' and pairs.mentee_person_key is not null and pairs.mentor_person_key is not null
        and (pairs.status in ('accepted', 'active') or pairs.status = 'completed' and pairs.ended_date > workspace.as_of_date - interval 30 day)
    group by all order by pairs.pair_id
"""
PUBLISHED = """
    select cohorts.programme_id, pairs.cohort_id, mentees.person_key as mentee, mentors.person_key as mentor,
        cast(pairs.published_at at time zone coalesce(workspace.zone, 'UTC') as date) as matched_on
    from marts.published_pairs as pairs
    inner join marts.cohorts as cohorts on pairs.cohort_id = cohorts.cohort_id
    inner join marts.applications as mentees on pairs.mentee_application_id = mentees.application_id
    inner join marts.applications as mentors on pairs.mentor_application_id = mentors.application_id
    cross join raw_registry.workspace as workspace
    where mentees.person_key is not null and mentors.person_key is not null
    order by pairs.mentee_application_id
"""
MILESTONES = """
    select milestones.pair_id, milestones.milestone, milestones.due_date
    from marts.milestones as milestones where milestones.done_date is null order by milestones.pair_id, milestones.milestone
"""
INVITATIONS = """
    select invitations.survey_id, invitations.programme_id, invitations.person_key as person, invitations.sent_date as sent_on, surveys.closed_date as closes_on,
        case when surveys.anonymity = 'identified' then
            exists (select 1 from marts.survey_scores as scores where scores.survey_id = invitations.survey_id and scores.person_key = invitations.person_key)
        end as is_answered
    from marts.survey_invitations as invitations
    inner join staging.stg_surveys as surveys on invitations.survey_id = surveys.survey_id
    cross join raw_registry.workspace as workspace
    where invitations.person_key is not null and invitations.sent_date between workspace.as_of_date - interval 60 day and workspace.as_of_date
        and coalesce(invitations.is_delivered, true)
    order by invitations.survey_id, invitations.person_key
"""
PEOPLE = """
    select person_key, home_tz as zone, country, coalesce(status, 'unknown') not in ('inactive', 'leave') as is_here
    from marts.persons where person_key in (select unnest($1))
"""
WORK = """
    select programme_id, 'late_milestones' as name, count(*) as waiting
    from (
        select milestones.programme_id from marts.milestones as milestones
        inner join marts.pairs as pairs on milestones.pair_id = pairs.pair_id
        cross join raw_registry.workspace as workspace
        where milestones.done_date is null and milestones.due_date < workspace.as_of_date and pairs.started_date is not null and pairs.ended_date is null
    ) group by all
    union all
    select applications.programme_id, 'applicants', count(*)
    from marts.applications as applications
    inner join marts.cohorts as cohorts on applications.cohort_id = cohorts.cohort_id
    cross join raw_registry.workspace as workspace
    where applications.role_sought = 'mentee' and applications.decision in ('pending', 'waitlisted') and coalesce(cohorts.end_date, date '9999-12-31') > workspace.as_of_date
    group by all
    order by all
"""


def read_facts(warehouse: duckdb.DuckDBPyConnection, programmes: Mapping[str, Programme], own: Sequence[Invitation] = ()) -> Facts:  # fmt: skip
    """Facts on the day up to which the data are complete. programmes: as their files say; own: invitations that were sent from here."""
    today, least_group = _clock(warehouse)
    pairs = _pairs(warehouse)
    by_id = {pair.pair_id: pair for pair in pairs if pair.pair_id}
    milestones = [Milestone(by_id[pair_id], name, due) for pair_id, name, due in warehouse.execute(MILESTONES).fetchall() if pair_id in by_id]  # fmt: skip
    invitations = [Invitation(**row) for row in _rows(warehouse, INVITATIONS)] + _answered(warehouse, own)
    people = {person for pair in pairs for person in (pair.mentee, pair.mentor)} | {one.person for one in invitations}
    return Facts(
        today,
        _with_work(warehouse, programmes),
        {row["person_key"]: Person(**row) for row in _rows(warehouse, PEOPLE, [sorted(people)])},
        tuple(pairs),
        tuple(milestones),
        tuple(invitations),
        least_group,
    )


def _clock(warehouse: duckdb.DuckDBPyConnection) -> tuple[date, int]:
    row = warehouse.execute("select as_of_date, min_group_size from raw_registry.workspace").fetchone()
    if row is None:
        raise LookupError("The warehouse names no day of its data. Run `impact run` first.")
    return row[0], row[1]


def _pairs(warehouse: duckdb.DuckDBPyConnection) -> list[Pair]:
    """Pairs of the platform, and those that were published here and that it doesn't know yet."""
    known = [Pair(**row) for row in _rows(warehouse, PAIRS)]
    subjects = {pair.subject for pair in known}
    published = [Pair(**row) for row in _rows(warehouse, PUBLISHED)]
    return known + [pair for pair in published if pair.subject not in subjects]


def _answered(warehouse: duckdb.DuckDBPyConnection, own: Sequence[Invitation]) -> list[Invitation]:
    """Invitations of ours with what has come back by the survey's connector since."""
    found = warehouse.execute("select distinct survey_id, person_key from marts.survey_scores where person_key is not null")  # fmt: skip
    answered = set(found.fetchall())
    named = {survey for survey, _ in answered}
    return [Invitation(one.survey_id, one.programme_id, one.person, one.sent_on, one.closes_on, (one.survey_id, one.person) in answered if one.survey_id in named else None, one.link) for one in own]  # fmt: skip


def _with_work(warehouse: duckdb.DuckDBPyConnection, programmes: Mapping[str, Programme]) -> dict[str, Programme]:
    work: dict[str, dict[str, int]] = {}
    for programme_id, name, waiting in warehouse.execute(WORK).fetchall():
        work.setdefault(programme_id, {})[name] = waiting
    return {key: Programme(one.programme_id, one.name, one.cadence_days, one.surveys, one.sent, one.automatic, work.get(key, {})) for key, one in programmes.items()}  # fmt: skip


def _rows(warehouse: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:  # fmt: skip
    found = warehouse.execute(query, parameters or [])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
