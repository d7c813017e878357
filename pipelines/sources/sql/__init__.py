"""Any SQL database to the canonical tables, by a mapping file: each table of the database is to the mapping what a file is (`match:` names the table)."""

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl

from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.mapped_files.mapping import is_row_by_row, mapping_of, needs_all_rows
from pipelines.sources.mapped_files.texts import MatchedText, mapped, mapped_in_parts
from pipelines.sources.parquet import rows_of, text_of_frame
from pipelines.sources.records import Changes, Extract, FileOnDisk, Finding, SourceFile, SourceRefused
from pipelines.sources.remote.extraction import CHANGES, PageName, page_name
from pipelines.sources.shared.options import REHIRE_DAYS, ZONE
from pipelines.sources.sql.tables import KEYS, SYSTEM, ReadTable, read_tables

_Page = tuple[PageName, SourceFile]


@dataclass(frozen=True)
class _HeldPage:
    """A page of a table that an entry of the mapping matches, and the places of its rows that still hold; None for all."""

    entry: Mapping[str, Any]
    file: SourceFile
    rows: pl.Series | None

    @property
    def text(self) -> MatchedText:
        return MatchedText(self.entry, self.file.name, partial(_text, self.file, self.rows))


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Map the landed pages. A row counts as its last page has it, and only while its key is still in the table."""
    findings: list[Finding] = []
    texts = [page.text for page in _held_pages(files, options, findings)]
    return mapped(texts, mapping_of(options), options, findings, first_file=files[0].name)


def read_in_parts(files: Sequence[FileOnDisk], options: Mapping[str, Any]) -> Iterator[Extract] | None:
    """What `read` gives, page by page; None where the mapping needs all rows at once. Of all pages only the keys are held, and those only if there are changes."""
    mapping = mapping_of(options)
    if needs_all_rows(mapping):
        return None
    findings: list[Finding] = []
    texts = [page.text for page in _held_pages(files, options, findings)]
    return mapped_in_parts(texts, mapping, options, findings, first_file=files[0].name)


def read_changes(files: Sequence[FileOnDisk], options: Mapping[str, Any], known: frozenset[str]) -> Changes | None:
    """What the pages bring beside those that an earlier load has read (`known`, by name); None where that can't stand beside them: see `_can_be_kept`."""
    mapping = mapping_of(options)
    if not is_row_by_row(mapping):
        return None
    findings: list[Finding] = []
    pages = _held_pages(files, options, findings)
    kept = [page for page in pages if page.file.name in known]
    if not kept or not _can_be_kept(pages, known):
        return None
    held: Counter[str] = Counter()
    gone = [pl.DataFrame(schema={"source_file": pl.String(), "source_line": pl.Int64()})]
    for page in kept:
        rows = rows_of(page.file)
        for spec in page.entry.get("tables", []):  # one after the other: two of them may fill the same table
            held[spec["table"]] += rows if page.rows is None else page.rows.len()
        if page.rows is not None:
            places = pl.int_range(rows, dtype=pl.Int64, eager=True)
            lines = places.filter(~places.is_in(page.rows.implode())) + 1
            gone.append(pl.DataFrame({"source_file": [page.file.name] * lines.len(), "source_line": lines}))
    texts = [page.text for page in pages if page.file.name not in known]
    extracts = mapped_in_parts(texts, mapping, options, findings, first_file=files[0].name)
    return Changes(tuple(page.file.name for page in kept), pl.concat(gone), held, extracts)


def _can_be_kept(pages: Sequence[_HeldPage], known: frozenset[str]) -> bool:
    """Whether in every canonical table the known pages come before the new ones, as kept rows do, and no table of the database has been emptied.

    Where two entries fill one table, a new page of the first comes before the known ones of the second, and of two rows of a key the first counts.
    """
    begun: set[str] = set()
    for page in pages:
        tables = {spec["table"] for spec in page.entry.get("tables", [])}
        if page.file.name not in known:
            begun |= tables
        elif tables & begun or (page.rows is not None and page.rows.is_empty()):
            return False
    return True


def _held_pages(files: Sequence[SourceFile], options: Mapping[str, Any], findings: list[Finding]) -> list[_HeldPage]:
    mapping = mapping_of(options)
    source_id = str(options["source_id"])
    tables = {table.name: table for table in read_tables(source_id, options, mapping)}
    pages: dict[str, list[_Page]] = defaultdict(list)
    for file in files:
        name = page_name(file.name)
        if name is not None:
            pages[name.stream].append((name, file))
    found: list[_HeldPage] = []
    for entry in mapping["files"]:
        table = tables.get(str(entry["match"]))
        if table is None or not pages[table.name]:
            raise SourceRefused(
                f"Source {source_id}: nothing has been fetched for {entry['match']!r}. Next step: run `impact fetch`, or correct `tables:`."
            )
        held = _held(table, pages[table.name], pages[table.name + KEYS], findings)
        found.extend(_HeldPage(entry, file, rows) for file, rows in held)
    return found


def _text(file: SourceFile, rows: pl.Series | None) -> list[DelimitedText]:
    """The rows of a page that still hold, numbered as in the page."""
    text = text_of_frame(pl.read_parquet(io.BytesIO(file.data)), file.name)
    return [text if rows is None else replace(text, rows=text.rows[rows.cast(pl.UInt32)])]


def _held(
    table: ReadTable, pages: list[_Page], keys: list[_Page], findings: list[Finding]
) -> list[tuple[SourceFile, pl.Series | None]]:
    """For every page that has some the places of the rows that still hold; None for all. Of an emptied table the last page, so that it is told."""
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
        ).cast({name: last.schema[name] for name in columns}, strict=False)  # of no rows, the types are unknown
        kept = last.join(there, on=columns, how="semi", nulls_equal=True, maintain_order="left")
        if kept.height < last.height:
            gone = f"{last.height - kept.height} rows are no longer in the table"
            findings.append(Finding("rows_deleted", "", table.table, gone))
        last = kept
    held: list[tuple[SourceFile, pl.Series | None]] = [
        (file, last.filter(pl.col("__page") == place)["__row"])
        for place, (_, file) in enumerate(pages)
        if (last["__page"] == place).any()
    ]
    return held or [(pages[-1][1], last["__row"])]


SPEC = Connector(
    name="sql",
    system="sql",
    read=read,
    tables=None,
    in_parts=read_in_parts,
    changes=read_changes,
    remote=SYSTEM,
    own_options=(
        REHIRE_DAYS,
        ZONE,
        Option("page_rows", "number", "rows read at a time"),
        Option("tables", "list", "what is read: `{name, table, key, updated_at}`"),
        Option("url", "secret", "address of the database as SQLAlchemy takes it"),
    ),
    documentation=Documentation(
        title="HRIS in a database",
        kind="HRIS and directories",
        page="sql.md",
        brings="any, by mapping",
        history="where the tables have it",
        changes="updated_at with lag, deletes by keys",
        tested="real PostgreSQL 15, SQLite",
        bad_data="late commits, deletes, quoted names, sentinels, refused login",
        example=(
            "connector: sql\n"
            "mapping: mappings/hris.yaml\n"
            "options:\n"
            "  url: ${HRIS_URL}\n"
            "  tables: [{name: employees, table: hr.employees, key: employee_id, updated_at: updated_at}]\n"
        ),
    ),
)
