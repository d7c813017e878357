"""Ids that can be none: which rows are rejected for theirs, under which rule, and what to do."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipelines.contracts import Column, Table
from pipelines.sources.cleaned_references import DECIMAL, is_error, is_truth, parts_of
from pipelines.sources.cleaning import ADDRESS, NO_VALUE_WORDS, TOTAL, is_nobody, unusual_ids
from pipelines.sources.records import REJECT_SCHEMA, TableBatch

_EXPONENT = r"^\d+([.,]\d+)?[eE]\+\d+$|^\d+[.,]\d+[eE]\d+$"
_NOUGHT = r"^0[.,]0+$"  # nobody's, where nobody has it: managers.py
REJECTS: Mapping[str, tuple[str, str]] = {
    "spreadsheet_error": (
        "holds the error of a formula instead of an id",
        "repair the formula in the source and export again",
    ),
    "no_id": ("holds a word for nothing instead of an id", "add the missing id in the source and export again"),
    "total_line": (
        "is a total, a count or a note, no record",
        "export without totals and notes, or take the line out",
    ),
    "exponent_in_id": ("has lost digits in a spreadsheet", "format the column as text before exporting"),
    "decimal_id": ("was written as a decimal number (123.0) among ids that aren't", "export the ids as text"),
    "not_an_address": ("holds no single e-mail address", "correct the address in the source and export again"),
}


def judged(batch: TableBatch, rows: pl.DataFrame, table: Table) -> TableBatch:
    """Rows without those whose ids can be none; they join the rejects under the first fault."""
    ids = [column for column in table.columns if column.name in rows.columns and _is_id(column, table)]
    suspect = pl.Series([False]).new_from_index(0, rows.height)
    for column in ids:
        values = rows[column.name]
        doubted = unusual_ids(values) if column.reference else _unusual_keys(values)
        suspect |= doubted & ~values.is_in(sorted(batch.ids)) if batch.ids else doubted
    faults = [fault for column in ids for fault in _faults(column, batch.ids)]
    if not suspect.any():
        return replace(batch, rows=rows)
    words = pl.coalesce(*(pl.when(failed).then(pl.lit(f"{rule}|{label}")) for failed, rule, label in faults))
    looked_at = rows.with_row_index("__row").filter(suspect)
    bad = looked_at.with_columns(words.alias("__fault")).filter(pl.col("__fault").is_not_null())
    if bad.is_empty():
        return replace(batch, rows=rows)
    kept = rows.with_row_index("__row").join(bad.select("__row"), on="__row", how="anti", maintain_order="left")
    rejects = pl.concat([batch.rejects, _reject_rows(bad)])
    return replace(batch, rows=kept.drop("__row"), rejects=rejects)


def _is_id(column: Column, table: Table) -> bool:
    """Whether a column names a person, or the row itself."""
    is_key = column.type == "text" and column.name in table.key and column.name.endswith("_id")
    return column.reference or (is_key and not column.opaque)


def _unusual_keys(values: pl.Series) -> pl.Series:
    return unusual_ids("id:" + values)


def _faults(column: Column, declared: frozenset[str]) -> list[tuple[pl.Expr, str, str]]:
    label = column.name.removesuffix("_id").replace("_", " ")
    value = parts_of(column.name)[1] if column.reference else pl.col(column.name)
    folded = value.str.to_lowercase()
    nothing = is_nobody(value) | is_truth(value) if column.reference else folded.is_in(NO_VALUE_WORDS)
    tests: list[tuple[pl.Expr, str]] = [
        (is_error(value), "spreadsheet_error"),
        (nothing, "no_id"),
        (value.str.contains(TOTAL), "total_line"),
    ]
    if column.reference:
        is_mail = pl.col(column.name).str.starts_with("email:")
        tests += [
            (value.str.contains(_EXPONENT), "exponent_in_id"),
            (value.str.contains(DECIMAL) & ~value.str.contains(_NOUGHT), "decimal_id"),
            (is_mail & ~value.str.contains(ADDRESS), "not_an_address"),
        ]
    doubted = ~pl.col(column.name).is_in(sorted(declared))
    return [((test & doubted).fill_null(value=False), rule, label) for test, rule in tests]


def _reject_rows(bad: pl.DataFrame) -> pl.DataFrame:
    rule, label = (pl.col("__fault").str.split("|").list.get(at) for at in (0, 1))

    def told(at: int) -> pl.Expr:
        return rule.replace_strict({name: words[at] for name, words in REJECTS.items()})

    return bad.select(
        "source_file",
        pl.col("source_line").cast(pl.Int64),
        rule.alias("rule"),
        pl.concat_str(label, pl.lit(" "), told(0)).alias("reason"),
        told(1).alias("remedy"),
        "raw_text",
    ).select(list(REJECT_SCHEMA))
