"""The machine-readable result of a run: what was read, counted, matched, estimated, and what it took."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.duckdb_config import duckdb_config

RECONCILIATION = ("source_id", "table_name", "rows_in", "loaded", "quarantined", "duplicates", "filtered")
HEADLINE = (
    "metric_id",
    "programme_id",
    "value",
    "ci_low",
    "ci_high",
    "n",
    "numerator",
    "denominator",
    "suppression_reason",
    "held_since",
)
ESTIMATES = (
    "programme_id",
    "cohort_id",
    "outcome",
    "arm",
    "wave",
    "design",
    "estimate",
    "std_error",
    "ci_low",
    "ci_high",
    "n_treated",
    "n_control",
    "n_observations",
    "rating",
    "rating_words",
    "verdict",
)
MATCHING = (
    "cohort_id",
    "mentees",
    "mentors",
    "seats",
    "matched",
    "coverage",
    "total_score",
    "worst_score",
    "mean_score",
    "gap",
    "greedy_matched",
    "greedy_total_score",
    "first_come_matched",
    "first_come_total_score",
)


def summarise(published: Path, *, run_id: str, seconds: Mapping[str, float], peak_memory_mb: float) -> dict[str, Any]:
    """The summary as plain values. `published` is the readers' file; `seconds` are by stage."""
    connection = duckdb.connect(str(published), read_only=True, config=duckdb_config(published))

    def rows(query: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        return connection.sql(query).pl().select(pl.col(name) for name in columns).to_dicts()

    try:
        release = connection.sql("select * from release").pl().to_dicts()[0]
        return {
            "run_id": run_id,
            "release_id": release["release_id"],
            "content_hash": release["content_hash"],
            "code_version": release["code_version"],
            "as_of_date": release["as_of_date"],
            "workspace": release["workspace"],
            "data_as_of": {
                row["source_id"]: row["extracted_at"]
                for row in rows("from sources order by 1", ("source_id", "extracted_at"))
            },
            "reconciliation": rows("from reconciliation order by source_id, table_name", RECONCILIATION),
            "headline_metrics": rows(
                """
                select *, n_people as n from metric_values
                where headline and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
                order by programme_id, metric_id
                """,
                HEADLINE,
            ),
            "impact_estimates": rows("from impact_estimates order by estimate_id", ESTIMATES),
            "matching": rows("from match_runs order by cohort_id", MATCHING),
            "seconds_per_stage": {stage: round(value, 2) for stage, value in seconds.items()},
            "peak_memory_mb": round(peak_memory_mb, 1),
        }
    finally:
        connection.close()


def write_summary(summary: Mapping[str, Any], target: Path) -> None:
    """Write `summary` as JSON to `target`, in one move."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_text(json.dumps(summary, indent=2, default=str), encoding="utf-8")
    os.replace(draft, target)
