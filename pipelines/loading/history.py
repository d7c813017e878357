"""What the warehouse knows and no source could tell again: who had which identifier, dbt's snapshots, declarations, looks, runs of matching, what was loaded when.

It is kept in a file of its own after every run, so that the warehouse can be lost, left out of backups or made anew by another version.
"""

import os
from pathlib import Path

import duckdb

from pipelines.duckdb_config import duckdb_config
from pipelines.warehouse import attached_file, connect
from pipelines.whole_files import sync, sync_folder

SCHEMAS = ("identity", "snapshots", "quality")
TABLES = ("impact.declarations", "impact.looks", "analytics.match_history")


def keep_history(warehouse: Path, history: Path) -> None:
    """Write the history of the warehouse in the place of what was kept before."""
    history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    history.parent.chmod(0o700)
    draft = history.with_name(f".{history.name}.draft")
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft), config=duckdb_config(draft)) as new:
        new.execute(attached_file(warehouse, "old"))
        for table in tables_of_history(new, "old"):
            new.execute(f"create schema if not exists {table.partition('.')[0]}")
            new.execute(f"create table {table} as from old.{table}")
    draft.chmod(0o600)
    sync(draft)
    os.replace(draft, history)
    sync_folder(history.parent)


def recall_history(warehouse: Path, history: Path) -> None:
    """Begin a warehouse with what was kept; every source is read again by the next run. Does nothing where there is a warehouse."""
    if warehouse.exists() or not history.exists():
        return
    draft = warehouse.with_name(f".{warehouse.name}.draft")
    with connect(draft) as new:
        new.execute(attached_file(history, "kept"))
        for table in tables_of_history(new, "kept"):
            new.execute(f"create schema if not exists {table.partition('.')[0]}")
            new.execute(f"create table {table} as from kept.{table}")
        new.execute("update quality.loads set is_current = false")
    sync(draft)
    os.replace(draft, warehouse)


def tables_of_history(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Addresses of the tables of history in an attached file."""
    query = "select schema_name, table_name from duckdb_tables() where database_name = ? order by all"
    found = connection.execute(query, [database]).fetchall()
    return [f"{schema}.{table}" for schema, table in found if schema in SCHEMAS or f"{schema}.{table}" in TABLES]
