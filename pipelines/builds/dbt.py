"""A build of dbt's models that makes what must be made, and tells Dagster of the rest."""

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.builds.plan import nodes_of, planned
from pipelines.builds.program import program
from pipelines.operations.attached import ONLY
from pipelines.warehouse import connect

CONSTRUCTION = "construction"
"""The tag of tests that judge the SQL, not the data."""

PROGRAM = "IMPACT_PROGRAM"
"""Tells dbt's macros the hash of the program, and that they keep what rests on nothing new."""


@dataclass(frozen=True)
class Build:
    """What a build makes. must: ids of dbt's nodes. kept: ids of the others, each after what it reads."""

    must: frozenset[str]
    kept: tuple[str, ...]


@contextlib.contextmanager
def incremental(warehouse: Path, manifest: Mapping[str, Any], asked: Collection[str] | None = None) -> Iterator[Build]:
    """What dbt makes in this block, and dbt's environment for it. asked: ids of the nodes that somebody asked for, None for all."""
    nodes = nodes_of(manifest, without_tag=CONSTRUCTION)
    with connect(warehouse) as connection:
        must = planned(connection, nodes)
    chosen = set(nodes) if asked is None else set(nodes) & set(asked)
    build = Build(frozenset(must & chosen), tuple(node_id for node_id in nodes if node_id in chosen - must))
    is_all = build.must == {node_id for node_id, node in nodes.items() if node.kind != "source"}
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as only:
        only.write("\n".join(sorted(nodes[node_id].name for node_id in build.must)))
        only.flush()
        # dbt looks for each name among all nodes, which takes a second where all are named
        told = {PROGRAM: program(), **({} if is_all else {ONLY: only.name})}
        os.environ.update(told)
        try:
            yield build
        finally:
            for name in told:
                os.environ.pop(name, None)


def asked_nodes(context: dg.AssetExecutionContext, manifest: Mapping[str, Any], keys: Mapping[str, dg.AssetKey]) -> set[str]:  # fmt: skip
    """Ids of what a run in Dagster asks for: the chosen assets, the chosen checks, and tests of several chosen models, which are no checks. keys: asset by dbt's id of a node."""
    checks = {spec.name for spec in context.assets_def.node_check_specs_by_output_name.values()}
    chosen_checks = {key.name for key in context.selected_asset_check_keys}
    models = {node_id for node_id, key in keys.items() if key in context.selected_asset_keys}
    tests = {node_id: node for node_id, node in manifest["nodes"].items() if node["resource_type"] == "test"}
    chosen_tests = {
        node_id
        for node_id, node in tests.items()
        if (node["name"] in chosen_checks if node["name"] in checks else models & set(node["depends_on"]["nodes"]))
    }
    return models | chosen_tests


def with_the_kept(context: dg.AssetExecutionContext, build: Build, keys: Mapping[str, dg.AssetKey], made: Iterator[Any]) -> Iterator[Any]:  # fmt: skip
    """That what is kept stands as it was, then what dbt tells of what it makes. keys: asset by dbt's id of a node."""
    names = {key: name for name, key in context.assets_def.keys_by_output_name.items()}
    outputs = [names[keys[node_id]] for node_id in build.kept if keys.get(node_id) in names]
    checks = set(context.selected_asset_check_keys) if build.kept else set()
    context.log.info(f"{len(build.must)} models and tests to make; {len(outputs)} models rest on nothing new")
    for name in outputs:
        yield dg.Output(None, name, metadata={"kept": True})
    for event in made:
        if isinstance(event, dg.AssetCheckResult) and event.asset_key and event.check_name:
            checks.discard(dg.AssetCheckKey(event.asset_key, event.check_name))
        yield event
    for key in sorted(checks, key=str):
        yield dg.AssetCheckResult(asset_key=key.asset_key, check_name=key.name, passed=True, metadata={"kept": True})
