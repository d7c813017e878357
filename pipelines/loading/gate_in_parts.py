"""The gate for a table that comes in parts: the same verdict as `gate` on all of its rows, without holding them.

What stays in memory is one number of 8 bytes a row (a hash of its key), the counts and the refused records. Where a key may have come before, the
rows already written are asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.contracts import Table
from pipelines.loading.gate import (
    QUARANTINE_SCHEMA,
    contradiction_words,
    filled_columns,
    key_columns,
    loaded_columns,
    one_row_a_key,
    quarantined,
    sound_rows,
)
from pipelines.loading.stop_rules import stop_at_bad_rows, stop_at_emptied_columns, stop_at_vanished_people

FirstRows = Callable[[pl.DataFrame, list[str]], pl.DataFrame]
"""Rows with `__row` and key columns -> `__row`, `first_hash`, `first_line` of those whose key is among the rows already written."""


class SeenHashes:
    """Hashes of 64 bits in sorted runs, each at least twice as long as the next: 8 bytes a hash, and every hash is merged only log n times."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def hold(self, hashes: np.ndarray) -> np.ndarray:
        """Which of `hashes`, uint64 of shape (n,), were added before: bool of shape (n,)."""
        found = np.zeros(hashes.size, dtype=bool)
        for run in self._runs:
            found |= run[np.minimum(np.searchsorted(run, hashes), run.size - 1)] == hashes
        return found

    def add(self, hashes: np.ndarray) -> None:
        """Remember `hashes`, uint64 of shape (n,)."""
        if hashes.size:
            self._runs.append(np.sort(hashes))
        while len(self._runs) > 1 and self._runs[-2].size < 2 * self._runs[-1].size:
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort(kind="stable")
            self._runs.append(merged)


@dataclass
class GateInParts:
    """What was decided so far for one table of one source; `quarantine`, `filtered` and `reconciliation` read as those of a `Verdict`."""

    contract: Table
    rows_in: int = 0
    loaded: int = 0
    duplicates: int = 0
    first_file: str | None = None
    carries: bool = False
    columns: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)
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

        refused: the words of its refused records that still stand, columns as `pipelines.loading.row_rules.refusal_words` gives them.
        """
        self.carries = True
        self.loaded += loaded
        self.rows_in += loaded + refused.height
        self._refused.append(refused)
        self.columns = [column.name for column in self.contract.columns if column.pii != "P2"]

    def judge(
        self, rows: pl.DataFrame, rejects: pl.DataFrame, filtered: pl.DataFrame, first_rows: FirstRows
    ) -> pl.DataFrame:
        """The rows of this part that may be written, all of which must be before the next part is judged. Frames as for `gate`."""
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
        self.columns = self.columns or loaded.columns
        self.filled |= filled_columns(loaded)
        if loaded.height and self.first_file is None:
            self.first_file = str(loaded["source_file"].first())
        if "person_id" in rows.columns and loaded.height < rows.height:
            persons = set(rows["person_id"].to_list())
            self.refused_persons |= persons - set(loaded["person_id"].to_list())

    @cached_property
    def quarantine(self) -> pl.DataFrame:
        """One row a refused record; asked for after the last part."""
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

    def stop(self, gone: int, persons_before: int, filled_before: frozenset[str], *, source_id: str) -> None:
        """Raise `LoadStopped` by the rules that look at the whole table, after its last part."""
        counts = self.reconciliation
        accounted = sum(int(counts[name]) for name in ("loaded", "quarantined", "duplicates", "filtered"))
        if accounted != self.rows_in:
            raise AssertionError(f"{self.table}: {self.rows_in} rows came in, {accounted} are accounted for: {counts}")
        stop_at_bad_rows(self.table, self.quarantine, self.rows_in, source_id=source_id)
        stop_at_vanished_people(self.first_file, gone, persons_before, source_id=source_id)
        stop_at_emptied_columns(
            self.table, self.first_file, self.filled, self.columns, filled_before, source_id=source_id
        )
