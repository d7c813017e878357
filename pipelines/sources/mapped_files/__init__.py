"""Connector for any CSV, XLSX or Parquet: a mapping file says which column fills which canonical column (docs/architecture.md, Mapping files)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from typing import Any, TypeVar

import polars as pl

from pipelines.sources.conversions import Reading, as_list, rank_map
from pipelines.sources.delimited import LINE, RAW, DelimitedText, normalised, read_delimited
from pipelines.sources.delimited_parts import PART, delimited_parts, encoding_of
from pipelines.sources.histories import derive
from pipelines.sources.mapped_files.application import map_table
from pipelines.sources.mapped_files.grammar import convert, known_table
from pipelines.sources.parquet import read_parquet
from pipelines.sources.records import (
    SYSTEM_NOUNS,
    Extract,
    FileOnDisk,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    is_note,
    merge,
)
from pipelines.sources.spreadsheets import read_spreadsheet

READABLE = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_File = TypeVar("_File", bound=SourceFile)
SECRET = ("password", "passwort", "ssn", "social_security", "iban", "bank_account", "tax_id", "pin_code")


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Map every file that the mapping names. Options: `mapping`, `levels`. Raises `SourceRefused`."""
    mapping = mapping_of(options)
    matched, findings = _matched(files, mapping)
    texts = [(entry, partial(_read, file, entry, _form(entry, mapping))) for entry, file in matched]
    return mapped(texts, mapping, options, findings, first_file=files[0].name)


def _matched(
    files: Sequence[_File], mapping: Mapping[str, Any]
) -> tuple[list[tuple[Mapping[str, Any], _File]], list[Finding]]:
    """Every file beside the entry that names it, in the mapping's order, and a finding for each that none names."""
    pairs: list[tuple[Mapping[str, Any], _File]] = []
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
        pairs.extend((entry, file) for file in matched)
    taken = {file.name for _, file in pairs}
    findings = [
        Finding("file_not_mapped", "", file.name, "no entry of the mapping file matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.lower().endswith(READABLE) and not is_note(file.name)
    ]
    return pairs, findings


def mapping_of(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping file's content. Raises `SourceRefused` where it names no files."""
    mapping = options.get("mapping") or {}
    if not mapping.get("files"):
        raise SourceRefused(
            "The mapping file names no files. Next step: give the source a `mapping:` with a `files:` list."
        )
    return with_null_word(mapping)


def with_null_word(value: Any) -> Any:
    """The mapping with the word `null` under that name: YAML reads a bare `null:` as no name at all."""
    if isinstance(value, Mapping):
        return {"null" if name is None else name: with_null_word(entry) for name, entry in value.items()}
    return [with_null_word(entry) for entry in value] if isinstance(value, list) else value


WHOLE_TABLE_WORDS = ("derive", "last_wins")
"""Words of a table in the mapping that look at all of its rows at once."""


def read_in_parts(
    files: Sequence[FileOnDisk], options: Mapping[str, Any], *, part: int = PART
) -> Iterator[Extract] | None:
    """What `read` gives, as extracts of bounded size in the order of the rows; None where the mapping needs all rows at once.

    All rows at once: `derive`, `last_wins`, and ranks of levels, whose findings count over a file. Raises `SourceRefused` on the way.
    """
    mapping = mapping_of(options)
    specs = [spec for entry in mapping["files"] for spec in entry.get("tables", [])]
    columns = [column for spec in specs for column in (spec.get("columns") or {}).values()]
    ranked = any(isinstance(column, Mapping) and column.get("level_rank") for column in columns)
    if ranked or any(spec.get(word) for spec in specs for word in WHOLE_TABLE_WORDS):
        return None
    return _parts(files, mapping, options, part)


def _parts(
    files: Sequence[FileOnDisk], mapping: Mapping[str, Any], options: Mapping[str, Any], part: int
) -> Iterator[Extract]:
    matched, findings = _matched(files, mapping)
    for entry, file in matched:
        # A part may be empty, a file not; what is found (names of columns) is found in the first part.
        lenient = {**entry, "may_be_empty": True}
        records = 0
        for number, text in enumerate(_texts(file, entry, _form(entry, mapping), part)):
            found: list[Finding] = []
            batches = _map_text(text, lenient, mapping, options, found)
            records += text.rows.height + text.rejects.height
            yield Extract(batches, found if number == 0 else [])
        if records == 0:
            refuse_empty(file.name, entry)
    yield Extract(_constants(mapping, files[0].name), findings)


def _texts(file: FileOnDisk, entry: Mapping[str, Any], form: Mapping[str, Any], part: int) -> Iterator[DelimitedText]:
    encoding = encoding_of(file.path, form.get("encoding")) if _kind(file, entry, form) == "csv" else None
    if encoding is None:
        yield _read(file, entry, form)
    else:
        yield from delimited_parts(file, encoding=encoding, part=part, **_layout(entry, form))


MatchedText = tuple[Mapping[str, Any], Callable[[], DelimitedText]]
"""An entry of the mapping and what reads a text that it matches; read one after the other, so that one raw text is held at a time."""


def mapped(
    texts: Iterable[MatchedText],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
    *,
    first_file: str,
) -> Extract:
    """The canonical tables of texts whose entry of the mapping is known, however they were read."""
    told: list[Finding] = []
    batches = [batch for entry, read_text in texts for batch in _map_text(read_text(), entry, mapping, options, told)]
    batches.extend(_constants(mapping, first_file))
    derivations = _derivations(mapping)
    told.extend(findings)
    merged = [derive(batch, derivations.get(batch.table, []), options, told) for batch in merge(batches)]
    return Extract(merged, told)


def _constants(mapping: Mapping[str, Any], first_file: str) -> list[TableBatch]:
    """Rows that stand in no file (a survey and its questions), typed by the contract; they count as rows of the first file."""
    batches = []
    for spec in mapping.get("constants") or []:
        table = known_table(
            {"table": spec.get("table"), "columns": {name: None for row in spec["rows"] for name in row}}, first_file
        )
        reading = Reading(
            header=(), file=first_file, system="the mapping file", zone=(mapping.get("format") or {}).get("zone")
        )
        rows = [
            pl.select(
                *(
                    convert(table.column(name), {"const": value}, reading).value.alias(name)
                    for name, value in row.items()
                ),
                pl.lit(first_file).alias("source_file"),
                pl.lit(f"constant {number} of {table.name}").alias("source_record_id"),
                pl.lit(str(dict(row))).alias("raw_text"),
            )
            for number, row in enumerate(spec["rows"], start=1)
        ]
        batches.append(TableBatch(table.name, pl.concat([conform(row, table.name) for row in rows])))
    return batches


def _derivations(mapping: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in mapping["files"]:
        for spec in entry.get("tables", []):
            found.setdefault(spec["table"], []).extend(as_list(spec.get("derive")))
    return found


def _form(entry: Mapping[str, Any], mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {**mapping.get("format", {}), **entry.get("format", {})}


def _map_text(
    text: DelimitedText,
    entry: Mapping[str, Any],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
) -> list[TableBatch]:
    form = _form(entry, mapping)
    if text.rows.height + text.rejects.height == 0:
        refuse_empty(text.file, entry)
    findings.extend(text.findings)
    used: set[str] = set()
    batches = []
    for position, spec in enumerate(entry["tables"]):
        table = known_table(spec, text.file)
        reading = Reading(
            header=[name for name in text.rows.columns if name not in (LINE, RAW)],
            file=text.file,
            system=str(mapping.get("system", SYSTEM_NOUNS[table.schema])),
            decimal=str(form.get("decimal", ".")),
            thousands=form.get("thousands"),
            zone=form.get("zone") or options.get("zone"),
            nulls=tuple(str(word) for word in as_list(form.get("null"))),
            levels=rank_map(options.get("levels")),
        )
        batch, reads = map_table(table, spec, entry, text, reading, findings)
        used |= reads
        if position == 0 and text.rejects.height:
            batch = TableBatch(batch.table, batch.rows, pl.concat([text.rejects, batch.rejects]), batch.filtered)
        batches.append(batch)
    findings.extend(_unused_columns(text, entry, used))
    return batches


def refuse_empty(file: str, entry: Mapping[str, Any]) -> None:
    """Raise `SourceRefused` for a file without records, unless its entry says that this may be."""
    if not entry.get("may_be_empty"):
        raise SourceRefused(
            f"{file} has a header and no rows. Next step: export it again, or mark the entry `may_be_empty: true`."
        )


def _read(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> DelimitedText:
    kind = _kind(file, entry, form)
    if kind == "parquet":
        return read_parquet(file, required=_required(entry))
    if kind == "xlsx":
        return read_spreadsheet(file, required=_required(entry), sheet=form.get("sheet", 0))
    return read_delimited(file, encoding=form.get("encoding"), **_layout(entry, form))


def _kind(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    if form.get("kind", "csv") == "parquet" or file.name.lower().endswith(".parquet"):
        return "parquet"
    xlsx = file.name.lower().endswith(".xlsx") and "kind" not in entry.get("format", {})
    return "xlsx" if xlsx or form.get("kind", "csv") == "xlsx" else "csv"


def _required(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in as_list(entry.get("required")) or as_list(entry.get("key")))


def _layout(entry: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "required": _required(entry),
        "delimiter": str(form.get("delimiter", ",")),
        "header_rows": int(entry.get("header_rows", 1)),
    }


def _unused_columns(text: DelimitedText, entry: Mapping[str, Any], used: set[str]) -> list[Finding]:
    ignored = {normalised(str(name)) for name in as_list(entry.get("ignore"))}
    findings = []
    for name in text.rows.columns:
        if name in used or name in (LINE, RAW) or normalised(name) in ignored:
            continue
        secret = any(word in normalised(name).replace(" ", "_") for word in SECRET)
        kind, detail = (
            ("secret_column", "a secret is never loaded; leave it out of the export")
            if secret
            else ("unknown_column", "the mapping doesn't name it; it was dropped")
        )
        findings.append(Finding(kind, "", f"{text.file}: {name}", detail))
    return findings
