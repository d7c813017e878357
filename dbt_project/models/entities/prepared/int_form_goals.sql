-- One row per goal that somebody set in a form: set on the day of the first answer, of the kind and for the time that the last one says.

with

goal_answers as (
    select * from {{ ref('int_form_goal_answers') }}
),

goals_set as (
    select
        goal_id,
        min(person_key) as person_key,
        min(programme_id) as programme_id,
        min(pair_id) as pair_id,
        min(case when part = 'category' then submitted_date end) as created_date,
        max_by(value_code, submitted_at) filter (where part = 'category' and value_code is not null) as category,
        max_by(value_num, submitted_at) filter (where part = 'months' and value_num is not null) as months,
        max_by(value_num, submitted_at) filter (where part = 'progress' and value_num is not null) as progress_pct,
        max_by(value_num, submitted_at) filter (where part = 'attainment' and value_num is not null) as attainment_level
    from goal_answers
    group by goal_id
),

goals_dated as (
    select
        *,
        cast({{ dbt.dateadd('month', 'cast(months as integer)', 'created_date') }} as date) as due_date
    from goals_set
    where category is not null
),

final as (
    select
        goal_id,
        person_key,
        programme_id,
        pair_id,
        category,
        created_date,
        due_date,
        progress_pct,
        cast(attainment_level as integer) as attainment_level,
        case
            when attainment_level >= 0 or (attainment_level is null and progress_pct >= 100) then 'achieved'
            when due_date < {{ as_of_date() }} then 'overdue'
            else 'open'
        end as status
    from goals_dated
)

select * from final
