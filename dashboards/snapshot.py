"""The published snapshot, read only. Nothing here or above it knows the warehouse."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.serving.snapshot import current

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

    def frame(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """The result of `query` as a frame."""
        return self.connection.sql(query, params=parameters or None).pl()


@dataclass(frozen=True)
class Snapshot:
    """One published release. Opening is cheap; every query uses a connection of its own and closes it. views: statements after opening, which put what one reader may see in the tables' places."""

    path: Path
    views: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Under which answers are kept: whoever sees other rows has another."""
        return (
            f"{self.path}|{hashlib.sha256(chr(0).join(self.views).encode()).hexdigest()}"
            if self.views
            else str(self.path)
        )

    def frame(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """The result of `query` as a frame."""
        with self.opened() as reading:
            return reading.frame(query, parameters)

    @contextmanager
    def opened(self) -> Iterator["Reading"]:
        """One connection for several queries, closed when the block ends, or the page: opening costs more than most queries do."""
        kept = _KEPT.get()
        if kept is not None:
            if self.key not in kept:
                kept[self.key] = self._connected()
            yield Reading(kept[self.key])
            return
        connection = self._connected()
        try:
            yield Reading(connection)
        finally:
            connection.close()

    def _connected(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self.path), read_only=True, config=CONFIG)
        for view in self.views:
            connection.execute(view)
        return connection


_KEPT: ContextVar[dict[str, duckdb.DuckDBPyConnection] | None] = ContextVar("kept", default=None)


@contextmanager
def opened_once() -> Iterator[None]:
    """Until the block ends a release is opened when it is first asked, and not again. Not longer: nobody can change a file that a reader holds."""
    connections: dict[str, duckdb.DuckDBPyConnection] = {}
    before = _KEPT.set(connections)
    try:
        yield
    finally:
        _KEPT.reset(before)
        for connection in connections.values():
            connection.close()


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


def is_past(snapshot: Snapshot) -> bool:
    """Whether a newer release has taken its place: its file may be gone in the middle of a page."""
    return current(snapshot.path.parent) not in (None, snapshot.path)
