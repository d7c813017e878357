"""The memory of declarations: which version stood when, and whether results existed before it was changed."""

import json
from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import declaration_digest
from pipelines.warehouse import read_frame, read_kept

DECLARATIONS_SCHEMA: dict[str, pl.DataType] = {
    "programme_id": pl.String(),
    "version": pl.Int64(),
    "declaration_hash": pl.String(),
    "declared_on": pl.String(),
    "first_seen": pl.Date(),
    "had_results": pl.Boolean(),
    "is_changed_after_results": pl.Boolean(),
    "is_current": pl.Boolean(),
    "declaration": pl.String(),
}


def noted_declarations(warehouse: Any, declared: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """All versions so far, with today's declarations noted: an unknown digest becomes the next version of its programme.

    had_results: an estimate with a figure stood in impact.estimates when the version was first seen. The day is the as-of day, not the clock's. A file that
    goes back to an earlier text is a further version, since it too is a change.
    """
    known = _known(warehouse)
    as_of = read_frame(warehouse, "select as_of_date from raw_registry.workspace")[0, 0]
    with_results = _programmes_with_results(warehouse)
    rows = []
    for programme_id, block in declared.items():
        own = known.filter(pl.col("programme_id") == programme_id).sort("version")
        digest = declaration_digest(block)
        if own.height and own["declaration_hash"][-1] == digest:
            continue
        had_results = programme_id in with_results
        rows.append(
            {
                "programme_id": programme_id,
                "version": own.height + 1,
                "declaration_hash": digest,
                "declared_on": str(block.get("declared_on") or ""),
                "first_seen": as_of,
                "had_results": had_results,
                "is_changed_after_results": own.height > 0 and had_results,
                "is_current": True,
                "declaration": json.dumps(block, sort_keys=True, default=str),
            }
        )
    noted = pl.concat([known, pl.DataFrame(rows, schema=DECLARATIONS_SCHEMA)]).sort("programme_id", "version")
    newest = pl.col("version") == pl.col("version").max().over("programme_id")
    return noted.with_columns(is_current=newest & pl.col("programme_id").is_in(list(declared)))


def _known(warehouse: Any) -> pl.DataFrame:
    return read_kept(warehouse, "impact.declarations", DECLARATIONS_SCHEMA)


def _programmes_with_results(warehouse: Any) -> set[str]:
    """Programmes of which an estimate was ever shown; looks are known even where the warehouse was lost since."""
    schema = {"programme_id": pl.String(), "estimate": pl.Float64()}
    shown = pl.concat(read_kept(warehouse, table, schema) for table in ("impact.estimates", "impact.looks"))
    return set(shown.filter(pl.col("estimate").is_not_null())["programme_id"])
