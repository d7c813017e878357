"""Who was known by which identifier and when, kept from load to load: an export of today's addresses doesn't take yesterday's meetings from anybody.

`identity.people` and `identity.identifiers` only grow; a rebuild of the raw tables leaves them. Values are pseudonyms, names are kept as keyed hashes. From both,
`identity.identifiers_in_force` is made anew by every load; dbt reads it in the place of the raw identifiers.
"""

from datetime import date

import duckdb
import polars as pl

from pipelines.loading.identity_rules import LEFT_APART, NAMES, STATEMENTS
from pipelines.loading.pseudonyms import HEX_DIGITS, key_fingerprint
from pipelines.warehouse import append_rows, read_frame

NAMES_AT_ONCE = 500_000
IDENTITY_TABLES = {
    "identity.people": "source_instance varchar, person_id varchar, given_hash varchar, family_hash varchar, hired date, first_seen date, "
    "gone_on date, holds_from date, same_as varchar",
    "identity.identifiers": "source_instance varchar, person_id varchar, id_type varchar, id_value varchar, valid_from date, valid_to date, "
    "first_seen date, gone_on date",
    "identity.identifiers_in_force": "source_instance varchar, person_id varchar, id_type varchar, id_value varchar, valid_from date, valid_to date, "
    "is_gone boolean, load_id varchar",
    "identity.key_in_use": "fingerprint varchar",
}


def remember_identities(
    warehouse: duckdb.DuckDBPyConnection, source_id: str, load_id: str, extracted_on: date, key: bytes
) -> dict[str, int]:
    """Add what a source's load says about people to what was known: how many ids were given to somebody else, how many records became another's, and how many namesakes were left apart, by kind.

    extracted_on: the day of the export; what isn't delivered any more ended then. Call it inside the load's transaction, after the raw tables hold the load.
    """
    _forget_another_key(warehouse, key)
    values = {"source": source_id, "day": max(extracted_on, _last_day(warehouse, source_id)), "load": load_id}
    _bring_hashed_names(warehouse, source_id, key)
    for statement in STATEMENTS:
        warehouse.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
    warehouse.execute("drop table names_hashed")
    counts = {
        "id_reused": "select count(*) from identity.people where source_instance = ? and contains(person_id, '~')",
        "records_merged": "select count(*) from identity.people where source_instance = ? and same_as is not null",
    }
    found = {kind: warehouse.execute(query, [source_id]).fetchall()[0][0] for kind, query in counts.items()}
    apart = {name: value for name, value in values.items() if name != "load"}
    return {**found, "namesakes": warehouse.execute(LEFT_APART, apart).fetchall()[0][0]}


WORDS = {
    "id_reused": "{n} of its ids carry another name and another first day than they did before; what was told of the earlier people stays with them. "
    "Next step: check whether the source gives ids out again, or corrected these records",
    "records_merged": "{n} of its people are gone, and somebody else has their address or number, or is new under their name; both are taken for one person from the beginning",
    "namesakes": "{n} of its people are gone and somebody new has their name, with another first day, address and number; they are counted as different people. "
    "Next step: where they are one person, give the new record the earlier number or address as well (a second row of person_identifiers)",
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


def _last_day(warehouse: duckdb.DuckDBPyConnection, source_id: str) -> date:
    """The latest day that was told of a source; an older export that somebody accepted can't end what begins later."""
    told = "select greatest(max(first_seen), max(gone_on)) from {} where source_instance = ?"
    days = [warehouse.execute(told.format(name), [source_id]).fetchall()[0][0] for name in ("identity.people", "identity.identifiers")]  # fmt: skip
    return max((day for day in days if day is not None), default=date.min)


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


def _bring_hashed_names(warehouse: duckdb.DuckDBPyConnection, source_id: str, key: bytes) -> None:
    """The table `names_hashed`: each name that the source tells with its hash, once for all who bear it; some at a time so that memory doesn't grow with names."""
    warehouse.execute("create or replace temp table names_hashed (name varchar, hashed varchar)")
    warehouse.execute(NAMES, {"source": source_id})
    ((names,),) = warehouse.execute("select count(*) from names_told").fetchall()
    parts = names // NAMES_AT_ONCE + 1
    for part in range(parts):
        told = read_frame(warehouse, "select name from names_told where hash(name) % ? = ?", [parts, part])
        append_rows(warehouse, "names_hashed", told.select("name", _hashed("name", key).alias("hashed")))
    warehouse.execute("drop table names_told")


def _hashed(column: str, key: bytes) -> pl.Expr:
    """Case, accents, blanks and hyphens make no other name, and an empty one is none."""
    letters = (
        pl.col(column)
        .str.normalize("NFKD")
        .str.to_lowercase()
        .str.replace_all("ı", "i")
        .str.replace_all(r"[^\p{L}\p{N}]", "")
    )
    text = pl.when(letters != "").then(pl.concat_str(pl.lit("name:"), letters))
    return pl.concat_str(pl.lit("f:"), text.chash.hmac_sha256(key=key.decode()).str.head(HEX_DIGITS))  # type: ignore[attr-defined]
