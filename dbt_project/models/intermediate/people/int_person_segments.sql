-- One row per programme (and the organisation), person and approved segment, with the person's value on the as-of day, or the last one before.
-- Only segments that the programme's file approves exist here; for the whole organisation those that any programme approves.

with

programme_segments as (
    select * from {{ ref('stg_programme_segments') }}
),

persons as (
    select * from {{ ref('persons') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

demographics as (
    select * from {{ ref('int_person_demographics') }}
),

programme_goals as (
    select * from {{ ref('stg_programme_goals') }}
),

segments_approved as (
    select
        programme_id,
        segment_kind
    from programme_segments
    union
    select
        'organisation' as programme_id,
        segment_kind
    from programme_segments
),

last_job_states as (
    select * from job_states
    where valid_from <= {{ as_of_date() }}
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
),

values_of_people as (
    select
        person_key,
        'department' as segment_kind,
        department as segment_value
    from last_job_states
    union all
    select
        person_key,
        'business_unit' as segment_kind,
        business_unit as segment_value
    from last_job_states
    union all
    select
        person_key,
        'location' as segment_kind,
        location as segment_value
    from last_job_states
    union all
    select
        person_key,
        'level' as segment_kind,
        level as segment_value
    from last_job_states
    union all
    select
        person_key,
        'job_family' as segment_kind,
        job_family as segment_value
    from last_job_states
    union all
    select
        person_key,
        'country' as segment_kind,
        country as segment_value
    from persons
    union all
    select
        person_key,
        'person_kind' as segment_kind,
        person_kind as segment_value
    from persons
    union all
    select
        person_key,
        'degree' as segment_kind,
        degree as segment_value
    from persons
    union all
    select
        person_key,
        'class_year' as segment_kind,
        cast(class_year as varchar) as segment_value
    from persons
    union all
    select
        person_key,
        attribute as segment_kind,
        value as segment_value
    from demographics
),

segments_of_goals as (
    select distinct
        segment_kind,
        segment_value
    from programme_goals
),

final as (
    select
        segments_approved.programme_id,
        values_of_people.person_key,
        values_of_people.segment_kind,
        values_of_people.segment_value,
        segments_of_goals.segment_kind is not null as is_in_a_goal
    from segments_approved
    inner join values_of_people on segments_approved.segment_kind = values_of_people.segment_kind
    left join segments_of_goals
        on
            values_of_people.segment_kind = segments_of_goals.segment_kind
            and values_of_people.segment_value = segments_of_goals.segment_value
    where values_of_people.segment_value is not null
)

select * from final
