"""Pseudonyms: the point after which no table outside `vault` holds a name, an e-mail or a source's own id of a person.

A reference is replaced by HMAC-SHA256 under the workspace's key, so that it can be joined but neither read nor, without the key, guessed (a plain
hash of an e-mail is found by hashing a list of e-mails). Pure: the key comes in as an argument.
"""

import hmac
from hashlib import sha256

import polars as pl
import polars_hash  # noqa: F401  (its import gives columns of text the name space `chash`)

from pipelines.contracts import Table

HEX_DIGITS = 32  # 128 bits: no collision among any number of people
TO_BE_HASHED = "hash:"
"""How a key begins that a mapping makes of people: who is a pair, or who met."""
# Tables whose records are no person's: their source_record_id stays readable.
IMPERSONAL = frozenset(
    "programmes programme_goals programme_segments cohorts levels workspace surveys survey_questions costs".split()
)
PERSON_KINDS_OF_PREFERENCE = ("person", "excluded_person")


def pseudonym(value: str, key: bytes) -> str:
    """HMAC-SHA256 of a typed reference, first 32 hex digits."""
    return hmac.digest(key, value.encode(), sha256).hex()[:HEX_DIGITS]


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
        *(_hashed(name, key) for name in references), *(_hashed(name, key, prefix="uid:") for name in opaque)
    )
    hashed = hashed.with_columns(_without_people(name, key) for name in _business_keys(table, hashed))
    if table.name == "application_preferences" and "value" in frame.columns:
        names_person = pl.col("kind").is_in(PERSON_KINDS_OF_PREFERENCE)
        hashed = hashed.with_columns(
            pl.when(names_person).then(_hashed("value", key)).otherwise("value").alias("value")
        )
    if table.name not in IMPERSONAL and "source_record_id" in frame.columns:
        hashed = hashed.with_columns(_hashed("source_record_id", key, prefix="record:"))
    kept = [name for name in ("source_instance", "person_id") if name in frame.columns]
    if direct:
        vault = hashed.select(*kept, *direct).filter(pl.any_horizontal(pl.col(name).is_not_null() for name in direct))
    else:
        vault = pl.DataFrame(schema={"person_id": pl.String()})
    return hashed.drop(*direct), vault


def _hashed(name: str, key: bytes, *, prefix: str = "") -> pl.Expr:
    """`pseudonym` of every value of a text column; null stays null. key: text in UTF-8, as an environment holds it."""
    value = pl.col(name) if not prefix else pl.concat_str(pl.lit(prefix), pl.col(name))
    return value.chash.hmac_sha256(key=key.decode()).str.head(HEX_DIGITS).alias(name)  # type: ignore[attr-defined]


def _business_keys(table: Table, frame: pl.DataFrame) -> list[str]:
    """Columns of ids that name no person by themselves and hold one all the same: a pair called by its mentee's e-mail, or made of two names."""
    names = [
        column.name
        for column in table.columns
        if column.type == "text" and column.name.endswith("_id") and not (column.reference or column.opaque)
    ]
    return [name for name in names if name in frame.columns and frame.select(_holds_somebody(name)).to_series().any()]


def _holds_somebody(name: str) -> pl.Expr:
    key = pl.col(name)
    return (key.str.contains("@", literal=True) | key.str.starts_with(TO_BE_HASHED)).fill_null(value=False)


def _without_people(name: str, key: bytes) -> pl.Expr:
    """The ids that hold somebody hashed, alike in every table and however capitalised, so that they still join."""
    folded = pl.col(name).str.to_lowercase()
    value = pl.concat_str(pl.lit("key:"), folded).chash.hmac_sha256(key=key.decode()).str.head(HEX_DIGITS)  # type: ignore[attr-defined]
    return pl.when(_holds_somebody(name)).then(value).otherwise(pl.col(name)).alias(name)
