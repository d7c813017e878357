-- One row per programme, approved segment and value that people who could never have begun and didn't belonged to: the first month in which one of them did.

with

spans as (
    select * from {{ ref('int_trial_spans') }}
    where not is_in_question
),

segments as (
    select * from {{ ref('int_person_segments') }}
),

months_in_segments as (
    select
        spans.programme_id,
        segments.segment_kind,
        segments.segment_value,
        greatest(spans.first_month, {{ month_from('segments.valid_from') }}) as month
    from spans
    inner join segments
        on
            spans.programme_id = segments.programme_id
            and spans.person_key = segments.person_key
            and spans.last_month >= {{ month_from('segments.valid_from') }}
            and spans.first_month < {{ month_from('segments.valid_to') }}
            -- a segment that begins and ends within a month is nobody's on any first day
            and {{ month_from('segments.valid_from') }} < {{ month_from('segments.valid_to') }}
),

final as (
    select
        programme_id,
        segment_kind,
        segment_value,
        min(month) as first_month
    from months_in_segments
    group by
        programme_id,
        segment_kind,
        segment_value
)

select * from final
