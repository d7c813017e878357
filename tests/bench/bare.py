"""The same work without frameworks: DuckDB reads the files, runs the compiled models, counts the contract's violations."""

import json
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.components.parsed_project import PARSED_INTO
from pipelines.contracts import TABLES, Table


def bare_read(demo: Path) -> float:
    """Seconds in which DuckDB reads the same files into tables: CSV and JSON as text columns, calendars as text."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with duckdb.connect(str(Path(folder) / "bare.duckdb")) as connection:
            for number, path in enumerate(sorted(path for path in demo.rglob("*") if path.is_file())):
                table, name = f"t{number}", str(path).replace("'", "''")
                if "truth" in path.parts or path.name.startswith("_"):
                    continue
                if path.suffix == ".csv":
                    encoding = "latin-1" if path.parent.name == "hris_products" else "utf-8"
                    options = f"all_varchar = true, ignore_errors = true, strict_mode = false, encoding = '{encoding}'"
                    reader = f"read_csv('{name}', {options})"
                elif path.suffix == ".json":
                    reader = f"read_json_objects('{name}', format = 'auto', maximum_object_size = 1000000000)"
                elif path.suffix == ".ics":
                    reader = f"read_text('{name}')"
                else:
                    reader = f"read_blob('{name}')"
                connection.execute(f"create table {table} as from {reader}")
        return time.perf_counter() - started


def bare_models(warehouse: Path) -> float:
    """Seconds for dbt's own compiled SQL of every model, in order, on a copy of the warehouse."""
    manifest = json.loads((PARSED_INTO / "manifest.json").read_text())
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    results = json.loads((warehouse / "dbt_target/run_results.json").read_text())["results"]
    compiled = {result["unique_id"]: result.get("compiled_code") for result in results}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "warehouse.duckdb"
        shutil.copyfile(warehouse / "warehouse.duckdb", copy)
        started = time.perf_counter()
        with duckdb.connect(str(copy)) as connection:
            connection.execute("set timezone = 'UTC'")
            for key in _in_order(models):
                node = models[key]
                kind = "view" if node["config"]["materialized"] == "view" else "table"
                connection.execute(f"create or replace {kind} {node['schema']}.{node['name']} as {compiled[key]}")
        return time.perf_counter() - started


def _in_order(models: dict[str, dict]) -> list[str]:
    ordered: list[str] = []
    seen: set[str] = set()

    def visit(key: str) -> None:
        if key in seen or key not in models:
            return
        seen.add(key)
        for parent in models[key]["depends_on"]["nodes"]:
            visit(parent)
        ordered.append(key)

    for key in sorted(models):
        visit(key)
    return ordered


def bare_checks(warehouse: Path) -> float:
    """Seconds for counting every violation of the contract in SQL, one query a table."""
    started = time.perf_counter()
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table in TABLES:
            connection.execute(_violations(table)).fetchall()
    return time.perf_counter() - started


def _violations(table: Table) -> str:
    parts = [f"count(*) - count(distinct ({', '.join(table.key)}))"]
    for column in table.all_columns:
        if column.pii == "P2":
            continue
        if column.required:
            parts.append(f"count(*) filter ({column.name} is null)")
        if column.values:
            allowed = ", ".join(f"'{value}'" for value in column.values)
            parts.append(f"count(*) filter ({column.name} not in ({allowed}))")
        for operator, bound in (("<", column.minimum), (">", column.maximum)):
            if bound is not None:
                parts.append(f"count(*) filter ({column.name} {operator} '{bound}')")
    return f"select {', '.join(parts)} from {table.address}"
