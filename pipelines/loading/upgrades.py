"""A warehouse of an earlier version brought to this one's form, before anything else opens it; nothing that can't be read from the sources again is lost on the way."""

from pathlib import Path

import duckdb

from pipelines.loading.load import KEY
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.state import write_state
from pipelines.loading.vault import DRAFTS, TABLES, changing_vault, is_inside
from pipelines.warehouse import connect, copy_into_new_file


def upgrade(warehouse: Path, vault: Path) -> None:
    """Take the vault out of a warehouse of version 0.1, in which it was a schema. Only for who holds the writer's lock."""
    if not warehouse.exists():
        return
    with connect(warehouse) as connection:
        if not is_inside(connection):
            return
        prepare_schemas(connection)
        with changing_vault(connection, vault):
            _move_vault(connection)
    copy_into_new_file(warehouse)


def _move_vault(connection: duckdb.DuckDBPyConnection) -> None:
    for draft, name in zip(DRAFTS, TABLES, strict=True):
        connection.execute(f"insert into {draft} by name from vault.{name}")
    for (fingerprint,) in connection.execute("select fingerprint from vault.key_in_use").fetchall():
        write_state(connection, KEY, fingerprint)
    connection.execute("drop schema vault cascade")
