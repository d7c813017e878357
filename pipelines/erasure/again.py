"""Erasures that came after a backup was made, done again on what it brought back."""

from collections.abc import Callable

from pipelines.erasure.erase import erase
from pipelines.loading.history import recall_history
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.tombstones import hash_of, tombstones
from pipelines.loading.vault import reading_vault
from pipelines.settings import Settings
from pipelines.warehouse import connect

KNOWN = (
    "select person_id from vault.persons union select person_id from identity.people "
    "union select id_value from identity.identifiers"
)


def erase_again(workspace: Settings, *, actor: str, say: Callable[[str], None]) -> int:
    """Erase everybody with a tombstone who is there: how many people that were. Only for who holds the writer's lock."""
    recall_history(workspace.warehouse, workspace.history)
    if not tombstones(workspace.tombstones).hashes or not workspace.warehouse.exists():
        return 0
    with connect(workspace.warehouse) as warehouse:
        prepare_schemas(warehouse)
    done: set[str] = set()
    while person := next(iter(_there(workspace) - done), None):
        say("Erasing again somebody whom the backup brought back ...")
        erase(workspace, person, actor=actor, say=lambda _: None)
        done.add(person)
    return len(done)


def _there(workspace: Settings) -> set[str]:
    """Pseudonyms of people with a tombstone."""
    hashes, key = tombstones(workspace.tombstones).hashes, workspace.hash_key
    with reading_vault(workspace.warehouse, workspace.vault) as warehouse:
        people = {row[0] for row in warehouse.execute(KNOWN).fetchall() if row[0]}
    return {person for person in people if hash_of(person, key) in hashes}
