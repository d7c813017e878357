select periods.pair_id, periods.programme_id, periods.cohort_id, periods.started_date, periods.last_held_date,
    periods.cadence_days, periods.sessions_held_ever as sessions_held, pairs.planned_sessions, pairs.planned_end_date,
    list_sort(coalesce((select list(distinct person_key) from marts.pair_members as members where members.pair_id = periods.pair_id and role = 'mentee'), [])) as mentees,
    list_sort(coalesce((select list(distinct person_key) from marts.pair_members as members where members.pair_id = periods.pair_id and role = 'mentor'), [])) as mentors
from intermediate.int_pair_periods as periods
inner join marts.pairs as pairs on periods.pair_id = pairs.pair_id
where periods.period_kind = 'to_date' and periods.is_open_at_the_end
