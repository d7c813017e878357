-- One row per session of a source and pair, where one can be named: the source's own pair id, or else the pair whose mentor and mentee
-- both are in the session within the pair's dates. A mentor with several mentees (or a mentee with several mentors) meets each of them: a row each,
-- told apart by the pair in `source_key`. Of several pairs of the same two, or of a gathering of several mentors with several mentees, the last begun.
-- The status is what the evidence supports: a past entry of a calendar, without anybody's word that it took place, is unknown.

with

sessions as (
    select * from {{ ref('stg_sessions') }}
),

session_people as (
    select * from {{ ref('int_session_people') }}
),

pair_members as (
    select * from {{ ref('int_pair_members') }}
),

pairs as (
    select * from {{ ref('stg_pairs') }}
),

pairs_with_both_present as (
    select
        session_people.source_instance,
        session_people.session_id,
        pair_members.pair_id,
        count(distinct pair_members.role) as roles_present,
        max(case when pair_members.role = 'mentor' then session_people.person_key end) as mentor_key,
        max(case when pair_members.role = 'mentee' then session_people.person_key end) as mentee_key
    from session_people
    inner join sessions
        on
            session_people.source_instance = sessions.source_instance
            and session_people.session_id = sessions.session_id
    inner join pair_members
        on
            session_people.person_key = pair_members.person_key
            and sessions.session_date >= pair_members.joined_date
            and sessions.session_date < coalesce(pair_members.left_date, {{ end_of_time() }})
    where sessions.pair_id is null
    group by all
),

pair_sizes as (
    select
        source_instance,
        session_id,
        count(distinct mentor_key) > 1 and count(distinct mentee_key) > 1 as is_gathering
    from pairs_with_both_present
    where roles_present = 2
    group by source_instance, session_id
),

pair_inferred as (
    select
        present.source_instance,
        present.session_id,
        present.pair_id,
        count(*) over (partition by present.source_instance, present.session_id) as pairs_in_session
    from (
        select pairs_with_both_present.*
        from pairs_with_both_present
        inner join pairs on pairs_with_both_present.pair_id = pairs.pair_id
        inner join pair_sizes
            on
                pairs_with_both_present.source_instance = pair_sizes.source_instance
                and pairs_with_both_present.session_id = pair_sizes.session_id
        where pairs_with_both_present.roles_present = 2
        qualify row_number() over (
            partition by
                pairs_with_both_present.source_instance,
                pairs_with_both_present.session_id,
                case when not pair_sizes.is_gathering then pairs_with_both_present.mentor_key end,
                case when not pair_sizes.is_gathering then pairs_with_both_present.mentee_key end
            order by pairs.actual_start_date desc nulls last, pairs.pair_id
        ) = 1
    ) as present
),

final as (
    select
        sessions.source_instance,
        sessions.source_system,
        sessions.session_id,
        sessions.source_instance || ':' || sessions.session_id
        || case when pair_inferred.pairs_in_session > 1 then '#pair ' || pair_inferred.pair_id else '' end as source_key,
        case when pair_inferred.pairs_in_session > 1 then pair_inferred.pair_id end as one_of_several,
        coalesce(pairs.pair_id, pair_inferred.pair_id) as pair_id,
        coalesce(pairs.programme_id, inferred.programme_id, sessions.programme_id) as programme_id,
        coalesce(pairs.cohort_id, inferred.cohort_id) as cohort_id,
        case
            when pairs.pair_id is not null then 'source'
            when pair_inferred.pair_id is not null then 'members'
            else 'none'
        end as pair_basis,
        sessions.external_uid,
        sessions.recurrence_id,
        sessions.scheduled_start_at,
        sessions.scheduled_end_at,
        sessions.session_date,
        sessions.actual_start_at,
        sessions.actual_end_at,
        case
            when sessions.session_date > {{ as_of_date() }}
                then case when sessions.status = 'cancelled' then 'cancelled' else 'scheduled' end
            when sessions.status = 'scheduled' then 'unknown'
            when sessions.status = 'held' and sessions.status_basis in ('calendar_only', 'assumed') then 'unknown'
            else sessions.status
        end as status,
        sessions.status_basis,
        coalesce(sessions.cancelled_with_notice, false) as is_cancelled_with_notice,
        sessions.topic,
        sessions.channel,
        sessions.source_updated_at
    from sessions
    left join pairs on sessions.pair_id = pairs.pair_id
    left join pair_inferred
        on
            sessions.source_instance = pair_inferred.source_instance
            and sessions.session_id = pair_inferred.session_id
    left join pairs as inferred on pair_inferred.pair_id = inferred.pair_id
)

select * from final
