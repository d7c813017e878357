{% call metric() %}
label: Leadership representation
definition: Of the people in leadership whose group is known, the share of each group; the share unknown is shown beside.
formula: leaders in the group / leaders with known group
numerator: Leaders who belong to the group
denominator: Leaders whose group is known (all leaders, for the group unknown)
population: Employees on a level that the customer declares as leadership
index_date: Last day of the period
window: One day
exclusions: Attributes that no programme approves. People who said no to analytics. A complete count has no sampling interval.
minimum_n: 5
direction: increase
unit: share
interval_method: census
owner: People analytics
version: 2
headline: true
now: to_date
needs: [levels]
{% endcall %}

-- Of the people in leadership on the period's last day whose group is known, how many belong to each group; and, as segment value "unknown", how many of all
-- leaders did not say. Leadership is the customer's declared list of levels. Only attributes that a programme approves.

with

job_states as (
    select * from {{ ref('job_states') }}
),

spells as (
    select * from {{ ref('employment_spells') }}
),

persons as (
    select * from {{ ref('persons') }}
),

demographics as (
    select * from {{ ref('int_person_demographics') }}
),

programme_segments as (
    select * from {{ ref('stg_programme_segments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

leaders as (
    select
        spells.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    inner join periods
        on
            spells.start_date <= periods.period_end
            and coalesce(spells.end_date, {{ end_of_time() }}) > periods.period_end
    inner join job_states
        on
            spells.person_key = job_states.person_key
            and job_states.valid_from <= periods.period_end
            and coalesce(job_states.valid_to, {{ end_of_time() }}) > periods.period_end
            and job_states.is_leadership
),

attributes_approved as (
    select distinct programme_segments.segment_kind as attribute
    from programme_segments
    inner join demographics on programme_segments.segment_kind = demographics.attribute
),

groups_of_leaders as (
    select
        leaders.*,
        attributes_approved.attribute,
        coalesce(nullif(nullif(demographics.value, 'not_disclosed'), ''), 'unknown') as group_name
    from leaders
    cross join attributes_approved
    left join demographics
        on
            leaders.person_key = demographics.person_key
            and attributes_approved.attribute = demographics.attribute
),

groups_named as (
    select distinct
        attribute,
        group_name
    from groups_of_leaders
    union
    select
        attribute,
        'unknown' as group_name
    from attributes_approved
),

leaders_against_each_group as (
    select
        'organisation' as programme_id,
        cast(null as varchar) as cohort_id,
        groups_of_leaders.person_key,
        groups_of_leaders.period_kind,
        groups_of_leaders.period_start,
        groups_of_leaders.period_end,
        groups_named.attribute as segment_kind,
        groups_named.group_name as segment_value,
        case when groups_of_leaders.group_name = groups_named.group_name then 1 else 0 end as numerator,
        1 as denominator
    from groups_of_leaders
    inner join groups_named on groups_of_leaders.attribute = groups_named.attribute
    where
        groups_named.group_name = 'unknown'
        or groups_of_leaders.group_name != 'unknown'
),

{{ complete_share_rows('leaders_against_each_group', own_segment='given') }}
