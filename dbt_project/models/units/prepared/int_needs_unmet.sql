-- One row per need of the metrics (seed `metric_needs`) and programme, or the whole organisation, for which it isn't met: what was never recorded can't be
-- counted, so that nothing is 0 or 100 % by construction. A source that can hold the fact shows it once at least, or declares it (`holds:`).

with

programmes as (
    select
        programme_id,
        cadence_days
    from {{ ref('stg_programmes') }}
    union all
    select
        'organisation' as programme_id,
        cast(null as double) as cadence_days
),

needs as (
    select need_id from {{ ref('metric_needs') }}
),

facts_declared as (
    select * from {{ ref('stg_source_facts') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

people as (
    select
        programme_id,
        person_key
    from {{ ref('enrolments') }}
    union
    select
        'organisation' as programme_id,
        person_key
    from {{ ref('persons') }}
    where person_kind = 'employee'
),

facts_of_spells as (
    select
        source_instance,
        bool_or(end_date is not null) as leavers,
        bool_or(end_kind is not null and end_kind != 'unknown') as reasons_for_leaving
    from {{ ref('stg_employment_spells') }}
    group by source_instance
),

jobs_of_people as (
    select
        source_instance,
        person_id,
        max(level_rank) is not null as has_level,
        count(distinct level_rank) > 1 or bool_or(change_action = 'promotion') as has_past_level,
        count(distinct valid_from) > 1 as has_past_job
    from {{ ref('stg_job_history') }}
    group by source_instance, person_id
),

facts_of_jobs as (
    select
        source_instance,
        bool_or(has_level) as levels,
        bool_or(has_past_level) as past_levels,
        bool_or(has_past_job) as past_jobs
    from jobs_of_people
    group by source_instance
),

references_of_people as (
    select
        people.programme_id,
        resolved.source_instance,
        resolved.person_id
    from people
    inner join resolved on people.person_key = resolved.person_key
),

spell_facts as (
    {% for need in ['leavers', 'reasons_for_leaving'] -%}
        select
            source_instance,
            '{{ need }}' as need_id,
            {{ need }} as is_recorded
        from facts_of_spells
        where {{ need }} is not null
        {% if not loop.last %}union all
        {% endif %}
    {%- endfor %}
),

job_facts as (
    {% for need in ['levels', 'past_levels', 'past_jobs'] -%}
        select
            source_instance,
            '{{ need }}' as need_id,
            {{ need }} as is_recorded
        from facts_of_jobs
        where {{ need }} is not null
        {% if not loop.last %}union all
        {% endif %}
    {%- endfor %}
),

employment_facts as (
    select
        people.programme_id,
        facts.source_instance,
        facts.need_id,
        facts.is_recorded,
        count(distinct people.person_id) as people
    from references_of_people as people
    inner join {{ ref('stg_employment_spells') }} as spells
        on
            people.source_instance = spells.source_instance
            and people.person_id = spells.person_id
    inner join spell_facts as facts on spells.source_instance = facts.source_instance
    group by all
    union all
    select
        people.programme_id,
        facts.source_instance,
        facts.need_id,
        facts.is_recorded,
        count(distinct people.person_id) as people
    from references_of_people as people
    inner join {{ ref('stg_job_history') }} as jobs
        on
            people.source_instance = jobs.source_instance
            and people.person_id = jobs.person_id
    inner join job_facts as facts on jobs.source_instance = facts.source_instance
    group by all
),

-- the sources of nearly all of the programme's people must hold the fact: half a programme without its leavers stays too well
employment_needs_met as (
    select
        facts.programme_id,
        facts.need_id
    from employment_facts as facts
    left join facts_declared as declared
        on
            facts.source_instance = declared.source_id
            and facts.need_id = declared.fact
    group by facts.programme_id, facts.need_id
    having
        sum(facts.people) filter (where facts.is_recorded or declared.fact is not null)
        >= {{ var('least_recorded_share') }} * sum(facts.people)
),

-- what belongs to programmes: a source's word holds for all whose facts it delivers
programme_facts as (
    select
        programme_id,
        'sessions' as need_id,
        source_instance,
        true as is_recorded
    from {{ ref('int_sessions_attached') }}
    union all
    select
        people.programme_id,
        'departments' as need_id,
        people.source_instance,
        jobs.department is not null as is_recorded
    from references_of_people as people
    inner join {{ ref('stg_job_history') }} as jobs
        on
            people.source_instance = jobs.source_instance
            and people.person_id = jobs.person_id
    union all
    select
        programme_id,
        'missed_sessions' as need_id,
        source_instance,
        status in ('no_show', 'cancelled', 'unknown') as is_recorded
    from {{ ref('int_sessions_attached') }}
    union all
    select
        programme_id,
        'pair_endings' as need_id,
        source_instance,
        actual_end_date is not null or status in ('completed', 'cancelled') as is_recorded
    from {{ ref('stg_pairs') }}
    union all
    -- a day on which a pair ended doesn't say how; where none has ended there is nothing to say
    select
        programme_id,
        'pair_outcomes' as need_id,
        source_instance,
        bool_or(status in ('completed', 'cancelled') or close_reason is not null)
        or not bool_or(actual_end_date is not null) as is_recorded
    from {{ ref('stg_pairs') }}
    group by programme_id, source_instance
    union all
    select
        programme_id,
        'pair_age' as need_id,
        source_instance,
        coalesce(actual_start_date + {{ var('active_window_days') }} <= {{ as_of_date() }}, false) as is_recorded
    from {{ ref('stg_pairs') }}
    union all
    select
        pairs.programme_id,
        'done_milestones' as need_id,
        milestones.source_instance,
        milestones.done_date is not null as is_recorded
    from {{ ref('stg_milestones') }} as milestones
    inner join {{ ref('stg_pairs') }} as pairs on milestones.pair_id = pairs.pair_id
    union all
    select
        participant_goals.programme_id,
        'goal_results' as need_id,
        goals.source_instance,
        goals.status != 'open' or goals.attainment_level is not null as is_recorded
    from {{ ref('stg_goals') }} as goals
    inner join {{ ref('participant_goals') }} as participant_goals on goals.goal_id = participant_goals.goal_id
    union all
    -- a form that asks about it can show it
    select
        programme_id,
        'done_milestones' as need_id,
        'forms' as source_instance,
        done_date is not null as is_recorded
    from {{ ref('int_form_milestones') }}
    union all
    select
        programme_id,
        'goal_results' as need_id,
        'forms' as source_instance,
        status != 'open' or attainment_level is not null as is_recorded
    from {{ ref('int_form_goals') }}
    union all
    select
        programme_id,
        'applications' as need_id,
        source_instance,
        -- a list of accepted people can't show one who wasn't
        bool_or(decision is distinct from 'accepted') over (partition by source_instance) as is_recorded
    from {{ ref('stg_applications') }}
    where role_sought = 'mentee'
    union all
    select
        programme_id,
        'offers' as need_id,
        source_instance,
        decision in ('accepted', 'withdrawn') as is_recorded
    from {{ ref('stg_applications') }}
    where role_sought = 'mentee'
    union all
    select
        programme_id,
        'cadence' as need_id,
        'registry' as source_instance,
        cadence_days is not null as is_recorded
    from programmes
),

programme_needs_met as (
    select distinct
        facts.programme_id,
        facts.need_id
    from programme_facts as facts
    left join facts_declared as declared
        on
            facts.source_instance = declared.source_id
            and facts.need_id = declared.fact
    where facts.is_recorded or declared.fact is not null
),

needs_met as (
    select * from employment_needs_met
    union
    select * from programme_needs_met
),

final as (
    select
        programmes.programme_id,
        needs.need_id
    from programmes
    cross join needs
    left join needs_met
        on
            programmes.programme_id = needs_met.programme_id
            and needs.need_id = needs_met.need_id
    where needs_met.need_id is null
)

select * from final
