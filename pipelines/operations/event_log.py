"""Dagster's event log in SQLite, with a connection that stays open between events.

Dagster's own opens a database, commits and closes it for each of the thousand events of a run, and closing the last connection writes the whole
write-ahead log back to disk; that was more than a third of a small run. A crash of the machine may cost the last events here, never a row of the warehouse.
"""

import atexit
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

KEPT_OPEN = 4
"""Databases that stay open: the run's, the index, and whatever a page looks at besides."""


class RunEventLog(SqliteEventLogStorage):
    """Every event is committed as it comes; a database is opened once."""

    def __init__(self, *arguments: Any, **more: Any):
        self._open: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        super().__init__(*arguments, **more)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "RunEventLog":  # noqa: ARG003
        """In Dagster's home, where its own lies; a command that has no home (`dagster definitions validate`) keeps nothing."""
        home = os.environ.get("DAGSTER_HOME") or _nowhere()
        return cls(base_dir=str(Path(home, "history", "runs")), inst_data=inst_data)

    def has_table(self, table_name: str) -> bool:
        """Asked before each event, and a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection
        # Whoever watches a run looks at the time of its database, which the write-ahead log leaves alone
        os.utime(self.path_for_shard(shard))

    def _engine(self, shard: str) -> Engine:
        engine = self._open.pop(shard, None) or self._opened(shard)
        self._open[shard] = engine
        while len(self._open) > KEPT_OPEN:
            self._open.popitem(last=False)[1].dispose()
        return engine

    def _opened(self, shard: str) -> Engine:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,  # one connection, which `_db_lock` lends to one thread at a time
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _write_ahead)
        self._initdb(engine)
        return engine

    def wipe(self) -> None:
        self._close()
        self._tables.clear()
        super().wipe()

    def dispose(self) -> None:
        self._close()
        super().dispose()

    def _close(self) -> None:
        with self._db_lock:
            while self._open:
                self._open.popitem()[1].dispose()


@lru_cache(maxsize=1)
def _nowhere() -> str:
    """A folder that goes with this process."""
    folder = mkdtemp(prefix="dagster-")
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


def _write_ahead(connection: sqlite3.Connection, _: Any) -> None:
    """Commits go to the write-ahead log and reach the disk when it is written back."""
    connection.execute("PRAGMA synchronous=NORMAL")
