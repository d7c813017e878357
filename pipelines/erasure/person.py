"""Who is meant: every pseudonym, name and address under which a workspace knows the person that somebody named by an address, a number or a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.erasure.traces import Traces
from pipelines.loading.pseudonyms import pseudonym
from pipelines.loading.vault import reading_vault
from pipelines.settings import Settings
from pipelines.sources.records import reference

RAW = {"persons": "raw_people.persons", "identifiers": "raw_people.person_identifiers"}
KEPT = {"persons": "identity.people", "identifiers": "identity.identifiers"}
RESOLVED = "intermediate.int_persons_resolved"
APPLICATIONS, MEMBERS = "raw_registry.applications", "raw_registry.pair_members"


class NotFound(RuntimeError):
    """Nobody is known by what was given, or several people are; the message names the next move."""


@dataclass(frozen=True)
class Person:
    """pseudonyms: of the person and of identifiers that are nobody else's. traces: what is looked for in files. notes: what can't be told apart from others."""

    pseudonyms: frozenset[str]
    traces: Traces
    notes: tuple[str, ...] = ()


def find_person(workspace: Settings, given: str, more_types: Iterable[str] = ()) -> Person:
    """The person whom `given` names: an address, a staff number, a name that only one person has, or a pseudonym.

    more_types: types of identifiers besides those that the warehouse knows. Raises NotFound.
    """
    if not workspace.warehouse.exists():
        raise NotFound("Nothing is loaded yet, so nobody is known. Next step: `impact run`.")
    with reading_vault(workspace.warehouse, workspace.vault) as warehouse:
        known = _Known(warehouse)
        people = known.people_of(_candidates(warehouse, given, workspace.hash_key, more_types)) or known.people_called(
            given
        )
        if not people and "@" in given:
            return _only_an_address(given, workspace.hash_key)
        return known.person(_one(people, known, given), given)


def _candidates(warehouse: duckdb.DuckDBPyConnection, given: str, key: bytes, more: Iterable[str]) -> set[str]:
    """Pseudonyms that `given` could be, by every type of identifier in use."""
    query = (
        f"select distinct source_instance from {RAW['persons']} union select distinct id_type from {RAW['identifiers']}"
    )
    types = {row[0] for row in warehouse.execute(query).fetchall()} | {"email", *more}
    found = {reference(kind, given) for kind in types} | {given.strip()}
    hashed = {pseudonym(one, key) for one in found if one}
    return hashed | ({given.strip()} if re.fullmatch(r"[0-9a-f]{32}", given.strip()) else set())


def _only_an_address(given: str, key: bytes) -> Person:
    address = given.strip().lower()
    person = pseudonym(f"email:{address}", key)
    note = "No loaded record is of this address; it is looked for in files, quarantine and logs."
    return Person(frozenset({person}), Traces(frozenset({address, person})), (note,))


def _one(people: set[str], known: "_Known", given: str) -> set[str]:
    groups = {frozenset(known.same_as(person)) for person in people}
    if not groups:
        raise NotFound(
            f"Nobody is known as {given!r}. Next step: give an e-mail address or a staff number as a source has it, or the name as 'Given Family'."
        )
    if len(groups) > 1:
        raise NotFound(
            f"{len(groups)} people are known as {given!r}. Next step: give an e-mail address or a staff number that only one of them has."
        )
    return set(groups.pop())


class _Known:
    """What the warehouse and the vault know about people."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection) -> None:
        self.warehouse = warehouse
        there = warehouse.execute(
            "select schema_name || '.' || table_name from duckdb_tables() union select schema_name || '.' || view_name from duckdb_views()"
        )
        self.tables = {row[0] for row in there.fetchall()}

    def people_of(self, candidates: set[str]) -> set[str]:
        """People who are, or have, one of these pseudonyms."""
        found: set[str] = set()
        for kinds in (RAW, KEPT):
            found |= self._texts(kinds["persons"], "person_id", "person_id", candidates)
            found |= self._texts(kinds["identifiers"], "person_id", "id_value", candidates)
        return found

    def people_called(self, given: str) -> set[str]:
        """People of that name, or with that address in the vault."""
        words = " ".join(given.replace(",", " ").split()).casefold()
        return {person for person, *rest in self._names() if words in _spoken(*rest)}

    def same_as(self, person: str) -> set[str]:
        """Everybody whom the warehouse takes for the same person."""
        if RESOLVED not in self.tables:
            return {person}
        query = f"select person_id from {RESOLVED} where person_key in (select person_key from {RESOLVED} where person_id = ?)"
        return {person, *(row[0] for row in self.warehouse.execute(query, [person]).fetchall())}

    def person(self, people: set[str], given: str) -> Person:
        """What is looked for of these, who are one person."""
        own = people | self._texts(RESOLVED, "person_key", "person_id", people)
        identifiers = self._identifiers(people)
        shared = {one for one in identifiers if self.people_of({one}) - people}
        names, addresses, alike = self._in_the_vault(people)
        keys = self._keys(own | identifiers)
        words = own | (identifiers - shared) | addresses | ({given.strip().lower()} if "@" in given else set())
        notes = []
        if shared:
            notes.append(
                f"{len(shared)} identifiers are somebody else's too (given out again): records under them stay with the others."
            )
        if alike:
            notes.append("Somebody else has the same name: texts that hold nothing but the name stay.")
        return Person(frozenset(own | (identifiers - shared)), Traces(frozenset(words), names, keys), tuple(notes))

    def _identifiers(self, people: set[str]) -> set[str]:
        found: set[str] = set()
        for kinds in (RAW, KEPT):
            found |= self._texts(kinds["identifiers"], "id_value", "person_id", people)
        return found

    def _keys(self, pseudonyms: set[str]) -> frozenset[str]:
        """Ids of the person's applications and pairs."""
        found = self._texts(APPLICATIONS, "application_id", "person_id", pseudonyms)
        return frozenset(found | self._texts(MEMBERS, "pair_id", "person_id", pseudonyms))

    def _in_the_vault(self, people: set[str]) -> tuple[frozenset[tuple[str, str]], set[str], bool]:
        """Names that are nobody else's, addresses, and whether a name is somebody else's too."""
        own = [row for row in self._names() if row[0] in people]
        others = {_folded(given, family) for person, given, family, *_ in self._names() if person not in people}
        names = {(given, family) for _, given, family, *_ in own if given and family}
        alike = {name for name in names if _folded(*name) in others}
        return (
            frozenset(names - alike),
            {address for *_, work, private in own for address in (work, private) if address},
            bool(alike),
        )

    def _names(self) -> list[tuple[Any, ...]]:
        query = "select distinct person_id, given_name, family_name, email_work, email_personal from vault.persons"
        return self.warehouse.execute(query).fetchall()

    def _texts(self, table: str, column: str, where: str, values: set[str]) -> set[str]:
        if table not in self.tables or not values:
            return set()
        query = f"select distinct {column} from {table} where {where} in (select unnest(?)) and {column} is not null"
        return {row[0] for row in self.warehouse.execute(query, [sorted(values)]).fetchall()}


def _folded(given: str | None, family: str | None) -> tuple[str, str]:
    return ((given or "").casefold(), (family or "").casefold())


def _spoken(given: str | None, family: str | None, work: str | None, private: str | None) -> set[str]:
    first, last = _folded(given, family)
    return {
        f"{first} {last}".strip(),
        f"{last} {first}".strip(),
        *((one or "").casefold() for one in (work, private)),
    } - {""}
