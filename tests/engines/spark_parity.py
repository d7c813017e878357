"""Whether every model's SQL gives the same rows on Spark: `python -m tests.engines.spark_parity WAREHOUSE [MODEL ...]` starts a standalone cluster of a master and two workers on this machine,
runs the translated models on the raw tables as Parquet, and prints JSON: models that are the same, those that aren't and how, CPU seconds.

It needs pyspark (`mentorship-impact[spark]`) and Java 17 or newer, and is no part of `make test`.
"""

import contextlib
import graphlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyspark
from pyspark.sql import SparkSession

from pipelines.engines.tables import Table
from pipelines.engines.translation import spelt_out, written_for
from tests.engines.parity import children_cpu_seconds, difference
from tests.engines.portable import compiled

SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    # Spark 4.3 finds its own plans invalid after this rule where a column is exploded
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases",
    "spark.cores.max": "2",
    "spark.executor.memory": "1g",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.sources.default": "parquet",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}


@contextlib.contextmanager
def running_cluster(folder: Path) -> Iterator[str]:
    """The address of a master with two workers of one core each, gone when the block ends."""
    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    told = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    quiet = {"env": told, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    master = [program, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]  # fmt: skip
    worker = [program, "org.apache.spark.deploy.worker.Worker", address, "--cores", "1", "--memory", "1g", "--webui-port", "0"]  # fmt: skip
    running = [subprocess.Popen(master, **quiet)]
    try:
        _wait_for(port)
        running += [subprocess.Popen([*worker, "--work-dir", str(folder / f"worker{number}")], **quiet) for number in (1, 2)]  # fmt: skip
        yield address
    finally:
        for process in running[::-1]:
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError("The master of the cluster didn't start.")
        time.sleep(0.2)


class Lake:
    """Tables of the warehouse as Parquet files, which Spark and DuckDB both read and write."""

    def __init__(self, folder: Path, warehouse: Path, spark: SparkSession) -> None:
        self.folder, self.spark = folder, spark
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute(f"attach '{warehouse}' as one (read_only)")
        self.connection.execute("attach ':memory:' as two")

    def send(self, table: Table) -> None:
        """Put the warehouse's rows of a table there."""
        place = self._made(table)
        columns = self.connection.execute(f'describe one."{table.schema}"."{table.name}"').fetchall()
        kept = ", ".join(f'"{name}"::{_kind(kind)} as "{name}"' for name, kind, *_ in columns)
        self.connection.execute(f"copy (select {kept} from one.\"{table.schema}\".\"{table.name}\") to '{place}/rows.parquet' (format parquet)")  # fmt: skip
        self.spark.sql(f"create table {table.schema}.{table.name} using parquet location '{place}'")

    def build(self, table: Table, query: str) -> str:
        """Make a table of a query in Spark's words; returns how it differs from the warehouse's."""
        place = self._made(table)
        self.spark.sql(query).coalesce(1).write.mode("overwrite").parquet(str(place))
        self.spark.sql(f"create table {table.schema}.{table.name} using parquet location '{place}'")
        self.connection.execute(f'create schema if not exists two."{table.schema}"')
        self.connection.execute(f"create or replace view two.\"{table.schema}\".\"{table.name}\" as from read_parquet('{place}/*.parquet')")  # fmt: skip
        return difference(self.connection, table)

    def columns_of(self, table: Table) -> dict[str, str]:
        """Columns and their types in Spark's words."""
        return {field.name: field.dataType.simpleString() for field in self.spark.table(f"{table.schema}.{table.name}").schema}  # fmt: skip

    def _made(self, table: Table) -> Path:
        place = self.folder / table.schema / table.name
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        self.spark.sql(f"create schema if not exists {table.schema}")
        self.spark.sql(f"drop table if exists {table.schema}.{table.name}")
        return place


def _kind(kind: str) -> str:
    return {"UBIGINT[]": "decimal(20, 0)[]", "HUGEINT": "bigint"}.get(kind, kind)


def compare(warehouse: Path, only: Collection[str] = ()) -> dict[str, Any]:
    """The models of a warehouse that DuckDB built, on Spark. What fails is replaced by DuckDB's rows, so that each model is judged by itself. only: names of models, all if none."""
    before = children_cpu_seconds()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest = compiled(folder)
        with running_cluster(folder) as address:
            session = SparkSession.builder.master(address).appName("parity").config("spark.sql.warehouse.dir", str(folder / "spark"))  # fmt: skip
            for setting, value in SETTINGS.items():
                session = session.config(setting, value)
            spark = session.getOrCreate()
            spark.sparkContext.setLogLevel("ERROR")
            outcome = _outcomes(Lake(folder / "lake", warehouse, spark), manifest, only)
            spark.stop()
            spark.sparkContext._gateway.proc.terminate()
            spark.sparkContext._gateway.proc.wait()
    apart = {name: words for name, words in outcome.items() if words}
    return {"models": len(outcome), "same": len(outcome) - len(apart), "apart": apart, "cpu_seconds": round(children_cpu_seconds() - before, 1)}  # fmt: skip


def _outcomes(lake: Lake, manifest: Mapping[str, Any], only: Collection[str]) -> dict[str, str]:
    """Model -> how it differs, empty where it doesn't."""
    known: dict[str, Any] = {}
    found: dict[str, str] = {}
    every = {**manifest["sources"], **{key: node for key, node in manifest["nodes"].items() if node["resource_type"] in {"model", "seed"}}}  # fmt: skip
    before = {key: [one for one in node.get("depends_on", {}).get("nodes", []) if one in every] for key, node in every.items()}  # fmt: skip
    for key in graphlib.TopologicalSorter(before).static_order():
        node, table = every[key], Table(every[key]["schema"], every[key]["name"])
        if node["resource_type"] == "model" and (not only or table.name in only):
            try:
                query = written_for("spark", spelt_out(node["compiled_code"], known, "spark"))
                found[table.name] = lake.build(table, query)
            except Exception as refused:  # Spark's errors have no common class
                found[table.name] = str(refused).partition("\n")[0]
        if found.get(table.name, "sent"):
            lake.send(table)
        known.setdefault(node["database"], {}).setdefault(table.schema, {})[table.name] = lake.columns_of(table)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"spark": compare(Path(sys.argv[1]), sys.argv[2:])}, indent=2) + "\n")
