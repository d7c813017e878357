"""What a release holds: every published table, small groups hidden by the rule of each."""

import polars as pl

from pipelines.checkout import PROJECT
from pipelines.serving.audit import Audit
from pipelines.serving.catalogue import read_definitions
from pipelines.serving.disclosure import suppression_summary
from pipelines.serving.disclosure_rule import floor_of
from pipelines.serving.gate import pass_gate
from pipelines.serving.goals_shown import goals_as_published
from pipelines.serving.last_release import SHOWN_CELLS, last_release
from pipelines.serving.pairs_meeting import pairs_meeting
from pipelines.serving.published import PUBLISHED
from pipelines.serving.published_cells import published_cells
from pipelines.settings import Settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame


def release(workspace: Settings) -> tuple[dict[str, pl.DataFrame], str]:
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
