"""A warehouse of an earlier version brought to this one's form, before anything else opens it; nothing that can't be read from the sources again is lost on the way."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.data_version import DATA_VERSION, refuse_later
from pipelines.loading.history import recall_history
from pipelines.loading.load import KEY
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.state import read_state, write_state
from pipelines.loading.vault import DRAFTS, TABLES, changing_vault, is_inside
from pipelines.warehouse import connect, copy_into_new_file

NAME = "schema_version"
"""In the state of the warehouse, and so of the history that is kept of it."""


def upgrade(warehouse: Path, vault: Path, history: Path) -> None:
    """Bring the warehouse to this version, one step after the other; one that is gone begins with its history. Only for who holds the writer's lock.

    Raises TooNew, with nothing changed.
    """
    if history.exists() and not warehouse.exists():
        with connect(history, read_only=True) as kept:
            refuse_later(_version(kept), history.name)
    recall_history(warehouse, history)
    if not warehouse.exists():
        return
    with connect(warehouse) as connection:
        version = _version(connection)
        refuse_later(version, warehouse.name)
        prepare_schemas(connection)
        for step in range(version, DATA_VERSION):
            STEPS[step](connection, vault)
        write_state(connection, NAME, str(DATA_VERSION))
    if version == 1:
        copy_into_new_file(warehouse)


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    noted = read_state(connection, NAME)
    return int(noted) if noted else 1 if is_inside(connection) else DATA_VERSION


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
