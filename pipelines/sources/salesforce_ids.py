"""Salesforce's ids of 15 letters, whose case matters, as the form of 18 that its API gives: reports and exports write the short one, and both are one record.

The three letters more say which of the 15 are capitals (Salesforce, "ID Field Type"), so that they can be worked out.
"""

import polars as pl

_SHORT = r"^(?:001|003|005|00Q)[0-9A-Za-z]{12}$"
"""An id of an account, a contact, a user or a lead: what names people."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def of_18_letters(ids: pl.Series) -> pl.Series:
    """The ids, short ones of Salesforce in their long form. Others, numbers alone among them, stay."""
    short = ids.filter(ids.str.contains(_SHORT) & ids.str.contains("[A-Za-z]")).unique().drop_nulls()
    return ids.replace(short, short.map_elements(_long, return_dtype=pl.String)) if short.len() else ids


def _long(short: str) -> str:
    chunks = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(_LETTERS[sum(letter.isupper() << at for at, letter in enumerate(chunk))] for chunk in chunks)
