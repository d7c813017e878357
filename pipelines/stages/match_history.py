"""The memory of matching runs: which proposal was made when, under which policy. A rerun with the same inputs is the same run."""

import hashlib
import json
from typing import Any

import polars as pl

from pipelines.warehouse import read_frame, read_kept

HISTORY_SCHEMA: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "programme_id": pl.String(),
    "cohort_id": pl.String(),
    "as_of_date": pl.Date(),
    "mentees": pl.Int64(),
    "matched": pl.Int64(),
    "policy_version": pl.String(),
    "decided_revision": pl.Int64(),
}


def policy_version(matching_policy: str) -> str:
    """Eight hex digits that name a programme's matching block; the order of its keys doesn't matter."""
    text = json.dumps(json.loads(matching_policy or "{}"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def noted_runs(warehouse: Any, runs: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """All runs so far, today's noted; `as_of_date` is the day of the data on which a run was first made. `HISTORY_SCHEMA`.

    runs: analytics.match_runs. problems: analytics.match_problems. A run that was made before keeps its day.
    """
    known = _known(warehouse)
    as_of = read_frame(warehouse, "select as_of_date from raw_registry.workspace")[0, 0]
    made = runs.join(problems.select("run_id", "matching_policy", "decided_revision"), on="run_id").with_columns(
        pl.lit(as_of).cast(pl.Date).alias("as_of_date"),
        pl.col("matching_policy").map_elements(policy_version, return_dtype=pl.String).alias("policy_version"),
    )
    new = made.filter(~pl.col("run_id").is_in(known["run_id"].implode()))
    found = [known, new.select([pl.col(name).cast(dtype) for name, dtype in HISTORY_SCHEMA.items()])]
    return pl.concat(found).sort("cohort_id", "as_of_date", "decided_revision", "run_id")


def _known(warehouse: Any) -> pl.DataFrame:
    return read_kept(warehouse, "analytics.match_history", HISTORY_SCHEMA)
