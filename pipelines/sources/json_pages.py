"""Landed pages of JSON as the records that they hold. What isn't of the documented shape costs one record, or what its part would have said, never the source."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pipelines.sources.records import SourceFile, SourceRefused, rejected

_HALF = re.compile(rb"\\\0*u\0*[dD]\0*[89a-fA-F]")
"""How a surrogate is written in JSON, in whichever width of characters."""
EXACT = 10**15
"""Up to here a float holds every whole number."""


def parsed(data: bytes) -> Any:
    """JSON in UTF-8, UTF-16 or UTF-32. Half a surrogate pair, which JSON can name and no text can hold, becomes a question mark. Raises ValueError and RecursionError."""
    content = json.loads(data)
    if not _HALF.search(data):
        return content
    return json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))


def page_of(file: SourceFile) -> Mapping[str, Any]:
    """The page. Raises `SourceRefused` where it is no JSON object."""
    try:
        content = parsed(file.data)
    except (ValueError, RecursionError) as problem:
        raise SourceRefused(
            f"{file.name} is not JSON ({problem}). Next step: fetch it again; it may be cut off."
        ) from None
    if not isinstance(content, Mapping):
        raise SourceRefused(f"{file.name} holds no JSON object. Next step: fetch it again.")
    return content


def page_records(
    file: SourceFile, content: Mapping[str, Any], name: str
) -> tuple[list[tuple[int, Mapping[str, Any]]], list[dict[str, Any]]]:
    """The records of the list `name` with their numbers from 1 on, and a reject for each that is no record. Raises `SourceRefused` where there is no such list."""
    found = content.get(name)
    if not isinstance(found, list):
        raise SourceRefused(f"{file.name} holds no list {name!r}. Next step: fetch it again.")
    numbered = list(enumerate(found, start=1))
    records = [(number, record) for number, record in numbered if isinstance(record, Mapping)]
    return records, [
        reject(file.name, number, record, "is no record")
        for number, record in numbered
        if not isinstance(record, Mapping)
    ]


def reject(file: str, number: int, record: Any, why: str) -> dict[str, Any]:
    """The reject of a record that can't be read."""
    return rejected(
        file, number, "broken_record", f"record {number} {why}", "correct it in the source and fetch it again", record
    )


def part(value: Any) -> Mapping[str, Any]:
    """A part of a record that should be a record itself; nothing where it isn't."""
    return value if isinstance(value, Mapping) else {}


def parts(value: Any) -> list[Mapping[str, Any]]:
    """The records of a part that should be a list of records. Programs that make JSON of XML write a list of one as its only entry."""
    if isinstance(value, Mapping):
        return [value]
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def scalar(value: Any) -> str | None:
    """A text or number as text; None for what is empty or no scalar."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return written(value).strip() or None


def written(value: str | float) -> str:
    """A text as it is and a number as people write it: 2.0 is 2 in JSON, and programs write so where a column has gaps. Beyond what a float holds exactly it stays as it came."""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return str(value)


def count(value: Any) -> int:
    """A count that we wrote ourselves; 0 where it isn't one."""
    return value if isinstance(value, int) else 0
