"""The gate of one table: which rows may be loaded, which go to quarantine and why, part by part."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from pipelines.contracts import Table
from pipelines.loading.judged_rows import (
    QUARANTINE_SCHEMA,
    contradiction_words,
    key_columns,
    loaded_columns,
    one_row_a_key,
    quarantined,
    sound_rows,
)
from pipelines.loading.seen_hashes import SeenHashes
from pipelines.loading.stop_rules import Question, question_about_bad_rows

FirstRows = Callable[[pl.DataFrame, list[str]], pl.DataFrame]
"""Rows with `__row` and key columns -> `__row`, `first_hash`, `first_line` of those whose key is among the rows already written."""


@dataclass
class Gate:
    """What was decided so far for one table of one source, part by part.

    What stays in memory is one number of 8 bytes a row (a hash of its key), the counts and the refused records. For every table: rows_in = loaded +
    quarantined + duplicates + filtered.
    """

    contract: Table
    rows_in: int = 0
    loaded: int = 0
    duplicates: int = 0
    first_file: str | None = None
    carries: bool = False
    refused_persons: set[str] = field(default_factory=set)
    _keys: SeenHashes = field(default_factory=SeenHashes)
    _rejects: list[pl.DataFrame] = field(default_factory=list)
    _refused: list[pl.DataFrame] = field(default_factory=list)
    _filtered: list[pl.DataFrame] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The table's name."""
        return self.contract.name

    def carry(self, loaded: int, refused: pl.DataFrame) -> None:
        """Count rows that an earlier load has judged and that are written already, before the first part; from now on every key is asked for.

        refused: the words of its refused records that still stand, columns as `refusal_words` gives them.
        """
        self.carries = True
        self.loaded += loaded
        self.rows_in += loaded + refused.height
        self._refused.append(refused)

    def judge(
        self, rows: pl.DataFrame, rejects: pl.DataFrame, filtered: pl.DataFrame, first_rows: FirstRows
    ) -> pl.DataFrame:
        """The rows of this part that may be written, all of which must be before the next part is judged.

        rows: what `pseudonymise` returns: columns of the contract without P2, source_record_id, source_updated_at, source_file, source_line, raw_text.
        Loaded: the business columns that came in, source_record_id, source_updated_at, recorded_tz, source_file, source_line, row_hash.
        """
        sound, refused = sound_rows(self.contract, rows)
        key = key_columns(self.contract, sound)
        hashes = sound.select(key).hash_rows().to_numpy()
        came_before = pl.Series(self._keys.hold(hashes) | self.carries, dtype=pl.Boolean)
        repeats = sound.filter(came_before)
        if repeats.height:
            repeats = repeats.join(first_rows(repeats.select("__row", *key), key), on="__row", how="inner")
            sound = sound.filter(~pl.col("__row").is_in(repeats["__row"].implode()))
        fresh, contradicting, duplicates = one_row_a_key(sound, self.contract)
        same = pl.col("row_hash") == pl.col("first_hash")
        words = (
            contradiction_words(repeats.filter(~same).rename({"first_line": "__line"}), key) if repeats.height else None
        )
        self._keys.add(hashes)
        self.duplicates += duplicates + (repeats.filter(same).height if repeats.height else 0)
        self._rejects.append(rejects)
        self._refused += [part for part in (refused, contradicting, words) if part is not None and part.height]
        self._filtered.append(filtered)
        self.rows_in += rows.height + rejects.height + int(filtered["rows"].sum())
        loaded = loaded_columns(self.contract, fresh)
        self._count(rows, loaded)
        return loaded

    def _count(self, rows: pl.DataFrame, loaded: pl.DataFrame) -> None:
        self.loaded += loaded.height
        if loaded.height and self.first_file is None:
            self.first_file = str(loaded["source_file"].first())
        if "person_id" in rows.columns and loaded.height < rows.height:
            persons = set(rows["person_id"].to_list())
            self.refused_persons |= persons - set(loaded["person_id"].to_list())

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """One row per refused record; asked for after the last part."""
        rejects = self._rejects or [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
        return quarantined(self.contract, pl.concat(rejects), *self._refused)

    @property
    def filtered(self) -> pl.DataFrame:
        """Counts of rows left out on purpose, by reason."""
        counts = pl.concat([pl.DataFrame(schema={"reason": pl.String(), "rows": pl.Int64()}), *self._filtered])
        return counts.group_by("reason", maintain_order=True).agg(pl.col("rows").sum())

    @property
    def reconciliation(self) -> dict[str, int | str]:
        """The row of quality.reconciliation, without load and source."""
        return {
            "table_name": self.table,
            "rows_in": self.rows_in,
            "loaded": self.loaded,
            "quarantined": self.quarantine.height,
            "duplicates": self.duplicates,
            "filtered": int(self.filtered["rows"].sum()),
        }

    def question(self, source_id: str, load_id: str) -> Question | None:
        """What must be asked where too many rows can't be used; after the last part. Raises `LoadStopped` where most can't."""
        counts = self.reconciliation
        accounted = sum(int(counts[name]) for name in ("loaded", "quarantined", "duplicates", "filtered"))
        if accounted != self.rows_in:
            raise AssertionError(f"{self.table}: {self.rows_in} rows came in, {accounted} are accounted for: {counts}")
        return question_about_bad_rows(self.table, self.quarantine, self.rows_in, source_id=source_id, load_id=load_id)
