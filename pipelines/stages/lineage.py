"""Which table is made from which, for the page that shows it."""

import json
from typing import Any

import polars as pl


def lineage(graph: Any) -> dict[str, pl.DataFrame]:
    """Nodes and edges of the asset graph, as tables."""
    nodes, edges = [], []
    for key in sorted(graph.get_all_asset_keys(), key=str):
        node = graph.get(key)
        name = ".".join(key.path)
        nodes.append(
            {
                "node_id": name,
                "stage": node.group_name,
                "kind": _kind(node.metadata),
                "description": node.description or "",
            }
        )
        edges += [{"from_node": ".".join(parent.path), "to_node": name} for parent in sorted(node.parent_keys, key=str)]
    text = pl.String()
    return {
        "lineage_nodes": pl.DataFrame(
            nodes, schema={"node_id": text, "stage": text, "kind": text, "description": text}
        ),
        "lineage_edges": pl.DataFrame(edges, schema={"from_node": text, "to_node": text}),
    }


def _kind(metadata: dict[str, Any]) -> str:
    return (
        "dbt"
        if "dagster_dbt/manifest" in metadata or "dagster_dbt/project" in json.dumps(list(map(str, metadata)))
        else "python"
    )
