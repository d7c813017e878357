"""Whether every model has the same rows on Spark: `python -m tests.engines.spark_parity WAREHOUSE [--on cluster|connect|local] [MODEL ...]`, on a standalone cluster of a master and two workers on this machine,
on the same through a server of Spark Connect, or within one process. Prints JSON: models that are the same, those that aren't and how, CPU seconds, the cluster's included.

It needs pyspark (`mentorship-impact[spark]`) and Java 17 or newer, and is no part of `make test`. With names of models, each is built from DuckDB's rows of what it reads.
"""

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines.components.parsed_project import parsed_manifest
from pipelines.engines.building import Step
from pipelines.engines.chosen import declared_types, environment_of
from pipelines.engines.spark import Spark
from pipelines.engines.tables import Table
from pipelines.warehouse import connect, transaction
from tests.engines.parity import build, children_cpu_seconds, compare, differences
from tests.engines.spark_cluster import running_cluster, running_connect, small_machine

IN_PROCESS = "local[2]"


@contextlib.contextmanager
def running_spark(place: str) -> Iterator[Spark]:
    """A Spark with a folder of its own: "cluster", "connect" or "local"."""
    with contextlib.ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory())
        if place == "local":
            running.enter_context(small_machine())
            yield Spark(IN_PROCESS, folder)
            return
        address = running.enter_context(running_cluster())
        yield Spark(running.enter_context(running_connect(address)) if place == "connect" else address, folder)


def compare_some(warehouse: Path, engine: Spark, models: Sequence[str]) -> dict[str, Any]:
    """Some models, each from DuckDB's rows of what it reads, so that each is judged by itself."""
    manifest = json.loads(parsed_manifest().read_bytes())
    nodes = {**manifest["nodes"], **manifest["sources"]}
    chosen = [node for node in nodes.values() if node["resource_type"] == "model" and node["name"] in models]
    tables = [Table(node["schema"], node["name"]) for node in chosen]
    read = dict.fromkeys(name for node in chosen for name in node["depends_on"]["nodes"])
    with tempfile.TemporaryDirectory() as folder, environment_of(engine.environment()):
        copy = Path(folder) / "warehouse.duckdb"
        shutil.copyfile(warehouse, copy)
        with connect(copy, read_only=True) as rows:
            engine.send(rows, [Table(nodes[name]["schema"], nodes[name]["name"]) for name in read])
        dbt = build(Step("spark", ("--resource-type", "model", "--select", *models)), Path(folder))
        with connect(copy) as rows, transaction(rows):
            engine.bring_back(rows, tables, declared_types(manifest))
        engine.clear()
        apart = differences(warehouse, copy, tables)
    return {"models": len(tables), "same": len(tables) - len(apart), "apart": apart, "dbt_cpu_seconds": round(dbt, 1)}


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("warehouse", type=Path)
    asked.add_argument("--on", choices=("cluster", "connect", "local"), default="cluster")
    asked.add_argument("models", nargs="*")
    told = asked.parse_intermixed_args()
    before = children_cpu_seconds()
    with running_spark(told.on) as engine:
        found = compare_some(told.warehouse, engine, told.models) if told.models else compare(told.warehouse, engine)
    found["cpu_seconds"] = round(children_cpu_seconds() - before, 1)
    sys.stdout.write(json.dumps({"spark": {"on": told.on, **found}}, indent=2) + "\n")
    return 0 if not found["apart"] else 1


if __name__ == "__main__":
    sys.exit(main())
