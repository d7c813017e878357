"""The gate: which rows may be loaded, which go to quarantine and why, and when a load must not happen at all.

Row rules come from the contract. Rows come in with persons already pseudonymised (`pipelines.loading.pseudonyms`), so that neither `row_hash` nor a reason holds a person.
For every table: rows_in = loaded + quarantined + duplicates + filtered.
"""

from dataclasses import dataclass, field

import polars as pl

from pipelines.contracts import Table
from pipelines.loading.masking import masked_text
from pipelines.loading.row_hashes import with_row_hash
from pipelines.loading.row_rules import first_failed, refusal_words, refused_rows, row_rules
from pipelines.loading.stop_rules import (
    LoadStopped,
    PreviousLoad,
    filled_columns,
    stop_at_bad_rows,
    stop_at_emptied_columns,
    stop_at_vanished_people,
)

__all__ = ["LoadStopped", "PreviousLoad", "Verdict", "filled_columns", "gate"]

QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "table_name": pl.String(),
    "source_file": pl.String(),
    "source_line": pl.Int64(),
    "rule": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
    "masked_text": pl.String(),
    "raw_text": pl.String(),
}


@dataclass(frozen=True)
class Verdict:
    """What the gate decided for one table of one source.

    `loaded`: the business columns that came in, source_record_id, source_updated_at, recorded_tz, source_file, source_line, row_hash.
    `quarantine`: one row a refused record, `QUARANTINE_SCHEMA`; raw_text is for the vault only. `filtered`: reason, rows, as the connector counted.
    """

    table: str
    loaded: pl.DataFrame
    quarantine: pl.DataFrame
    filtered: pl.DataFrame
    duplicates: int
    rows_in: int
    vanished: frozenset[str] = field(default_factory=frozenset)

    @property
    def reconciliation(self) -> dict[str, int | str]:
        """The row of quality.reconciliation, without load and source."""
        return {
            "table_name": self.table,
            "rows_in": self.rows_in,
            "loaded": self.loaded.height,
            "quarantined": self.quarantine.height,
            "duplicates": self.duplicates,
            "filtered": int(self.filtered["rows"].sum()),
        }


def gate(
    table: Table,
    rows: pl.DataFrame,
    rejects: pl.DataFrame,
    filtered: pl.DataFrame,
    previous: PreviousLoad | None = None,
    *,
    source_id: str = "the source",
) -> Verdict:
    """Judge one batch.

    `rows`: what `pipelines.loading.pseudonyms.pseudonymise` returns: columns of the contract without P2, source_record_id, source_updated_at, source_file,
    source_line, raw_text. Raises `LoadStopped` by the stop rules of docs/architecture.md.
    """
    rows_in = rows.height + rejects.height + int(filtered["rows"].sum())
    sound, refused = sound_rows(table, rows)
    sound, contradicting, duplicates = one_row_a_key(sound, table)
    quarantine = quarantined(table, rejects, refused, contradicting)
    loaded = loaded_columns(table, sound)
    vanished = _vanished(table, loaded, previous)
    verdict = Verdict(table.name, loaded, quarantine, filtered, duplicates, rows_in, vanished)
    _reconcile(verdict)
    stop_at_bad_rows(table.name, quarantine, rows_in, source_id=source_id)
    if previous is not None:
        file = str(loaded["source_file"].first()) if loaded.height else None
        stop_at_vanished_people(file, len(vanished), len(previous.person_ids), source_id=source_id)
        stop_at_emptied_columns(
            table.name, file, filled_columns(loaded), loaded.columns, previous.filled_columns, source_id=source_id
        )
    return verdict


def sound_rows(table: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that keep the contract, with `__row` and `row_hash`, and the words for the others; each row is judged by itself."""
    columns = [column for column in table.columns if column.name in rows.columns]
    frame = with_row_hash(rows.with_row_index("__row"), [column for column in columns if column.pii != "P2"])
    rules = row_rules(columns)
    frame = frame.with_columns(first_failed(rules).alias("__failed"))
    refused = refused_rows(frame.filter(pl.col("__failed").is_not_null()), rules)
    return frame.filter(pl.col("__failed").is_null()), refused


def loaded_columns(table: Table, sound: pl.DataFrame) -> pl.DataFrame:
    """What of a sound row is written: the business columns that came in, and where it comes from."""
    lineage = ["source_record_id", "source_updated_at", "recorded_tz", "source_file", "source_line", "row_hash"]
    wanted = [*(column.name for column in table.columns), *lineage]
    return sound.select(name for name in wanted if name in sound.columns)


def quarantined(table: Table, rejects: pl.DataFrame, *refused: pl.DataFrame) -> pl.DataFrame:
    """All refused records of a table in `QUARANTINE_SCHEMA`: those that were no row first, then the refused rows."""
    held = pl.concat([_reject_words(rejects), *refused]).with_columns(pl.lit(table.name).alias("table_name"))
    return held.with_columns(masked_text(held["raw_text"]).alias("masked_text")).select(*QUARANTINE_SCHEMA)


def _reject_words(rejects: pl.DataFrame) -> pl.DataFrame:
    return rejects.select("source_file", pl.col("source_line").cast(pl.Int64), "rule", "reason", "remedy", "raw_text")


def one_row_a_key(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """First row of each key, the later rows that contradict it, and how many repeat it exactly (same business columns)."""
    key = key_columns(table, frame)
    # Windows cost far more than finding out which keys repeat, and nearly none do: only those are looked at.
    repeats = frame.select(key).is_duplicated() if key else pl.Series([True] * frame.height, dtype=pl.Boolean)
    repeated = frame.filter(repeats)
    first = pl.col("row_hash").first().over(key)
    position = pl.int_range(pl.len()).over(key)
    judged = repeated.with_columns(
        (position == 0).alias("__first"),
        (pl.col("row_hash") == first).alias("__same"),
        pl.col("source_line").first().over(key).alias("__line"),
    )
    contradicting = judged.filter(~pl.col("__first") & ~pl.col("__same"))
    words = contradiction_words(contradicting, key)
    duplicates = judged.filter(~pl.col("__first") & pl.col("__same")).height
    firsts = judged.filter("__first").select(frame.columns)
    sound = frame if repeated.is_empty() else pl.concat([frame.filter(~repeats), firsts]).sort("__row")
    return sound, words, duplicates


def key_columns(table: Table, frame: pl.DataFrame) -> list[str]:
    """The columns that tell the rows of one source apart."""
    return [name for name in table.key if name in frame.columns and name != "source_instance"]


def contradiction_words(contradicting: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The words for rows whose key came before and said otherwise; `__line`: where."""
    reason = pl.concat_str(
        pl.lit("another row of the same key ("),
        pl.lit(", ".join(key)),
        pl.lit(") came first, in line "),
        pl.col("__line").cast(pl.String).fill_null("unknown"),
        pl.lit(", and says otherwise"),
    )
    remedy = "decide in the source which of the two is right and export again"
    return refusal_words(contradicting, "contradicting_key", reason, remedy)


def _vanished(table: Table, loaded: pl.DataFrame, previous: PreviousLoad | None) -> frozenset[str]:
    if table.name != "persons" or previous is None or not previous.person_ids:
        return frozenset()
    return previous.person_ids - frozenset(loaded["person_id"].to_list())


def _reconcile(verdict: Verdict) -> None:
    counts = verdict.reconciliation
    accounted = sum(int(counts[name]) for name in ("loaded", "quarantined", "duplicates", "filtered"))
    if accounted != verdict.rows_in:
        raise AssertionError(
            f"{verdict.table}: {verdict.rows_in} rows came in, {accounted} are accounted for: {counts}"
        )
