"""What a load of a list of people makes of those known before, in SQL: who has somebody else's id, who is gone, who is somebody known under another id, and whose an identifier is when.

Parameters: $source, $day (of the export), $load. They run in the order of `STATEMENTS`, after the raw tables hold the load; `names_hashed` holds each name with its hash.
"""

from pipelines.loading.vault import PERSONS

# Two names in any order: some lists turn them round.
NAME_OF = (
    "create or replace temp macro name_of(given, family) as least(given, family) || ' ' || greatest(given, family)"
)
# Names that an earlier version hashed with their accents compare with nothing; this load tells them anew.
UNFOLDED = """
update identity.people
set given_hash = case when starts_with(given_hash, 'f:') then given_hash end, family_hash = case when starts_with(family_hash, 'f:') then family_hash end
where source_instance = $source and not (starts_with(coalesce(given_hash, 'f:'), 'f:') and starts_with(coalesce(family_hash, 'f:'), 'f:'))
"""
NAMES = f"""
create or replace temp table names_told as
select given_name as name from {PERSONS} where source_instance = $source and given_name is not null
union
select family_name from {PERSONS} where source_instance = $source and family_name is not null
"""
NOW = f"""
create or replace temp table people_now as
select raw.person_id, any_value(given.hashed) as given_hash, any_value(family.hashed) as family_hash,
    any_value(coalesce(raw.original_hire_date, raw.latest_hire_date)) as hired
from raw_people.persons as raw
left join {PERSONS} as named on named.source_instance = $source and raw.person_id = named.person_id
left join names_hashed as given on named.given_name = given.name
left join names_hashed as family on named.family_name = family.name
where raw.source_instance = $source and not raw.is_deleted
group by raw.person_id
"""
IDENTIFIERS_NOW = """
create or replace temp table identifiers_now as
select person_id, id_type, id_value, min(valid_from) as valid_from, case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from raw_people.person_identifiers
where source_instance = $source and not is_deleted
group by person_id, id_type, id_value
"""
# Another name and a later first day: nobody changes both at once and keeps neither name nor address. Without a first day, both names must have changed; without names, every address.
# A later first day is that of who came after; an earlier one is a correction.
REUSED = """
create or replace temp table reused as
with addresses as (
    select before.person_id, bool_or(now.id_value is not null) as kept, max(theirs.person_id) is not null as has_others
    from identifiers_before as before
    left join identifiers_now as now using (person_id, id_type, id_value)
    left join identifiers_now as theirs on before.person_id = theirs.person_id and before.id_type = theirs.id_type
    group by before.person_id
), compared as (
    select now.person_id, now.hired > before.hired as came_later, now.hired is null or before.hired is null as no_first_day, now.hired,
        coalesce(addresses.kept, false) as same_address, coalesce(addresses.has_others and not addresses.kept, false) as other_addresses,
        before.given_hash <> now.given_hash as other_given, before.family_hash <> now.family_hash as other_family,
        coalesce(before.given_hash in (now.given_hash, now.family_hash), false) or coalesce(before.family_hash in (now.given_hash, now.family_hash), false) as shares_a_name,
        coalesce(now.given_hash, now.family_hash) is null or coalesce(before.given_hash, before.family_hash) is null as no_names
    from people_now as now
    inner join identity.people as before on before.source_instance = $source and before.person_id = now.person_id
    left join addresses on now.person_id = addresses.person_id
)
select person_id, case when hired > $day or not came_later or came_later is null then $day else hired end as since
from compared
where (came_later and (other_given or other_family) and not (same_address and shares_a_name))
    or (no_first_day and other_given and other_family and not shares_a_name and not same_address)
    or (came_later and no_names and other_addresses)
"""
PUT_APART = (
    """
insert into identity.identifiers by name
select $source as source_instance, person_id, 'person' as id_type, person_id as id_value, null as valid_from, since as valid_to, $day as first_seen, since as gone_on
from reused
""",
    """
update identity.identifiers as held
set person_id = held.person_id || '~' || cast(reused.since as varchar), gone_on = coalesce(held.gone_on, reused.since)
from reused where held.source_instance = $source and held.person_id = reused.person_id
""",
    """
update identity.people as held
set person_id = held.person_id || '~' || cast(reused.since as varchar), gone_on = coalesce(held.gone_on, reused.since)
from reused where held.source_instance = $source and held.person_id = reused.person_id
""",
)
PEOPLE = (
    """
update identity.people as held
set gone_on = null, same_as = null, given_hash = coalesce(now.given_hash, held.given_hash), family_hash = coalesce(now.family_hash, held.family_hash),
    hired = coalesce(now.hired, held.hired)
from people_now as now where held.source_instance = $source and held.person_id = now.person_id
""",
    """
update identity.people set gone_on = $day
where source_instance = $source and gone_on is null and person_id not in (select person_id from people_now)
""",
    """
insert into identity.people by name
select $source as source_instance, now.*, $day as first_seen, reused.since as holds_from
from people_now as now
left join reused on now.person_id = reused.person_id
where not exists (select 1 from identity.people as held where held.source_instance = $source and held.person_id = now.person_id)
""",
)
IDENTIFIERS = (
    """
update identity.identifiers as held
set gone_on = null, valid_from = now.valid_from, valid_to = now.valid_to
from identifiers_now as now
where held.source_instance = $source and held.person_id = now.person_id and held.id_type = now.id_type and held.id_value = now.id_value
""",
    """
update identity.identifiers as held set gone_on = $day
where held.source_instance = $source and held.gone_on is null and not exists (
    select 1 from identifiers_now as now
    where held.person_id = now.person_id and held.id_type = now.id_type and held.id_value = now.id_value
)
""",
    """
insert into identity.identifiers by name
select $source as source_instance, now.*, $day as first_seen
from identifiers_now as now
where not exists (
    select 1 from identity.identifiers as held
    where held.source_instance = $source and held.person_id = now.person_id and held.id_type = now.id_type and held.id_value = now.id_value
)
""",
)
BEFORE = (
    "create or replace temp table people_before as select person_id from identity.people where source_instance = $source and gone_on is null",
    """
create or replace temp table identifiers_before as
select person_id, id_type, id_value from identity.identifiers where source_instance = $source and gone_on is null
""",
)
# Whoever is gone and whose identifier somebody else has newly got is that person where they have the same name (who comes back, with another number), or were known before and nothing
# speaks against it (two records were merged). Names that nobody knows are stood for by the first day. A new colleague who gets a leaver's address is neither.
SAME = """
update identity.people as gone set same_as = found.person_id
from (
    select old.person_id as gone_id, min(other.person_id) as person_id
    from identity.people as old
    inner join identity.identifiers as held on held.source_instance = $source and held.person_id = old.person_id and held.gone_on >= old.gone_on
    inner join identifiers_now as now on held.id_type = now.id_type and held.id_value = now.id_value
    inner join identity.people as other on other.source_instance = $source and other.person_id = now.person_id
    where old.source_instance = $source and old.gone_on is not null and old.same_as is null and other.person_id <> old.person_id
        and (other.person_id, now.id_type, now.id_value) not in (select (person_id, id_type, id_value) from identifiers_before)
        and (
            name_of(other.given_hash, other.family_hash) = name_of(old.given_hash, old.family_hash)
            or (
                other.hired = old.hired
                and (name_of(other.given_hash, other.family_hash) is null or name_of(old.given_hash, old.family_hash) is null)
            )
            or (
                old.person_id in (select person_id from people_before) and other.person_id in (select person_id from people_before)
                and coalesce(other.hired = old.hired or other.given_hash = old.given_hash or other.family_hash = old.family_hash, true)
            )
        )
    group by old.person_id
    having count(distinct other.person_id) = 1
) as found
where gone.source_instance = $source and gone.person_id = found.gone_id
"""
# Ids and addresses that all changed at once (leading zeros lost, ids in another case, another domain where the address is the id) leave name and first day: who is gone and who is new by
# this load and alone has both is one person. Without first days, only where that holds for most who are gone: in a large list some leaver's namesake begins in every month.
NAMESAKES = """
create or replace temp table namesakes as
with ended as (
    select person_id, hired, name_of(given_hash, family_hash) as name from identity.people
    where source_instance = $source and same_as is null and gone_on is not null and (
        (gone_on = $day and person_id in (select person_id from people_before)) or person_id in (select person_id || '~' || cast(since as varchar) from reused)
    )
), begun as (
    select person_id, hired, name_of(given_hash, family_hash) as name from identity.people
    where source_instance = $source and gone_on is null and (person_id not in (select person_id from people_before) or person_id in (select person_id from reused))
), pairs as (
    select ended.person_id as gone_id, begun.person_id, ended.hired = begun.hired as same_first_day
    from ended inner join begun on ended.name = begun.name
    where ended.hired = begun.hired or ended.hired is null or begun.hired is null
    qualify count(*) over (partition by ended.person_id) = 1 and count(*) over (partition by begun.person_id) = 1
)
select gone_id, person_id from pairs
where same_first_day or 2 * (select count(*) from pairs) > (select count(*) from ended)
"""
LEFT_APART = """
select count(distinct old.person_id)
from identity.people as old
inner join identity.people as other on old.source_instance = other.source_instance and name_of(old.given_hash, old.family_hash) = name_of(other.given_hash, other.family_hash)
where old.source_instance = $source and old.gone_on = $day and old.same_as is null and not contains(old.person_id, '~')
    and other.gone_on is null and other.first_seen = $day and other.person_id not in (select person_id from people_before)
"""
SAME_BY_NAME = """
update identity.people as gone set same_as = namesakes.person_id
from namesakes where gone.source_instance = $source and gone.person_id = namesakes.gone_id
"""
IN_FORCE = (
    "delete from identity.identifiers_in_force where source_instance = $source",
    """
insert into identity.identifiers_in_force by name
with held as (
    select identifiers.*, coalesce(people.same_as, identifiers.person_id) as holder, people.gone_on is not null and people.same_as is null as is_gone
    from identity.identifiers as identifiers
    left join identity.people as people
        on people.source_instance = identifiers.source_instance and people.person_id = identifiers.person_id
    where identifiers.source_instance = $source
), own_ids as (
    select source_instance, coalesce(same_as, person_id) as holder, 'person' as id_type, person_id as id_value, holds_from as valid_from, null::date as valid_to,
        gone_on is not null and same_as is null as is_gone
    from identity.people where source_instance = $source
), employed as (
    select person_id, min(hire_date) as began, case when count(*) = count(end_date) then max(end_date) end as ended
    from raw_people.employment_spells where source_instance = $source and not is_deleted group by person_id
    union all
    select person_id, coalesce(original_hire_date, latest_hire_date), termination_date + 1 from raw_people.persons
    where source_instance = $source and not is_deleted
        and person_id not in (select person_id from raw_people.employment_spells where source_instance = $source and not is_deleted)
), handed_on as (
    -- a leaver who is still listed and the colleague who has got the address: it changed hands on the colleague's first day
    select leaver.id_type, leaver.id_value, leaver.person_id as leaver_id, follower.person_id as follower_id, later.began as changed_on
    from held as leaver
    inner join held as follower on leaver.id_type = follower.id_type and leaver.id_value = follower.id_value and leaver.holder <> follower.holder
    inner join employed as earlier on leaver.person_id = earlier.person_id
    inner join employed as later on follower.person_id = later.person_id
    where earlier.ended <= later.began and leaver.gone_on is null and follower.gone_on is null
), dated as (
    select held.source_instance, held.holder, held.id_type, held.id_value, held.is_gone,
        coalesce(held.valid_from, (
            select max(changed_on) from handed_on
            where handed_on.follower_id = held.person_id and handed_on.id_type = held.id_type and handed_on.id_value = held.id_value
        ), (
            select max(other.gone_on) from held as other
            where other.id_type = held.id_type and other.id_value = held.id_value and other.holder <> held.holder and other.gone_on <= held.first_seen
        )) as valid_from,
        least(held.valid_to, held.gone_on, (
            select min(changed_on) from handed_on
            where handed_on.leaver_id = held.person_id and handed_on.id_type = held.id_type and handed_on.id_value = held.id_value
        )) as valid_to
    from held
)
select source_instance, holder as person_id, id_type, id_value, valid_from, valid_to, is_gone, $load as load_id from dated
union all
select source_instance, holder, id_type, id_value, valid_from, valid_to, is_gone, $load from own_ids
""",
)

STATEMENTS = (
    NAME_OF, UNFOLDED, NOW, IDENTIFIERS_NOW, *BEFORE, REUSED, *PUT_APART, *PEOPLE, *IDENTIFIERS, SAME, NAMESAKES, SAME_BY_NAME, *IN_FORCE,
)  # fmt: skip
