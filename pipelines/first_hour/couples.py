"""Whether the same two stand in several tables of pairs with other first days: a pair of last year and one of this year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipelines.first_hour import kinds
from pipelines.first_hour.dates import written
from pipelines.first_hour.names import plain_name
from pipelines.first_hour.questions import Answers
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import ROLES, recognised
from pipelines.sources.mapped_files.written_times import read_by


def come_together_again(files: Sequence[Sequence[Sheet]], answers: Answers) -> bool:
    """Whether two people are a pair from different days on in different tables."""
    sheets = [one for sheets in files for one in sheets]
    if len(sheets) < 2:
        return False
    starts: dict[tuple[str, str], set[object]] = defaultdict(set)
    for sheet in sheets:
        if (answers.get(f"{sheet.key}|kind") or kinds.kind_of(sheet)) == kinds.PAIRS:
            for couple, start in _starts(sheet, answers):
                starts[couple].add(start)
    return any(len(days) > 1 for days in starts.values())


def _starts(sheet: Sheet, answers: Answers) -> Iterable[tuple[tuple[str, str], object]]:
    """Every pair of a table with its first day; nothing where the day can't be read yet."""
    sides, start = kinds.roles(sheet), recognised("pairs", sheet.header).get("actual_start_date")
    if len(sides) < len(ROLES) or start is None or not sheet.values(start).len():
        return
    formats = written(sheet, start, answers).formats
    rows = sheet.rows.select(*sides.values(), start)
    for pattern in formats:
        days = read_by(rows[start].str.strip_chars(), pattern)
        for (one, other), day in zip(rows.select(list(sides.values())).iter_rows(), days.dt.date(), strict=True):
            if one and other and day is not None:
                yield (plain_name(one), plain_name(other)), day
