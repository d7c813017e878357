"""The mapping file as a whole: its entries, the form of the files that each names, and whether its words look at all rows at once."""

from collections.abc import Mapping
from typing import Any

from pipelines.contracts.files.mapping_file import MappingFile
from pipelines.contracts.files.words import faults, told
from pipelines.sources.conversions import as_list
from pipelines.sources.records import SourceRefused

WHOLE_TABLE_WORDS = ("derive", "last_wins")
"""Words of a table in the mapping that look at all of its rows at once."""


def mapping_of(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping file's content. Raises `SourceRefused` where it names no files."""
    mapping = options.get("mapping") or {}
    if not mapping.get("files"):
        raise SourceRefused(
            "The mapping file names no files. Next step: give the source a `mapping:` with a `files:` list."
        )
    return checked(mapping)


def checked(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping with `null` under its name. Raises `SourceRefused` where it has a word that nobody reads, or a block of another shape: a misspelt `where` would let everybody in."""
    named: Mapping[str, Any] = with_null_word(mapping)
    wrong = faults(MappingFile, named)
    if wrong:
        raise SourceRefused(
            f"The mapping file: {told(wrong)}. Next step: correct it (docs/reference/mapping-files.md)."
        )
    return named


def with_null_word(value: Any) -> Any:
    """The mapping with the word `null` under that name: YAML reads a bare `null:` as no name at all."""
    if isinstance(value, Mapping):
        return {"null" if name is None else name: with_null_word(entry) for name, entry in value.items()}
    return [with_null_word(entry) for entry in value] if isinstance(value, list) else value


def form_of(entry: Mapping[str, Any], mapping: Mapping[str, Any]) -> dict[str, Any]:
    """How the files of an entry are written: the mapping's `format`, and over it the entry's own."""
    return {**mapping.get("format", {}), **entry.get("format", {})}


def required_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns without which a file of this entry isn't read: `required`, else the key. One that YAML read as a truth value is looked for when it is used."""
    named = as_list(entry.get("required")) or as_list(entry.get("key"))
    return tuple(str(name) for name in named if not isinstance(name, bool))


def needs_all_rows(mapping: Mapping[str, Any]) -> bool:
    """Whether it can only be applied to all rows at once: `derive`, `last_wins`, `repeats`, and ranks of levels, whose findings count over a file."""
    specs = [spec for entry in mapping["files"] for spec in entry.get("tables", [])]
    columns = [column for spec in specs for column in (spec.get("columns") or {}).values()]
    ranked = any(isinstance(column, Mapping) and column.get("level_rank") for column in columns)
    if any(entry.get("repeats") for entry in mapping["files"]):
        return True
    return ranked or any(spec.get(word) for spec in specs for word in WHOLE_TABLE_WORDS)


def is_row_by_row(mapping: Mapping[str, Any]) -> bool:
    """Whether every record of a file is one record of each of its tables, whatever stands beside it: nothing is left out, unfolded or made up."""
    specs = [spec for entry in mapping["files"] for spec in entry.get("tables", [])]
    counted = any(spec.get(word) for spec in specs for word in ("where", "not_null", "unpivot"))
    unfolded = any(entry.get("split") for entry in mapping["files"])
    return not (needs_all_rows(mapping) or counted or unfolded or mapping.get("constants"))
