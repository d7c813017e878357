"""Any SQL database to the canonical tables, by a mapping file: each table of the database is to the mapping what a file is (`match:` names the table)."""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from pipelines.sources.delimited import DelimitedText
from pipelines.sources.mapped_files.mapping import mapping_of, needs_all_rows
from pipelines.sources.mapped_files.texts import MatchedText, mapped, mapped_in_parts
from pipelines.sources.parquet import text_of_frame
from pipelines.sources.records import Extract, FileOnDisk, Finding, SourceFile, SourceRefused
from pipelines.sources.remote.extraction import CHANGES, PageName, page_name
from pipelines.sources.sql.tables import KEYS, ReadTable, read_tables

_Page = tuple[PageName, SourceFile]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Map the landed pages. A row counts as its last page has it, and only while its key is still in the table."""
    findings: list[Finding] = []
    texts = _texts(files, options, findings)
    return mapped(texts, mapping_of(options), options, findings, first_file=files[0].name)


def read_in_parts(files: Sequence[FileOnDisk], options: Mapping[str, Any]) -> Iterator[Extract] | None:
    """What `read` gives, page by page; None where the mapping needs all rows at once. Of all pages only the keys are held, and those only if there are changes."""
    mapping = mapping_of(options)
    if needs_all_rows(mapping):
        return None
    findings: list[Finding] = []
    texts = _texts(files, options, findings)
    return mapped_in_parts(texts, mapping, options, findings, first_file=files[0].name)


def _texts(files: Sequence[SourceFile], options: Mapping[str, Any], findings: list[Finding]) -> list[MatchedText]:
    mapping = mapping_of(options)
    source_id = str(options["source_id"])
    tables = {table.name: table for table in read_tables(source_id, options, mapping)}
    pages: dict[str, list[_Page]] = defaultdict(list)
    for file in files:
        name = page_name(file.name)
        if name is not None:
            pages[name.stream].append((name, file))
    texts: list[MatchedText] = []
    for entry in mapping["files"]:
        table = tables.get(str(entry["match"]))
        if table is None or not pages[table.name]:
            raise SourceRefused(
                f"Source {source_id}: nothing has been fetched for {entry['match']!r}. Next step: run `impact fetch`, or correct `tables:`."
            )
        held = _held(table, pages[table.name], pages[table.name + KEYS], findings)
        texts.extend(MatchedText(entry, file.name, partial(_text, file, rows)) for file, rows in held)
    return texts


def _text(file: SourceFile, rows: pl.Series | None) -> list[DelimitedText]:
    """The rows of a page that still hold, numbered as in the page."""
    text = text_of_frame(pl.read_parquet(io.BytesIO(file.data)), file.name)
    return [text if rows is None else replace(text, rows=text.rows[rows.cast(pl.UInt32)])]


def _held(
    table: ReadTable, pages: list[_Page], keys: list[_Page], findings: list[Finding]
) -> list[tuple[SourceFile, pl.Series | None]]:
    """For every page the places of the rows that still hold; None for all."""
    pages = sorted(pages, key=lambda page: (page[0].extraction, page[0].page))
    newest = pages[-1][0].extraction
    if all(name.mode != CHANGES for name, _ in pages):
        return [(file, None) for name, file in pages if name.extraction == newest]
    columns = list(table.key)
    frames = [
        pl.read_parquet(io.BytesIO(file.data), columns=columns).select(
            *columns,
            pl.lit(place, dtype=pl.Int64).alias("__page"),
            pl.int_range(pl.len(), dtype=pl.Int64).alias("__row"),
        )
        for place, (_, file) in enumerate(pages)
    ]
    last = pl.concat(frames, how="vertical_relaxed").unique(subset=columns, keep="last", maintain_order=True)
    present = [file for name, file in keys if name.extraction == newest]
    if present:
        there = pl.concat(
            [pl.read_parquet(io.BytesIO(file.data), columns=columns) for file in present], how="vertical_relaxed"
        )
        kept = last.join(there, on=columns, how="semi", maintain_order="left")
        if kept.height < last.height:
            gone = f"{last.height - kept.height} rows are no longer in the table"
            findings.append(Finding("rows_deleted", "", table.table, gone))
        last = kept
    return [
        (file, last.filter(pl.col("__page") == place)["__row"])
        for place, (_, file) in enumerate(pages)
        if (last["__page"] == place).any()
    ]
