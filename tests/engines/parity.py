"""Whether two warehouses hold the same: every table of the models row by row, floating-point numbers to 1e-9.

`python -m tests.engines.parity` builds the demo's models on the other engines and prints JSON: models that are the same, those that aren't, and CPU seconds of each engine.
"""

import contextlib
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipelines.components.parsed_project import parsed_manifest
from pipelines.engines.building import Step, steps_on
from pipelines.engines.chosen import tables_of
from pipelines.engines.engine import Engine
from pipelines.engines.postgres import Postgres
from pipelines.engines.tables import Table
from pipelines.operations.attached import PARSED
from tests.postgres import running_postgres

PROJECT = Path(__file__).resolve().parents[2]
CLOSE = 1e-9


def differences(first: Path, second: Path, tables: Iterable[Table]) -> dict[str, str]:
    """Table -> how it differs, of those that do."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach '{first}' as one (read_only)")
        connection.execute(f"attach '{second}' as two (read_only)")
        found = {f"{table.schema}.{table.name}": difference(connection, table) for table in tables}
    return {name: words for name, words in found.items() if words}


def difference(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """How a table of `one` differs from that of `two`; empty where it doesn't."""
    place = f'"{table.schema}"."{table.name}"'
    columns = connection.execute(f"describe one.{place}").fetchall()
    names = [row[0] for row in columns]
    if names != [row[0] for row in connection.execute(f"describe two.{place}").fetchall()]:
        return "other columns"
    # both in the first one's types: a sum may be a whole number here and one with a point there
    asked = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind, *_ in columns)
    one, two = (f"select {asked} from {side}.{place}" for side in ("one", "two"))
    left = connection.execute(f"{one} except all {two}").fetchall()
    right = connection.execute(f"{two} except all {one}").fetchall()
    left, right = sorted(left, key=_place), sorted(right, key=_place)
    if len(left) == len(right) and all(map(_alike, left, right)):
        return ""
    apart = [(dict(zip(names, a, strict=True)), dict(zip(names, b, strict=True))) for a, b in zip(left, right, strict=False) if not _alike(a, b)]  # fmt: skip
    return f"{len(left)} rows only in the first, {len(right)} only in the second: {apart[:1]}"


def _place(row: tuple[Any, ...]) -> list[str]:
    """Rows that are the same but for last digits stand at the same place in both."""
    exact = [repr(value) for value in row if not isinstance(value, float)]
    return exact + [f"{value:.5g}" for value in row if isinstance(value, float)]


def _alike(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    return all(
        math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(first, second, strict=True)
    )


def build(step: Step, folder: Path) -> float:
    """One call of dbt, in the environment of this process; returns dbt's own CPU seconds. Raises CalledProcessError."""
    told = {**os.environ, "IMPACT_TARGET": "duckdb" if step.target == "warehouse" else step.target}
    told.pop(PARSED, None)
    command = [str(Path(sys.executable).parent / "impact-dbt"), "--quiet", "build", "--target", step.target, *step.nodes]  # fmt: skip
    places = ["--project-dir", str(PROJECT / "dbt_project"), "--profiles-dir", str(PROJECT / "dbt_project"), "--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]  # fmt: skip
    before = children_cpu_seconds()
    subprocess.run([*command, *places], check=True, env=told)
    return children_cpu_seconds() - before


def children_cpu_seconds() -> float:
    """Of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(warehouse: Path, engine: Engine) -> dict[str, Any]:
    """The models of a warehouse that DuckDB built, on another engine: which are the same, and dbt's CPU seconds with those of its own children."""
    manifest = json.loads(parsed_manifest().read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "warehouse.duckdb"
        shutil.copyfile(warehouse, copy)
        with contextlib.closing(steps_on(engine, copy, manifest)) as steps:
            dbt = sum(build(step, Path(folder)) for step in steps)
        models = tables_of(manifest, "model")
        apart = differences(warehouse, copy, models)
    return {"models": len(models), "same": len(models) - len(apart), "apart": apart, "dbt_cpu_seconds": round(dbt, 1)}


def on_postgres(warehouse: Path) -> dict[str, Any]:
    """On a server of its own, whose CPU seconds stand beside dbt's."""
    before = children_cpu_seconds()
    with running_postgres() as address:
        found = compare(warehouse, Postgres(address))
    return {**found, "server_cpu_seconds": round(children_cpu_seconds() - before - found["dbt_cpu_seconds"], 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"postgres": on_postgres(Path(sys.argv[1]))}, indent=2) + "\n")
