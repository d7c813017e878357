-- One row per programme (and the organisation), person, approved segment and span of days in which the person belonged to it, half-open.
-- A value holds until the next is known, the first one also before it was; what has no history (country, degree, what people say of themselves) holds always.
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

known_job_states as (
    select * from job_states
    where valid_from <= {{ as_of_date() }}
),

values_of_jobs as (
    select
        person_key,
        valid_from,
        'department' as segment_kind,
        department as segment_value
    from known_job_states
    union all
    select
        person_key,
        valid_from,
        'business_unit' as segment_kind,
        business_unit as segment_value
    from known_job_states
    union all
    select
        person_key,
        valid_from,
        'location' as segment_kind,
        location as segment_value
    from known_job_states
    union all
    select
        person_key,
        valid_from,
        'level' as segment_kind,
        level as segment_value
    from known_job_states
    union all
    select
        person_key,
        valid_from,
        'job_family' as segment_kind,
        job_family as segment_value
    from known_job_states
),

changes_of_jobs as (
    select *
    from values_of_jobs
    qualify segment_value is distinct from lag(segment_value) over (partition by person_key, segment_kind order by valid_from)
),

spans_of_jobs as (
    select
        person_key,
        segment_kind,
        segment_value,
        case
            when row_number() over (partition by person_key, segment_kind order by valid_from) = 1 then {{ beginning_of_time() }}
            else valid_from
        end as valid_from,
        lead(valid_from, 1, {{ end_of_time() }}) over (partition by person_key, segment_kind order by valid_from) as valid_to
    from changes_of_jobs
),

values_without_history as (
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

spans_of_people as (
    select * from spans_of_jobs
    where segment_value is not null
    union all by name
    select
        *,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from values_without_history
    where segment_value is not null
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
        spans_of_people.person_key,
        spans_of_people.segment_kind,
        spans_of_people.segment_value,
        spans_of_people.valid_from,
        spans_of_people.valid_to,
        segments_of_goals.segment_kind is not null as is_in_a_goal
    from segments_approved
    inner join spans_of_people on segments_approved.segment_kind = spans_of_people.segment_kind
    left join segments_of_goals
        on
            spans_of_people.segment_kind = segments_of_goals.segment_kind
            and spans_of_people.segment_value = segments_of_goals.segment_value
)

select * from final
