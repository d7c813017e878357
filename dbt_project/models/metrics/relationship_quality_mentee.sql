-- Mean of the relationship items as mentees answer them, after reverse coding; the last answer of each person.

with

answers_in_periods as (
    {{ survey_answers_in_periods('mentee', "scores.construct = 'relationship_quality'") }}
),

{{ mean_rows('answers_in_periods') }}
