{% call metric() %}
label: Completed pairs
definition: 'Of the pairs whose time is over, the share closed as completed with what was agreed: all planned sessions held or the closing assessment done;
  where no sessions were agreed or logged, closed as completed.'
formula: completed pairs / pairs whose time is over
numerator: Pairs with status completed and the agreed sessions or the closing assessment
denominator: Pairs whose planned end has passed or that ended before
population: Pairs that began
index_date: Planned end, or the earlier actual end
belongs_on: when the pair began
window: The month, or everything to date
exclusions: Pairs still within their time. People who said no to analytics. A planned end that has passed is not a completion.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 3
headline: false
now: to_date
needs: [pair_endings, pair_outcomes]
{% endcall %}

-- Of the pairs whose time is over (planned end passed, or ended before), how many were closed as completed with what was agreed: all planned sessions held
-- or the closing assessment done. A planned end that has passed is not a completion. Where no sessions were agreed, or no log says which were held, the
-- programme's word that a pair was completed stands: what was never recorded doesn't contradict it.

with

pairs as (
    select * from {{ ref('pairs') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

milestones as (
    select * from {{ ref('milestones') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

sessions_held_per_pair as (
    select
        pair_id,
        count(*) as sessions_held
    from sessions
    where status = 'held'
    group by pair_id
),

closing_assessments as (
    select distinct pair_id
    from milestones
    where
        milestone = 'closing_assessment'
        and done_date is not null
),

programmes_with_a_log as (
    select distinct programme_id
    from sessions
    where programme_id is not null
),

pairs_over as (
    select
        pairs.*,
        least(pairs.ended_date, pairs.planned_end_date) as over_date,
        pairs.status = 'completed'
        and (
            closing_assessments.pair_id is not null
            or pairs.planned_sessions is null
            or programmes_with_a_log.programme_id is null
            or coalesce(sessions_held_per_pair.sessions_held, 0) >= pairs.planned_sessions
        ) as is_completed
    from pairs
    left join sessions_held_per_pair on pairs.pair_id = sessions_held_per_pair.pair_id
    left join closing_assessments on pairs.pair_id = closing_assessments.pair_id
    left join programmes_with_a_log on pairs.programme_id = programmes_with_a_log.programme_id
    where
        pairs.started_date is not null
        and pairs.status not in ('proposed', 'declined')
),

pairs_over_in_the_period as (
    select
        pairs_over.programme_id,
        pairs_over.cohort_id,
        pairs_over.mentee_person_key as person_key,
        pairs_over.started_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when pairs_over.is_completed then 1 else 0 end as numerator,
        1 as denominator
    from pairs_over
    inner join periods on pairs_over.over_date between periods.period_start and periods.period_end
),

{{ rate_rows('pairs_over_in_the_period') }}
