{#
    Who of `people` belongs to which group: the share of each approved attribute's groups among those whose group is known, and, as segment value
    "unknown", how many of all didn't say. Complete counts of everybody there is, so without a sampling interval; people who said no to analytics are left out.

    Columns of `people`: programme_id, cohort_id, person_key, happened_on (to date: up to the as-of day).
#}
{% macro group_share_rows(people) %}
demographics as (
    select * from {{ ref('int_person_demographics') }}
),

programme_segments as (
    select * from {{ ref('stg_programme_segments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
    where period_kind = 'to_date'
),

attributes_approved as (
    select distinct
        programme_segments.programme_id,
        programme_segments.segment_kind as attribute
    from programme_segments
    inner join demographics on programme_segments.segment_kind = demographics.attribute
),

groups_of_people as (
    select distinct
        people.programme_id,
        people.cohort_id,
        people.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        attributes_approved.attribute,
        coalesce(nullif(nullif(demographics.value, 'not_disclosed'), ''), 'unknown') as group_name
    from {{ people }} as people
    inner join periods on people.happened_on <= periods.period_end
    inner join attributes_approved on people.programme_id = attributes_approved.programme_id
    left join demographics
        on
            people.person_key = demographics.person_key
            and attributes_approved.attribute = demographics.attribute
),

groups_named as (
    select distinct
        programme_id,
        attribute,
        group_name
    from groups_of_people
    union
    select
        programme_id,
        attribute,
        'unknown' as group_name
    from attributes_approved
),

people_against_each_group as (
    select
        people.programme_id,
        people.cohort_id,
        people.person_key,
        people.period_kind,
        people.period_start,
        people.period_end,
        groups_named.attribute as segment_kind,
        groups_named.group_name as segment_value,
        case when people.group_name = groups_named.group_name then 1 else 0 end as numerator,
        1 as denominator
    from groups_of_people as people
    inner join groups_named
        on
            people.programme_id = groups_named.programme_id
            and people.attribute = groups_named.attribute
    where
        groups_named.group_name = 'unknown'
        or people.group_name != 'unknown'
),

{{ complete_share_rows('people_against_each_group', own_segment='given', per_person=true) }}
{% endmacro %}
