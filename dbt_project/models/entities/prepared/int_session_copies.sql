-- One row per session of a source with the meeting that it is a copy of, and its place among the copies (1 = the best evidence).
-- Copies share UID and recurrence id, or pair and start within `session_copy_minutes`. Where a source gives only the UID of a whole series, the UID
-- names the meetings of one day. A mentor's meeting with several mentees is one for each pair. A session without a pair is a meeting of its own unless
-- its UID says otherwise.

with recursive

attached as (
    select * from {{ ref('int_sessions_attached') }}
),

uids_counted as (
    select
        external_uid,
        bool_or(has_recurrence) or max(rows_in_source) > 1 as is_series
    from (
        select
            external_uid,
            source_instance,
            bool_or(recurrence_id is not null) as has_recurrence,
            count(distinct session_id) as rows_in_source
        from attached
        where external_uid is not null
        group by external_uid, source_instance
    ) as uids
    group by external_uid
),

uid_groups as (
    select
        attached.*,
        case
            when attached.external_uid is null then attached.source_key
            when attached.recurrence_id is not null then attached.external_uid || '|' || attached.recurrence_id
            when uids_counted.is_series
                then attached.external_uid || '|day ' || cast(attached.session_date as varchar)
            else attached.external_uid || '|single'
        end || coalesce('|pair ' || attached.one_of_several, '') as uid_key
    from attached
    left join uids_counted on attached.external_uid = uids_counted.external_uid
),

-- a copy whose own pair is not known is where its twin's pair is
pair_shared_among_copies as (
    select
        * exclude (pair_id, programme_id, cohort_id),
        coalesce(pair_id, max(pair_id) over (partition by uid_key)) as pair_id,
        coalesce(programme_id, max(programme_id) over (partition by uid_key)) as programme_id,
        coalesce(cohort_id, max(cohort_id) over (partition by uid_key)) as cohort_id
    from uid_groups
),

gaps_within_the_pair as (
    select
        *,
        case
            when pair_id is null then 0
            when
                scheduled_start_at - lag(scheduled_start_at) over (partition by pair_id order by scheduled_start_at, source_key)
                <= interval '{{ var("session_copy_minutes") }} minutes' then 0
            else 1
        end as begins_a_meeting
    from pair_shared_among_copies
),

meetings_numbered as (
    select
        *,
        case
            when pair_id is null then uid_key
            else pair_id || '#' || sum(begins_a_meeting) over (
                partition by pair_id order by scheduled_start_at, source_key rows unbounded preceding
            )
        end as time_key
    from gaps_within_the_pair
),

-- UID groups and time groups overlap: follow both to the end, since a moved copy may touch either
memberships as (
    select distinct
        uid_key,
        time_key
    from meetings_numbered
),

groups_joined as (
    select
        time_key,
        time_key as reached_key
    from memberships
    union
    select
        groups_joined.time_key,
        twin.time_key as reached_key
    from groups_joined
    inner join memberships as own on groups_joined.reached_key = own.time_key
    inner join memberships as twin on own.uid_key = twin.uid_key
),

meetings_named as (
    select
        time_key,
        min(reached_key) as meeting_key
    from groups_joined
    group by time_key
),

final as (
    select
        meetings_numbered.source_instance,
        meetings_numbered.session_id,
        meetings_numbered.source_key,
        meetings_numbered.pair_id,
        meetings_numbered.programme_id,
        meetings_numbered.cohort_id,
        meetings_numbered.pair_basis,
        meetings_numbered.scheduled_start_at,
        meetings_numbered.scheduled_end_at,
        meetings_numbered.session_date,
        meetings_numbered.actual_start_at,
        meetings_numbered.actual_end_at,
        meetings_numbered.status,
        meetings_numbered.status_basis,
        meetings_numbered.is_cancelled_with_notice,
        meetings_numbered.topic,
        meetings_numbered.channel,
        meetings_named.meeting_key,
        row_number() over (
            partition by meetings_named.meeting_key
            order by
                case meetings_numbered.status_basis
                    when 'attendance_report' then 1
                    when 'both_sides' then 2
                    when 'self_report' then 3
                    when 'calendar_only' then 4
                    else 5
                end,
                case meetings_numbered.status
                    when 'held' then 1
                    when 'no_show' then 2
                    when 'cancelled' then 3
                    when 'rescheduled' then 4
                    when 'scheduled' then 5
                    else 6
                end,
                meetings_numbered.source_updated_at desc nulls last,
                meetings_numbered.source_key
        ) as evidence_rank
    from meetings_numbered
    inner join meetings_named on meetings_numbered.time_key = meetings_named.time_key
)

select * from final
