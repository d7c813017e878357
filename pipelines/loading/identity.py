"""Who was known by which identifier and when, kept from load to load: an export of today's addresses doesn't take yesterday's meetings from anybody.

`identity.people` and `identity.identifiers` only grow; a rebuild of the raw tables leaves them. Values are pseudonyms, names are kept as keyed hashes. From both,
`identity.identifiers_in_force` is made anew by every load; dbt reads it in the place of the raw identifiers.
"""

from datetime import date

import duckdb
import polars as pl

from pipelines.loading.pseudonyms import HEX_DIGITS, key_fingerprint
from pipelines.loading.vault import PERSONS
from pipelines.warehouse import read_frame

IDENTITY_TABLES = {
    "identity.people": "source_instance varchar, person_id varchar, given_hash varchar, family_hash varchar, hired date, first_seen date, "
    "gone_on date, holds_from date, same_as varchar",
    "identity.identifiers": "source_instance varchar, person_id varchar, id_type varchar, id_value varchar, valid_from date, valid_to date, "
    "first_seen date, gone_on date",
    "identity.identifiers_in_force": "source_instance varchar, person_id varchar, id_type varchar, id_value varchar, valid_from date, valid_to date, "
    "is_gone boolean, load_id varchar",
    "identity.key_in_use": "fingerprint varchar",
}

NOW = """
create or replace temp table people_now as
select raw.person_id, any_value(names.given_hash) as given_hash, any_value(names.family_hash) as family_hash,
    any_value(coalesce(raw.original_hire_date, raw.latest_hire_date)) as hired
from raw_people.persons as raw
left join incoming as names on raw.person_id = names.person_id
where raw.source_instance = $source and not raw.is_deleted
group by raw.person_id
"""
# Another name and another first day: nobody changes both at once. Without a first day, both names must have changed.
REUSED = """
create or replace temp table reused as
select now.person_id, case when now.hired > before.hired and now.hired <= $day then now.hired else $day end as since
from people_now as now
inner join identity.people as before
    on before.source_instance = $source and before.person_id = now.person_id
where (
    now.hired <> before.hired and (now.given_hash <> before.given_hash or now.family_hash <> before.family_hash)
) or (
    (now.hired is null or before.hired is null) and now.given_hash <> before.given_hash and now.family_hash <> before.family_hash
)
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
create or replace temp table identifiers_now as
select person_id, id_type, id_value, min(valid_from) as valid_from, case when count(*) = count(valid_to) then max(valid_to) end as valid_to
from raw_people.person_identifiers
where source_instance = $source and not is_deleted
group by person_id, id_type, id_value
""",
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
# Whoever is gone and whose identifier somebody else has got is that person where they were known before (two records were merged), or are new with the same name and
# first day (the record was given another id). A new colleague who gets a leaver's address is neither.
SAME = """
update identity.people as gone set same_as = found.person_id
from (
    select before.person_id as gone_id, min(now.person_id) as person_id
    from identifiers_before as before
    inner join identifiers_now as now
        on before.id_type = now.id_type and before.id_value = now.id_value and before.person_id <> now.person_id
    inner join people_before on before.person_id = people_before.person_id
    inner join identity.people as old on old.source_instance = $source and old.person_id = before.person_id
    inner join identity.people as other on other.source_instance = $source and other.person_id = now.person_id
    where before.person_id not in (select person_id from people_now)
        and (now.person_id, now.id_type, now.id_value) not in (select (person_id, id_type, id_value) from identifiers_before)
        and (
            now.person_id in (select person_id from people_before)
            or (
                other.hired = old.hired and other.given_hash is not distinct from old.given_hash
                and other.family_hash is not distinct from old.family_hash
            )
        )
    group by before.person_id
    having count(distinct now.person_id) = 1
) as found
where gone.source_instance = $source and gone.person_id = found.gone_id
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
), dated as (
    select held.source_instance, held.holder, held.id_type, held.id_value, held.is_gone,
        coalesce(held.valid_from, (
            select max(other.gone_on) from held as other
            where other.id_type = held.id_type and other.id_value = held.id_value and other.holder <> held.holder and other.gone_on <= held.first_seen
        )) as valid_from,
        case when held.gone_on is null then held.valid_to else least(held.valid_to, held.gone_on) end as valid_to
    from held
)
select source_instance, holder as person_id, id_type, id_value, valid_from, valid_to, is_gone, $load as load_id from dated
union all
select source_instance, holder, id_type, id_value, valid_from, valid_to, is_gone, $load from own_ids
""",
)


def remember_identities(
    warehouse: duckdb.DuckDBPyConnection, source_id: str, load_id: str, extracted_on: date, key: bytes
) -> dict[str, int]:
    """Add what a source's load says about people to what was known: how many ids were given to somebody else and how many records became another's, by kind.

    extracted_on: the day of the export; what isn't delivered any more ended then. Call it inside the load's transaction, after the raw tables hold the load.
    """
    _forget_another_key(warehouse, key)
    values = {"source": source_id, "day": extracted_on, "load": load_id}
    incoming = _hashed_names(warehouse, source_id, key).to_arrow()  # noqa: F841  (found by its name, as in append_rows)
    warehouse.execute(NOW, {"source": source_id})
    statements = [REUSED, *BEFORE, *PUT_APART, *PEOPLE, *IDENTIFIERS, SAME, *IN_FORCE]
    for statement in statements:
        warehouse.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
    counts = {
        "id_reused": "select count(*) from identity.people where source_instance = ? and contains(person_id, '~')",
        "records_merged": "select count(*) from identity.people where source_instance = ? and same_as is not null",
    }
    return {kind: warehouse.execute(query, [source_id]).fetchall()[0][0] for kind, query in counts.items()}


WORDS = {
    "id_reused": "{n} of its ids carry another name and another first day than they did before; what was told of the earlier people stays with them. "
    "Next step: check whether the source gives ids out again, or corrected these records",
    "records_merged": "{n} of its people are gone, and somebody else has their address or number; both are taken for one person from the beginning",
}


def identity_findings(
    warehouse: duckdb.DuckDBPyConnection, source_id: str, load_id: str, extracted_on: date, key: bytes
) -> list[dict[str, str]]:
    """Remember what a source's load says about people, and tell what has changed about who they are."""
    counts = remember_identities(warehouse, source_id, load_id, extracted_on, key)
    return [
        {"kind": kind, "table": "persons", "subject": source_id, "detail": WORDS[kind].format(n=count)}
        for kind, count in counts.items()
        if count
    ]


def forget_identities(warehouse: duckdb.DuckDBPyConnection, source_id: str) -> None:
    """What a source that the workspace no longer names has said about people."""
    for name, columns in IDENTITY_TABLES.items():
        if "source_instance" in columns:
            warehouse.execute(f"delete from {name} where source_instance = ?", [source_id])


def _forget_another_key(warehouse: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Pseudonyms of another key fit nothing any more."""
    fingerprint = key_fingerprint(key)
    if warehouse.execute("select fingerprint from identity.key_in_use").fetchall() == [(fingerprint,)]:
        return
    for name in IDENTITY_TABLES:
        warehouse.execute(f"delete from {name}")
    warehouse.execute("insert into identity.key_in_use values (?)", [fingerprint])


def _hashed_names(warehouse: duckdb.DuckDBPyConnection, source_id: str, key: bytes) -> pl.DataFrame:
    """person_id, given_hash, family_hash; upper and lower case are one."""
    query = (
        f"select distinct on (person_id) person_id, given_name, family_name from {PERSONS} where source_instance = ?"
    )
    names = read_frame(warehouse, query, [source_id])

    def hashed(column: str) -> pl.Expr:
        text = pl.concat_str(pl.lit("name:"), pl.col(column).str.strip_chars().str.to_lowercase())
        return text.chash.hmac_sha256(key=key.decode()).str.head(HEX_DIGITS)  # type: ignore[attr-defined]

    return names.select(
        "person_id", hashed("given_name").alias("given_hash"), hashed("family_name").alias("family_hash")
    )
