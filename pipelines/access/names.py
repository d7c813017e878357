"""Names from the vault, for somebody who may see them. Needs the vault and the warehouse on this computer, and no run that is writing them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.loading.vault import reading_vault

NAMES = """
    select resolved.person_key, any_value(vault.given_name order by vault.source_instance) as given_name, any_value(vault.family_name order by vault.source_instance) as family_name
    from vault.persons as vault
    inner join intermediate.int_persons_resolved as resolved on vault.source_instance = resolved.source_instance and vault.person_id = resolved.person_id
    where resolved.person_key in (select unnest($1)) group by resolved.person_key
"""
HOLDERS = """
    select distinct resolved.person_key from vault.persons as vault
    inner join intermediate.int_persons_resolved as resolved on vault.source_instance = resolved.source_instance and vault.person_id = resolved.person_id
    where lower(trim(vault.email_work)) = $1
"""


class NoNames(RuntimeError):
    """Names can't be read here or now; the message says why in one sentence."""


def names_of(data: Path, people: Sequence[str]) -> dict[str, str]:
    """Pseudonym to name of those whose name is known. Raises NoNames."""
    rows = _asked(data, NAMES, list(people))
    told = {key: " ".join(part for part in (given, family) if part) for key, given, family in rows}
    return {key: name for key, name in told.items() if name}


def person_at(data: Path, address: str) -> str | None:
    """The pseudonym of who has a work address; None where nobody or more than one person has. Raises NoNames."""
    rows = _asked(data, HOLDERS, address.strip().lower())
    return rows[0][0] if len(rows) == 1 else None


def _asked(data: Path, query: str, parameter: object) -> list[tuple[Any, ...]]:
    warehouse, vault = data / "warehouse" / "warehouse.duckdb", data / "vault" / "vault.duckdb"
    if not warehouse.exists() or not vault.exists():
        raise NoNames("Names are kept in the vault, which isn't on this computer.")
    try:
        with reading_vault(warehouse, vault) as connection:
            return connection.execute(query, [parameter]).fetchall()
    except duckdb.IOException as busy:
        raise NoNames("A run is writing the data; names can be read again when it has ended.") from busy
    except duckdb.CatalogException as unmade:
        raise NoNames("Names can be read after the first whole run.") from unmade
