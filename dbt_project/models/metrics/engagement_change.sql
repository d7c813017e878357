-- Mean change of engagement from before to after, people with both answers, on one scale. A description: there is no comparison group in it.

with

changes_in_periods as (
    {{ paired_changes_in_periods('engagement') }}
),

{{ mean_rows('changes_in_periods') }}
