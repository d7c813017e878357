"""Ids, addresses and words for nothing, judged alike whatever connector read them: every extract passes here before it is gated.

What can't be an id is rejected where the table needs one, and left empty and told where it doesn't. Nothing that a spreadsheet made up becomes a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, Table
from pipelines.sources.cleaned_references import NOTHING_SAID, cleaned_reference, parts_of, whole_keys
from pipelines.sources.cleaning import (
    ADDRESS,
    ERROR_WORDS,
    NO_TEXT_WORDS,
    address,
    is_nobody,
    needs_cleaning,
    spelled,
    unusual_addresses,
    unusual_ids,
    without_entities,
    without_marks,
)
from pipelines.sources.couples import without_own_mentors
from pipelines.sources.currencies import with_codes_of_currencies
from pipelines.sources.id_doubts import Tally, tell, tell_case_twins, tell_two_addresses
from pipelines.sources.judged_ids import judged
from pipelines.sources.managers import without_managers_who_are_none
from pipelines.sources.masked import ONE_ADDRESS, is_masked, without_masks
from pipelines.sources.records import (
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
from pipelines.sources.small_parts import joined
from pipelines.sources.spellings import tell_spellings, with_plain_blanks
from pipelines.sources.still_to_come import tell_of_what_is_to_come
from pipelines.sources.unset_moments import without_unset_moments
from pipelines.sources.zone_columns import with_iana_zones

NEVER_FROM = 2099
UNSET_DAYS = [
    date(1, 1, 1),
    date(1753, 1, 1),
    date(1899, 12, 30),
    date(1899, 12, 31),
    date(1900, 1, 1),
    date(1970, 1, 1),
]
"""What programs store where no day was given: .NET, SQL Server, spreadsheets, and many others."""
"""The year from which on a day is none."""
EMPTY_IDENTIFIER = "identifier says that there is none (N/A)"
_LOST, _LOST_IN_A_WORD = "\ufffd", r"^[^/]*\p{L}\?\p{Ll}"
LETTERS_LOST = "values hold a mark where letters were lost (M\ufffdller, M?ller): an earlier program couldn't write them; export again as UTF-8"
OF_A_TEST = "addresses end with .invalid, as the test copy of a system writes them: nobody is known by them; read the system itself"


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
    for part in joined(parts):
        batches = [clean_batch(batch, tally) for batch in part.batches]
        yield Extract(_agreeing(batches, tally, options), part.findings)
    if tally:
        yield Extract([], _counted(tally))


def _agreeing(batches: Sequence[TableBatch], tally: Tally, options: Mapping[str, Any]) -> list[TableBatch]:
    """The batches, with days that agree with what the source says of who is here."""
    as_of = options.get("as_of")
    day = as_of if isinstance(as_of, date) else None
    tell_of_what_is_to_come(batches, tally, day)
    batches = without_own_mentors(without_managers_who_are_none(batches, tally), tally)
    return without_untold_leaving(without_earlier_leaving(batches, tally), tally, day)


def _counted(tally: Tally) -> list[Finding]:
    return [replace(finding, detail=f"{rows:,} {finding.detail}") for finding, rows in tally.items()]


def clean_batch(batch: TableBatch, tally: Tally) -> TableBatch:
    """The batch with clean texts; rows whose ids are none among its rejects."""
    if batch.rows.is_empty():
        return batch
    table = BY_NAME[batch.table]
    rows = _visible(batch.rows)
    _tell_lost_letters(rows, table, tally)
    rows = _addresses(rows, table, tally)
    rows = without_masks(_texts(rows, table, tally), table, tally)
    rows = with_iana_zones(with_codes_of_currencies(_open_ends(rows, table, tally)), table, tally)
    batch, rows = without_unset_moments(batch, rows, table, tally)
    if table.name == "persons" and "person_id" in rows.columns:
        tell_case_twins(rows["person_id"], table, tally)
        tell_two_addresses(rows, table, tally)
    batch, rows = _without_empty_identifiers(batch, rows)
    rows = whole_keys(rows, table, tally, batch.ids)
    for column in table.columns:
        if column.reference and column.name in rows.columns:
            rows = cleaned_reference(rows, table, column, tally, batch.ids)
    return judged(batch, rows, table)


def _visible(rows: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String and name != "raw_text"]
    return rows.with_columns(without_marks(pl.col(name)) for name in texts if needs_cleaning(rows[name]))


def _tell_lost_letters(rows: pl.DataFrame, table: Table, tally: Tally) -> None:
    """Texts in which a program has lost letters: it put a mark (U+FFFD) in their place, or a question mark within a word."""
    for column in table.columns:
        if column.type == "text" and column.values is None and rows.schema.get(column.name) == pl.String:
            values = rows[column.name]
            if values.str.contains(_LOST, literal=True).any():
                tell(tally, "letters_lost", table, column, LETTERS_LOST, values.str.contains(_LOST, literal=True))
            elif values.str.contains("?", literal=True).any():
                tell(tally, "letters_lost", table, column, LETTERS_LOST, values.str.contains(_LOST_IN_A_WORD))


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
            tell(tally, "addresses_of_nobody", table, column, OF_A_TEST, values.str.ends_with(".invalid"))
    return rows


def _texts(rows: pl.DataFrame, table: Table, tally: Tally) -> pl.DataFrame:
    """Words for nothing and a formula's errors in the free columns about people: left empty and told. Null is a surname; of names only errors are taken."""
    if table.schema != "raw_people":
        return rows
    rows = with_plain_blanks(rows, table)
    tell_spellings(rows, table, tally)
    for column in table.columns:
        if column.type != "text" or column.values or column.reference or column.name not in rows.columns:
            continue
        if rows[column.name].str.contains("&", literal=True).any():
            rows = rows.with_columns(without_entities(pl.col(column.name)))
        words = set(ERROR_WORDS) if column.pii == "P2" else {*ERROR_WORDS, *NO_TEXT_WORDS}
        bad = rows[column.name].is_in(spelled(words)).fill_null(value=False)
        if bad.any() and column.name not in table.key:
            tell(
                tally,
                "word_for_nothing",
                table,
                column,
                NOTHING_SAID,
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
    is_mail = rows["id_value"].str.starts_with("email:").fill_null(value=False)
    mails = rows.filter(is_mail)
    if mails.height and is_masked(mails["person_id"], mails["id_value"]):
        left_out = filtered_frame({ONE_ADDRESS: mails.height})
        batch, rows = replace(batch, filtered=pl.concat([batch.filtered, left_out])), rows.filter(~is_mail)
    doubted = unusual_ids(rows["id_value"])
    if not doubted.any():
        return batch, rows
    value = parts_of("id_value")[1]
    is_own_id = pl.col("id_value") == pl.col("person_id")
    says_none = is_nobody(value) & ~is_own_id & ~pl.col("id_value").is_in(sorted(batch.ids))
    # Most identifiers are plain numbers and addresses, and the words are costly to look for.
    words = rows.filter(doubted).filter(says_none.fill_null(value=False))["id_value"].unique()
    none = pl.col("id_value").is_in(words.implode()) & ~is_own_id
    kept = rows.filter(~none.fill_null(value=False))
    left_out = filtered_frame({EMPTY_IDENTIFIER: rows.height - kept.height})
    return (replace(batch, filtered=pl.concat([batch.filtered, left_out])) if left_out.height else batch), kept
