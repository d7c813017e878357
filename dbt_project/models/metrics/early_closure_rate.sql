{% call metric() %}
label: Early closures within 180 days
definition: Share of pairs closed early within 180 days of their start, in all and by reason.
formula: cumulative incidence (Aalen-Johansen); completion and other reasons compete
numerator: Pairs closed early within 180 days
denominator: Pairs that began
population: Pairs that began
index_date: Start of the pair
window: 180 days; the length is part of the version
exclusions: People who said no to analytics.
minimum_n: 5
direction: decrease
unit: share
interval_method: aalen_johansen_log_log
owner: People analytics
version: 1
headline: false
now: to_date
needs: [pair_endings, pair_outcomes]
{% endcall %}

-- Share of pairs closed early within 180 days of their start, in all and by reason: cumulative incidence, where completion (and any other reason) competes.

with

pairs as (
    select * from {{ ref('pairs') }}
),

pairs_begun as (
    select
        programme_id,
        cohort_id,
        mentee_person_key as person_key,
        cast(null as integer) as horizon_months,
        started_date as index_date,
        ended_date,
        case when status != 'completed' and ended_date is not null then coalesce(close_reason, 'other') end as early_reason
    from pairs
    where
        started_date <= {{ as_of_date() }}
        and status not in ('proposed', 'declined')
),

reasons_asked as (
    select
        'all' as segment_kind,
        'all' as segment_value
    union all
    select distinct
        'close_reason' as segment_kind,
        early_reason as segment_value
    from pairs_begun
    where early_reason is not null
),

pairs_for_each_reason as (
    select
        pairs_begun.*,
        reasons_asked.segment_kind,
        reasons_asked.segment_value,
        case
            when pairs_begun.early_reason is not null and reasons_asked.segment_value in ('all', pairs_begun.early_reason)
                then pairs_begun.ended_date
        end as closed_early_date
    from pairs_begun
    cross join reasons_asked
),

closures_followed as (
    {{ follow_up_in_periods(
        'pairs_for_each_reason',
        'people.closed_early_date',
        competing_date='case when people.closed_early_date is null then people.ended_date end',
        keep=['segment_kind', 'segment_value']
    ) }}
),

{{ incidence_rows('closures_followed', at_days=var('early_closure_days'), own_segment='given') }}
