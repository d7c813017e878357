"""Ids, addresses and words for nothing, judged alike whatever connector read them: every extract passes here before it is gated.

What can't be an id is rejected where the table needs one, and left empty and told where it doesn't. Nothing that a spreadsheet made up becomes a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, Column, Table
from pipelines.sources.cleaning import (
    ADDRESS,
    ERROR_WORDS,
    NO_TEXT_WORDS,
    NO_VALUE_WORDS,
    TOTAL,
    address,
    id_text,
    needs_cleaning,
    says_nobody,
    unusual_addresses,
    unusual_ids,
    without_marks,
)
from pipelines.sources.id_doubts import Tally, tell, tell_case_twins, tell_doubts
from pipelines.sources.records import (
    REJECT_SCHEMA,
    Changes,
    Extract,
    FileOnDisk,
    Finding,
    Read,
    ReadChanges,
    ReadInParts,
    SourceFile,
    TableBatch,
    filtered_frame,
)
from pipelines.sources.returned import without_earlier_leaving, without_untold_leaving

_PREFIX = r"^([^:]*:)"
_DECIMAL = r"^\d+[.,]0{1,2}$"
_THOUSANDS = r"^[1-9]\d{0,2}(?:[.,'’ ]\d{3}){1,2}$"
_EXPONENT = r"^\d+([.,]\d+)?[eE]\+\d+$|^\d+[.,]\d+[eE]\d+$"
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
NEVER_FROM = 2099
UNSET_DAYS = [date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)]
"""What programs store where no day was given: .NET, SQL Server, spreadsheets, and many others."""
"""The year from which on a day is none."""
EMPTY_IDENTIFIER = "identifier says that there is none (N/A)"
NOTHING_SAID = "values say that there is none (NULL, #N/A) and stay empty"


def cleaned(read: Read) -> Read:
    """`read` with its extract cleaned."""

    def cleaned_read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
        extract = read(files, options)
        tally: Tally = Counter()
        batches = _agreeing([clean_batch(batch, tally) for batch in extract.batches], tally, options)
        return Extract(batches, [*extract.findings, *_counted(tally)])

    return cleaned_read


def cleaned_in_parts(read: ReadInParts) -> ReadInParts:
    """The same, part by part; what is told counts over all parts."""

    def cleaned_read(files: Sequence[FileOnDisk], options: Mapping[str, Any]) -> Iterator[Extract] | None:
        parts = read(files, options)
        return None if parts is None else _clean_parts(parts, options)

    return cleaned_read


def cleaned_changes(read: ReadChanges) -> ReadChanges:
    """The same, for what is new beside an earlier load."""

    def cleaned_read(files: Sequence[FileOnDisk], options: Mapping[str, Any], before: frozenset[str]) -> Changes | None:
        changes = read(files, options, before)
        return None if changes is None else replace(changes, extracts=_clean_parts(changes.extracts, options))

    return cleaned_read


def _clean_parts(parts: Iterable[Extract], options: Mapping[str, Any]) -> Iterator[Extract]:
    tally: Tally = Counter()
    for part in parts:
        batches = [clean_batch(batch, tally) for batch in part.batches]
        yield Extract(_agreeing(batches, tally, options), part.findings)
    if tally:
        yield Extract([], _counted(tally))


def _agreeing(batches: Sequence[TableBatch], tally: Tally, options: Mapping[str, Any]) -> list[TableBatch]:
    """The batches, with days that agree with what the source says of who is here."""
    as_of = options.get("as_of")
    open_ended = without_earlier_leaving(batches, tally)
    return without_untold_leaving(open_ended, tally, as_of if isinstance(as_of, date) else None)


def _counted(tally: Tally) -> list[Finding]:
    return [replace(finding, detail=f"{rows:,} {finding.detail}") for finding, rows in tally.items()]


def clean_batch(batch: TableBatch, tally: Tally) -> TableBatch:
    """The batch with clean texts; rows whose ids are none among its rejects."""
    if batch.rows.is_empty():
        return batch
    table = BY_NAME[batch.table]
    rows = _visible(batch.rows)
    rows = _addresses(rows, table, tally)
    rows = _texts(rows, table, tally)
    rows = _open_ends(rows, table, tally)
    if table.name == "persons" and "person_id" in rows.columns:
        tell_case_twins(rows["person_id"], table, tally)
    batch, rows = _without_empty_identifiers(batch, rows)
    for column in table.columns:
        if column.reference and column.name in rows.columns:
            rows = _reference(rows, table, column, tally, batch.ids)
    return _judged(batch, rows, table)


def _visible(rows: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String and name != "raw_text"]
    return rows.with_columns(without_marks(pl.col(name)) for name in texts if needs_cleaning(rows[name]))


def _addresses(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """Columns of addresses: the address alone; what is none is left empty and told."""
    for column in table.columns:
        if column.name.startswith("email_") and column.type == "text" and column.name in rows.columns:
            if not unusual_addresses(rows[column.name]).any():
                continue
            values = rows.select(address(pl.col(column.name))).to_series()
            bad = (values.is_not_null() & ~values.str.contains(ADDRESS)).fill_null(value=False)
            tell(tally, "address_left_out", table, column, "values hold no single e-mail address and stay empty", bad)
            rows = rows.with_columns(pl.when(~bad).then(values).alias(column.name))
    return rows


def _texts(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """Words for nothing and a formula's errors in the free columns about people: left empty and told. Null is a surname; of names only errors are taken."""
    if table.schema != "raw_people":
        return rows
    for column in table.columns:
        if column.type != "text" or column.values or column.reference or column.name not in rows.columns:
            continue
        words = set(ERROR_WORDS) if column.pii == "P2" else {*ERROR_WORDS, *NO_TEXT_WORDS}
        bad = rows[column.name].is_in(_spelled(words)).fill_null(value=False)
        if bad.any() and column.name not in table.key:
            tell(
                tally,
                "word_for_nothing",
                table,
                column,
                "values say that there is none (NULL, #N/A) and stay empty",
                bad,
            )
            rows = rows.with_columns(pl.when(~bad).then(pl.col(column.name)).alias(column.name))
    return rows


def _open_ends(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """Days that systems write where there is none, so far ahead (31.12.9999, 31-DEC-4712) or the first that a program can count: left empty and told, where the table doesn't need one."""
    for column in table.columns:
        if column.type != "date" or column.required or column.name not in rows.columns or column.name in table.key:
            continue
        never = (rows[column.name].dt.year() >= NEVER_FROM).fill_null(value=False)
        unset = rows[column.name].is_in(UNSET_DAYS).fill_null(value=False)
        if never.any():
            tell(tally, "no_end", table, column, f"days lie in {NEVER_FROM} or later, which means that there is none; they stay empty", never)  # fmt: skip
        if unset.any():
            tell(tally, "no_day", table, column, "days are the first that a program can count, such as 1900-01-01, which means that there is none; they stay empty", unset)  # fmt: skip
        if never.any() or unset.any():
            never = never | unset
            rows = rows.with_columns(pl.when(~never).then(pl.col(column.name)).alias(column.name))
    if "end_kind" in rows.columns and "end_date" in rows.columns:  # nothing ended, so it ended in no way
        rows = rows.with_columns(pl.when(pl.col("end_date").is_not_null()).then(pl.col("end_kind")).alias("end_kind"))
    return rows


def _without_empty_identifiers(batch: TableBatch, rows: pl.DataFrame) -> tuple[TableBatch, pl.DataFrame]:
    """Identifiers that say that there is none (an address `N/A`): nobody is refused for a number or an address that they don't have; they are counted as left out."""
    if batch.table != "person_identifiers" or "id_value" not in rows.columns:
        return batch, rows
    doubted = unusual_ids(rows["id_value"])
    if not doubted.any():
        return batch, rows
    value = _parts_of("id_value")[1]
    is_own_id = pl.col("id_value") == pl.col("person_id")
    says_none = says_nobody(value) & ~is_own_id & ~pl.col("id_value").is_in(sorted(batch.ids))
    # Most identifiers are plain numbers and addresses, and the words are costly to look for.
    words = rows.filter(doubted).filter(says_none.fill_null(value=False))["id_value"].unique()
    none = pl.col("id_value").is_in(words.implode()) & ~is_own_id
    kept = rows.filter(~none.fill_null(value=False))
    left_out = filtered_frame({EMPTY_IDENTIFIER: rows.height - kept.height})
    return (replace(batch, filtered=pl.concat([batch.filtered, left_out])) if left_out.height else batch), kept


def _reference(
    rows: pl.DataFrame, table: Table, column: Column, tally: Tally, declared: frozenset[str]
) -> pl.DataFrame:
    """A column of persons: ids without wrappings, addresses without names; nobody where a word says so and the table doesn't need somebody. declared: ids that stay as they are."""
    is_declared = rows[column.name].is_in(sorted(declared)).fill_null(value=False)
    if not (unusual_ids(rows[column.name]) & ~is_declared).any():
        return rows
    prefix, value = _parts_of(column.name)
    is_mail = prefix == "email:"
    values = rows.select(pl.when(is_mail).then(address(value)).otherwise(id_text(value))).to_series()
    is_error = pl.select(_is_error(pl.lit(values)) | _is_truth(pl.lit(values))).to_series().fill_null(value=False)
    nothing = (is_error | pl.select(says_nobody(pl.lit(values))).to_series()) & ~is_declared
    values = _without_decimals(values, nothing, table, column, tally)
    values = _without_thousands(values, nothing, table, column, tally)
    tell_doubts(values, table, column, tally)
    done = pl.concat_str(prefix, values)
    if not (column.required or column.name in table.key):
        tell(tally, "word_for_nothing", table, column, NOTHING_SAID, nothing)
        done = pl.when(~nothing).then(done)
    return rows.with_columns(pl.when(is_declared).then(pl.col(column.name)).otherwise(done).alias(column.name))


def _without_decimals(values: pl.Series, nothing: pl.Series, table: Table, column: Column, tally: Tally) -> pl.Series:
    """Ids as whole numbers where all that the column holds were written as decimals."""
    decimals = values.str.contains(_DECIMAL)
    if not decimals.any() or not decimals.filter(~nothing).drop_nulls().all():
        return values
    detail = "ids were written as decimal numbers (123.0) and are read without .0"
    tell(tally, "ids_as_decimals", table, column, detail, decimals)
    return values.str.replace(r"^(\d+)[.,]0{1,2}$", "${1}")


def _without_thousands(values: pl.Series, nothing: pl.Series, table: Table, column: Column, tally: Tally) -> pl.Series:
    """Ids without the marks of thousands, where all numbers of the column have them: `1.234` among others of its kind is 1234, and `999` stays."""
    marked = values.str.contains(_THOUSANDS).fill_null(value=False)
    if not marked.any() or not (marked | values.str.contains(r"^\d{1,3}$")).filter(~nothing).drop_nulls().all():
        return values
    if values.filter(marked).str.replace_all(r"\d", "").str.slice(0, 1).n_unique() > 1:
        return values
    detail = "ids were written with marks of thousands (1.234) and are read without them"
    tell(tally, "ids_with_thousands", table, column, detail, marked)
    return values.str.replace_all(r"^(\d{1,3})[.,'’ ](\d{3})(?:[.,'’ ](\d{3}))?$", "${1}${2}${3}")


def _parts_of(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Id type with its colon, and the id."""
    return pl.col(name).str.extract(_PREFIX, 1).fill_null(""), pl.col(name).str.replace(_PREFIX, "")


def _judged(batch: TableBatch, rows: pl.DataFrame, table: Table) -> TableBatch:
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


def _spelled(words: Iterable[str]) -> list[str]:
    """Words as they are written: small, capital and with a first capital; far cheaper to look up than every value folded."""
    return sorted({form for word in words for form in (word, word.upper(), word.capitalize())})


def _is_error(value: pl.Expr) -> pl.Expr:
    """An error of a formula, or a formula that nothing has worked out."""
    return value.str.to_lowercase().is_in(ERROR_WORDS) | value.str.contains(r"^=[^=]")


def _is_truth(value: pl.Expr) -> pl.Expr:
    """A truth value in the place of an id: a box that was ticked, a field of another type."""
    return value.str.to_lowercase().is_in(["true", "false"])


def _faults(column: Column, declared: frozenset[str]) -> list[tuple[pl.Expr, str, str]]:
    label = column.name.removesuffix("_id").replace("_", " ")
    value = _parts_of(column.name)[1] if column.reference else pl.col(column.name)
    folded = value.str.to_lowercase()
    nothing = says_nobody(value) | _is_truth(value) if column.reference else folded.is_in(NO_VALUE_WORDS)
    tests: list[tuple[pl.Expr, str]] = [
        (_is_error(value), "spreadsheet_error"),
        (nothing, "no_id"),
        (value.str.contains(TOTAL), "total_line"),
    ]
    if column.reference:
        is_mail = pl.col(column.name).str.starts_with("email:")
        tests += [
            (value.str.contains(_EXPONENT), "exponent_in_id"),
            (value.str.contains(_DECIMAL), "decimal_id"),
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
