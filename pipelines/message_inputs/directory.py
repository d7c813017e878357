"""Names and addresses, read from the vault in one go when messages are sent, and forgotten with the process."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import duckdb

from pipelines.loading.vault import reading_vault
from pipelines.messages.due import mailbox
from pipelines.messages.office import Contact, NoReport, ProgrammeWords
from pipelines.messages.outbox_rows import Message

CONTACTS = """
    select resolved.person_key, coalesce(any_value(vault.email_work order by vault.source_instance), any_value(vault.email_personal order by vault.source_instance)) as address, any_value(vault.given_name order by vault.source_instance) as given_name,
        any_value(vault.family_name order by vault.source_instance) as family_name, any_value(persons.home_tz order by vault.source_instance) as zone, any_value(persons.country order by vault.source_instance) as country
    from vault.persons as vault
    inner join intermediate.int_persons_resolved as resolved on vault.source_instance = resolved.source_instance and vault.person_id = resolved.person_id
    left join marts.persons as persons on resolved.person_key = persons.person_key
    where resolved.person_key in (select unnest($1))
    group by resolved.person_key
"""
REASONS = """
    select mentee_person_key, mentor_person_key, reasons from analytics.match_pairs
    where mentee_person_key in (select unnest($1)) and mentor_person_key in (select unnest($1))
"""
HOLDER = """
    select distinct resolved.person_key from vault.persons as vault
    inner join intermediate.int_persons_resolved as resolved on vault.source_instance = resolved.source_instance and vault.person_id = resolved.person_id
    where lower(vault.email_work) = $1 or lower(vault.email_personal) = $1
"""


@dataclass(frozen=True)
class VaultDirectory:
    """Contacts of some people, of coordinators and of mailboxes that the workspace file names."""

    people: Mapping[str, Contact]
    pairs: Mapping[tuple[str, str], Sequence[str]]
    programmes: Mapping[str, ProgrammeWords]
    coordinators: Mapping[str, str] = field(default_factory=dict)
    mailboxes: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def contact(self, recipient: str) -> Contact | None:
        """Who a recipient is; None where nobody knows an address."""
        what, _, key = recipient.partition(":")
        if what == "person":
            return self.people.get(key)
        address = (self.coordinators.get(key) or self.coordinators.get("all")) if what == "coordinator" else self.mailboxes.get(recipient)  # fmt: skip
        return Contact(parseaddr(address)[1], parseaddr(address)[0], parseaddr(address)[0]) if address else None

    def reasons(self, message: Message) -> Sequence[str]:
        """Why the last matching put the two together; empty where it doesn't know them."""
        person = message.recipient.partition(":")[2]
        mentee, mentor = (person, message.partner) if message.role == "mentee" else (message.partner, person)
        return self.pairs.get((str(mentee), str(mentor)), ())

    def programme(self, programme_id: str) -> ProgrammeWords:
        """A programme in words."""
        return self.programmes.get(programme_id, ProgrammeWords(programme_id))

    def report(self, report_id: str) -> Mapping[str, Any]:
        """What the mail of an issued report says. Raises NoReport."""
        if report_id not in self.reports:
            raise NoReport(f"the report {report_id} isn't in the archive")
        return self.reports[report_id]


def people_of(messages: Iterable[Message]) -> list[str]:
    """Pseudonyms of everybody whom messages go to or speak of."""
    keys = {message.recipient.removeprefix("person:") for message in messages if message.recipient.startswith("person:")}  # fmt: skip
    return sorted(keys | {message.partner for message in messages if message.partner})


def read_contacts(warehouse: Path, vault: Path, people: Sequence[str]) -> tuple[dict[str, Contact], dict[tuple[str, str], Sequence[str]]]:  # fmt: skip
    """Contacts by pseudonym, and reasons by pair. Raises duckdb.Error while a run writes the warehouse."""
    if not people or not warehouse.exists():
        return {}, {}
    with reading_vault(warehouse, vault) as connection:
        contacts = {row[0]: _contact(*row[1:]) for row in connection.execute(CONTACTS, [people]).fetchall() if row[1]}
        return contacts, _reasons(connection, people)


def person_with(warehouse: Path, vault: Path, address: str) -> str | None:
    """The pseudonym of whoever has an address; None where nobody has."""
    with reading_vault(warehouse, vault) as connection:
        row = connection.execute(HOLDER, [address.strip().lower()]).fetchone()
    return row[0] if row else None


def mailboxes(addresses: Iterable[str]) -> dict[str, str]:
    """Recipient to address of those that the workspace file names."""
    return {mailbox(parseaddr(address)[1]): address for address in addresses}


def _contact(address: str, given: str | None, family: str | None, zone: str | None, country: str | None) -> Contact:
    name = " ".join(part for part in (given, family) if part) or address.partition("@")[0]
    return Contact(address, given or name, name, zone, country)


def _reasons(connection: duckdb.DuckDBPyConnection, people: Sequence[str]) -> dict[tuple[str, str], Sequence[str]]:
    try:
        return {(mentee, mentor): reasons for mentee, mentor, reasons in connection.execute(REASONS, [people]).fetchall()}  # fmt: skip
    except duckdb.CatalogException:
        return {}
