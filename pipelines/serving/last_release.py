"""What the release that is up shows, and who stood behind it: what the next one is compared with."""

from pathlib import Path

import duckdb
import polars as pl

from pipelines.duckdb_config import duckdb_config
from pipelines.serving.snapshot import current, managers_of

SHOWN_CELLS = "shown_cells"
"""Table of the managers' file: the cells that readers see, with one number per person behind each. No page reads it."""


def last_release(serving: Path) -> dict[str, pl.DataFrame]:
    """`goals` and `shown_cells` of the release that is up, as far as it has them; nothing where nothing was published."""
    readers = current(serving)
    if readers is None:
        return {}
    return _tables(readers, ["goals"]) | _tables(managers_of(readers), [SHOWN_CELLS])


def _tables(path: Path, names: list[str]) -> dict[str, pl.DataFrame]:
    if not path.exists():
        return {}
    connection = duckdb.connect(str(path), read_only=True, config=duckdb_config(path))
    try:
        there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        return {name: connection.table(name).pl() for name in names if name in there}
    finally:
        connection.close()
