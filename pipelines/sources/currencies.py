"""Currencies as their ISO codes, however a file writes them."""

import polars as pl

SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "₺": "TRY", "₩": "KRW"}
"""Signs of one currency alone; `$`, `¥` and `kr` are several countries'."""


def with_codes_of_currencies(rows: pl.DataFrame) -> pl.DataFrame:
    """Currencies by their ISO codes: `€` and `eur` are EUR. Amounts of another currency than the programme's are left out, so a sign would lose them."""
    if "currency" not in rows.columns:
        return rows
    plain = pl.col("currency").str.strip_chars()
    return rows.with_columns(plain.replace(SIGNS).str.to_uppercase().alias("currency"))
