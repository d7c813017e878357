"""Publishing: what readers may see, small groups already hidden, in a new file that replaces the old one at once."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from dagster_shared.check import CheckError

from pipelines.audit_log import head
from pipelines.loading.history import keep_history
from pipelines.serving.audit import Audit
from pipelines.serving.catalogue import read_definitions
from pipelines.serving.disclosure import suppression_summary
from pipelines.serving.disclosure_rule import floor_of
from pipelines.serving.gate import pass_gate
from pipelines.serving.goals_shown import goals_as_published
from pipelines.serving.last_release import SHOWN_CELLS, last_release
from pipelines.serving.pairs_meeting import pairs_meeting
from pipelines.serving.published import PUBLISHED, STAMP, split
from pipelines.serving.published_cells import published_cells
from pipelines.serving.snapshot import content_hash, current, publish, published_hash, write_tables
from pipelines.settings import PROJECT, Settings, settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import claim_writer, connect, read_frame

WRITTEN_BY_CHECKS = {"quality.check_results"}
"""Tables that no asset makes."""
UPSTREAM = sorted(frozenset().union(*(one.upstream for one in PUBLISHED)) - WRITTEN_BY_CHECKS)


@dg.asset(
    key=["serving", "snapshot"],
    group_name="serving",
    description="The published snapshot: readers' and managers' files, small groups hidden, swapped in atomically.",
    owners=["team:data-engineering"],
    kinds={"duckdb"},
    deps=[dg.AssetKey(address.split(".")) for address in UPSTREAM],
)
def snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Read the release, hide small groups, publish, report what changed."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    tables, as_of = _release(workspace)
    tables |= lineage(_asset_graph(context))
    readers, managers = split(tables)
    readers = {name: without_noise(frame) for name, frame in readers.items()}
    digest = content_hash({**readers, **{f"managers.{name}": frame for name, frame in managers.items()}})
    unchanged = published_hash(workspace.serving) == digest
    if not unchanged:
        readers[STAMP] = _stamp(workspace, digest, as_of, context.run_id)
        publish(workspace.serving, lambda path: write_tables(path, readers), lambda path: write_tables(path, managers))
    keep_history(workspace.warehouse, workspace.history)
    published = current(workspace.serving)
    context.log.info(f"{'kept' if unchanged else 'published'} {published}")
    return dg.MaterializeResult(
        metadata={
            "content_hash": digest,
            "unchanged": unchanged,
            "file": str(published),
            "tables": len(readers),
            "cells_hidden": int(readers["metric_values"]["is_suppressed"].sum()),
        }
    )


def _release(workspace: Settings) -> tuple[dict[str, pl.DataFrame], str]:
    """Every published table but the lineage and the stamp, small groups hidden by the rule of each; and the as-of day."""
    k = floor_of(workspace.min_group_size)
    last = last_release(workspace.serving)
    definitions = read_definitions(PROJECT / "dbt_project" / "models" / "metrics")
    with connect(workspace.warehouse) as warehouse:
        read = {one.table: read_frame(warehouse, one.query) for one in PUBLISHED if one.query}
        as_of = str(read_frame(warehouse, "select as_of_date from raw_registry.workspace")[0, 0])
    labels = definitions.select("metric_id", "label", "direction", "headline")
    values = without_noise(published_cells(read["metric_values"]))
    passed = pass_gate(values, k, last.get(SHOWN_CELLS))
    beside = {**read, "metric_values": passed.shown.join(labels, on="metric_id", how="left")}
    shown = {one.table: one.rule.hide(beside[one.table], beside, k) for one in PUBLISHED if one.query}
    goals = shown["goals"].join(labels.select("metric_id", metric_label="label"), on="metric_id", how="left")
    return {
        **shown,
        "metric_signals": shown["metric_signals"].join(labels, on="metric_id", how="left"),
        "goals": goals_as_published(goals, shown["metric_values"], last.get("goals")),
        "sources": _with_freshness(shown["sources"]),
        "pairs_meeting": pairs_meeting(values, k),
        "disclosure_audit": _told_of(passed.audit, k),
        "metric_definitions": definitions,
        "suppression": suppression_summary(shown["metric_values"]),
        SHOWN_CELLS: passed.remembered,
    }, as_of


def _told_of(found: Audit, k: int) -> pl.DataFrame:
    """The audit's result for the page on data quality, one row."""
    told = {"counts_protected": found.secrets, "sums_tried": found.equations, "worked_out": found.told.height}
    return pl.DataFrame([{**told, "min_group_size": k}])


def without_noise(frame: pl.DataFrame) -> pl.DataFrame:
    """Floats to 12 figures, and no minus zero: DuckDB adds in parallel, and the order of addends shows in the last digits."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    rounded = [pl.col(name).round(12).round_sig_figs(12) for name in floats]
    return frame.with_columns(
        pl.when(value == 0).then(0.0).otherwise(value).alias(name) for name, value in zip(floats, rounded, strict=True)
    )


def _with_freshness(loads: pl.DataFrame) -> pl.DataFrame:
    sources = configured_sources()
    limits = {source.source_id: source.freshness_days for source in sources}
    agreed = [source.source_id for source in sources if source.freshness_is_agreed]
    limit = pl.col("source_id").replace_strict(limits, default=None, return_dtype=pl.Int64)
    is_agreed = pl.col("source_id").is_in(agreed)
    return loads.with_columns(limit.alias("freshness_days"), is_agreed.alias("freshness_is_agreed")).with_columns(
        (pl.col("age_days") > pl.col("freshness_days")).fill_null(value=False).alias("is_stale")
    )


def _stamp(workspace: Settings, digest: str, as_of: str, run_id: str) -> pl.DataFrame:
    dictionary = read_definitions(PROJECT / "dbt_project" / "models" / "metrics").select("metric_id", "version")
    return pl.DataFrame(
        [
            {
                "release_id": digest[:12],
                "content_hash": digest,
                "as_of_date": as_of,
                "workspace": workspace.workspace,
                "run_id": run_id,
                "code_version": code_version(),
                "lock_hash": _file_hash(PROJECT / "uv.lock"),
                "dictionary_version": hashlib.sha256(dictionary.write_ndjson().encode()).hexdigest()[:12],
                "min_group_size": floor_of(workspace.min_group_size),
                "is_demo": workspace.is_demo,
                "audit_head": (head(workspace.audit_log) or "")[:16],
            }
        ]
    ).with_columns(pl.col("as_of_date").str.to_date())


def code_version() -> str:
    """The package's version and, in a git checkout, the commit that HEAD names (read from .git, no git needed)."""
    head = PROJECT / ".git" / "HEAD"
    if not head.exists():
        return version("mentorship-impact")
    text = head.read_text(encoding="utf-8").strip()
    if text.startswith("ref: "):
        branch = PROJECT / ".git" / text.removeprefix("ref: ")
        text = branch.read_text(encoding="utf-8").strip() if branch.exists() else _packed(text.removeprefix("ref: "))
    return f"{_declared_version()}+{text[:12]}"


def _packed(reference: str) -> str:
    packed = PROJECT / ".git" / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.exists() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {reference}")), "unknown")


def _declared_version() -> str:
    import tomllib

    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "no lock file"


def _asset_graph(context: dg.AssetExecutionContext) -> Any:
    """The whole graph where a run was launched by Dagster (it may hold a few assets only); the command line's job has them all."""
    try:
        return context.repository_def.asset_graph
    except CheckError:
        return context.job_def.asset_layer.asset_graph


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
