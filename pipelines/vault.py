"""Pseudonyms: the point after which no table outside `vault` holds a name, an e-mail or a source's own id of a person.

A reference is replaced by HMAC-SHA256 under the workspace's key, so that it can be joined but neither read nor, without the key, guessed (a plain
hash of an e-mail is found by hashing a list of e-mails). Pure: the key comes in as an argument.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256

import polars as pl

from pipelines.contracts import Table

BLOCK = 64  # bytes of a block of SHA-256
MOSTLY_DISTINCT = 0.6  # share from which looking a value up costs more than hashing it again
HEX_DIGITS = 32  # 128 bits: no collision among any number of people
# Tables whose records are no person's: their source_record_id stays readable.
IMPERSONAL = frozenset(
    "programmes programme_goals programme_segments cohorts levels workspace surveys survey_questions costs".split()
)
PERSON_KINDS_OF_PREFERENCE = ("person", "excluded_person")


def pseudonym(value: str, key: bytes) -> str:
    """HMAC-SHA256 of a typed reference, first 32 hex digits."""
    return hmac.digest(key, value.encode(), sha256).hex()[:HEX_DIGITS]


def pseudonymiser(key: bytes) -> Callable[[str], str]:
    """`pseudonym` for many values under one key: both of its blocks (RFC 2104) are digested once instead of once a value."""
    padded = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def hashed(value: str) -> str:
        first = inner.copy()
        first.update(value.encode())
        second = outer.copy()
        second.update(first.digest())
        return second.hexdigest()[:HEX_DIGITS]

    return hashed


def key_fingerprint(key: bytes) -> str:
    """Tells keys apart without telling them: what was hashed under another key can't be compared."""
    return pseudonym("fingerprint", key)[:8]


def pseudonymise(frame: pl.DataFrame, table: Table, key: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Replace every person in `frame` by a pseudonym and take the direct identifiers out.

    Returns the frame without P2 columns, with references hashed (null stays null; so are `source_record_id` of personal tables and the values of
    preferences that name a person, and opaque keys such as calendar UIDs), and the vault's frame: `person_id` (hashed), the P2 columns and, where present, `source_instance`; empty for
    tables without P2 columns. `raw_text` passes through for the gate, which keeps it for quarantined rows only.
    """
    direct = [column.name for column in table.columns if column.pii == "P2" and column.name in frame.columns]
    references = [column.name for column in table.columns if column.reference and column.name in frame.columns]
    opaque = [column.name for column in table.columns if column.opaque and column.name in frame.columns]
    hashed = frame.with_columns(
        *(_hashed(frame, name, key) for name in references),
        *(_hashed(frame, name, key, prefix="uid:") for name in opaque),
    )
    if table.name == "application_preferences" and "value" in frame.columns:
        names_person = pl.col("kind").is_in(PERSON_KINDS_OF_PREFERENCE)
        hashed = hashed.with_columns(
            pl.when(names_person)
            .then(_hashed(frame.filter(names_person), "value", key, by_row=False))
            .otherwise(pl.col("value"))
            .alias("value")
        )
    if table.name not in IMPERSONAL and "source_record_id" in frame.columns:
        hashed = hashed.with_columns(_hashed(frame, "source_record_id", key, prefix="record:"))
    kept = [name for name in ("source_instance", "person_id") if name in frame.columns]
    if direct:
        vault = hashed.select(*kept, *direct).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in direct))
    else:
        vault = pl.DataFrame(schema={"person_id": pl.String()})
    return hashed.drop(*direct), vault


def _hashed(frame: pl.DataFrame, name: str, key: bytes, *, prefix: str = "", by_row: bool = True) -> pl.Expr:
    """The column with each distinct value hashed once; a column of nearly nothing but distinct values is hashed row by row.

    by_row: False where `frame` is a part of the rows that the column is for.
    """
    values, hashed = frame[name], pseudonymiser(key)
    distinct = values.drop_nulls().unique()
    if by_row and distinct.len() > MOSTLY_DISTINCT * values.len():
        rows = [None if value is None else hashed(prefix + value) for value in values.to_list()]
        return pl.lit(pl.Series(name, rows, dtype=pl.String)).alias(name)
    pseudonyms = pl.Series([hashed(prefix + value) for value in distinct.to_list()], dtype=pl.String)
    return pl.col(name).replace_strict(distinct, pseudonyms, default=None, return_dtype=pl.String).alias(name)
