"""Whether every model can be said in every engine's words, without any database: `python -m tests.engines.portable`, part of `make check-sql`.

Each model's columns follow from its query, so that the next one's stars can be spelt out. What has no words is named with model, engine, line of the compiled query and construct.
"""

import graphlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError

from pipelines.engines.fixpoints import cut_fixpoints
from pipelines.engines.rewrites import NotTranslated
from pipelines.engines.translation import REWRITES, spelt_out, written_for

PROJECT = Path(__file__).resolve().parents[2]


def compiled(folder: Path) -> dict[str, Any]:
    """dbt's manifest with the compiled query of every model."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "IMPACT_"))}
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", "compile", "--project-dir", str(PROJECT / "dbt_project")]  # fmt: skip
    places = ["--profiles-dir", str(PROJECT / "dbt_project"), "--target-path", str(folder), "--log-path", str(folder)]
    subprocess.run([*command, *places], check=True, env={**told, "IMPACT_WAREHOUSE": str(folder / "warehouse.duckdb")})
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return manifest


def not_portable(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What has no words in an engine, model by model."""
    known: dict[str, Any] = {}
    for node in _in_order(manifest):
        place = known.setdefault(node["database"], {}).setdefault(node["schema"], {})
        if node["resource_type"] != "model":
            place[node["name"]] = _given_columns(node)
            continue
        try:
            tree = spelt_out(node["compiled_code"], known)
        except (ParseError, OptimizeError) as unclear:
            yield f"{node['original_file_path']}: {unclear}"
            continue
        place[node["name"]] = {column.alias_or_name: column.type.sql("duckdb") if column.type else "varchar" for column in tree.selects}  # fmt: skip
        for engine in REWRITES:
            try:
                for query in _queries(engine, tree.copy()):
                    written_for(engine, query)
            except NotTranslated as construct:
                yield f"{node['original_file_path']}: {construct}"


def _queries(engine: str, tree: exp.Expr) -> Iterator[exp.Expr]:
    """A model's query, and those that are asked before it."""
    for loop in cut_fixpoints(tree, "reached") if engine == "spark" else ():
        yield from (loop.start, loop.step, *loop.helpers.values())
    yield tree


def _given_columns(node: Mapping[str, Any]) -> dict[str, str]:
    if node["resource_type"] == "seed":
        header = (PROJECT / "dbt_project" / node["original_file_path"]).read_text(encoding="utf-8").partition("\n")[0]
        return {name.strip(): "double" for name in header.split(",")}
    return {column["name"]: column["data_type"] for column in node["columns"].values()}


def _in_order(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    every = {**manifest["sources"], **{key: node for key, node in manifest["nodes"].items() if node["resource_type"] in {"model", "seed"}}}  # fmt: skip
    before = {key: [name for name in node.get("depends_on", {}).get("nodes", []) if name in every] for key, node in every.items()}  # fmt: skip
    return (every[key] for key in graphlib.TopologicalSorter(before).static_order())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = list(not_portable(compiled(Path(folder))))
    sys.stdout.write("".join(f"{line}\n" for line in found) or "Every model has words in every engine.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
