-- The same change in standard deviations (Hedges' g), so that programmes with other scales can be set beside each other.

with

changes_in_periods as (
    {{ paired_changes_in_periods('engagement') }}
),

{{ hedges_g_rows('changes_in_periods') }}
