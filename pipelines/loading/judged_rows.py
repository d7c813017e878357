"""Which rows keep their contract, which repeat or contradict another, and the words for those that are refused.

Row rules come from the contract. Rows come in with persons already pseudonymised, so that neither `row_hash` nor a reason holds a person.
"""

import polars as pl

from pipelines.contracts import Table
from pipelines.loading.masking import masked_text
from pipelines.loading.row_hashes import with_row_hash
from pipelines.loading.row_rules import first_failed, refusal_words, refused_rows, row_rules

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
"""One row per refused record; raw_text is for the vault only."""


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
