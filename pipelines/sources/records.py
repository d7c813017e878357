"""The shapes that every connector hands over: source files in, batches of canonical rows out.

A record that enters a batch leaves it as exactly one of row, reject or filtered, so that nothing is dropped unseen.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.told import ToldInWords

ROW_LINEAGE: dict[str, pl.DataType] = {
    "source_record_id": pl.String(),
    "source_updated_at": pl.Datetime("us", "UTC"),
    "recorded_tz": pl.String(),
    "source_file": pl.String(),
    "source_line": pl.Int64(),
    "raw_text": pl.String(),
}
REJECT_SCHEMA: dict[str, pl.DataType] = {
    "source_file": pl.String(),
    "source_line": pl.Int64(),
    "rule": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
    "raw_text": pl.String(),
}
FILTERED_SCHEMA: dict[str, pl.DataType] = {"reason": pl.String(), "rows": pl.Int64()}

# How readers know the system that a schema's rows come from; used in remedies.
SYSTEM_NOUNS = {
    "raw_people": "the HRIS",
    "raw_demographics": "the HRIS",
    "raw_sessions": "the session log",
    "raw_surveys": "the survey tool",
    "raw_registry": "the mentoring platform",
}


class SourceRefused(ToldInWords):
    """The source can't be read as a whole. The message names the file, the row where there is one, and the next step."""


@dataclass(frozen=True)
class SourceFile:
    """One file as it was delivered: its name relative to the source's folder, and its bytes."""

    name: str
    data: bytes


class FileOnDisk(SourceFile):
    """A file whose bytes are read when they are asked for, and not kept: large ones are read in parts from `path`."""

    path: Path

    def __init__(self, name: str, path: Path) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "path", path)

    @property
    def data(self) -> bytes:
        """The whole content, re-read."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class Finding:
    """Something worth telling that did not stop a row: an unknown column dropped, a span cut. Never holds a person."""

    kind: str
    table: str
    subject: str
    detail: str


@dataclass(frozen=True)
class TableBatch:
    """Rows of one canonical table from one source, with what could not be made into a row and what was left out.

    ids: values of id columns that a mapping declares to be ids although they look like words for nothing, errors or roundings.
    """

    table: str
    rows: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECT_SCHEMA))
    filtered: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FILTERED_SCHEMA))
    ids: frozenset[str] = frozenset()

    @property
    def rows_in(self) -> int:
        """Records that entered: rows + rejects + filtered."""
        return self.rows.height + self.rejects.height + int(self.filtered["rows"].sum())


@dataclass(frozen=True)
class Extract:
    """All that one source delivered."""

    batches: list[TableBatch]
    findings: list[Finding]

    def batch(self, table: str) -> TableBatch:
        """The batch of `table`."""
        for batch in self.batches:
            if batch.table == table:
                return batch
        raise KeyError(f"The extract has no batch for {table!r}; it has {[b.table for b in self.batches]}")


@dataclass(frozen=True)
class Changes:
    """What a source brings beside files that an earlier load has read.

    kept: those files. gone: `source_file`, `source_line` of their records that no longer hold. held: table to how many of their records still do. extracts: of the other files.
    """

    kept: tuple[str, ...]
    gone: pl.DataFrame
    held: Mapping[str, int]
    extracts: Iterator[Extract]


Read = Callable[[Sequence[SourceFile], Mapping[str, Any]], Extract]
ReadInParts = Callable[[Sequence[FileOnDisk], Mapping[str, Any]], Iterator[Extract] | None]
ReadChanges = Callable[[Sequence[FileOnDisk], Mapping[str, Any], frozenset[str]], Changes | None]


def reference(id_type: str, value: str | None) -> str | None:
    """A typed reference to a person, ``"<id_type>:<value>"``; e-mails lower-cased. None for an empty value."""
    if value is None or not value.strip():
        return None
    value = value.strip()
    return f"{id_type}:{value.lower() if id_type == 'email' else value}"


def reference_expr(id_type: str, value: pl.Expr) -> pl.Expr:
    """`reference` over a text column."""
    text = value.str.strip_chars()
    text = text.str.to_lowercase() if id_type == "email" else text
    return pl.when(text != "").then(pl.concat_str(pl.lit(f"{id_type}:"), text))


def not_read(files: Iterable["SourceFile"], endings: tuple[str, ...]) -> list[Finding]:
    """A finding for each file that a reader of `endings` leaves alone; notes of the extraction and hidden files aren't told."""
    return [
        Finding("file_not_read", "", file.name, f"only files that end in {', '.join(endings)} are read here")
        for file in files
        if not file.name.lower().endswith(endings) and not is_note(file.name)
    ]


def is_note(name: str) -> bool:
    """Whether a file is a note of the extraction or of the file system itself (`_export.json`, `manifest.csv`, `.DS_Store`), not an export."""
    base = name.rpartition("/")[2]
    return base.startswith(("_", ".")) or base == "manifest.csv"


def conform(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """`frame` with every business column of `table` and the row lineage, typed and in order; absent ones are null."""
    schema = {**BY_NAME[table].business_schema, **ROW_LINEAGE}
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    )


def rows_frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """A conforming frame from Python rows; for small or irregular sources."""
    schema = {**BY_NAME[table].business_schema, **ROW_LINEAGE}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def rejected(file: str, line: int, rule: str, reason: str, remedy: str, raw: object) -> dict[str, Any]:
    """A row of `REJECT_SCHEMA`: the record at `line` (its place, where the file has no lines), why it can't be used, and what to do. raw: its text, or the record, which is kept as JSON."""
    text = raw if raw is None or isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    return dict(zip(REJECT_SCHEMA, (file, line, rule, reason, remedy, text), strict=True))


def rejects_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rejects as a frame of `REJECT_SCHEMA`."""
    return pl.DataFrame([{name: row.get(name) for name in REJECT_SCHEMA} for row in rows], schema=REJECT_SCHEMA)


def filtered_frame(counts: Mapping[str, int]) -> pl.DataFrame:
    """Counts of rows left out on purpose, by reason; zero counts are not listed."""
    rows = [{"reason": reason, "rows": count} for reason, count in counts.items() if count]
    return pl.DataFrame(rows, schema=FILTERED_SCHEMA)


def merge(batches: Iterable[TableBatch]) -> list[TableBatch]:
    """One batch a table, in order of first appearance."""
    by_table: dict[str, list[TableBatch]] = {}
    for batch in batches:
        by_table.setdefault(batch.table, []).append(batch)
    return [
        TableBatch(
            table,
            pl.concat([b.rows for b in parts]),
            pl.concat([b.rejects for b in parts]),
            pl.concat([b.filtered for b in parts]).group_by("reason", maintain_order=True).agg(pl.col("rows").sum()),
            frozenset().union(*(b.ids for b in parts)),
        )
        for table, parts in by_table.items()
    ]
