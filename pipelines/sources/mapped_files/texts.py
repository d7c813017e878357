"""Texts whose entry of the mapping is known, however they were read, to canonical tables: all at once, or text by text in bounded memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.conversions import Reading, as_list, rank_map, spellings
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.histories import derive
from pipelines.sources.mapped_files.application import map_table
from pipelines.sources.mapped_files.grammar import convert, known_table
from pipelines.sources.mapped_files.headings import without_headings
from pipelines.sources.mapped_files.mapping import form_of
from pipelines.sources.mapped_files.newest import NewerKeys
from pipelines.sources.mapped_files.numbered_people import put_together
from pipelines.sources.mapped_files.renamed_columns import RenamedColumns
from pipelines.sources.mapped_files.repeated_lines import with_repeats
from pipelines.sources.mapped_files.several_people import split_rows
from pipelines.sources.records import (
    SYSTEM_NOUNS,
    Extract,
    Finding,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    merge,
)
from pipelines.sources.remote.extraction import page_name

BELOW = "{rows} lines below the records are another list with its own headers; they are left out"
SECRET = ("password", "passwort", "ssn", "social_security", "iban", "bank_account", "tax_id", "pin_code")


@dataclass(frozen=True)
class MatchedText:
    """An entry of the mapping, the file that it matches, and what reads that file's text in one part or several.

    Texts are read one after the other, so that one raw text is held at a time.
    """

    entry: Mapping[str, Any]
    file: str
    read: Callable[[], Iterable[DelimitedText]]


ONLY_OLDER = "{rows} people of this file are in no newer one, which at least as many of its people are in: if each file is the whole list they have left; keep the newest file alone, or map who has left"


def mapped(
    texts: Iterable[MatchedText],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
    *,
    first_file: str,
) -> Extract:
    """The canonical tables of all texts at once. Raises `SourceRefused`."""
    told: list[Finding] = []
    batches: list[TableBatch] = []
    for extract in mapped_in_parts(texts, mapping, options, findings, first_file=first_file):
        batches += extract.batches
        told += extract.findings
    derivations = _derivations(mapping)
    merged = [derive(batch, derivations.get(batch.table, []), options, told) for batch in merge(batches)]
    return Extract(merged, told)


def mapped_in_parts(
    texts: Iterable[MatchedText],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
    *,
    first_file: str,
) -> Iterator[Extract]:
    """An extract a part of a text, in the order of the rows, then one of the mapping's own rows and of `findings`.

    For mappings that need no row beside another (`needs_all_rows`). Raises `SourceRefused` on the way.
    """
    entry: Mapping[str, Any] | None = None
    newer, renamed = NewerKeys(), RenamedColumns()
    for text in texts:
        if text.entry is not entry:
            is_same_list = entry is not None and entry.get("list") and entry["list"] == text.entry.get("list")
            entry, newer = text.entry, newer if is_same_list else NewerKeys()
            renamed = RenamedColumns()
        records = 0
        tally: Counter[Finding] = Counter()
        for number, part in enumerate(text.read()):
            found: list[Finding] = []
            batches = _map_text(part, text.entry, mapping, options, found, tally)
            if number == 0:
                renamed.look(text.file, found)
            records += part.rows.height + part.rejects.height
            batches = [_newest(batch, text, newer, tally) for batch in batches]
            # What is found (names of columns) is found in the first part.
            yield Extract(batches, found if number == 0 else [])
        if alone := newer.people_alone():
            tally[Finding("only_in_older_file", "persons", text.file, ONLY_OLDER)] += alone
        newer.end_file()
        if records == 0:
            refuse_empty(text.file, text.entry)
        if tally:
            yield Extract([], counted(tally))
    yield Extract(_constants(mapping, first_file), findings)


def _newest(batch: TableBatch, text: MatchedText, newer: NewerKeys, tally: Counter[Finding]) -> TableBatch:
    """The batch without what a newer file of the entry has; pages of one fetch keep theirs, since none of them is newer."""
    spec = next(spec for spec in text.entry["tables"] if spec["table"] == batch.table)
    if page_name(text.file) is not None:
        return batch
    is_spell = "employment_spells" in as_list(spec.get("derive"))
    kept, older = newer.without_older_spells(batch, text.file) if is_spell else newer.without_older(batch)
    if older:
        tally[
            Finding("older_file", batch.table, text.file, "{rows} rows are left out: a newer file has their keys")
        ] += older
    return kept


def counted(tally: Mapping[Finding, int]) -> list[Finding]:
    """Findings that count rows, once all parts of a file are read."""
    return [replace(finding, detail=finding.detail.replace("{rows}", f"{rows:,}")) for finding, rows in tally.items()]


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


def _map_text(
    text: DelimitedText,
    entry: Mapping[str, Any],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
    tally: Counter[Finding],
) -> list[TableBatch]:
    findings.extend(text.findings)
    text, no_records = without_headings(text)
    text = _with_people_together(text, entry, mapping, options)
    used: set[str] = set()
    batches = []
    for position, spec in enumerate(entry["tables"]):
        table = known_table(spec, text.file)
        reading = _reading(text, entry, mapping, options, SYSTEM_NOUNS[table.schema])
        if position == 0 and entry.get("split"):
            text = replace(text, rows=split_rows(text.rows, entry["split"], reading))
        if position == 0 and entry.get("repeats"):
            text = replace(text, rows=with_repeats(text.rows, entry["repeats"], reading))
            reading = _reading(text, entry, mapping, options, SYSTEM_NOUNS[table.schema])
        batch, reads = map_table(table, spec, entry, text, reading, findings, tally)
        used |= reads
        if position == 0 and text.rejects.height:
            batch = replace(batch, rejects=pl.concat([text.rejects, batch.rejects]))
        if position == 0 and text.below:
            tally[Finding("another_list", batch.table, text.file, BELOW)] += text.below
            left_out = filtered_frame({"line of another list": text.below})
            batch = replace(batch, filtered=pl.concat([batch.filtered, left_out]))
        if position == 0 and no_records:
            batch = replace(batch, filtered=pl.concat([batch.filtered, filtered_frame(no_records)]))
        batches.append(batch)
    findings.extend(_unused_columns(text, entry, used))
    return batches


def _with_people_together(
    text: DelimitedText, entry: Mapping[str, Any], mapping: Mapping[str, Any], options: Mapping[str, Any]
) -> DelimitedText:
    if not (entry.get("gather") or entry.get("join")):
        return text
    return replace(text, rows=put_together(text.rows, entry, _reading(text, entry, mapping, options, "the file")))


def _reading(
    text: DelimitedText,
    entry: Mapping[str, Any],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    system: str,
) -> Reading:
    form = form_of(entry, mapping)
    return Reading(
        header=[name for name in text.rows.columns if name not in (LINE, RAW)],
        file=text.file,
        system=str(mapping.get("system", system)),
        decimal=str(form.get("decimal", ".")),
        thousands=form.get("thousands"),
        zone=form.get("zone") or options.get("zone"),
        nulls=tuple(str(word) for word in as_list(form.get("null"))),
        levels=rank_map(options.get("levels")),
        as_of=options.get("as_of"),
        ids=frozenset(form for name in as_list(entry.get("ids")) for form in spellings(name)),
        day_zero=text.day_zero,
    )


def refuse_empty(file: str, entry: Mapping[str, Any]) -> None:
    """Raise `SourceRefused` for a file without records, unless its entry says that this may be."""
    if not entry.get("may_be_empty"):
        raise SourceRefused(
            f"{file} has a header and no rows. Next step: export it again, or mark the entry `may_be_empty: true`."
        )


def _unused_columns(text: DelimitedText, entry: Mapping[str, Any], used: set[str]) -> list[Finding]:
    ignored = {form for name in as_list(entry.get("ignore")) for form in spellings(name)}
    findings = []
    for name in text.rows.columns:
        if name in used or name in (LINE, RAW, *(entry.get("repeats") or {})) or normalised(name) in ignored:
            continue
        secret = any(word in normalised(name).replace(" ", "_") for word in SECRET)
        kind, detail = (
            ("secret_column", "a secret is never loaded; leave it out of the export")
            if secret
            else ("unknown_column", "the mapping doesn't name it; it was dropped")
        )
        findings.append(Finding(kind, "", f"{text.file}: {name}", detail))
    return findings
