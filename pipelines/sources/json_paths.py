"""Values of JSON records by path, and records as text columns that a mapping file can read.

Paths: `work.title`; one of a list by a filter or its place: `emails[type=work].value`, `emails[primary=true].value`, `emails[0].value`; a URN (SCIM) is
one part: `urn:...:User#department`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW, tidied
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.json_pages import parsed, written
from pipelines.sources.records import REJECT_SCHEMA, SourceFile, SourceRefused
from pipelines.sources.remote.reduction import split_path

_PART = re.compile(r"^([^\[]+)(?:\[([^\]]*)\])?$")
ABSENT = object()


def value_at(record: Any, path: str) -> Any:
    """The value at `path`; `ABSENT` where the record has no such place."""
    for part in split_path(path):
        found = _PART.match(part)
        name, picked = (found.group(1), found.group(2)) if found else (part, None)
        if not isinstance(record, Mapping) or name not in record:
            return ABSENT
        record = record[name]
        if picked is not None:
            record = _picked(record, picked)
            if record is ABSENT:
                return ABSENT
    return record


def _picked(entries: Any, choice: str) -> Any:
    if not isinstance(entries, list):
        return ABSENT
    if choice.isdigit():
        return entries[int(choice)] if int(choice) < len(entries) else ABSENT
    name, _, wanted = choice.partition("=")
    for entry in entries:
        if isinstance(entry, Mapping) and (as_text(entry.get(name)) or "").casefold() == wanted.casefold():
            return entry
    return ABSENT


def as_text(value: Any) -> str | None:
    """A scalar as text, a list of scalars separated by vertical bars; None for what is empty or a record."""
    if value is None or value is ABSENT or isinstance(value, Mapping):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = [text for entry in value if (text := as_text(entry)) is not None]
        return "|".join(parts) or None
    text = written(value).strip()
    return text or None


def without_picks(path: str) -> str:
    """The path of the fields alone, for the allow-list: `emails[type=work].value` needs `emails`."""
    return path.partition("[")[0]


def records_text(
    file: SourceFile,
    records: str,
    paths: Sequence[str],
    *,
    explode: str | None = None,
    may_lack: Iterable[str] = (),
) -> DelimitedText:
    """The list `records` of a JSON page as text columns named by their paths.

    explode: a list within each record; each of its entries becomes a row that also sees the record's own paths. A path that no record has is left out, so that the
    mapping can tell a missing column from an empty one, but for those that a page `may_lack`: systems leave empty fields out. Raises `SourceRefused` where the page isn't what the system documents.
    """
    try:
        content = parsed(file.data)
    except (ValueError, RecursionError) as problem:
        raise SourceRefused(
            f"{file.name} is not JSON ({problem}). Next step: fetch it again; it may be cut off."
        ) from None
    found = value_at(content, records) if records else content
    if not isinstance(found, list):
        raise SourceRefused(
            f"{file.name} holds no list {records!r}. Next step: compare the system's answer with docs/sources."
        )
    columns: dict[str, list[str | None]] = {path: [] for path in paths}
    seen = set(may_lack)
    lines: list[int] = []
    raws: list[str] = []
    for number, record in enumerate(found, start=1):
        for row in _exploded(record, explode):
            for path in paths:
                value = value_at(row, path)
                if value is not ABSENT:
                    seen.add(path)
                columns[path].append(as_text(value))
            lines.append(number)
            raws.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    kept = [path for path in paths if path in seen or not lines]
    rows = pl.DataFrame({path: columns[path] for path in kept}, schema=dict.fromkeys(kept, pl.String()))
    if not kept:
        rows = pl.DataFrame({LINE: lines}, schema={LINE: pl.Int64()})
    rows = rows.with_columns(pl.Series(LINE, lines, dtype=pl.Int64), pl.Series(RAW, raws, dtype=pl.String))
    return DelimitedText(file.name, tuple(kept), (), tidied(rows), pl.DataFrame(schema=REJECT_SCHEMA), [])


def _exploded(record: Any, explode: str | None) -> Iterator[Any]:
    if explode is None:
        yield record
        return
    entries = record.get(explode) if isinstance(record, Mapping) else None
    # Programs that make JSON of XML write a list of one as its only entry.
    for entry in entries if isinstance(entries, list) else [entries] if isinstance(entries, Mapping) else []:
        yield {**{name: value for name, value in record.items() if name != explode}, explode: entry}
