"""Where a person's records stand in the landed files: each load is read once more by its connector, so that a staff number counts only in the column of staff numbers."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.contracts import BY_NAME, Table
from pipelines.erasure.databases import is_key
from pipelines.erasure.person import Person
from pipelines.loading.landing import Landed, landed_loads
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.loading.reading import extracts_of
from pipelines.loading.source import SourceToLoad
from pipelines.loading.tombstones import MENTIONS, OF_SEVERAL

KEYS_OF = {"applications": "application_id", "pairs": "pair_id"}


@dataclass
class Found:
    """places: load's folder and file to line and text of the person's records. mentions: to lines of others' records that mention them. ids: the person's ids in plain. keys: ids of applications and pairs. unread: loads that could not be read."""

    places: dict[tuple[Path, str], dict[int, str | None]] = field(default_factory=lambda: defaultdict(dict))
    mentions: dict[tuple[Path, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    ids: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    unread: list[Path] = field(default_factory=list)
    sources: frozenset[str] = frozenset()


def landed_records(landing: Path, sources: list[SourceToLoad], person: Person, key: bytes, as_of: date) -> Found:
    """The person's records in every landed load of `sources`. sources: how each is read today; their `landed` isn't looked at."""
    found = Found(keys=set(person.traces.keys))
    while True:
        known = len(found.keys)
        found = Found(keys=found.keys, sources=frozenset(source.source_id for source in sources))
        for source in sources:
            for landed in landed_loads(landing, source.source_id):
                _look_into(replace(source, landed=landed, corrections=()), person, key, as_of, found)
        if len(found.keys) == known:
            return found


def _look_into(source: SourceToLoad, person: Person, key: bytes, as_of: date, found: Found) -> None:
    try:
        for extract in extracts_of(source, as_of):
            for batch in extract.batches:
                _note(source.landed, BY_NAME[batch.table], batch.rows, person, key, found)
                _note_rejects(source.landed, batch.rejects, person, found)
    except Exception:  # an older load that today's mapping can't read: it is searched by words
        found.unread.append(source.landed.folder)


def _note(landed: Landed, table: Table, rows: pl.DataFrame, person: Person, key: bytes, found: Found) -> None:
    if not rows.height:
        return
    hashed, _ = pseudonymise(rows, table, key)
    references = [column.name for column in table.columns if column.reference and column.name in hashed.columns]
    keyed = [name for name in hashed.columns if is_key(table.name, name)]
    named = _holds(hashed, [name for name in references if name not in MENTIONS], person.pseudonyms)
    mentioned = _holds(hashed, [*(MENTIONS & set(references)), *_preferred(table)], person.pseudonyms)
    for name in references:
        plain = rows.filter(hashed.select(_is_one_of(name, person.pseudonyms)).to_series())[name]
        found.ids |= {text.partition(":")[2] for text in plain.drop_nulls()}
    if table.name in KEYS_OF:
        found.keys |= set(hashed.filter(named)[KEYS_OF[table.name]].drop_nulls())
    of_keys = _holds(hashed, keyed, frozenset(found.keys))
    chosen = hashed.filter(of_keys if table.name in OF_SEVERAL else named | of_keys)
    for file, line, text in chosen.select("source_file", "source_line", "raw_text").iter_rows():
        if line is not None:
            found.places[landed.folder, file][line] = text
    for file, line in hashed.filter(mentioned).select("source_file", "source_line").iter_rows():
        found.mentions[landed.folder, file].add(line)


def _preferred(table: Table) -> list[str]:
    return ["value"] if table.name == "application_preferences" else []


def _note_rejects(landed: Landed, rejects: pl.DataFrame, person: Person, found: Found) -> None:
    """Records that could not be made into rows, by what stands in them."""
    for file, line, text in rejects.select("source_file", "source_line", "raw_text").iter_rows():
        if line is not None and person.traces.are_in(text or ""):
            found.places[landed.folder, file][line] = text


def _holds(frame: pl.DataFrame, names: list[str], values: frozenset[str]) -> pl.Series:
    if not names:
        return pl.repeat(value=False, n=frame.height, eager=True, dtype=pl.Boolean)
    return frame.select(pl.any_horizontal(_is_one_of(name, values) for name in names)).to_series()


def _is_one_of(name: str, values: frozenset[str]) -> pl.Expr:
    return pl.col(name).is_in(list(values)).fill_null(value=False)
