"""Lines of a table that are no records: its header once more, as every printed page begins, and notes below the last record."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised

REPEATED, NOTE = "the header once more", "a note below the records"
NOTES_WITHIN = 20  # rows at the end that are looked at
_WORDS = 4  # so many words in the only filled cell are a sentence and no name
_NOTE = re.compile(
    r"(?i)^\W*(generated|created|exported|printed|report|page|source|note|filter|confidential|as of|end of|erstellt|exportiert|gedruckt|stand|seite|quelle|hinweis|vertraulich|ende|généré|exporté|imprimé|édité|confidentiel|página|generado|exportado|impreso|fuente|nota)\b.*[\s:]"
)


def without_headings(text: DelimitedText) -> tuple[DelimitedText, dict[str, int]]:
    """The text without such lines, and how many there were of each kind."""
    names = [name for name in text.rows.columns if name not in (LINE, RAW)]
    found = {REPEATED: _repeated(text.rows, names), NOTE: _notes(text.rows, names)}
    lines = [line for numbers in found.values() for line in numbers]
    if not lines:
        return text, {}
    kept = text.rows.filter(~pl.col(LINE).is_in(lines))
    return replace(text, rows=kept), {kind: len(numbers) for kind, numbers in found.items() if numbers}


def _repeated(rows: pl.DataFrame, names: Sequence[str]) -> list[int]:
    """Rows all of whose cells are the names of their columns."""
    if len(names) < 2:
        return []
    alike = [pl.col(name).str.strip_chars().str.to_lowercase() == name.strip().lower() for name in names[:2]]
    near = rows.filter(pl.any_horizontal(alike).fill_null(value=False))
    return [
        row[LINE]
        for row in near.iter_rows(named=True)
        if all(not row[name] or normalised(row[name]) == normalised(name) for name in names)
        and sum(bool(row[name]) for name in names) > 1
    ]


def _notes(rows: pl.DataFrame, names: Sequence[str]) -> list[int]:
    """Rows at the end whose only filled cell is a sentence."""
    if len(names) < 3:
        return []
    found = []
    for row in reversed(rows.tail(NOTES_WITHIN).to_dicts()):
        filled = [row[name].strip() for name in names if (row[name] or "").strip()]
        if len(filled) > 1:
            break
        if filled and (len(filled[0].split()) >= _WORDS or _NOTE.match(filled[0])):
            found.append(row[LINE])
    return found
