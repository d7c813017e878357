"""People whom a table names and no list of people knows: counted, told and, beyond what the contract allows, asked about.

A workspace without any list of people has nothing to compare with: there people are whom the pairs name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.contracts.losses import EDIT
from pipelines.contracts.references import MAY_BE_UNKNOWN
from pipelines.loading.likenesses import likenesses
from pipelines.loading.source import SourceToLoad
from pipelines.loading.stop_rules import Question
from pipelines.warehouse import append_rows

KIND = "unknown_people"
LOOK = "compare how both files write it (leading zeros, capitals, another domain, dots), and that the list of people is complete"


@dataclass(frozen=True)
class UnknownPeople:
    """How many of the people that one column of one source names are on no list of people."""

    source_id: str
    load_id: str
    table: str
    column: str
    named: int
    unknown: int
    pseudonyms: frozenset[str] = frozenset()
    alike: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> str:
        """What is wrong, and what is done about it."""
        return (
            f"{self.unknown:,} of {self.named:,} people whom {self.column} of {self.table} names ({self.unknown / self.named:.1%}) are on no list of people; "
            "they are no participants and in no rate"
            + ("; of them fit somebody known: " if self.alike else "")
            + ", ".join(f"{count:,} {way}" for way, count in self.alike)
        )

    @property
    def question(self) -> Question | None:
        """What must be asked where there are more of them than the contract allows; None where it is told only."""
        limit = MAY_BE_UNKNOWN[self.table, self.column]
        if limit.share is None or self.unknown <= EDIT or self.unknown <= limit.share * self.named:
            return None
        key = f"{self.source_id}/{self.table}.{self.column}/{KIND}/{self.unknown}"
        return Question(
            key, self.source_id, f"{self.words}. More than {limit.share:.0%} is too much: {limit.reason}", LOOK
        )


KNOWN = """
create or replace temp table known_identifiers as
select distinct held.id_value from identity.identifiers_in_force as held
where held.person_id in (select person_id from identity.people)
"""
"""Made once for all columns that name people: of a million people it is the work."""


def unknown_people(
    warehouse: duckdb.DuckDBPyConnection, sources: Sequence[SourceToLoad], key: bytes, as_of: date
) -> list[UnknownPeople]:
    """Every column of every source that names unknown people, and how they resemble known ones; none without any list of people."""
    if not warehouse.execute("select 1 from identity.people limit 1").fetchall():
        return []
    warehouse.execute(KNOWN)
    found = [one for table, column in MAY_BE_UNKNOWN for one in _of(warehouse, table, column) if one.unknown]
    warehouse.execute("drop table known_identifiers")
    expected = [
        one for one in found if MAY_BE_UNKNOWN[one.table, one.column].share is not None
    ]  # guests resemble nobody
    missing = frozenset[str]().union(*(one.pseudonyms for one in expected))
    alike = likenesses(sources, missing, key, as_of) if missing else {}
    return [replace(one, alike=tuple(alike.get(f"{one.table}.{one.column}", {}).items())) for one in found]


def record_unknown_people(warehouse: duckdb.DuckDBPyConnection, found: Sequence[UnknownPeople]) -> list[Question]:
    """Put what was found beside the findings of each source's current load, and give what must be asked."""
    warehouse.execute("delete from quality.findings where kind = ?", [KIND])
    rows = [
        {
            "load_id": f.load_id,
            "source_id": f.source_id,
            "kind": KIND,
            "table_name": f.table,
            "subject": f.column,
            "detail": f.words,
        }
        for f in found
    ]
    if rows:
        append_rows(warehouse, "quality.findings", pl.DataFrame(rows))
    return [question for one in found if (question := one.question)]


def _of(warehouse: duckdb.DuckDBPyConnection, table: str, column: str) -> list[UnknownPeople]:
    query = f"""
        select named.source_instance, any_value(named.load_id), count(distinct named.{column}), count(distinct named.{column}) filter (where known.id_value is null),
            coalesce(list(distinct named.{column}) filter (where known.id_value is null), [])
        from {BY_NAME[table].address} as named
        left join known_identifiers as known on named.{column} = known.id_value
        where named.{column} is not null and not named.is_deleted
        group by named.source_instance order by named.source_instance
    """
    return [
        UnknownPeople(source, load, table, column, named, unknown, frozenset(pseudonyms))
        for source, load, named, unknown, pseudonyms in warehouse.execute(query).fetchall()
    ]
