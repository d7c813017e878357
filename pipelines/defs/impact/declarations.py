"""The memory of declarations: which version stood when, and whether results existed before it was changed."""

import json
from typing import Any

import polars as pl

from pipelines.impact.declaration import declaration_digest
from pipelines.warehouse import read_frame

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
    if not _exists(warehouse, "declarations"):
        return pl.DataFrame(schema=DECLARATIONS_SCHEMA)
    return read_frame(warehouse, "select * from impact.declarations").select(list(DECLARATIONS_SCHEMA))


def _programmes_with_results(warehouse: Any) -> set[str]:
    if not _exists(warehouse, "estimates"):
        return set()
    found = read_frame(warehouse, "select distinct programme_id from impact.estimates where estimate is not null")
    return set(found["programme_id"])


def _exists(warehouse: Any, table: str) -> bool:
    query = "select count(*) from information_schema.tables where table_schema = 'impact' and table_name = ?"
    return bool(read_frame(warehouse, query, [table])[0, 0])
