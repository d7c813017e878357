"""The mapping applied to the rows of one file: which rows are kept, how one line becomes several, and the rows and rejects that come of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.contracts import Column, Table
from pipelines.sources.cleaning import LINE, RAW, says_nobody, unusual_ids
from pipelines.sources.conversions import PLAIN_VALUE, Check, Conversion, Reading, as_list, has_lost_digits
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.mapped_files.day_zone import recorded_zone
from pipelines.sources.mapped_files.grammar import convert, needed_column, not_before
from pipelines.sources.mapped_files.other_order import refuse_other_order
from pipelines.sources.records import Finding, TableBatch, conform, filtered_frame, rejected, rejects_frame

_UPDATED_AT = Column("source_updated_at", "instant", "When the source last changed the record.")


def map_table(
    table: Table,
    spec: Mapping[str, Any],
    entry: Mapping[str, Any],
    text: DelimitedText,
    reading: Reading,
    findings: list[Finding],
    tally: Counter[Finding],
) -> tuple[TableBatch, set[str]]:
    """Rows, rejects and filtered counts of one table from one file, and the columns that were read. tally: findings that count rows, with `{rows}` in their words."""
    reads: set[str] = set()
    counts: Counter[str] = Counter()
    frame = _kept(text.rows, spec, reading, counts, reads)
    key_parts = [needed_column(name, reading, "key") for name in as_list(spec.get("key") or entry.get("key"))]
    reads.update(key_parts)
    conversions: dict[str, Conversion] = {}
    if spec.get("unpivot"):
        frame, reading, conversions = _unpivoted(frame, table, spec["unpivot"], reading, counts, reads)
        key_parts.append("__name")
    for name, column_spec in spec.get("columns", {}).items():
        column = _UPDATED_AT if name == "source_updated_at" else table.column(name)
        conversions[name] = convert(column, column_spec, reading)
    for name, column_spec in spec.get("columns", {}).items():
        if start := conversions.get(str(column_spec.get("after"))):
            conversions[name] = not_before(conversions[name], start, column_spec.get("zone") or reading.zone)
    for name, conversion in conversions.items():
        reads.update(conversion.reads)
        findings.extend(
            Finding("column_absent", table.name, f"{text.file}: {wanted}", f"not in the header; {name} stays empty")
            for wanted in conversion.absent
        )
        if conversion.unranked is not None and frame.height:
            findings.extend(_unranked(table, text.file, frame, conversion.unranked, conversion.value))
    result, rejects, told = _applied(frame, conversions, key_parts, reading)
    refuse_other_order(frame, rejects, spec.get("columns", {}), reading)
    for kind, detail, rows in told:
        tally[Finding(kind, table.name, text.file, detail)] += rows
    result = result.with_columns(recorded_zone(table.name, spec.get("columns", {}), reading).alias("recorded_tz"))
    if spec.get("last_wins"):
        keys = [name for name in table.key if name in result.columns]
        kept = result.unique(subset=keys, keep="last", maintain_order=True)
        counts["replaced by a later line of the same file"] += result.height - kept.height
        result = kept
    loaded = conform(result, table.name)
    ids = _declared_ids(loaded, spec.get("columns", {}), reading)
    return TableBatch(table.name, loaded, rejects, filtered_frame(counts), ids), reads


def _declared_ids(rows: pl.DataFrame, columns: Mapping[str, Any], reading: Reading) -> frozenset[str]:
    """The ids of declared columns that would else be doubted (`na`, `-`, `1E11`)."""
    found: set[str] = set()
    for name, spec in columns.items():
        header = reading.present(spec["from"]) if "from" in spec else None
        if header is not None and name in rows.columns and spec.get("id", reading.is_id(header)):
            values = rows[name].cast(pl.String).drop_nulls().unique()
            prefixed = values if spec.get("reference") else "id:" + values
            found.update(values.filter(unusual_ids(prefixed)).to_list())
    return frozenset(found)


def _kept(
    frame: pl.DataFrame, spec: Mapping[str, Any], reading: Reading, counts: Counter[str], reads: set[str]
) -> pl.DataFrame:
    """The rows that the mapping doesn't exclude; the others are counted by reason."""
    for name, allowed in (spec.get("where") or {}).items():
        column = needed_column(name, reading, "where")
        reads.add(column)
        text = reading.text(column)
        if isinstance(allowed, Mapping) and allowed.get("not_empty"):
            keep, reason = text.is_not_null(), f"{name} is empty"
        elif isinstance(allowed, Mapping) and "not" in allowed:
            words = [str(word) for word in as_list(allowed["not"])]
            keep, reason = ~_is_one_of(text, words), f"{name} is one of {', '.join(words)}"
        else:
            words = [str(word) for word in as_list(allowed)]
            keep, reason = _is_one_of(text, words), f"{name} is not one of {', '.join(words)}"
        kept = frame.filter(keep)
        counts[str(spec.get("where_reason", reason))] += frame.height - kept.height
        frame = kept
    for name in as_list(spec.get("not_null")):
        column = needed_column(name, reading, "not_null")
        reads.add(column)
        kept = frame.filter(~_is_missing(reading.text(column), takes_words=reading.is_id(name)))
        counts[f"{name} is empty"] += frame.height - kept.height
        frame = kept
    return frame


def _is_one_of(text: pl.Expr, words: Sequence[str]) -> pl.Expr:
    """Compared without regard to case, as value maps are; an empty cell is the empty word."""
    return text.fill_null("").str.to_lowercase().is_in([word.lower() for word in words])


def _unpivoted(
    frame: pl.DataFrame,
    table: Table,
    spec: Mapping[str, Any],
    reading: Reading,
    counts: Counter[str],
    reads: set[str],
) -> tuple[pl.DataFrame, Reading, dict[str, Conversion]]:
    """One row per column of `columns` that has a value, order of lines kept: its new name in `__name`, its text in `__value`, and their conversions."""
    pieces = []
    for name, target in spec["columns"].items():
        column = needed_column(name, reading, "unpivot")
        reads.add(column)
        pieces.append(frame.with_columns(pl.lit(str(target)).alias("__name"), pl.col(column).alias("__value")))
    long = pl.concat(pieces).sort(LINE, maintain_order=True)
    reading = replace(reading, header=[*reading.header, "__name", "__value"])
    conversions = {
        spec["name"]: convert(table.column(spec["name"]), {"from": "__name"}, reading),
        spec["value"]: convert(table.column(spec["value"]), {"from": "__value", **spec.get("value_spec", {})}, reading),
    }
    filled = long.filter(reading.text("__value").is_not_null())
    counts["no value"] += long.height - filled.height
    return filled, reading, conversions


def _applied(
    frame: pl.DataFrame, conversions: Mapping[str, Conversion], key_parts: list[str], reading: Reading
) -> tuple[pl.DataFrame, pl.DataFrame, list[tuple[str, str, int]]]:
    """Evaluate the conversions. A row goes to the rejects under the first check that it fails; what is told of the others is counted."""
    key_texts = [reading.text(name) for name in key_parts]
    checks = [check for conversion in conversions.values() for check in conversion.checks]
    if key_parts:
        checks = [*_key_checks(key_parts, reading), *checks]
    failed = pl.coalesce(
        [
            *(pl.when(check.failed).then(pl.lit(i, dtype=pl.Int32)) for i, check in enumerate(checks)),
            pl.lit(None, dtype=pl.Int32),
        ]
    )
    told = [told for conversion in conversions.values() for told in conversion.told]
    record_id = pl.concat_str(key_texts, separator="|") if key_texts else pl.lit(None, dtype=pl.String)
    # Lazily, because only then Polars works out once what several checks and values share: half of the time.
    done = (
        frame.lazy()
        .select(
            *(conversion.value.alias(name) for name, conversion in conversions.items()),
            record_id.alias("source_record_id"),
            pl.lit(reading.file).alias("source_file"),
            pl.col(LINE).alias("source_line"),
            pl.col(RAW).alias("raw_text"),
            failed.alias("__failed"),
            *(one.happened.alias(f"__told_{i}") for i, one in enumerate(told)),
        )
        .collect()
    )
    bad = done["__failed"].is_not_null()
    rejects = (
        _reject_rows(frame.filter(bad), done.filter(bad)["__failed"].to_list(), checks, reading)
        if bad.any()
        else rejects_frame([])
    )
    sound = done.filter(~bad)
    counts = [(one.kind, one.detail, int(sound[f"__told_{i}"].sum())) for i, one in enumerate(told)]
    rows = sound.drop("__failed", *(f"__told_{i}" for i in range(len(told))))
    return rows, rejects, [count for count in counts if count[-1]]


def _key_checks(key_parts: list[str], reading: Reading) -> list[Check]:
    """Every part of the key is there and has kept its digits."""
    texts = [reading.text(name) for name in key_parts]
    shown = " + ".join(name for name in key_parts if name != "__name")
    return [
        Check(
            pl.any_horizontal(
                _is_missing(text, takes_words=reading.is_id(name) or len(key_parts) == 1)
                for name, text in zip(key_parts, texts, strict=True)
            ),
            pl.lit(""),
            "missing_key",
            f"{shown} is empty, so the row can't be told apart",
            f"add the missing {shown} in {reading.system} and export again",
        ),
        Check(
            pl.any_horizontal(
                pl.lit(value=False),
                *(
                    has_lost_digits(text).fill_null(False)
                    for name, text in zip(key_parts, texts, strict=True)
                    if not reading.is_id(name)
                ),
            ),
            texts[0],
            "exponent_in_id",
            f"{shown} {{value}} has lost digits in a spreadsheet",
            "format the column as text before exporting",
        ),
    ]


def _is_missing(text: pl.Expr, *, takes_words: bool) -> pl.Expr:
    """No value, or a word that says so (`TBD`, `n/a`): a pair without a mentor is none. Declared ids are taken as they are, and a key of one column is judged as the id that it becomes."""
    if takes_words:
        return text.is_null()
    return text.is_null() | says_nobody(text)


def _reject_rows(frame: pl.DataFrame, failed: list[int], checks: list[Check], reading: Reading) -> pl.DataFrame:
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
            rejected(reading.file, line, check.rule, check.reason.replace("{value}", value), check.remedy, raw)
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
