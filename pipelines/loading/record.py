"""What is written down about a load: counts, refused records, findings, and which load of a source counts."""

from datetime import date

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, TABLES
from pipelines.contracts.newest import NEWEST
from pipelines.loading.identity import forget_identities
from pipelines.loading.judged_rows import QUARANTINE_SCHEMA
from pipelines.loading.vault import PERSONS, QUARANTINED_ROWS
from pipelines.loading.write import SourceLoad
from pipelines.sources.records import FILTERED_SCHEMA
from pipelines.warehouse import read_frame, replace_rows


def record(warehouse: duckdb.DuckDBPyConnection, loaded: SourceLoad, as_of: date) -> None:
    """Write down what was decided about this load."""
    source_id, load_id = loaded.source.source_id, loaded.source.landed.load_id
    keys = {"load_id": pl.lit(load_id), "source_id": pl.lit(source_id)}

    def keyed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(**keys)

    counts = pl.DataFrame([verdict.reconciliation for verdict in loaded.verdicts])
    held, filtered = (
        pl.DataFrame(schema=QUARANTINE_SCHEMA),
        pl.DataFrame(schema={**FILTERED_SCHEMA, "table_name": pl.String()}),
    )
    for verdict in loaded.verdicts:  # none, where every file was optional and none came
        held = pl.concat([held, verdict.quarantine])
        filtered = pl.concat([filtered, verdict.filtered.with_columns(pl.lit(verdict.table).alias("table_name"))])
    findings = pl.DataFrame(loaded.findings, schema=dict.fromkeys(("kind", "table", "subject", "detail"), pl.String()))
    per_load = {
        "quality.reconciliation": keyed(counts),
        "quality.filtered_rows": keyed(filtered),
        "quality.quarantine": keyed(held.drop("raw_text")),
        "quality.findings": keyed(findings.rename({"table": "table_name"})),
        QUARANTINED_ROWS: keyed(held.select("table_name", "source_file", "source_line", "raw_text")),
    }
    for name, frame in per_load.items():
        replace_rows(warehouse, name, frame, where={"load_id": load_id, "source_id": source_id})
    warehouse.execute("update quality.loads set is_current = false where source_id = ?", [source_id])
    line = pl.DataFrame(
        [
            {
                "load_id": load_id,
                "source_id": source_id,
                "source_system": loaded.source.system,
                "connector": loaded.source.connector,
                "extracted_at": loaded.source.landed.extracted,
                "as_of_date": as_of,
                "files": len(loaded.source.landed.files),
                "bytes": loaded.source.landed.total_bytes,
                "mapping_hash": loaded.source.landed.mapping_hash,
                "newest_record_on": newest_record(warehouse, source_id, as_of),
                "is_current": True,
            }
        ],
        schema_overrides={"newest_record_on": pl.Date()},
    )
    replace_rows(warehouse, "quality.loads", line, where={"load_id": load_id, "source_id": source_id})


def newest_record(warehouse: duckdb.DuckDBPyConnection, source_id: str, as_of: date) -> date | None:
    """The day of the latest thing that a source tells of, up to `as_of`, where it happened; None where nothing in it has a day."""
    days = (
        f"select max({_day(name, column)}) as day from {BY_NAME[name].address} where source_instance = $source and {_day(name, column)} <= $day"
        for name, columns in NEWEST.items()
        for column in columns
    )
    query = f"select max(day) from ({' union all '.join(days)})"
    return warehouse.execute(query, {"source": source_id, "day": as_of}).fetchall()[0][0]


def _day(table: str, column: str) -> str:
    is_instant = BY_NAME[table].column(column).type == "instant"
    return f"cast({column} at time zone recorded_tz as date)" if is_instant else column


def forget_unconfigured(warehouse: duckdb.DuckDBPyConnection, configured: list[str]) -> list[str]:
    """A source that the workspace no longer names leaves the raw tables; its bytes stay in the landing zone. Which ones did."""
    loaded = read_frame(warehouse, "select distinct source_id from quality.loads where is_current")["source_id"]
    forgotten = sorted(set(loaded) - set(configured))
    for source_id in forgotten:
        for table in TABLES:
            replace_rows(warehouse, table.address, pl.DataFrame(), where={"source_instance": source_id})
        replace_rows(warehouse, PERSONS, pl.DataFrame(), where={"source_instance": source_id})
        forget_identities(warehouse, source_id)
        warehouse.execute("update quality.loads set is_current = false where source_id = ?", [source_id])
    return forgotten
