"""A warehouse to try loads in: it holds what the last loads left, so that a trial is judged as a run is, and goes away afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.loading.schemas import prepare_schemas, wanted_tables
from pipelines.loading.state import read_state
from pipelines.loading.vault import MARK, draft_vault, settle
from pipelines.warehouse import attached_file, connect

BUSY = "another run is writing the warehouse, so nothing was compared with the last load"


@contextmanager
def trial_warehouse(warehouse: Path, vault: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, str | None]]:
    """A copy of what the loads in `warehouse` have left, and why there is none; the file itself is only read."""
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder) / "trial.duckdb") as trial:
        prepare_schemas(trial)
        draft_vault(trial, None)
        yield trial, _copy(trial, warehouse, vault) if warehouse.exists() else None


def _copy(trial: duckdb.DuckDBPyConnection, warehouse: Path, vault: Path) -> str | None:
    try:
        trial.execute(attached_file(warehouse, "standing"))
    except duckdb.IOException:
        return BUSY
    query = "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'standing'"
    there = {row[0] for row in trial.execute(query).fetchall()}
    try:
        for address in wanted_tables():
            if address in there:
                trial.execute(f"insert into {address} by name from standing.{address}")
        settle(vault, read_state(trial, MARK))
        draft_vault(trial, vault)
    except (duckdb.BinderException, duckdb.CatalogException):
        return "the warehouse was made by an older version; a run reads every source again, and nothing was compared with the last load"
    finally:
        trial.execute("detach standing")
    return None
