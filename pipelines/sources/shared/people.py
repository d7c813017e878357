"""What lists of people have in common, whichever system they come from: somebody is on them, their words for a state are known or told, and a last day has a day behind it."""

from collections import Counter
from collections.abc import Container, Iterable
from datetime import date, timedelta

from pipelines.sources.records import Finding, SourceRefused, TableBatch

LONGEST_WORD = 24


def day_after(day: date | None) -> date | None:
    """The day behind a last day; the last day of all (9999-12-31, which stands for no end) has none."""
    return None if day is None or day == date.max else day + timedelta(days=1)


def refuse_nobody(source_id: str, persons: TableBatch, *, remedy: str) -> None:
    """Raise `SourceRefused` where a list of people has nobody on it: an organisation without people is a permission or an option that is missing."""
    if persons.rows_in - int(persons.filtered["rows"].sum()) == 0:
        left_out = ", ".join(f"{rows:,} {reason}" for reason, rows in persons.filtered.iter_rows())
        told = f" ({left_out} left out)" if left_out else ""
        raise SourceRefused(f"Source {source_id}: the list of people has nobody on it{told}. Next step: {remedy}.")


def unknown_words(column: str, words: Iterable[str | None], known: Container[str]) -> list[Finding]:
    """A finding per word of a column of persons that isn't `known` (in lower case): it counts as unknown, and nobody guesses what it means."""
    counts = Counter(_shown(word) for word in words if word and word.strip().lower() not in known)
    detail = "{rows} people; the word isn't known, so they count as unknown"
    return [
        Finding("word_not_known", "persons", f"{column}: {word}", detail.format(rows=f"{rows:,}"))
        for word, rows in sorted(counts.items())
    ]


def _shown(word: str) -> str:
    """A word as it may be quoted; what is long or holds an address may be a person's."""
    return word if len(word) <= LONGEST_WORD and "@" not in word else "(hidden)"


def absent_fields(table: str, declared: Iterable[str], present: Container[str]) -> list[Finding]:
    """A finding for each field that the workspace names and no record has: it was renamed in the system, or the credentials may not read it."""
    detail = (
        "no record has it, so what it fills stays empty; it may have been renamed, or the credentials may not read it"
    )
    return [Finding("column_absent", table, name, detail) for name in declared if name not in present]
