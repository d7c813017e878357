"""Which engine builds the models: DuckDB, unless IMPACT_TARGET names another."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from pipelines.engines.postgres import EngineRefused, Postgres
from pipelines.engines.tables import Table

TARGETS = ("duckdb", "postgres")


def chosen_engine() -> Postgres | None:
    """The engine that the environment names; None for DuckDB. Raises EngineRefused where it names none that there is, or not where it is."""
    target = os.environ.get("IMPACT_TARGET", "") or "duckdb"
    if target not in TARGETS:
        raise EngineRefused(f"IMPACT_TARGET is {target!r}. Next step: one of {', '.join(TARGETS)}.")
    if target == "duckdb":
        return None
    if find_spec("dbt.adapters.postgres") is None:
        raise EngineRefused("dbt-postgres isn't installed. Next step: install mentorship-impact[postgres].")
    address = os.environ.get("IMPACT_ENGINE_DATABASE", "")
    if not address.startswith(("postgresql://", "postgres://")):
        raise EngineRefused("No database to build the models in. Next step: IMPACT_ENGINE_DATABASE=postgresql://user:password@host/database in the environment or in .env.")  # fmt: skip
    return Postgres(address)


@contextlib.contextmanager
def environment_of(engine: Postgres) -> Iterator[None]:
    """The environment that the engine's programs and libraries read, for the length of the block."""
    told = engine.environment()
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def tables_of(manifest: Mapping[str, Any], *kinds: str) -> list[Table]:
    """The tables and views of dbt's nodes of some kinds ("model", "snapshot", "source"), in dbt's order."""
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return [Table(node["schema"], node.get("alias") or node["name"]) for node in nodes if node["resource_type"] in kinds]  # fmt: skip


def declared_types(manifest: Mapping[str, Any]) -> dict[Table, dict[str, str]]:
    """Types of the columns of every model that has a contract, in DuckDB's words."""
    contracted = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["config"].get("contract", {}).get("enforced")]  # fmt: skip
    return {Table(node["schema"], node["name"]): {column["name"]: column["data_type"] for column in node["columns"].values()} for node in contracted}  # fmt: skip
