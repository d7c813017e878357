"""How the dates of a column are written: what its values say by themselves, and the one question where they don't."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.files.counted_times import EPOCHS, EXCEL_SERIAL
from pipelines.first_hour.missing_parts import missing_part
from pipelines.first_hour.questions import Answers, Option, Question, open_questions
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.column_proposals import nothing_written
from pipelines.sources.mapped_files.written_times import (
    DATE_FORMATS,
    OFFSET,
    WITH_POINTS,
    WITHOUT_DAY,
    patterns_of,
    read_by,
    time_formats,
)

MOST_WAYS = 3
MOST_OF_MONTHS = 0.6
WORTH_READING = 0.2  # share of the values left that a further pattern must read
_QUARTER = r"(?i)\b(q|quarter|quartal|trimestre|kvartal|kwartal|kwartał|kwartaal|çeyrek)\s*[1-4]\b|\b[1-4](st|nd|rd|th|\.|er|ère|º)?\s?(q|quarter|quartal|trimestre|kvartal|kwartał|kwartaal|çeyrek)\b|第\s?[1-4一二三四]\s?四半期|第[一二三四1-4]季度|[1-4]분기"
SERIAL = r"^[3-5]\d{4}(\.0)?$"


@dataclass(frozen=True)
class Written:
    """formats: the patterns in their order; empty where nothing is certain yet. questions: open or answered. unread: values that none reads. is_open: whether an answer is waited for."""

    formats: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    unread: int = 0
    is_open: bool = False

    def waits(self, answers: Answers) -> bool:
        """Whether it is read once its questions are answered."""
        return not self.formats and bool(open_questions(self.questions, answers))

    @property
    def format(self) -> str | list[str] | None:
        """As a mapping writes it."""
        return None if not self.formats else self.formats[0] if len(self.formats) == 1 else list(self.formats)


def written(sheet: Sheet, header: str, answers: Answers, certain: frozenset[str] = frozenset()) -> Written:
    """How the filled cells of `header` are written. certain: formats that other columns of the same file show beyond doubt; one hand writes one file."""
    values = sheet.values(header)
    rest = values.filter(~values.is_in(nothing_written(values)))
    if rest.len() and rest.str.contains(SERIAL).all():
        return Written((EXCEL_SERIAL,))
    counted = [name for name, epoch in EPOCHS.items() if rest.len() and rest.str.contains(epoch.written).all()]
    if counted:
        return Written((counted[0],))
    first = _ways(sheet, header, rest, answers, certain)
    if first.is_open or first.unread < max(1, WORTH_READING * rest.len()):
        return first
    left = _left(rest, first.formats)
    question, patterns = missing_part(sheet, header, left, answers)
    if question is None:
        return first
    if not patterns:
        return Written(first.formats if question.answer(answers) else (), (*first.questions, question), left.len())
    more = _ways(sheet, header, left, answers, certain, patterns)
    questions = (*first.questions, question, *more.questions)
    return Written(
        () if more.is_open else (*first.formats, *more.formats), questions, more.unread, is_open=more.is_open
    )


def _ways(
    sheet: Sheet,
    header: str,
    rest: pl.Series,
    answers: Answers,
    certain: frozenset[str],
    patterns: Sequence[str] | None = None,
) -> Written:
    """The patterns that read `rest` one after the other; patterns: which may, else the usual ones."""
    found: list[str] = []
    questions: tuple[Question, ...] = ()
    while rest.len() and len(found) < MOST_WAYS:
        fitting = [one for one in _best(rest, patterns=patterns) if not any(_swapped(one, other) for other in found)]
        if not fitting:
            break
        fitting = [fitting[0], *(pattern for pattern in fitting[1:] if _contradict(rest, fitting[0], pattern))]
        shown = [pattern for pattern in fitting if pattern in certain]
        if len(fitting) > 1 and len(shown) == 1:
            fitting = shown
        if len(fitting) > 1:
            question = _which(sheet, header, rest, fitting)
            questions = (*questions, question)
            said = question.answer(answers)
            if said is None:
                return Written((), questions, 0, is_open=True)
            fitting = [said]
        found.append(fitting[0])
        rest = _left(rest, fitting[:1])
    return Written(tuple(found), questions, rest.len())


def _left(values: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """The values that none of the patterns reads."""
    for pattern in patterns:
        values = values.filter(read_by(values, pattern).is_null())
    return values


def unread_note(sheet: Sheet, header: str, one: Written) -> str | None:
    """What is said of a column of days of which nothing can be read; None where something can, or is asked about."""
    if one.formats or any(not question.key.startswith("part|") for question in one.questions):
        return None
    values = sheet.values(header)
    values = values.filter(~values.is_in(nothing_written(values)))
    if values.is_empty():
        return None
    if values.str.contains(_QUARTER).all():
        return f"“{header}” isn’t read: it names quarters, such as “{values[0]}”, and where they begin depends on your year; write the first day of each as 2026-01-31"
    return f"“{header}” isn’t read, since “{values[0]}” is no whole day; write each as 2026-01-31"


def certain_formats(sheet: Sheet, headers: Iterable[str]) -> frozenset[str]:
    """The formats that the columns themselves show: those without a question."""
    found = [written(sheet, header, {}) for header in headers]
    return frozenset(pattern for one in found if not one.questions for pattern in one.formats)


def holds_dates(sheet: Sheet, header: str) -> bool:
    """Whether most filled cells are days or times."""
    values = sheet.values(header)
    best = _best(values, enough=0.6) if values.len() else []
    return bool(best)


def holds_months(sheet: Sheet, header: str) -> bool:
    """Whether most filled cells are months of a year: `January 2026`, `03/2025`."""
    values = sheet.values(header)
    return values.len() > 0 and any(
        read_by(values, f"{one} (%d=1)").count() > MOST_OF_MONTHS * values.len() for one in WITHOUT_DAY
    )


def lasts_for_days(sheet: Sheet, start: str, end: str) -> bool:
    """Whether what begins on `start` and ends on `end` goes on for days, as pairs do and meetings don't."""
    first, last = (_best(sheet.values(name)) if sheet.values(name).len() else [] for name in (start, end))
    if not first or not last:
        return False
    rows = sheet.rows.select(pl.col(start, end).str.strip_chars()).drop_nulls()
    days = (read_by(rows[end], last[0]) - read_by(rows[start], first[0])).dt.total_days().median()
    return days is not None and float(str(days)) >= 2


def in_words(day: str, pattern: str) -> str:
    """A written day as people say it: 3 April 2025."""
    moment = read_by(pl.Series([day]), pattern)[0]
    return f"{moment.day} {moment:%B %Y}"


def _best(values: pl.Series, enough: float = WORTH_READING, patterns: Sequence[str] | None = None) -> list[str]:
    """The patterns that read most of `values`, alike ones once; none where they read too few."""
    has_hours = bool(values.str.contains(":", literal=True).any())
    formats: Sequence[str] = patterns or DATE_FORMATS
    if has_hours and patterns is None:
        is_offset = values.str.contains(OFFSET).all()
        formats = time_formats(offset=True) if is_offset else (*DATE_FORMATS, *time_formats())
    elif patterns is None and values.str.contains(r"\d\D+\d{1,2}\.\d\d(\.\d\d)?$").any():
        formats = (*DATE_FORMATS, *WITH_POINTS)
    fits = patterns_of(values, formats)
    most = max(fits.values(), default=0)
    if most < enough * values.len():
        return []
    kept: list[str] = []
    for pattern in (pattern for pattern, count in fits.items() if count == most):
        if not any(read_by(values, pattern).equals(read_by(values, other)) for other in kept):
            kept.append(pattern)
    return kept


def _contradict(values: pl.Series, one: str, other: str) -> bool:
    """Whether two patterns read a value as different days; patterns that read different values get along."""
    return bool((read_by(values, one) != read_by(values, other)).fill_null(value=False).any())


def _swapped(one: str, other: str) -> bool:
    """Whether two patterns differ by the order of day and month only: a column is never read in both."""
    return one != other and sorted(one) == sorted(other)


def _which(sheet: Sheet, header: str, values: pl.Series, fitting: Sequence[str]) -> Question:
    example = _telling_example(values, fitting)
    read = [f"{in_words(example, pattern)}" for pattern in fitting]
    options = tuple(
        Option(pattern, f"{words} ({_order(pattern)})") for pattern, words in zip(fitting, read, strict=True)
    )
    one, *others = (words.rsplit(" ", 1)[0] if _same_year(read) else words for words in read)
    return Question(
        f"{sheet.file.name}|date|{' or '.join(sorted(fitting))}",
        f"Is {example} in “{header}” {one}, or {' or '.join(others)}?",
        options,
        _why(values, fitting),
    )


def _why(values: pl.Series, fitting: Sequence[str]) -> str:
    if len(fitting) == 2 and _swapped(*fitting):
        return f"No day in this column is above 12, so both fit all {values.len():,} dates."
    return f"All of these fit its {values.len():,} dates."


def _telling_example(values: pl.Series, fitting: Sequence[str]) -> str:
    """A value that the patterns read as different days."""
    reads = [read_by(values, pattern) for pattern in fitting]
    differ = (reads[0] != reads[1]).fill_null(value=False)
    return str(values.filter(differ)[0])


def _order(pattern: str) -> str:
    places = {
        "d": pattern.find("%d"),
        "m": max(pattern.find("%m"), pattern.find("%b")),
        "y": max(pattern.find("%Y"), pattern.find("%y")),
    }
    first = min(places, key=lambda part: places[part])
    return {"d": "day first", "m": "month first", "y": "year first"}[first]


def _same_year(words: Sequence[str]) -> bool:
    return len({word.rsplit(" ", 1)[1] for word in words}) == 1
