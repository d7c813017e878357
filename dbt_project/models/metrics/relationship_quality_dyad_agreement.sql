{% call metric() %}
label: Relationship quality, agreement within pairs
definition: Correlation between what mentor and mentee of a pair say of their relationship.
formula: Pearson's r over pairs
numerator: None
denominator: Pairs of which both answered
population: Pairs that began
index_date: Day of the answer
belongs_on: when the pair began
window: Everything to date
exclusions: Pairs of which one side did not answer. People who said no to analytics.
minimum_n: 5
direction: increase
unit: coefficient
interval_method: fisher
owner: People analytics
version: 2
headline: false
now: last_wave
{% endcall %}

-- Correlation between what mentor and mentee of a pair say of their relationship (last score of each): Pearson, Fisher's interval.

with

scores as (
    select * from {{ ref('survey_scores') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

last_scores as (
    select *
    from scores
    where
        construct = 'relationship_quality'
        and person_key is not null
    qualify row_number() over (
        partition by programme_id, cohort_id, person_key, respondent_role order by answered_date desc, response_id
    ) = 1
),

dyads_answered as (
    select
        pairs.programme_id,
        pairs.cohort_id,
        pairs.mentee_person_key as person_key,
        pairs.started_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        mentors.score as mentor_score,
        mentees.score as mentee_score
    from pairs
    inner join last_scores as mentors
        on
            pairs.mentor_person_key = mentors.person_key
            and pairs.programme_id = mentors.programme_id
            and mentors.respondent_role = 'mentor'
            and (mentors.pair_id is null or pairs.pair_id = mentors.pair_id)
    inner join last_scores as mentees
        on
            pairs.mentee_person_key = mentees.person_key
            and pairs.cohort_id = mentees.cohort_id
            and mentees.respondent_role = 'mentee'
    cross join periods
    where
        periods.period_kind = 'to_date'
        and pairs.started_date is not null
),

{{ spread_over_cells('dyads_answered') }}

correlations as (
    select
        {{ cell_columns() | join(',\n        ') }},
        count(distinct person_key) as n_people,
        count(*) as denominator,
        case when stddev_samp(mentor_score) > 0 and stddev_samp(mentee_score) > 0 then corr(mentor_score, mentee_score) end as value
    from units_spread_over_cells
    group by all
),

cells_estimated as (
    select
        *,
        cast(null as double) as numerator,
        case when denominator > 3 and abs(value) < 1 then {{ fisher_limit('value', 'denominator', 'low') }} end as ci_low,
        case when denominator > 3 and abs(value) < 1 then {{ fisher_limit('value', 'denominator', 'high') }} end as ci_high,
        cast(null as varchar) as interval_method
    from correlations
),

{{ finished_rows(['mentor_score', 'mentee_score']) }}
