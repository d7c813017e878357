"""A warehouse of an earlier version brought to this one's form, before anything else opens it; nothing that can't be read from the sources again is lost on the way."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.loading.history import recall_history
from pipelines.loading.load import KEY
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.state import read_state, write_state
from pipelines.loading.vault import DRAFTS, TABLES, changing_vault, is_inside
from pipelines.warehouse import connect, copy_into_new_file

VERSION = 2
"""Of the warehouse's own tables. 1: the vault is a schema of the warehouse. 2: it is a file of its own."""

NAME = "schema_version"
"""In the state of the warehouse."""


class TooNew(RuntimeError):
    """The data were written by a later version; the message names the next step."""


def upgrade(warehouse: Path, vault: Path, history: Path) -> None:
    """Bring the warehouse to this version, one step after the other; one that is gone begins with its history. Only for who holds the writer's lock.

    Raises TooNew, with nothing changed.
    """
    recall_history(warehouse, history)
    if not warehouse.exists():
        return
    with connect(warehouse) as connection:
        version = _version(connection)
        if version > VERSION:
            raise TooNew(
                f"{warehouse.name} was written by a later version (tables {version}, this one knows {VERSION}). Next step: update mentorship-impact, or restore a backup that this version made."
            )
        prepare_schemas(connection)
        for step in range(version, VERSION):
            STEPS[step](connection, vault)
        write_state(connection, NAME, str(VERSION))
    if version == 1:
        copy_into_new_file(warehouse)


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    noted = read_state(connection, NAME)
    return int(noted) if noted else 1 if is_inside(connection) else VERSION


def _take_out_the_vault(connection: duckdb.DuckDBPyConnection, vault: Path) -> None:
    with changing_vault(connection, vault):
        _move_vault(connection)


def _move_vault(connection: duckdb.DuckDBPyConnection) -> None:
    for draft, name in zip(DRAFTS, TABLES, strict=True):
        connection.execute(f"insert into {draft} by name from vault.{name}")
    for (fingerprint,) in connection.execute("select fingerprint from vault.key_in_use").fetchall():
        write_state(connection, KEY, fingerprint)
    connection.execute("drop schema vault cascade")


STEPS: dict[int, Callable[[duckdb.DuckDBPyConnection, Path], None]] = {1: _take_out_the_vault}
"""What brings tables of a version to the next one."""
