"""The gate: which rows may be loaded, which go to quarantine and why, and when a load must not happen at all.

Row rules come from the contract. Rows come in with persons already pseudonymised (`pipelines.vault`), so that neither `row_hash` nor a reason holds a person.
For every table: rows_in = loaded + quarantined + duplicates + filtered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from pipelines.contracts import Column, Table
from pipelines.quality.masking import masked_text
from pipelines.quality.row_hashes import with_row_hash

BAD_SHARE = 0.01  # more bad rows than this stop the load ...
BAD_ROWS = 3  # ... if they are more than this many: one bad row of twenty is a slip, not a broken export
VANISHED_SHARE = 0.05
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
# Half-open intervals: the end may equal the start (a state replaced on its own day), never precede it.
INTERVALS = (
    ("valid_from", "valid_to"),
    ("hire_date", "end_date"),
    ("start_date", "end_date"),
    ("start_date", "due_date"),
    ("planned_start_date", "planned_end_date"),
    ("actual_start_date", "actual_end_date"),
    ("joined_date", "left_date"),
    ("created_date", "due_date"),
    ("opened_date", "closed_date"),
    ("application_opens_date", "application_closes_date"),
    ("original_hire_date", "latest_hire_date"),
    ("scheduled_start_at", "scheduled_end_at"),
    ("actual_start_at", "actual_end_at"),
    ("joined_at", "left_at"),
    ("known_from", "known_to"),
)


class LoadStopped(Exception):
    """The load must not happen: nothing is written, the last published snapshot stays. The message names file, row and next step."""


@dataclass(frozen=True)
class PreviousLoad:
    """What the source delivered last time: its persons (hashed, only for `persons`) and the columns that were not all null."""

    person_ids: frozenset[str] = frozenset()
    filled_columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What the gate decided for one table of one source.

    `loaded`: the business columns that came in, source_record_id, source_updated_at, source_file, source_line, row_hash.
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

    `rows`: what `pipelines.vault.pseudonymise` returns: columns of the contract without P2, source_record_id, source_updated_at, source_file,
    source_line, raw_text. Raises `LoadStopped` by the stop rules of docs/architecture.md.
    """
    rows_in = rows.height + rejects.height + int(filtered["rows"].sum())
    columns = [column for column in table.columns if column.name in rows.columns]
    frame = with_row_hash(rows.with_row_index("__row"), [column for column in columns if column.pii != "P2"])
    rules = [*_row_rules(columns)]
    failed = pl.coalesce(
        [
            *(pl.when(rule.failed).then(pl.lit(i, dtype=pl.Int32)) for i, rule in enumerate(rules)),
            pl.lit(None, dtype=pl.Int32),
        ]
    )
    frame = frame.with_columns(failed.alias("__failed"))
    refused = _refused(frame.filter(pl.col("__failed").is_not_null()), rules)
    sound, contradicting, duplicates = _one_row_a_key(frame.filter(pl.col("__failed").is_null()), table)
    words = _reject_words(rejects)
    quarantine = pl.concat([words, refused, contradicting]).with_columns(pl.lit(table.name).alias("table_name"))
    quarantine = quarantine.with_columns(masked_text(quarantine["raw_text"]).alias("masked_text")).select(
        *QUARANTINE_SCHEMA
    )
    lineage = ["source_record_id", "source_updated_at", "source_file", "source_line", "row_hash"]
    loaded = sound.select(*(column.name for column in columns), *(name for name in lineage if name in sound.columns))
    vanished = _vanished(table, loaded, previous)
    verdict = Verdict(table.name, loaded, quarantine, filtered, duplicates, rows_in, vanished)
    _reconcile(verdict)
    _stop_if_needed(verdict, previous, source_id)
    return verdict


@dataclass(frozen=True)
class _Rule:
    failed: pl.Expr
    rule: str
    reason: pl.Expr
    remedy: str


def _row_rules(columns: Sequence[Column]) -> list[_Rule]:
    """Required, allowed values, bounds and interval order, as the contract states them."""
    remedy = "correct it in the source and export again"
    rules = []
    names = {column.name for column in columns}
    for column in columns:
        label = _label(column)
        if column.required:
            rules.append(_Rule(pl.col(column.name).is_null(), "required", pl.lit(f"{label} is missing"), remedy))
        if column.values is not None:
            allowed = pl.lit(f" is none of {', '.join(column.values)}")
            bad = pl.col(column.name).is_not_null() & ~pl.col(column.name).is_in(column.values)
            rules.append(
                _Rule(
                    bad,
                    "allowed_values",
                    pl.concat_str(pl.lit(f"{label} "), _shown(column), allowed),
                    "map the value in the mapping file, or correct it in the source",
                )
            )
        if column.type == "float":
            rules.append(_Rule(~pl.col(column.name).is_finite(), "type", pl.lit(f"{label} is not a number"), remedy))
        for word, bound, bad in _bounds(column):
            rules.append(
                _Rule(
                    bad,
                    "bounds",
                    pl.concat_str(pl.lit(f"{label} "), _shown(column), pl.lit(f" is {word} {bound}")),
                    remedy,
                )
            )
    for start, end in INTERVALS:
        if start in names and end in names:
            reason = pl.concat_str(
                pl.lit(f"{end.replace('_', ' ')} "),
                pl.col(end).cast(pl.String),
                pl.lit(f" precedes {start.replace('_', ' ')} "),
                pl.col(start).cast(pl.String),
            )
            rules.append(_Rule(pl.col(end) < pl.col(start), "interval_order", reason, remedy))
    return rules


def _label(column: Column) -> str:
    return column.name.removesuffix("_id").replace("_", " ")


def _shown(column: Column) -> pl.Expr:
    """The value for a reason: numbers, dates and short categories; never a key, a demographic or anything with an @."""
    text = pl.col(column.name).cast(pl.String)
    if column.pii != "P0":
        return pl.lit("(hidden)")
    if column.type != "text":
        return text
    return (
        pl.when((text.str.len_chars() <= 24) & ~text.str.contains("@", literal=True))
        .then(text)
        .otherwise(pl.lit("(hidden)"))
    )


def _bounds(column: Column) -> list[tuple[str, float | str, pl.Expr]]:
    found: list[tuple[str, float | str, pl.Expr]] = []
    for word, bound in (("below", column.minimum), ("above", column.maximum)):
        if bound is None:
            continue
        limit: date | datetime | float | str = bound
        if column.type == "date":
            limit = date.fromisoformat(str(bound))
        bad = pl.col(column.name) < limit if word == "below" else pl.col(column.name) > limit
        found.append((word, bound, bad))
    return found


def _refused(frame: pl.DataFrame, rules: Sequence[_Rule]) -> pl.DataFrame:
    """The rows that fail a rule, with the words of the first one that each fails."""
    parts = [_words(frame.clear(), "required", pl.lit(""), "")]
    for (index,), group in frame.group_by("__failed", maintain_order=True):
        rule = rules[int(str(index))]
        parts.append(_words(group, rule.rule, rule.reason, rule.remedy))
    return pl.concat(parts)


def _words(frame: pl.DataFrame, rule: str, reason: pl.Expr, remedy: str) -> pl.DataFrame:
    text = pl.col("raw_text") if "raw_text" in frame.columns else pl.lit(None, dtype=pl.String)
    return frame.select(
        "source_file",
        pl.col("source_line").cast(pl.Int64),
        pl.lit(rule).alias("rule"),
        reason.cast(pl.String).alias("reason"),
        pl.lit(remedy).alias("remedy"),
        text.alias("raw_text"),
    )


def _reject_words(rejects: pl.DataFrame) -> pl.DataFrame:
    return rejects.select("source_file", pl.col("source_line").cast(pl.Int64), "rule", "reason", "remedy", "raw_text")


def _one_row_a_key(frame: pl.DataFrame, table: Table) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """First row of each key, the later rows that contradict it, and how many repeat it exactly (same business columns)."""
    key = [name for name in table.key if name in frame.columns and name != "source_instance"]
    first = pl.col("row_hash").first().over(key)
    position = pl.int_range(pl.len()).over(key)
    judged = frame.with_columns(
        (position == 0).alias("__first"),
        (pl.col("row_hash") == first).alias("__same"),
        pl.col("source_line").first().over(key).alias("__line"),
    )
    contradicting = judged.filter(~pl.col("__first") & ~pl.col("__same"))
    reason = pl.concat_str(
        pl.lit("another row of the same key ("),
        pl.lit(", ".join(key)),
        pl.lit(") came first, in line "),
        pl.col("__line").cast(pl.String).fill_null("unknown"),
        pl.lit(", and says otherwise"),
    )
    words = _words(
        contradicting, "contradicting_key", reason, "decide in the source which of the two is right and export again"
    )
    duplicates = judged.filter(~pl.col("__first") & pl.col("__same")).height
    return judged.filter("__first"), words, duplicates


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


def _stop_if_needed(verdict: Verdict, previous: PreviousLoad | None, source_id: str) -> None:
    stays = "Nothing was written, the last published figures stay."
    bad, total = verdict.quarantine.height, verdict.rows_in
    if bad > BAD_ROWS and bad > BAD_SHARE * total:
        first = verdict.quarantine.sort("source_file", "source_line").row(0, named=True)
        raise LoadStopped(
            f"{source_id}: {bad:,} of {total:,} rows of {verdict.table} ({bad / total:.1%}) can't be used, more than {BAD_SHARE:.0%}. First: {first['source_file']}, "
            f"line {first['source_line']}: {first['reason']}. Next step: {first['remedy']}. {stays}"
        )
    if previous is None:
        return
    gone = len(verdict.vanished)
    if gone > VANISHED_SHARE * len(previous.person_ids) and gone > 0:
        file = str(verdict.loaded["source_file"].first()) if verdict.loaded.height else "the export"
        raise LoadStopped(
            f"{source_id}: {gone:,} of {len(previous.person_ids):,} people of the last load ({gone / len(previous.person_ids):.1%}) are no longer in {file}, more than "
            f"{VANISHED_SHARE:.0%}. Next step: check that the export is complete; if they really left the system, remove the source's last load and run again. {stays}"
        )
    if verdict.loaded.is_empty():
        return
    emptied = [
        name
        for name in verdict.loaded.columns
        if name in previous.filled_columns and verdict.loaded[name].null_count() == verdict.loaded.height
    ]
    if emptied:
        file = str(verdict.loaded["source_file"].first())
        raise LoadStopped(
            f"{source_id}: {', '.join(emptied)} of {verdict.table} is empty in every row of {file} (line 1 on), but was filled in the last load. "
            f"Next step: check the export's columns and the permissions of the account that made it. {stays}"
        )


def filled_columns(loaded: pl.DataFrame) -> frozenset[str]:
    """Columns of a load that hold at least one value; kept for the next load's `PreviousLoad`."""
    return frozenset(name for name in loaded.columns if loaded[name].null_count() < loaded.height)
