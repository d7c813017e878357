"""When a load must not happen, or not before somebody has said yes: bad rows, vanished rows and people, columns that came empty.

Each is the mark of a broken or partial export, which would show as a change in the figures. What was published before stays until somebody has looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.contracts import Table
from pipelines.contracts.losses import EDIT, FILLED_ENOUGH, MAY_LOSE, NEARLY_EMPTY
from pipelines.told import ToldInWords

BAD_SHARE = 0.01  # more bad rows than this are asked about ...
BAD_ROWS = 3  # ... if they are more than this many: one bad row of twenty is a slip, not a broken export
HOPELESS = 0.5  # and from this share on nobody can want the rest
BAD_ROWS_KIND = "bad_rows"
COLUMNS_FIRST = "check the export's columns and the permissions of the account that made it"
IDS_FIRST = "check that the ids are taken from the same column as before and written alike (with other ids, everybody is somebody else to every figure)"
STAYS = "Nothing was written, the last published figures stay."


class LoadStopped(ToldInWords):
    """The load must not happen: nothing is written, the last published snapshot stays. The message names file, row and next step."""


@dataclass(frozen=True)
class Question:
    """What must be looked at before a load goes on. key: what `impact run --accept` is given; subject: whom it is about; words: the finding; first: what to look at."""

    key: str
    subject: str
    words: str
    first: str = "check that the export is complete"

    @property
    def sentence(self) -> str:
        """The finding, and how to go on."""
        return (
            f"{self.subject}: {self.words}. Next step: {self.first}; if it is right as it is, "
            f"go on with `impact run --accept {self.key}`."
        )


class LoadAsks(LoadStopped):
    """The load stopped at questions that `impact run --accept` can answer."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__(" ".join([*(question.sentence for question in questions), STAYS]))


@dataclass(frozen=True)
class Standing:
    """What a load left of one table: rows, and column to how many of them hold a value. file: of its first row."""

    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    file: str | None = None


def question_about_bad_rows(
    table: str, quarantine: pl.DataFrame, rows_in: int, *, source_id: str, load_id: str
) -> Question | None:
    """What must be asked where more rows than a slip or two can't be used, or none can; None where there are fewer. Raises `LoadStopped` where most of them can't."""
    bad = quarantine.height
    if bad == 0 or (bad < rows_in and (bad <= BAD_ROWS or bad <= BAD_SHARE * rows_in)):
        return None
    first = quarantine.sort("source_file", "source_line").row(0, named=True)
    more = "" if bad == rows_in else f", more than {BAD_SHARE:.0%}"
    words = f"{bad:,} of {rows_in:,} {'row' if rows_in == 1 else 'rows'} of {table} ({bad / rows_in:.1%}) can't be used{more}. First: {_where(first)}: {first['reason']}"
    if bad > BAD_ROWS and bad >= HOPELESS * rows_in:
        raise LoadStopped(f"{source_id}: {words}. Next step: {first['remedy']}. {STAYS}")
    return Question(f"{source_id}/{table}/{BAD_ROWS_KIND}/{load_id[:8]}", source_id, words, str(first["remedy"]))


def _where(row: Mapping[str, Any]) -> str:
    """File and line; rows that a mapping holds itself (`constants:`) count as the first file's and stand on no line of it."""
    if row["source_line"] is None:
        return f"a row that stands on no line of {row['source_file']}, such as one of the mapping's `constants:`"
    return f"{row['source_file']}, line {row['source_line']}"


def questions_about(
    table: Table, before: Standing, after: Standing, *, people_gone: int, source_id: str, load_id: str
) -> list[Question]:
    """What must be asked about one table of one source, against its last load. people_gone: of `persons` only, and only where the same key made the pseudonyms."""

    def question(kind: str, words: str, **more: str) -> Question:
        return Question(f"{source_id}/{table.name}/{kind}/{load_id[:8]}", source_id, words, **more)

    loss, file = MAY_LOSE[table.name], after.file or "the export"
    if people_gone > loss.share * before.rows:
        came = max(0, after.rows - before.rows + people_gone)
        are_others = 2 * came >= people_gone and came > EDIT
        words = f"{people_gone:,} of {before.rows:,} people of the last load ({people_gone / before.rows:.1%}) are no longer in {file}, more than {loss.share:.0%}: {loss.reason}"
        if are_others:
            return [
                question("people_gone", f"{words}; {came:,} whom it didn't have came in their place", first=IDS_FIRST)
            ]
        return [question("people_gone", words)]
    if _lost_too_much(before.rows, after.rows, loss.share):
        gone = before.rows - after.rows
        return [
            question(
                "rows_gone",
                f"{gone:,} of {before.rows:,} rows of {table.name} ({gone / before.rows:.1%}) that the last load had are missing in {file}, "
                f"more than {loss.share:.0%}: {loss.reason}",
            )
        ]
    return [question(*found, first=COLUMNS_FIRST) for found in _emptied(table, before, after, file)]


def _lost_too_much(before: int, after: int, share: float) -> bool:
    gone = before - after
    return gone > share * before and (gone > EDIT or after == 0 or share == 0)


def _emptied(table: Table, before: Standing, after: Standing, file: str) -> list[tuple[str, str]]:
    """Kind and words of the columns that held values in the last load and hold none, or nearly none."""
    if not after.rows:
        return []
    columns = [column.name for column in table.columns if before.filled.get(column.name, 0)]
    empty = [name for name in columns if not after.filled.get(name, 0)]
    found = []
    if empty:
        words = f"{', '.join(empty)} of {table.name} is empty in every row of {file} (line 1 on), but was filled in the last load"
        found.append(("emptied." + "+".join(empty), words))
    for name in columns:
        share, share_before = after.filled.get(name, 0) / after.rows, before.filled[name] / before.rows
        if name not in empty and before.filled[name] >= FILLED_ENOUGH and share < NEARLY_EMPTY * share_before:
            words = f"{name} of {table.name} is filled in {share:.0%} of the rows of {file}, in the last load in {share_before:.0%}"
            found.append((f"emptied.{name}", words))
    return found
