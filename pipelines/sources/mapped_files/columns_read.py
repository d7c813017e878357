"""Which columns of a file a mapping reads: the allow-list that a remote system is asked for, so that nothing else leaves it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.sources.conversions import as_list

_IN_TEMPLATE = re.compile(r"\{([^}]+)\}")


def columns_read(entry: Mapping[str, Any]) -> list[str]:
    """Names of all columns that one entry of a mapping reads, aliases included, in order of first mention."""
    return list(dict.fromkeys(_names(entry)))


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        str(name) for name in (*as_list(entry.get("key")), *as_list(entry.get("required")), *(entry.get("split") or {}))
    )
    for spec in entry.get("tables", []):
        yield from (
            str(name)
            for name in (*as_list(spec.get("key")), *(spec.get("where") or {}), *as_list(spec.get("not_null")))
        )
        yield from (str(name) for name in ((spec.get("unpivot") or {}).get("columns") or {}))
        for column in (spec.get("columns") or {}).values():
            yield from (str(name) for name in as_list(column.get("from")))
            yield from _IN_TEMPLATE.findall(str(column.get("template", "")))
