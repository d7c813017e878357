"""Connector for any CSV or XLSX: a mapping file says which column fills which canonical column (docs/architecture.md, Mapping files)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, Column, Table
from pipelines.sources.conversions import (
    EXPONENT_ID,
    PLAIN_VALUE,
    Check,
    Conversion,
    Reading,
    as_list,
    convert,
    rank_map,
)
from pipelines.sources.delimited import LINE, RAW, DelimitedText, normalised, read_delimited
from pipelines.sources.histories import derive
from pipelines.sources.records import (
    SYSTEM_NOUNS,
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    is_note,
    merge,
    rejects_frame,
)
from pipelines.sources.spreadsheets import read_spreadsheet

READABLE = (".csv", ".tsv", ".txt", ".xlsx")
SECRET = ("password", "passwort", "ssn", "social_security", "iban", "bank_account", "tax_id", "pin_code")
_UPDATED_AT = Column("source_updated_at", "instant", "When the source last changed the record.")


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Map every file that the mapping names. Options: `mapping`, `levels`. Raises `SourceRefused`."""
    mapping = options.get("mapping") or {}
    if not mapping.get("files"):
        raise SourceRefused(
            "The mapping file names no files. Next step: give the source a `mapping:` with a `files:` list."
        )
    batches: list[TableBatch] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    for entry in mapping["files"]:
        matched = [
            file
            for file in files
            if fnmatch(file.name.rpartition("/")[2], entry["match"]) or fnmatch(file.name, entry["match"])
        ]
        taken.update(file.name for file in matched)
        if not matched and not entry.get("optional"):
            raise SourceRefused(
                f"No file matches {entry['match']!r}; the source delivered {sorted(f.name for f in files) or 'nothing'}. "
                "Next step: put the export into the source's folder, or mark the entry `optional: true`."
            )
        for file in matched:
            batches.extend(_map_file(file, entry, mapping, options, findings))
    findings.extend(
        Finding("file_not_mapped", "", file.name, "no entry of the mapping file matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.lower().endswith(READABLE) and not is_note(file.name)
    )
    batches.extend(_constants(mapping, files[0].name))
    derivations = _derivations(mapping)
    merged = [derive(batch, derivations.get(batch.table, []), options, findings) for batch in merge(batches)]
    return Extract(merged, findings)


def _constants(mapping: Mapping[str, Any], first_file: str) -> list[TableBatch]:
    """Rows that stand in no file (a survey and its questions), typed by the contract; they count as rows of the first file."""
    batches = []
    for spec in mapping.get("constants") or []:
        table = _table(
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


def _map_file(
    file: SourceFile,
    entry: Mapping[str, Any],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    findings: list[Finding],
) -> list[TableBatch]:
    form = {**mapping.get("format", {}), **entry.get("format", {})}
    text = _read(file, entry, form)
    if text.rows.height + text.rejects.height == 0 and not entry.get("may_be_empty"):
        raise SourceRefused(
            f"{file.name} has a header and no rows. Next step: export it again, or mark the entry `may_be_empty: true`."
        )
    findings.extend(text.findings)
    used: set[str] = set()
    batches = []
    for position, spec in enumerate(entry["tables"]):
        table = _table(spec, file.name)
        reading = Reading(
            header=[name for name in text.rows.columns if name not in (LINE, RAW)],
            file=file.name,
            system=str(mapping.get("system", SYSTEM_NOUNS[table.schema])),
            decimal=str(form.get("decimal", ".")),
            thousands=form.get("thousands"),
            zone=form.get("zone") or options.get("zone"),
            nulls=tuple(str(word) for word in as_list(form.get("null"))),
            levels=rank_map(options.get("levels")),
        )
        batch, reads = _map_table(table, spec, entry, text, reading, findings)
        used |= reads
        if position == 0 and text.rejects.height:
            batch = TableBatch(batch.table, batch.rows, pl.concat([text.rejects, batch.rejects]), batch.filtered)
        batches.append(batch)
    findings.extend(_unused_columns(text, entry, used))
    return batches


def _read(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> DelimitedText:
    required = tuple(str(name) for name in as_list(entry.get("required")) or as_list(entry.get("key")))
    if form.get("kind", "csv") == "xlsx" or (
        file.name.lower().endswith(".xlsx") and "kind" not in entry.get("format", {})
    ):
        return read_spreadsheet(file, required=required, sheet=form.get("sheet", 0))
    return read_delimited(
        file,
        required=required,
        delimiter=str(form.get("delimiter", ",")),
        encoding=form.get("encoding"),
        header_rows=int(entry.get("header_rows", 1)),
    )


def _table(spec: Mapping[str, Any], file: str) -> Table:
    table = BY_NAME.get(spec.get("table", ""))
    if table is None:
        raise SourceRefused(
            f"{file}: the mapping fills an unknown table {spec.get('table')!r}. Next step: use a name of pipelines/contracts/."
        )
    unknown = set(spec.get("columns", {})) - set(table.business_schema) - {"source_updated_at"}
    if unknown:
        raise SourceRefused(
            f"{file}: {table.name} has no column {', '.join(map(repr, sorted(unknown)))}. Next step: correct the mapping file; columns are in pipelines/contracts/."
        )
    return table


def _map_table(
    table: Table,
    spec: Mapping[str, Any],
    entry: Mapping[str, Any],
    text: DelimitedText,
    reading: Reading,
    findings: list[Finding],
) -> tuple[TableBatch, set[str]]:
    """Rows, rejects and filtered counts of one table from one file, and the columns that were read."""
    frame = text.rows
    reads: set[str] = set()
    counts: Counter[str] = Counter()
    frame = _filter(frame, spec, reading, counts, reads)
    own_key = _key_columns(spec.get("key") or entry.get("key"), reading)
    reads.update(own_key)
    key_parts = list(own_key)
    conversions: dict[str, Conversion] = {}
    if spec.get("unpivot"):
        frame, names, value = _unpivot(frame, spec["unpivot"], reading, reads)
        key_parts.append("__name")
        reading = Reading(**{**reading.__dict__, "header": [*reading.header, "__name", "__value"]})
        conversions[names] = convert(table.column(names), {"from": "__name"}, reading)
        value_spec = spec["unpivot"].get("value_spec", {})
        conversions[value] = convert(table.column(value), {"from": "__value", **value_spec}, reading)
        present = reading.text("__value").is_not_null()
        counts["no value"] += frame.select((~present).sum()).item() if frame.height else 0
        frame = frame.filter(present)
    for name, column_spec in spec.get("columns", {}).items():
        column = _UPDATED_AT if name == "source_updated_at" else table.column(name)
        conversions[name] = convert(column, column_spec, reading)
    for name, conversion in conversions.items():
        reads.update(conversion.reads)
        findings.extend(
            Finding("column_absent", table.name, f"{text.file}: {wanted}", f"not in the header; {name} stays empty")
            for wanted in conversion.absent
        )
        if conversion.unranked is not None and frame.height:
            findings.extend(_unranked(table, text.file, frame, conversion.unranked, conversion.value))
    result, rejects = _apply(frame, conversions, key_parts, reading)
    if spec.get("last_wins"):
        keys = [name for name in table.key if name in result.columns]
        kept = result.unique(subset=keys, keep="last", maintain_order=True)
        counts["replaced by a later line of the same file"] += result.height - kept.height
        result = kept
    return TableBatch(table.name, conform(result, table.name), rejects, filtered_frame(counts)), reads


def _filter(
    frame: pl.DataFrame, spec: Mapping[str, Any], reading: Reading, counts: Counter[str], reads: set[str]
) -> pl.DataFrame:
    """Leave out the rows that the mapping excludes, counted by reason."""
    for name, allowed in (spec.get("where") or {}).items():
        column = _needed(name, reading, "where")
        reads.add(column)
        text = reading.text(column)
        if isinstance(allowed, Mapping) and allowed.get("not_empty"):
            keep, reason = text.is_not_null(), f"{name} is empty"
        elif isinstance(allowed, Mapping) and "not" in allowed:
            words = [str(word) for word in as_list(allowed["not"])]
            keep, reason = ~text.fill_null("").is_in(words), f"{name} is one of {', '.join(words)}"
        else:
            words = [str(word) for word in as_list(allowed)]
            keep, reason = text.fill_null("").is_in(words), f"{name} is not one of {', '.join(words)}"
        kept = frame.filter(keep)
        counts[str(spec.get("where_reason", reason))] += frame.height - kept.height
        frame = kept
    for name in as_list(spec.get("not_null")):
        column = _needed(name, reading, "not_null")
        reads.add(column)
        kept = frame.filter(reading.text(column).is_not_null())
        counts[f"{name} is empty"] += frame.height - kept.height
        frame = kept
    return frame


def _needed(name: str, reading: Reading, word: str) -> str:
    found = reading.present(name)
    if found is None:
        raise SourceRefused(
            f"{reading.file}: required column {name!r} is missing in the header (`{word}` of the mapping reads it). "
            "Next step: export the file with that column, or correct the mapping file."
        )
    return found


def _key_columns(key: Any, reading: Reading) -> list[str]:
    return [_needed(name, reading, "key") for name in as_list(key)]


def _unpivot(
    frame: pl.DataFrame, spec: Mapping[str, Any], reading: Reading, reads: set[str]
) -> tuple[pl.DataFrame, str, str]:
    """One row a column of `columns`, its new name in `__name` and its text in `__value`; order of lines kept."""
    pieces = []
    for name, target in spec["columns"].items():
        column = _needed(name, reading, "unpivot")
        reads.add(column)
        pieces.append(frame.with_columns(pl.lit(str(target)).alias("__name"), pl.col(column).alias("__value")))
    return pl.concat(pieces).sort(LINE, maintain_order=True), spec["name"], spec["value"]


def _apply(
    frame: pl.DataFrame, conversions: Mapping[str, Conversion], key_parts: list[str], reading: Reading
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Evaluate the conversions. A row goes to the rejects under the first check that it fails."""
    checks = [check for conversion in conversions.values() for check in conversion.checks]
    key_texts = [reading.text(name) for name in key_parts]
    if key_texts:
        shown = " + ".join(name for name in key_parts if name != "__name")
        missing = pl.any_horizontal(text.is_null() for text in key_texts)
        remedy = f"add the missing {shown} in {reading.system} and export again"
        checks.insert(
            0, Check(missing, pl.lit(""), "missing_key", f"{shown} is empty, so the row can't be told apart", remedy)
        )
        exponent = pl.any_horizontal(text.str.contains(EXPONENT_ID).fill_null(False) for text in key_texts)
        checks.insert(
            1,
            Check(
                exponent,
                key_texts[0],
                "exponent_in_id",
                f"{shown} {{value}} has lost digits in a spreadsheet",
                "format the column as text before exporting",
            ),
        )
    failed = pl.coalesce(
        [
            *(pl.when(check.failed).then(pl.lit(i, dtype=pl.Int32)) for i, check in enumerate(checks)),
            pl.lit(None, dtype=pl.Int32),
        ]
    )
    record_id = pl.concat_str(key_texts, separator="|") if key_texts else pl.lit(None, dtype=pl.String)
    done = frame.select(
        *(conversion.value.alias(name) for name, conversion in conversions.items()),
        record_id.alias("source_record_id"),
        pl.lit(reading.file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
        failed.alias("__failed"),
    )
    bad = done["__failed"].is_not_null()
    rejects = (
        _rejects(frame.filter(bad), done.filter(bad)["__failed"].to_list(), checks, reading)
        if bad.any()
        else rejects_frame([])
    )
    return done.filter(~bad).drop("__failed"), rejects


def _rejects(frame: pl.DataFrame, failed: list[int], checks: list[Check], reading: Reading) -> pl.DataFrame:
    """The words for the failed rows. A value is quoted only where it can't be a name or an address."""
    rows: list[dict[str, Any]] = []
    frame = frame.with_columns(pl.Series("__failed", failed, dtype=pl.Int32))
    for index, group in frame.group_by("__failed", maintain_order=True):
        check = checks[index[0]]
        quotable = (
            pl.lit(check.quotable) & (pl.col("v").str.len_chars() <= 24) & ~pl.col("v").str.contains("@", literal=True)
        )
        shown = group.select(check.value.cast(pl.String).alias("v"), LINE, RAW).with_columns(
            pl.when(pl.col("v").str.contains(PLAIN_VALUE) | quotable)
            .then(pl.col("v"))
            .otherwise(pl.concat_str(pl.lit("(hidden, "), pl.col("v").str.len_chars(), pl.lit(" characters)")))
            .fill_null("(empty)")
        )
        rows.extend(
            {
                "source_file": reading.file,
                "source_line": line,
                "rule": check.rule,
                "reason": check.reason.replace("{value}", value),
                "remedy": check.remedy,
                "raw_text": raw,
            }
            for value, line, raw in shown.iter_rows()
        )
    return rejects_frame(sorted(rows, key=lambda row: row["source_line"]))


def _unranked(table: Table, file: str, frame: pl.DataFrame, level: pl.Expr, rank: pl.Expr) -> list[Finding]:
    levels = frame.select(level.alias("level"), rank.alias("rank"))
    counts = (
        levels.filter(pl.col("level").is_not_null() & pl.col("rank").is_null()).group_by("level").len().sort("level")
    )
    return [
        Finding(
            "level_not_ranked",
            table.name,
            f"{file}: {level}",
            f"{rows} rows; the level map doesn't name it, so its rank stays empty",
        )
        for level, rows in counts.iter_rows()
    ]


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
