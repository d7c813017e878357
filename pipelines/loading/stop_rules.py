"""When a load must not happen at all: too many bad rows, people who have vanished, columns that came empty.

Each is the mark of a broken or partial export, which would show as a change in the figures. The published snapshot stays until somebody has looked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

BAD_SHARE = 0.01  # more bad rows than this stop the load ...
BAD_ROWS = 3  # ... if they are more than this many: one bad row of twenty is a slip, not a broken export
VANISHED_SHARE = 0.05
STAYS = "Nothing was written, the last published figures stay."


class LoadStopped(Exception):
    """The load must not happen: nothing is written, the last published snapshot stays. The message names file, row and next step."""


@dataclass(frozen=True)
class PreviousLoad:
    """What the source delivered last time: its persons (hashed, only for `persons`) and the columns that were not all null."""

    person_ids: frozenset[str] = frozenset()
    filled_columns: frozenset[str] = frozenset()


def filled_columns(loaded: pl.DataFrame) -> frozenset[str]:
    """Columns of a load that hold at least one value; kept for the next load's `PreviousLoad`."""
    return frozenset(name for name in loaded.columns if loaded[name].null_count() < loaded.height)


def stop_at_bad_rows(table: str, quarantine: pl.DataFrame, rows_in: int, *, source_id: str) -> None:
    """Raise `LoadStopped` where more rows than a slip or two can't be used."""
    bad = quarantine.height
    if bad > BAD_ROWS and bad > BAD_SHARE * rows_in:
        first = quarantine.sort("source_file", "source_line").row(0, named=True)
        raise LoadStopped(
            f"{source_id}: {bad:,} of {rows_in:,} rows of {table} ({bad / rows_in:.1%}) can't be used, more than {BAD_SHARE:.0%}. First: {first['source_file']}, "
            f"line {first['source_line']}: {first['reason']}. Next step: {first['remedy']}. {STAYS}"
        )


def stop_at_vanished_people(file: str | None, gone: int, before: int, *, source_id: str) -> None:
    """Raise `LoadStopped` where more people than leave between two loads (`gone` of `before`) are no longer in the export."""
    if gone > VANISHED_SHARE * before and gone > 0:
        raise LoadStopped(
            f"{source_id}: {gone:,} of {before:,} people of the last load ({gone / before:.1%}) are no longer in {file or 'the export'}, more than "
            f"{VANISHED_SHARE:.0%}. Next step: check that the export is complete; if they really left the system, remove the source's last load and run again. {STAYS}"
        )


def stop_at_emptied_columns(
    table: str,
    file: str | None,
    filled: Collection[str],
    columns: Sequence[str],
    before: Collection[str],
    *,
    source_id: str,
) -> None:
    """Raise `LoadStopped` where a column that held values in the last load (`before`) holds none; file: of the first row, None without rows."""
    emptied = [name for name in columns if name in before and name not in filled]
    if file is not None and emptied:
        raise LoadStopped(
            f"{source_id}: {', '.join(emptied)} of {table} is empty in every row of {file} (line 1 on), but was filled in the last load. "
            f"Next step: check the export's columns and the permissions of the account that made it. {STAYS}"
        )
