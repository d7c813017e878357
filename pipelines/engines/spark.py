"""Spark as the engine of the models: what they read and what they made are Parquet files in a folder that the cluster and this machine share."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa

from pipelines.engines.engine import EngineRefused
from pipelines.engines.lake import Lake, private
from pipelines.engines.tables import Column, Table, columns_of, replace_with
from pipelines.engines.translation import translated_type

OLDEST_JAVA = 17
ADDRESSES = re.compile(r"local(\[(\d+|\*)\])?|spark://[^\s/]+:\d+|sc://[^\s/]+(:\d+)?(/.*)?")
CONNECT_PORT = 15002


@dataclass(frozen=True)
class Spark:
    """A cluster, or Spark within the process of dbt. address: spark://host:7077, sc://host:15002 (Spark Connect) or local[2]. folder: a path or an address."""

    address: str
    folder: str
    name: str = "spark"
    left_to_duckdb: tuple[str, ...] = ("seed", "snapshot")  # Parquet can't be changed row by row, as a history must be

    def environment(self) -> Mapping[str, str]:
        """What dbt's profile and the session of dbt's process read."""
        return {"ENGINE_MASTER": self.address, "ENGINE_FOLDER": self.folder}

    def check(self) -> None:
        """Raises EngineRefused where no session can begin: no Java where one is needed, nobody at the address."""
        if not self.address.startswith("sc://"):
            _check_java()
        if "://" in self.address:
            _check_reached(self.address)

    def beside(self, folder: Path) -> "Spark":
        """Without a folder of its own, tables go through one of the run's."""
        return self if self.folder else replace(self, folder=str(private(folder) / "tables"))

    def clear(self) -> None:
        """Nothing stays in the folder between runs."""
        Lake(self.folder).clear()

    def send(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> int:
        """Write tables of the warehouse into the folder; returns the rows. Raises EngineRefused."""
        lake, rows = Lake(self.folder), 0
        known = lake.noted()
        for table in tables:
            rows += lake.write(warehouse, table)
            columns = {column.name: translated_type(column.kind, self.name) for column in columns_of(warehouse, table)}
            known.setdefault(table.schema, {})[table.name] = columns
        lake.note(known)
        return rows

    def bring_back(self, warehouse: duckdb.DuckDBPyConnection, tables: Iterable[Table], declared: Mapping[Table, Mapping[str, str]]) -> int:  # fmt: skip
        """Replace tables of the warehouse by those that Spark wrote; returns the rows. declared: DuckDB's types of columns that have a contract."""
        lake, rows = Lake(self.folder), 0
        for table in tables:
            found = lake.read(table)
            known = declared.get(table, {})
            replace_with(warehouse, table, found, [Column(field.name, known.get(field.name) or _kind(field.type)) for field in found.schema])  # fmt: skip
            rows += found.count_rows()
        return rows


def _kind(kind: pa.DataType) -> str:
    """DuckDB's type of a column that no contract gives one."""
    if pa.types.is_list(kind):
        return "ubigint[]" if pa.types.is_decimal(kind.value_type) else f"{_kind(kind.value_type)}[]"
    if pa.types.is_decimal(kind):
        return "ubigint" if (kind.precision, kind.scale) == (20, 0) else "double"
    if pa.types.is_timestamp(kind):
        return "timestamptz" if kind.tz else "timestamp"
    return KINDS[str(kind)]


KINDS = {"string": "varchar", "large_string": "varchar", "int32": "integer", "int64": "bigint", "bool": "boolean", "date32[day]": "date", "double": "double", "float": "double", "null": "integer"}  # fmt: skip


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME", "")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not program or not Path(program).exists():
        raise EngineRefused(f"No Java found, which Spark's driver runs on. Next step: install Java {OLDEST_JAVA} or newer (apt-get install openjdk-17-jre-headless) or set JAVA_HOME; a server of Spark Connect (sc://host:15002) needs none here.")  # fmt: skip
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if version and int(version[1]) < OLDEST_JAVA:
        raise EngineRefused(f"Java {version[1]} at {program} is too old for Spark 4. Next step: Java {OLDEST_JAVA} or newer, in JAVA_HOME.")  # fmt: skip


def _check_reached(address: str) -> None:
    """Of several masters one is enough."""
    scheme, _, rest = address.partition("://")
    problem: OSError | None = None
    for one in rest.partition("/")[0].split(","):
        place = urlsplit(f"//{one}")
        try:
            socket.create_connection((place.hostname or "", place.port or CONNECT_PORT), timeout=10).close()
            return
        except OSError as refused:
            problem = refused
    what = "server of Spark Connect" if scheme == "sc" else "master"
    raise EngineRefused(f"No {what} answers at {scheme}://{rest.partition('/')[0]}: {problem}. Next step: start it, or check the address in IMPACT_ENGINE_DATABASE.")  # fmt: skip
