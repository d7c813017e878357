"""A folder of Parquet files that this process and a cluster both read and write: a path, or an address that Arrow knows (s3://, gs://, hdfs://)."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq

from pipelines.engines.engine import EngineRefused
from pipelines.engines.tables import Table

OURS = "mentorship_impact_models"
"""The folder within the configured one that a run empties, fills and removes; nothing else there is touched."""
SENT, MADE, COLUMNS = "sent", "made", "columns.json"
ROWS_AT_ONCE = 200_000
HADOOP = {"s3": "s3a"}
"""Schemes that Spark knows by another name."""


class Lake:
    """Tables under one folder: `sent/` what the models read, `made/` what the engine made of it.

    Raises EngineRefused where the folder can't be opened.
    """

    def __init__(self, place: str) -> None:
        self.place = place.rstrip("/")
        try:
            if set("'\\`") & set(place):
                raise ValueError("a quote or a backslash can't be said to Spark")
            self._files, root = pyarrow.fs.FileSystem.from_uri(self.place)
        except (OSError, ValueError) as problem:
            raise EngineRefused(f"The folder {place} can't be opened: {problem}. Next step: IMPACT_ENGINE_FOLDER=/a/path or s3://bucket/folder, which this machine and every worker of the cluster can read and write.") from None  # fmt: skip
        self._root = f"{root.rstrip('/')}/{OURS}"

    @property
    def address(self) -> str:
        """The folder in Spark's words."""
        return f"{in_sparks_words(self.place)}/{OURS}"

    def clear(self) -> None:
        """Remove everything."""
        if isinstance(self._files, pyarrow.fs.LocalFileSystem):
            shutil.rmtree(self._root, ignore_errors=True)
        elif self._files.get_file_info(self._root).type != pyarrow.fs.FileType.NotFound:
            self._files.delete_dir(self._root)

    def write(self, warehouse: duckdb.DuckDBPyConnection, table: Table) -> int:
        """Put a table of the warehouse there as Parquet, some rows at a time; returns the rows."""
        place = f"{self._root}/{SENT}/{table.schema}/{table.name}"
        rows = 0
        self._made(place)
        with warehouse.sql(f'from "{table.schema}"."{table.name}"').to_arrow_reader(ROWS_AT_ONCE) as batches, pq.ParquetWriter(f"{place}/rows.parquet", batches.schema, filesystem=self._files) as file:  # fmt: skip
            for batch in batches:
                file.write_batch(batch)
                rows += batch.num_rows
        return rows

    def read(self, table: Table) -> ds.Dataset:
        """What the engine made of a table."""
        return ds.dataset(f"{self._root}/{MADE}/{table.schema}/{table.name}", format="parquet", filesystem=self._files)

    def note(self, columns: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        """Keep the columns of what was sent: schema -> table -> column -> type in the engine's words."""
        self._made(self._root)
        with self._files.open_output_stream(f"{self._root}/{COLUMNS}") as file:
            file.write(json.dumps(columns).encode())

    def noted(self) -> dict[str, dict[str, dict[str, str]]]:
        """What `note` kept; empty where nothing was sent."""
        place = f"{self._root}/{COLUMNS}"
        if self._files.get_file_info(place).type == pyarrow.fs.FileType.NotFound:
            return {}
        with self._files.open_input_stream(place) as file:
            found: dict[str, Any] = json.loads(file.read())
        return found

    def _made(self, place: str) -> None:
        try:
            self._files.create_dir(place, recursive=True)
        except OSError as problem:
            raise EngineRefused(f"The folder {self.place} can't be written: {problem}. Next step: give this user the right, or name another one in IMPACT_ENGINE_FOLDER.") from None  # fmt: skip


def in_sparks_words(place: str) -> str:
    """The address of a folder as Hadoop's file systems know it. What stands after `?` is told to Arrow alone."""
    scheme, apart, rest = place.partition("?")[0].rstrip("/").partition("://")
    return f"{HADOOP.get(scheme, scheme)}://{rest}" if apart else f"file://{scheme}"


def private(folder: Path) -> Path:
    """The folder, made where it isn't there yet, for nobody but this user."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
