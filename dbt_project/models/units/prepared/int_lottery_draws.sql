-- One row per cohort whose places were drawn and person in the draw, winners and losers alike, without those who said no to analytics.

with

draws as (
    select * from {{ ref('int_draws') }}
),

final as (
    select
        programme_id,
        cohort_id,
        person_key,
        arm,
        unit_id,
        stratum,
        start_date,
        drawn_date
    from draws
    where
        assignment_rule = 'lottery'
        and has_consent
)

select * from final
