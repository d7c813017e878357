"""The published snapshot, read only. Nothing here or above it knows the warehouse."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.serving.snapshot import current, managers_of

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "512MB",
    "threads": "2",
}
"""A reader can neither reach files or the network nor undo these settings."""

DEFAULT_SERVING = Path(__file__).resolve().parent.parent / "data" / "serving"


class NothingPublished(RuntimeError):
    """No snapshot exists yet; the message says how to make one."""


@dataclass(frozen=True)
class Reading:
    """An open release."""

    connection: duckdb.DuckDBPyConnection

    def frame(self, query: str, parameters: list | None = None) -> pl.DataFrame:
        """The result of `query` as a frame."""
        return self.connection.sql(query, params=parameters or None).pl()


@dataclass(frozen=True)
class Snapshot:
    """One published release. Opening is cheap; every query uses a connection of its own and closes it."""

    path: Path

    def frame(self, query: str, parameters: list | None = None) -> pl.DataFrame:
        """The result of `query` as a frame."""
        with self.opened() as reading:
            return reading.frame(query, parameters)

    @contextmanager
    def opened(self) -> Iterator["Reading"]:
        """One connection for several queries, closed when the block ends: opening costs more than most queries do."""
        connection = duckdb.connect(str(self.path), read_only=True, config=CONFIG)
        try:
            yield Reading(connection)
        finally:
            connection.close()

    @property
    def managers(self) -> "Snapshot | None":
        """The file for programme managers that belongs to this release, where there is one."""
        path = managers_of(self.path)
        return Snapshot(path) if path.exists() else None


def serving_folder() -> Path:
    """IMPACT_SERVING, or data/serving beside the code."""
    return Path(os.environ.get("IMPACT_SERVING") or DEFAULT_SERVING)


def current_snapshot(serving: Path | None = None) -> Snapshot:
    """The release that the pointer names, or the newest whole one. Raises NothingPublished where there is none."""
    folder = serving or serving_folder()
    path = current(folder)
    if path is not None:
        return Snapshot(path)
    raise NothingPublished(
        f"Nothing is published in {folder.name} yet. Run `make demo` to see it with the demo company."
    )
