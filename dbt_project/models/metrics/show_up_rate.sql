{% call metric() %}
label: Sessions that took place
definition: Of the sessions that were due and not called off with notice, the share for which there is evidence that they took place; also by grade of evidence.
formula: held / (due - cancelled with notice)
numerator: Sessions held by the evidence there is
denominator: Sessions held, missed, cancelled without notice, or past with unknown outcome
population: Sessions of pairs
index_date: Planned day of the session
window: The month, or everything to date
exclusions: Rescheduled sessions and those cancelled with notice. People who said no to analytics. The interval takes sessions as independent.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 1
headline: false
now: last_month
own_months: true
needs: [sessions, missed_sessions]
{% endcall %}

-- Held sessions of those that were due and not called off with notice, in all and by grade of evidence. A past entry without evidence counts as not held.

with

sessions as (
    select * from {{ ref('sessions') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

sessions_due as (
    select
        sessions.programme_id,
        sessions.cohort_id,
        coalesce(pairs.mentee_person_key, sessions.pair_id) as person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        'evidence_grade' as segment_kind,
        sessions.status_basis as segment_value,
        case when sessions.status = 'held' then 1 else 0 end as numerator,
        1 as denominator
    from sessions
    inner join periods on sessions.session_date between periods.period_start and periods.period_end
    inner join pairs on sessions.pair_id = pairs.pair_id
    where
        sessions.status in ('held', 'no_show', 'unknown', 'cancelled')
        and not sessions.is_cancelled_with_notice
),

{{ rate_rows('sessions_due', own_segment='split') }}
