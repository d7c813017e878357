"""Which engine builds the models: DuckDB, unless IMPACT_TARGET names another."""

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from pipelines.engines.engine import Engine, EngineRefused
from pipelines.engines.postgres import Postgres
from pipelines.engines.spark import ADDRESSES, Spark
from pipelines.engines.tables import Table


def chosen_engine() -> Engine | None:
    """The engine that the environment names; None for DuckDB. Raises EngineRefused where it names none that there is, or not where it is."""
    target = os.environ.get("IMPACT_TARGET", "") or "duckdb"
    if target == "duckdb":
        return None
    if target not in ENGINES:
        raise EngineRefused(f"IMPACT_TARGET is {target!r}. Next step: one of duckdb, {', '.join(ENGINES)}.")
    return ENGINES[target](os.environ.get("IMPACT_ENGINE_DATABASE", ""))


def _postgres(address: str) -> Postgres:
    if find_spec("dbt.adapters.postgres") is None:
        raise EngineRefused("dbt-postgres isn't installed. Next step: install mentorship-impact[postgres].")
    if not address.startswith(("postgresql://", "postgres://")):
        raise EngineRefused("No database to build the models in. Next step: IMPACT_ENGINE_DATABASE=postgresql://user:password@host/database in the environment or in .env.")  # fmt: skip
    return Postgres(address)


def _spark(address: str) -> Spark:
    if find_spec("dbt.adapters.spark") is None or find_spec("pyspark") is None:
        raise EngineRefused("dbt-spark and pyspark aren't installed. Next step: install mentorship-impact[spark].")
    if not ADDRESSES.fullmatch(address):
        raise EngineRefused("No Spark to build the models on. Next step: IMPACT_ENGINE_DATABASE=spark://host:7077 (a master), sc://host:15002 (Spark Connect) or local[2] (in this machine's own process) in the environment or in .env.")  # fmt: skip
    folder = os.environ.get("IMPACT_ENGINE_FOLDER", "")
    if "://" in address and not folder:
        raise EngineRefused("No folder for the tables. Next step: IMPACT_ENGINE_FOLDER=/a/path or s3://bucket/folder, which this machine and every worker of the cluster can read and write.")  # fmt: skip
    engine = Spark(address, folder)
    engine.check()
    return engine


ENGINES: Mapping[str, Callable[[str], Engine]] = {"postgres": _postgres, "spark": _spark}
"""IMPACT_TARGET -> the engine at the address of IMPACT_ENGINE_DATABASE."""


@contextlib.contextmanager
def environment_of(told: Mapping[str, str]) -> Iterator[None]:
    """The environment with these, for the length of the block."""
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def read_by(manifest: Mapping[str, Any], readers: Collection[str], *kinds: str) -> list[Table]:
    """The tables of some kinds that nodes of the kinds `readers` read, in dbt's order."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    read = {name for node in nodes.values() if node["resource_type"] in readers for name in node.get("depends_on", {}).get("nodes", [])}  # fmt: skip
    return [_table(node) for name, node in nodes.items() if name in read and node["resource_type"] in kinds]


def tables_of(manifest: Mapping[str, Any], *kinds: str) -> list[Table]:
    """The tables and views of dbt's nodes of some kinds ("model", "snapshot", "source"), in dbt's order."""
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return [_table(node) for node in nodes if node["resource_type"] in kinds]


def _table(node: Mapping[str, Any]) -> Table:
    return Table(node["schema"], node.get("alias") or node["name"])


def declared_types(manifest: Mapping[str, Any]) -> dict[Table, dict[str, str]]:
    """Types of the columns of every model that has a contract, in DuckDB's words."""
    return {table: {column["name"]: column["data_type"] for column in columns} for table, columns in _contracts(manifest).items()}  # fmt: skip


def filled_columns(manifest: Mapping[str, Any]) -> dict[Table, list[str]]:
    """The columns that a contract says are never null."""
    filled = {table: [column["name"] for column in columns if any(said["type"] == "not_null" for said in column["constraints"])] for table, columns in _contracts(manifest).items()}  # fmt: skip
    return {table: columns for table, columns in filled.items() if columns}


def _contracts(manifest: Mapping[str, Any]) -> dict[Table, list[Mapping[str, Any]]]:
    contracted = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["config"].get("contract", {}).get("enforced")]  # fmt: skip
    return {Table(node["schema"], node["name"]): list(node["columns"].values()) for node in contracted}
