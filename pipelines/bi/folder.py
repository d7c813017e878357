"""The contract's tables in a folder under names that never change: Parquet, one DuckDB file, the contract, and the metrics for semantic layers.

Each file is written beside its place and moved there, so who reads meets the old or the new one, whole; table `release` says which one it is.
"""

import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import duckdb
import polars as pl
import yaml

from pipelines.bi.contract import CONTRACT, BiContract
from pipelines.bi.semantic import semantic_layer
from pipelines.duckdb_config import duckdb_config
from pipelines.serving.snapshot import write_tables
from pipelines.warehouse import text_literal

DUCKDB_FILE = "mentoring.duckdb"
PARQUET_FOLDER = "parquet"
CONTRACT_FILE = "contract.json"
SEMANTIC_FILE = "semantic_layer.yml"


def write_folder(folder: Path, frames: Mapping[str, pl.DataFrame], contract: BiContract = CONTRACT) -> list[Path]:
    """Write everything; returns the files. Tables that the contract no longer has are taken away. Raises OSError where the folder can't be written."""
    (folder / PARQUET_FOLDER).mkdir(parents=True, exist_ok=True)
    files = [_moved(folder / PARQUET_FOLDER / f"{name}.parquet", frame.write_parquet) for name, frame in frames.items()]
    for stale in set((folder / PARQUET_FOLDER).glob("*.parquet")) - set(files):
        stale.unlink()
    told = json.dumps({"version": contract.version_words, "tables": [asdict(table) for table in contract.tables]}, indent=1)  # fmt: skip
    layer = yaml.safe_dump(semantic_layer(frames["metric_definitions"]), sort_keys=False, allow_unicode=True)
    return [
        *files,
        _moved(folder / DUCKDB_FILE, lambda path: _write_duckdb(path, frames, contract)),
        _moved(folder / CONTRACT_FILE, lambda path: path.write_text(told + "\n", encoding="utf-8")),
        _moved(folder / SEMANTIC_FILE, lambda path: path.write_text(layer, encoding="utf-8")),
    ]


def _moved(place: Path, write: Callable[[Path], object]) -> Path:
    beside = place.with_name(f".{uuid.uuid4().hex}.{place.name}")
    try:
        write(beside)
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)
    return place


def _write_duckdb(path: Path, frames: Mapping[str, pl.DataFrame], contract: BiContract) -> None:
    write_tables(path, frames)
    with duckdb.connect(str(path), config=duckdb_config(path)) as connection:
        for table in contract.tables:
            connection.execute(f'comment on table "{table.name}" is {text_literal(table.grain)}')
            for column in table.columns:
                connection.execute(
                    f'comment on column "{table.name}"."{column.name}" is {text_literal(column.meaning)}'
                )
