"""Connector for any CSV, XLSX or Parquet: a mapping file says which column fills which canonical column (docs/reference/mapping-files.md)."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from typing import Any, TypeVar

from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_parts import PART
from pipelines.sources.mapped_files.formats import text_in_parts, whole_text
from pipelines.sources.mapped_files.mapping import form_of, mapping_of, needs_all_rows
from pipelines.sources.mapped_files.newest import newest_first
from pipelines.sources.mapped_files.texts import MatchedText, mapped, mapped_in_parts
from pipelines.sources.records import Extract, FileOnDisk, Finding, SourceFile, SourceRefused, is_note, not_read
from pipelines.sources.shared.options import REHIRE_DAYS, ZONE

READABLE = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_File = TypeVar("_File", bound=SourceFile)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Map every file that the mapping names. Options: `mapping`, `levels`. Raises `SourceRefused`."""
    mapping = mapping_of(options)
    matched, findings = _matched(files, mapping)

    def text(file: SourceFile, entry: Mapping[str, Any]) -> list[DelimitedText]:
        return [whole_text(file, entry, form_of(entry, mapping))]

    texts = [MatchedText(entry, file.name, partial(text, file, entry)) for entry, file in matched]
    return mapped(texts, mapping, options, findings, first_file=files[0].name)


def read_in_parts(
    files: Sequence[FileOnDisk], options: Mapping[str, Any], *, part: int = PART
) -> Iterator[Extract] | None:
    """What `read` gives, as extracts of bounded size in the order of the rows; None where the mapping needs all rows at once.

    Raises `SourceRefused` on the way. part: about how many characters of a file are read at a time.
    """
    mapping = mapping_of(options)
    if needs_all_rows(mapping):
        return None
    return _parts(files, mapping, options, part)


def _parts(
    files: Sequence[FileOnDisk], mapping: Mapping[str, Any], options: Mapping[str, Any], part: int
) -> Iterator[Extract]:
    matched, findings = _matched(files, mapping)
    texts = [
        MatchedText(entry, file.name, partial(text_in_parts, file, entry, form_of(entry, mapping), part))
        for entry, file in matched
    ]
    yield from mapped_in_parts(texts, mapping, options, findings, first_file=files[0].name)


def _matched(
    files: Sequence[_File], mapping: Mapping[str, Any]
) -> tuple[list[tuple[Mapping[str, Any], _File]], list[Finding]]:
    """Every file beside the entry that names it, in the mapping's order, and a finding for each that none names."""
    pairs: list[tuple[Mapping[str, Any], _File]] = []
    findings: list[Finding] = []
    for entry in mapping["files"]:
        matched = [
            file
            for file in files
            if fnmatch(file.name.rpartition("/")[2], entry["match"]) or fnmatch(file.name, entry["match"])
        ]
        if not matched and not entry.get("optional"):
            raise SourceRefused(
                f"No file matches {entry['match']!r}; the source delivered {sorted(f.name for f in files) or 'nothing'}. "
                "Next step: put the export into the source's folder, or mark the entry `optional: true`."
            )
        pairs.extend((entry, file) for file in newest_first(matched, findings))
    taken = {file.name for _, file in pairs}
    findings += [
        Finding("file_not_mapped", "", file.name, "no entry of the mapping file matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.lower().endswith(READABLE) and not is_note(file.name)
    ]
    findings += not_read((file for file in files if file.name not in taken), READABLE)
    return pairs, findings


SPEC = Connector(
    name="mapped_files",
    system="files",
    read=read,
    tables=None,
    in_parts=read_in_parts,
    own_options=(
        REHIRE_DAYS,
        ZONE,
    ),
    documentation=Documentation(
        title="Any CSV, XLSX or Parquet",
        kind="Files",
        page="files.md",
        brings="any, by mapping",
        history="by mapping",
        changes="no",
        tested="customers' shapes and property tests",
        bad_data="encodings, preambles, wrong widths, mojibake, impossible dates, ids in exponent form",
        example=("connector: mapped_files\npath: exports/platform\nmapping: mappings/platform.yaml\n"),
    ),
)
