"""Which of dbt's nodes a build has to make: what rests on something that changed, and what isn't there."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from pipelines.builds.made_from import (
    LOADS,
    READS_LOADS,
    contents,
    forget,
    loads_behind,
    note,
    noted,
    prepare,
    raw_contents,
)
from pipelines.builds.program import program
from pipelines.warehouse import read_frame

NOT_BUILT = frozenset({"unit_test", "analysis", "operation"})
Told = tuple[str | None, str | None]
"""made_from and content."""


@dataclass(frozen=True)
class Node:
    """One of dbt's nodes. kind: source, seed, view, table, snapshot or test. reads: ids of what it reads. table: its address, None for a test."""

    name: str
    node_id: str
    kind: str
    reads: tuple[str, ...]
    table: str | None


def nodes_of(manifest: Mapping[str, Any], *, without_tag: str) -> dict[str, Node]:
    """Sources and everything that a build makes, by dbt's id, each after what it reads."""
    listed = [*manifest["sources"].values(), *manifest["nodes"].values()]
    nodes = [_node(told) for told in listed if told["resource_type"] not in NOT_BUILT and without_tag not in told.get("tags", ())]  # fmt: skip
    by_id = {node.node_id: node for node in nodes}
    order = TopologicalSorter({node.node_id: node.reads for node in nodes}).static_order()
    return {node_id: by_id[node_id] for node_id in order if node_id in by_id}


def planned(warehouse: duckdb.DuckDBPyConnection, nodes: Mapping[str, Node]) -> set[str]:
    """Ids of the nodes that must be made, tests included; writes down what sources and views hold now."""
    prepare(warehouse)
    there = _there(warehouse)
    told = {**noted(warehouse), **_sources(warehouse, nodes, there)}
    whole = _as_noted(warehouse, nodes, told, there)
    forget(warehouse, [node.node_id for node in nodes.values() if node.kind not in ("source", "view", "test") and node.node_id not in whole])  # fmt: skip
    must: set[str] = set()
    for node in nodes.values():
        if node.kind == "source":
            continue
        last = told.get(node.node_id, (None, None))[0]
        now = made_from(node, told)
        if node.kind == "view":
            # A view that is there holds what it reads, so it isn't made again for that; that it was made is noted at the end of its build. It reads sources alone
            # (tests/definitions holds it), whose contents are known before anything is made.
            told[node.node_id] = (last, now)
            now = program()
        is_missing = node.kind != "test" and node.node_id not in whole
        if is_missing or now is None or now != last or not must.isdisjoint(node.reads):
            must.add(node.node_id)
    known = [
        LOADS,
        *(node.node_id for node in nodes.values() if node.kind in ("source", "view") and node.node_id in told),
    ]
    note(warehouse, {node_id: told[node_id] for node_id in known})
    return must


def made_from(node: Node, told: Mapping[str, Told]) -> str | None:
    """What the node would be made from now; None where something that it reads has never been told of. dbt's macro `made_from` says the same in SQL."""
    read = {node_id: told.get(node_id, (None, None))[1] for node_id in sorted(set(node.reads))}
    if None in read.values():
        return None
    held = ";".join(f"{node_id}={content}" for node_id, content in read.items())
    return hashlib.md5(f"{program()}:{node.node_id}:{held}".encode(), usedforsecurity=False).hexdigest()


def _node(told: Mapping[str, Any]) -> Node:
    kind = told["resource_type"]
    kind = told["config"]["materialized"] if kind == "model" else kind
    table = None if kind == "test" else f"{told['schema']}.{told.get('alias') or told['name']}"
    reads = tuple(told.get("depends_on", {}).get("nodes", ()))
    reads += (LOADS,) if told.get("config", {}).get("meta", {}).get(READS_LOADS) else ()
    return Node(told["name"], told["unique_id"], kind, reads, table)


def _sources(warehouse: duckdb.DuckDBPyConnection, nodes: Mapping[str, Node], there: set[str]) -> dict[str, Told]:
    tables = {node.node_id: node.table for node in nodes.values() if node.kind == "source" and node.table in there}
    present = {table for table in tables.values() if table}
    held = raw_contents(warehouse, present)
    return {
        LOADS: (None, loads_behind(warehouse, present)),
        **{node_id: (None, held[table]) for node_id, table in tables.items() if table},
    }


def _as_noted(warehouse: duckdb.DuckDBPyConnection, nodes: Mapping[str, Node], told: Mapping[str, Told], there: set[str]) -> set[str]:  # fmt: skip
    """Nodes that are there and, where they have rows of their own, hold what they held when they were made: rows that somebody changed or a disk lost are made again."""
    present = {node.node_id: node.table for node in nodes.values() if node.table in there}
    views = {node_id for node_id in present if nodes[node_id].kind == "view"}
    tables = {
        node_id: table for node_id, table in present.items() if table and node_id in told and node_id not in views
    }
    held = _readable(warehouse, set(tables.values()))
    return views | {node_id for node_id, table in tables.items() if held.get(table) == told[node_id][1]}


def _readable(warehouse: duckdb.DuckDBPyConnection, tables: set[str]) -> dict[str, str]:
    """Contents of the tables that can be read."""
    try:
        return contents(warehouse, tables)
    except duckdb.Error:
        found: dict[str, str] = {}
        for table in tables:
            with suppress(duckdb.Error):
                found |= contents(warehouse, [table])
        return found


def _there(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    names = "select schema_name || '.' || {0}_name as name from duckdb_{0}s() where database_name = current_database()"
    return set(read_frame(warehouse, f"{names.format('table')} union all {names.format('view')}")["name"])
