"""Systems whose API answers lists of records: a mapping that comes with the product says which field fills which column, and the workspace may change it.

The mapping is written in the grammar of mapped files (docs/reference/mapping-files.md); `match:` names the stream, `records:` the list in its pages, `explode:` a list
within each record. `@source` stands for the source's own id. What no entry reads is neither asked for nor kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import resources
from typing import Any

import yaml

from pipelines.sources.conversions import as_list
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.json_paths import records_text, without_picks
from pipelines.sources.mapped_files.columns_read import columns_read
from pipelines.sources.mapped_files.mapping import checked, needs_all_rows
from pipelines.sources.mapped_files.texts import MatchedText, mapped, mapped_in_parts
from pipelines.sources.records import Extract, FileOnDisk, Finding, Read, ReadInParts, SourceFile, SourceRefused
from pipelines.sources.remote.extraction import page_name


def shipped_mapping(package: str) -> dict[str, Any]:
    """The `mapping.yaml` beside a system's module."""
    return yaml.safe_load(resources.files(package).joinpath("mapping.yaml").read_text(encoding="utf-8"))


def own_mapping(shipped: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping of one source: its mapping file where it has one, else the shipped one with the option `columns: {table: {column: spec}}` laid over it."""
    mapping = checked(options.get("mapping") or shipped)
    changes: Mapping[str, Mapping[str, Any]] = options.get("columns") or {}
    filled = {spec["table"] for entry in mapping["files"] for spec in entry["tables"]}
    unknown = set(changes) - filled
    if unknown:
        raise SourceRefused(
            f"Source {options.get('source_id', '')}: `columns` names {', '.join(sorted(unknown))}, which the mapping doesn't fill; it fills {', '.join(sorted(filled))}. "
            "Next step: correct the name, or give the source a `mapping:` of its own."
        )
    files = [
        {
            **entry,
            "tables": [
                {**spec, "columns": {**spec["columns"], **changes.get(spec["table"], {})}} for spec in entry["tables"]
            ],
        }
        for entry in mapping["files"]
    ]
    return _named(checked({**mapping, "files": files}), str(options.get("source_id", "source")))


def _named(value: Any, source_id: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _named(entry, source_id) for name, entry in value.items()}
    if isinstance(value, list):
        return [_named(entry, source_id) for entry in value]
    return source_id if value == "@source" else value


def allowed(mapping: Mapping[str, Any], stream: str) -> list[str]:
    """The fields of `stream` that the mapping reads, as paths without picks: the allow-list of its pages."""
    paths = [
        without_picks(path)
        for entry in mapping["files"]
        if entry["match"] == stream
        for path in (*columns_read(entry), *([entry["explode"]] if entry.get("explode") else []))
    ]
    nested = {path.partition(".")[0] for path in paths if "." in path and not path.startswith("urn:")}
    return [path for path in dict.fromkeys(paths) if path not in nested or path.startswith("urn:")]


def mapped_reader(shipped: Mapping[str, Any]) -> Read:
    """The connector of a system with a shipped mapping: the pages of the newest full extraction, mapped."""

    def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
        mapping = own_mapping(shipped, options)
        return mapped(_texts(files, mapping, options), mapping, options, [], first_file=_first(files))

    return read


def mapped_reader_in_parts(shipped: Mapping[str, Any]) -> ReadInParts:
    """The same connector, page by page; it gives None where the mapping needs all rows at once."""

    def read_in_parts(files: Sequence[FileOnDisk], options: Mapping[str, Any]) -> Iterator[Extract] | None:
        mapping = own_mapping(shipped, options)
        if needs_all_rows(mapping):
            return None
        return mapped_in_parts(_texts(files, mapping, options), mapping, options, [], first_file=_first(files))

    return read_in_parts


def _texts(files: Sequence[SourceFile], mapping: Mapping[str, Any], options: Mapping[str, Any]) -> list[MatchedText]:
    pages = newest_pages(files)
    texts: list[MatchedText] = []
    for entry in mapping["files"]:
        found = pages[str(entry["match"])]
        if not found and not entry.get("optional"):
            raise SourceRefused(
                f"Source {options.get('source_id')}: nothing has been fetched for {entry['match']!r}. Next step: run `impact fetch`."
            )
        if found:
            texts.append(MatchedText(entry, found[0].name, partial(_told, found, entry)))
    return texts


def _told(pages: Sequence[SourceFile], entry: Mapping[str, Any]) -> Iterator[DelimitedText]:
    """The records of a stream. A page without any, the last one of many, says nothing; a stream without any is told by its first page."""
    is_told = False
    known: set[str] = set()
    findings = _without_values(pages, entry)
    for page in pages:
        text = _records(page, entry, known)
        known.update(text.header)
        if text.rows.height:
            is_told = True
            yield replace(text, findings=[*findings, *text.findings])
            findings = []
    if not is_told:
        yield _records(pages[0], entry)


def _without_values(pages: Sequence[SourceFile], entry: Mapping[str, Any]) -> list[Finding]:
    """Fields without which rows of a table are left out (`not_null`) and that no record has: all of them would be left out, as if nobody had one. Looked for until one is found, mostly in the first page."""
    missing = {str(name) for spec in entry["tables"] for name in as_list(spec.get("not_null"))}
    records = 0
    for page in pages if missing else ():
        rows = _records(page, entry).rows
        records += rows.height
        missing -= {name for name in missing if name in rows.columns and rows[name].null_count() < rows.height}
        if not missing:
            return []
    detail = (
        "no record has it: the field may have another name, or the account may not see it; what needs it is left out"
    )
    return [Finding("column_absent", "", f"{entry['match']}: {name}", detail) for name in sorted(missing) if records]


def _records(page: SourceFile, entry: Mapping[str, Any], known: Iterable[str] = ()) -> DelimitedText:
    """A page's records. What a table is left without where it is empty (`not_null`) may be in none of them, and so may a field that is `known` of an earlier page: its records lack it, and not the list."""
    wanted = [str(name) for spec in entry["tables"] for name in as_list(spec.get("not_null"))]
    return records_text(
        page,
        records=str(entry.get("records", "")),
        paths=columns_read(entry),
        explode=entry.get("explode"),
        may_lack=(*wanted, *known),
    )


def _first(files: Sequence[SourceFile]) -> str:
    return files[0].name if files else ""


def newest_pages(files: Sequence[SourceFile]) -> dict[str, list[SourceFile]]:
    """Stream to its pages of the newest extraction, in order."""
    named = [(name, file) for file in files if (name := page_name(file.name))]
    newest = max((name.extraction for name, _ in named), default=0)
    pages: dict[str, list[SourceFile]] = defaultdict(list)
    for name, file in sorted(named, key=lambda found: (found[0].stream, found[0].page)):
        if name.extraction == newest:
            pages[name.stream].append(file)
    return pages
