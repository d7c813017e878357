"""Exports of several months in one folder: the newest file's row holds, the older one of the same key is left out, counted and told.

Employment is told once more by each export: what the newer file says of one that the older file knew holds, its end or its open end too. An employment that had ended before stays.
A file's day is the one that its name gives (`people_2026-02.csv`, `20260228_people.xlsx`). Where the names of an entry's files give none, they are put in the order of their names, and that is told.
"""

import calendar
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.sources.mapped_files.file_days import day_in, days_in, name_order
from pipelines.sources.records import Finding, SourceFile, TableBatch, filtered_frame

OLDER = "an older file's row; a newer file has the key"
OLDER_SPELL = "an older file's row; a newer file tells of the same employment"
_SPELL = ["person_id", "hire_date", "end_date"]
_File = TypeVar("_File", bound=SourceFile)


def newest_first(files: Sequence[_File], findings: list[Finding]) -> list[_File]:
    """The files of one entry, the newest first."""
    days = days_in([file.name for file in files])
    if len(files) > 1 and (None in days or len(set(days)) < len(files)):
        detail = "their names give no day for each; where they share a key, the file whose name sorts last, its numbers counted, holds"
        findings.append(Finding("files_without_a_day", "", ", ".join(file.name for file in files), detail))
    order = sorted(range(len(files)), key=lambda at: (days[at] or "", name_order(files[at].name)), reverse=True)
    return [files[at] for at in order]


class NewerKeys:
    """Keys of the files read so far, by table; 8 bytes a key. Only for entries of several files."""

    def __init__(self) -> None:
        self._of_newer: dict[str, pl.Series] = {}
        self._of_file: dict[str, list[pl.Series]] = {}
        self._spells: pl.DataFrame | None = None
        self._spells_of_file: list[pl.DataFrame] = []
        self._people_again, self._people_alone = 0, 0

    def without_older(self, batch: TableBatch) -> tuple[TableBatch, int]:
        """The batch without rows whose key a newer file holds, and how many these were."""
        names = [name for name in BY_NAME[batch.table].key if name in batch.rows.columns and name != "source_instance"]
        if not names or batch.rows.is_empty():
            return batch, 0
        keys = batch.rows.select(names).hash_rows(seed=1)
        self._of_file.setdefault(batch.table, []).append(keys)
        newer = self._of_newer.get(batch.table)
        if newer is None:
            return batch, 0
        old = keys.is_in(newer.implode())
        rows = batch.rows.filter(~old)
        count = batch.rows.height - rows.height
        if batch.table == "persons":
            self._people_again += count
            self._people_alone += _here(rows)
        filtered = pl.concat([batch.filtered, filtered_frame({OLDER: count})])
        return replace(batch, rows=rows, filtered=filtered), count

    def without_older_spells(self, batch: TableBatch, file: str) -> tuple[TableBatch, int]:
        """The batch without employments of which a newer file speaks, and how many these were."""
        spells = batch.rows.select(_SPELL).drop_nulls(["person_id", "hire_date"])
        newer, self._spells_of_file = self._spells, [*self._spells_of_file, spells]
        if newer is None or batch.rows.is_empty():
            return batch, 0
        numbered = batch.rows.with_row_index("__row")
        told_again = _told_again(numbered.select("__row", *_SPELL), newer, _last_day_of(file))
        rows = numbered.filter(~pl.col("__row").is_in(told_again.implode())).drop("__row")
        count = batch.rows.height - rows.height
        filtered = pl.concat([batch.filtered, filtered_frame({OLDER_SPELL: count})])
        return replace(batch, rows=rows, filtered=filtered), count

    def people_alone(self) -> int:
        """How many people the file just read has as here who are in no newer one, where at least as many of its people are: they may have left. Exports of changes share few people, and say nothing of it."""
        return self._people_alone if self._people_again >= self._people_alone else 0

    def end_file(self) -> None:
        """From now on the keys of the file just read count as a newer file's."""
        self._people_again, self._people_alone = 0, 0
        if self._spells_of_file:
            newer = [] if self._spells is None else [self._spells]
            self._spells, self._spells_of_file = pl.concat([*newer, *self._spells_of_file]), []
        for table, found in self._of_file.items():
            before = [self._of_newer[table]] if table in self._of_newer else []
            self._of_newer[table] = pl.concat([*before, *found]).unique()
        self._of_file = {}


def _here(persons: pl.DataFrame) -> int:
    """Rows of people whom their file doesn't call gone."""
    if "status" not in persons.columns:
        return persons.height
    return int((persons["status"] != "inactive").fill_null(value=True).sum())


def _told_again(older: pl.DataFrame, newer: pl.DataFrame, known_until: date | None) -> pl.Series:
    """The rows (`__row`) of employments that a newer one is about: one of the same first day, or one that overlaps and had begun when the older file was written."""
    both = older.join(newer, on="person_id", how="inner", suffix="_newer")
    always = pl.date(9999, 1, 1)
    overlaps = (pl.col("hire_date") < pl.col("end_date_newer").fill_null(always)) & (
        pl.col("hire_date_newer") < pl.col("end_date").fill_null(always)
    )
    had_begun = pl.lit(value=True) if known_until is None else pl.col("hire_date_newer") <= known_until
    is_same = (pl.col("hire_date") == pl.col("hire_date_newer")) | (overlaps & had_begun)
    return both.filter(is_same)["__row"].unique()


def _last_day_of(file: str) -> date | None:
    """The last day that a file's name can mean."""
    written = day_in(file)
    if written is None:
        return None
    year, month, day = (int(part) for part in written.split("-"))
    return date(year, month, day or calendar.monthrange(year, month)[1])
