-- One row per person and state of the job, half-open and without overlaps.
-- Within an assignment the state of a day is the one with the greatest seq, and an earlier state is cut at the later's start. Of concurrent
-- assignments the one with the greatest full-time equivalent counts, then the older one. What a source has since replaced is left out.

with

job_history as (
    select * from {{ ref('stg_job_history') }}
),

levels as (
    select * from {{ ref('stg_levels') }}
),

spells as (
    select * from {{ ref('stg_employment_spells') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

levels_named_once as (
    select
        level,
        max(level_rank) as level_rank,
        bool_or(is_leadership) as is_leadership
    from levels
    group by level
),

leadership_ranks as (
    select
        level_rank,
        bool_and(is_leadership) as is_leadership
    from levels
    group by level_rank
),

latest_of_each_day as (
    select *
    from job_history
    where known_to is null
    qualify row_number() over (
        partition by source_instance, person_id, assignment_id, valid_from
        order by seq desc
    ) = 1
),

spans_cut_at_the_next as (
    select
        *,
        least(
            coalesce(valid_to, {{ end_of_time() }}),
            coalesce(
                lead(valid_from) over (
                    partition by source_instance, person_id, assignment_id
                    order by valid_from
                ),
                {{ end_of_time() }}
            )
        ) as state_ends
    from latest_of_each_day
),

-- a state ends with the employment at its source, said or not, so that an old employer's open job hides no new one
spans_within_employment as (
    select
        spans.* exclude (state_ends),
        least(spans.state_ends, coalesce(spells.end_date, {{ end_of_time() }})) as state_ends
    from spans_cut_at_the_next as spans
    asof left join spells
        on
            spans.source_instance = spells.source_instance
            and spans.person_id = spells.person_id
            and spans.valid_from >= spells.hire_date
),

states_of_people as (
    select
        resolved.person_key,
        spans.source_instance || '/' || spans.assignment_id as assignment,
        spans.valid_from,
        spans.state_ends as valid_to,
        spans.job_title,
        spans.job_family,
        spans.level,
        coalesce(spans.level_rank, levels_named_once.level_rank) as level_rank,
        spans.department,
        spans.business_unit,
        spans.location,
        spans.manager_person_id,
        spans.employment_type,
        spans.fte,
        spans.change_action,
        spans.change_action_basis,
        spans.known_date,
        min(spans.valid_from) over (
            partition by resolved.person_key, spans.source_instance, spans.assignment_id
        ) as assignment_began
    from spans_within_employment as spans
    inner join resolved
        on
            spans.source_instance = resolved.source_instance
            and spans.person_id = resolved.person_id
    left join levels_named_once on spans.level = levels_named_once.level
    where spans.valid_from < spans.state_ends
),

days_of_change as (
    select
        person_key,
        valid_from as day
    from states_of_people
    union
    select
        person_key,
        valid_to as day
    from states_of_people
),

elementary_intervals as (
    select
        person_key,
        day as valid_from,
        lead(day) over (partition by person_key order by day) as valid_to
    from days_of_change
),

one_state_chosen as (
    select
        elementary_intervals.valid_from as chosen_from,
        elementary_intervals.valid_to as chosen_to,
        states_of_people.*
    from elementary_intervals
    inner join states_of_people
        on
            elementary_intervals.person_key = states_of_people.person_key
            and elementary_intervals.valid_from >= states_of_people.valid_from
            and elementary_intervals.valid_from < states_of_people.valid_to
    where elementary_intervals.valid_to is not null
    qualify row_number() over (
        partition by elementary_intervals.person_key, elementary_intervals.valid_from
        order by states_of_people.fte desc nulls last, states_of_people.assignment_began, states_of_people.assignment
    ) = 1
),

-- an interval that was split only because another assignment began is put together again
pieces_of_one_state_numbered as (
    select
        *,
        row_number() over (partition by person_key order by chosen_from)
        - row_number() over (partition by person_key, assignment, valid_from order by chosen_from) as piece
    from one_state_chosen
),

states_put_together as (
    select
        person_key,
        assignment,
        min(chosen_from) as valid_from,
        max(chosen_to) as valid_to,
        any_value(job_title) as job_title,
        any_value(job_family) as job_family,
        any_value(level) as level,
        any_value(level_rank) as level_rank,
        any_value(department) as department,
        any_value(business_unit) as business_unit,
        any_value(location) as location,
        any_value(manager_person_id) as manager_person_id,
        any_value(employment_type) as employment_type,
        any_value(fte) as fte,
        any_value(change_action) as change_action,
        any_value(change_action_basis) as change_action_basis,
        any_value(known_date) as known_date
    from pieces_of_one_state_numbered
    group by person_key, assignment, valid_from, piece
),

final as (
    select
        states.person_key,
        states.assignment,
        states.valid_from,
        nullif(states.valid_to, {{ end_of_time() }}) as valid_to,
        states.job_title,
        states.job_family,
        states.level,
        states.level_rank,
        coalesce(levels_named_once.is_leadership, leadership_ranks.is_leadership, false) as is_leadership,
        states.department,
        states.business_unit,
        states.location,
        {{ person_key('states.manager_person_id', 'managers') }} as manager_person_key,
        states.employment_type,
        states.fte,
        coalesce(states.change_action, 'unknown') as change_action,
        coalesce(states.change_action_basis, 'derived') as change_action_basis,
        states.known_date
    from states_put_together as states
    left join levels_named_once on states.level = levels_named_once.level
    left join leadership_ranks on states.level_rank = leadership_ranks.level_rank
    {{ join_person('states.manager_person_id', 'states.valid_from', 'managers') }}
)

select * from final
