"""Whole columns that come otherwise than in the last load: days with day and month swapped, times an hour later, ids a line further down, keys that are all new.

No row is missing then and no column is empty, so nothing else would tell it. Rows are compared by their key; of a large table a sample is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.contracts import Column, Table
from pipelines.contracts.losses import EDIT, MAY_LOSE
from pipelines.loading.standing import EARLIER, OWN
from pipelines.loading.stop_rules import Question
from pipelines.sources.records import Finding

COMPARED = 20_000
"""Rows of the last load that are looked at; of more, this many chosen by their hash."""
LEAST = 10
"""With fewer changed rows, somebody may have corrected each by hand."""
MANY = 0.5
"""Share of a column's values from which on it isn't corrected but written otherwise ..."""
MANY_SWAPPED = 0.2
"""... and where day and month are swapped, which changes nothing in 2 March and can't be read in 31 March."""
ALIKE = 0.9
"""Share of the changes that are of one kind: one length, or two (winter and summer)."""
DECIDED = frozenset(
    "planned_start_date planned_end_date actual_end_date left_date due_date opened_date closed_date".split()
)
"""Days that somebody sets for all at once: a cohort is prolonged, a survey is closed a week later."""
SLIPS = frozenset({1, 1461, 1462})
"""Lengths by which programs move days: a zone, and workbooks that count from 1904."""
_REPLACED = "keep the earlier list beside the new one (a second file, or all cohorts in one export)"
_FIRST = "compare the export's settings (language, format of dates, zone) with those of the last one"


@dataclass(frozen=True)
class Change:
    """What became of one column. both: rows that hold a value in both loads; shifts: how many changed by the one or two commonest lengths."""

    column: Column
    both: int
    changed: int
    swapped: int = 0
    shifts: int = 0
    by: tuple[int, ...] = ()


def changed_columns(
    warehouse: duckdb.DuckDBPyConnection,
    table: Table,
    source_id: str,
    load_id: str,
    *,
    rows_before: int,
    is_missed: bool = False,
) -> tuple[list[Question], list[Finding]]:
    """What must be asked and what is told, while the last load's rows of `table` still stand beside those of this one. is_missed: whether it is asked already where its rows are."""
    by_key = MAY_LOSE[table.name].by_key
    if rows_before < LEAST and not by_key:
        return [], []
    columns = [column for column in table.columns if column.name not in table.key and _is_compared(column)]
    looked_at, found, changes = _compared(warehouse, table, columns, source_id, load_id, rows_before)
    if rows_before < LEAST:
        changes = []
    questions = [question for change in changes if (question := _question(table, change, source_id, load_id))]
    asked = {question.key for question in questions}
    findings = [
        _told(table, change)
        for change in changes
        if _is_many(change, MANY) and _key_of(table, change, source_id, load_id) not in asked
    ]
    new = looked_at - found
    if by_key and not is_missed and new > EDIT and new > MAY_LOSE[table.name].share * looked_at:
        questions.append(_question_of_keys(table, new, looked_at, source_id, load_id))
    elif new >= LEAST and new > MANY * looked_at:
        findings.append(Finding("keys_replaced", table.name, ", ".join(table.key), f"{_share(new, looked_at)} rows of the last load stand under another key now, or are gone; as many others came in their place"))  # fmt: skip
    return questions, findings


def _question_of_keys(table: Table, gone: int, of: int, source_id: str, load_id: str) -> Question:
    words = f"{_share(gone, of)} {table.name} of the last load are no longer there under their ids, and others came in their place: {MAY_LOSE[table.name].reason}"
    return Question(f"{source_id}/{table.name}/keys_replaced/{load_id[:8]}", source_id, words, _REPLACED)


def _is_compared(column: Column) -> bool:
    return column.type in ("date", "instant") or column.reference


def _compared(
    warehouse: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Sequence[Column],
    source_id: str,
    load_id: str,
    rows_before: int,
) -> tuple[int, int, list[Change]]:
    """Rows of the last load that were looked at, those of them that this one has too, and what became of each column."""
    share = min(1.0, COMPARED / rows_before)
    chosen = "" if share == 1 else f"and row_hash < '{int(share * 16**8):08x}'"
    own_key = [name for name in table.key if name != "source_instance"]
    same = " and ".join(f"earlier.{name} is not distinct from now.{name}" for name in own_key)
    counted = [part for column in columns for part in _counts(column)]
    query = f"""
        with
            earlier as (select * from {table.address} where {EARLIER} and not is_deleted {chosen}),
            now as (select * from {table.address} where {OWN} and not is_deleted)
        select {", ".join(["count(*)", "count(now.load_id)", *counted])}
        from earlier left join now on {same}
    """
    looked_at, found, *counts = warehouse.execute(query, [source_id, load_id, source_id, load_id]).fetchall()[0]
    return looked_at, found, list(_changes(columns, counts))


def _counts(column: Column) -> list[str]:
    before, after = f"earlier.{column.name}", f"now.{column.name}"
    changed = f"count_if({before} <> {after})"
    both = f"count_if({before} is not null and {after} is not null)"
    if column.reference:
        return [both, changed, "0", "null"]
    swapped = f"count_if({before} <> {after} and year({before}) = year({after}) and month({before}) = day({after}) and day({before}) = month({after}))"
    unit = "day" if column.type == "date" else "second"
    lengths = f"histogram(datediff('{unit}', {before}, {after})) filter (where {before} <> {after})"
    return [both, changed, swapped, lengths]


def _changes(columns: Sequence[Column], counts: Sequence[Any]) -> Iterator[Change]:
    for at, column in enumerate(columns):
        both, changed, swapped = (count or 0 for count in counts[4 * at : 4 * at + 3])
        commonest = sorted((counts[4 * at + 3] or {}).items(), key=lambda item: -item[1])[:2]
        yield Change(
            column, both, changed, swapped, sum(rows for _, rows in commonest), tuple(by for by, _ in commonest)
        )


def _is_many(change: Change, share: float) -> bool:
    return change.changed >= LEAST and change.changed > share * change.both


def _question(table: Table, change: Change, source_id: str, load_id: str) -> Question | None:
    words = None
    if _is_many(change, MANY_SWAPPED) and change.swapped >= ALIKE * change.changed:
        words = f"have day and month the other way round than in the last load (2 March as 3 February): {_share(change.swapped, change.both)}"
    elif _is_moved(change) and not _may_be_decided(change):
        words = f"lie {_lengths(change)} than in the last load: {_share(change.shifts, change.both)}"
    if words is None:
        return None
    words = f"values of {change.column.name} of {table.name} {words} rows that both loads have"
    return Question(_key_of(table, change, source_id, load_id), source_id, words, _FIRST)


def _is_moved(change: Change) -> bool:
    """Whether most values lie away from the last load's by one length, or two."""
    return _is_many(change, MANY) and change.shifts >= ALIKE * change.changed


def _may_be_decided(change: Change) -> bool:
    return change.column.name in DECIDED and not SLIPS.issuperset(map(abs, change.by))


def _lengths(change: Change) -> str:
    return " or ".join(_length(change.column, by) for by in change.by)


def _key_of(table: Table, change: Change, source_id: str, load_id: str) -> str:
    return f"{source_id}/{table.name}/moved.{change.column.name}/{load_id[:8]}"


def _length(column: Column, by: int) -> str:
    days = f"{abs(by):,} {'day' if abs(by) == 1 else 'days'}"
    return f"{days if column.type == 'date' else f'{abs(by) / 3600:g} h'} {'later' if by > 0 else 'earlier'}"


def _told(table: Table, change: Change) -> Finding:
    if _is_moved(change):
        return Finding("column_rewritten", table.name, change.column.name, f"{_share(change.shifts, change.both)} days lie {_lengths(change)} than in the last load, as where all are put off together")  # fmt: skip
    what = "people" if change.column.reference else "values"
    return Finding("column_rewritten", table.name, change.column.name, f"{_share(change.changed, change.both)} rows hold other {what} than in the last load under the same key: a column that was sorted or shifted alone looks so")  # fmt: skip


def _share(part: int, of: int) -> str:
    return f"{part:,} of {of:,}"
