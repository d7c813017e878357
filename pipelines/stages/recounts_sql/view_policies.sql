-- One row per hard rule of a programme's policy, with its figures.
create or replace temp view policies as
with declared as (
    select programme_id, unnest(json_extract(matching_policy, '$.hard_rules[*]')) as entry
    from marts.programmes where matching_policy is not null
)
select
    programme_id,
    entry ->> '$.rule' as rule,
    cast(entry ->> '$.months' as integer) as months,
    cast(entry ->> '$.minimum' as double) as minimum,
    cast(entry ->> '$.maximum' as double) as maximum,
    cast(entry ->> '$.max_hours' as double) as max_hours,
    coalesce(entry ->> '$.side', 'mentee') as side,
    entry ->> '$.column' as judged_column,
    from_json(entry -> '$.values', '["VARCHAR"]') as admitted
from declared
