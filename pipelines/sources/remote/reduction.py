"""The allow-list of columns, applied before the first write: what no mapping reads never reaches the disk, a secret least of all."""

import json
from collections.abc import Iterable, Mapping
from typing import Any


class NotUnderstood(Exception):
    """An answer has another shape than its system documents; the words say where."""


def records_at(content: Any, path: str) -> list[dict[str, Any]]:
    """The list of records at the dotted `path` of an answer. Raises `NotUnderstood` where it isn't there: a list that is missing must never count as an empty one.

    An entry that is no record among others that are is an empty one: it keeps its place and is rejected by its reader, alone.
    """
    found = content
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise NotUnderstood(f"it has no {path!r}")
        found = found[name]
    if not isinstance(found, list):
        raise NotUnderstood(f"{path!r} is not a list")
    if found and not any(isinstance(record, dict) for record in found):
        raise NotUnderstood(f"{path!r} holds something that is no record")
    return [record if isinstance(record, dict) else {} for record in found]


def reduced_page(content: Mapping[str, Any], records: str, kept: Iterable[str]) -> bytes:
    """A page whose list of records stands at the dotted path `records`: compact JSON of that list and the way to it, and of each record the `kept` fields (dotted: `work.title`). Raises `NotUnderstood`."""
    tree = _tree(kept)
    *parents, last = records.split(".")
    page: dict[str, Any] = {last: [_kept(record, tree) for record in records_at(content, records)]}
    for name in reversed(parents):
        page = {name: page}
    return encoded(page)


def encoded(page: Any) -> bytes:
    """Compact JSON. Half a surrogate pair, which JSON can name and no text file can hold, becomes a question mark: it costs a character, not the source."""
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def reduced_record(record: Any, kept: Iterable[str]) -> Any:
    """One record with only the `kept` paths."""
    return _kept(record, _tree(kept))


def _tree(paths: Iterable[str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for part in split_path(path):
            node = node.setdefault(part, {})
    return tree


def split_path(path: str) -> list[str]:
    """Parts of a dotted path. A URN (SCIM) holds dots and colons of its own: it is one part, and what follows it after `#` are the next ones."""
    if path.startswith("urn:"):
        urn, _, rest = path.partition("#")
        return [urn, *([*rest.split(".")] if rest else [])]
    return path.split(".")


def _kept(value: Any, tree: Mapping[str, Any]) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_kept(entry, tree) for entry in value]
    if isinstance(value, Mapping):
        return {name: _kept(entry, tree[name]) for name, entry in value.items() if name in tree}
    return value
