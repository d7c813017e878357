"""Numbers as files and people write them: marks of thousands where they belong, minus signs of all kinds, parentheses, per cent, a currency beside the amount."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from pipelines.contracts import Column
from pipelines.sources.conversions import Check, Reading, Told, Typed
from pipelines.sources.mapped_files.words import label

APOSTROPHES = ["'", "’", "ʼ", "´"]
"""One mark of thousands, however it is written."""
_CURRENCY = r"(?:[€$£¥₹]|(?i:eur|usd|gbp|chf|cad|aud|nzd|jpy|inr|sek|nok|dkk|pln|czk|huf|brl|mxn|zar)|kr\.?|zł|Kč)"
_SIGN = r"[-+\x{2010}-\x{2015}\x{2212}\x{fe63}\x{ff0d}]"
_WRITTEN = rf"^(\(?)\s*({_SIGN}?)\s*(?:{_CURRENCY}\s*)?({_SIGN}?)([\d.,'’ʼ´\s]*\d)\s*(?:%\s*)?(?:{_CURRENCY}\s*)?({_SIGN}?)(\)?)$"
"""Opening bracket, sign (before or behind a currency), digits, sign behind them, closing bracket."""


def number(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    """A column of numbers, whole ones where the contract wants them."""
    decimal = str(spec.get("decimal", reading.decimal))
    thousands = spec.get("thousands", reading.thousands)
    marks = APOSTROPHES if thousands in APOSTROPHES else [str(thousands)] if thousands else []
    parsed = text.map_batches(partial(_numbers, decimal=decimal, marks=marks), return_dtype=pl.Float64())
    reason = f"{label(column)} {{value}} is not a number with decimal mark {decimal!r}"
    checks = [Check(text.is_not_null() & parsed.is_null(), text, "not_a_number", reason, reading.remedy)]
    if spec.get("scale") is not None:
        parsed = parsed * float(spec["scale"])
    told = Told(
        text.map_batches(_names_currency, return_dtype=pl.Boolean()),
        "currency_written",
        f"{{rows}} values of {label(column)} name a currency; the number alone is read, its currency is what the mapping says",
    )
    mixed = Told(
        text.map_batches(_per_cent_among_others, return_dtype=pl.Boolean()),
        "per_cent_among_others",
        f"{{rows}} values of {label(column)} are written in per cent (80 % is 0.8) among others that aren't",
    )
    if column.type != "int":
        return Typed(parsed, checks, told=(told, mixed))
    whole = f"{label(column)} {{value}} is not a whole number"
    checks.append(Check(parsed != parsed.round(), text, "not_a_whole_number", whole, reading.remedy))
    return Typed(parsed.round().cast(pl.Int64, strict=False), checks)


def _numbers(values: pl.Series, *, decimal: str, marks: Sequence[str]) -> pl.Series:
    """Numbers; null where a text is none. Nearly all are plain, so only the others are looked at closely."""
    parsed = _plain(values, decimal, marks)
    odd = values.is_not_null() & parsed.is_null()
    if not odd.any():
        return parsed
    left = values.filter(odd)
    return parsed.scatter(odd.arg_true(), _written(left, decimal, marks))


def _plain(values: pl.Series, decimal: str, marks: Sequence[str]) -> pl.Series:
    plain = values
    if marks:
        mark = "[" + "".join(map(re.escape, marks)) + "]"
        grouped = rf"^[-+]?\d{{1,3}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}(?:{re.escape(decimal)}\d*)?$"
        # 1,5 with marks of thousands is no 15: a mark that parts other than three digits fails the cast instead.
        torn = values.str.contains(mark) & ~values.str.contains(grouped)
        plain = values.set(torn.fill_null(value=False), "?") if torn.any() else values
        plain = plain.str.replace_many(list(marks), [""] * len(marks))
    if decimal != ".":
        # A point in a number whose decimal mark is a comma would silently be worth a thousandth: it fails the cast instead.
        plain = plain.str.replace_all(".", "?", literal=True).str.replace_all(decimal, ".", literal=True)
    parsed = plain.cast(pl.Float64, strict=False)
    return parsed.set((~parsed.is_finite()).fill_null(value=False), None)


def _written(values: pl.Series, decimal: str, marks: Sequence[str]) -> pl.Series:
    """Numbers out of texts that hold more than digits: `(1,234.50)`, `5-`, `−5`, `80 %`, `€ 5`."""
    opened, before, inner, digits, behind, closed = (values.str.extract(_WRITTEN, group) for group in range(1, 7))
    sizes = _plain(digits, decimal, marks)
    signs = before + inner + behind
    is_bracketed = (opened + closed) == "()"
    is_sound = (signs.str.len_chars() + is_bracketed.cast(pl.UInt32) <= 1) & ((opened + closed).is_in(["", "()"]))
    is_negative = is_bracketed | (signs.str.len_chars() > 0) & (signs != "+")
    share = pl.Series([1.0, 0.01]).gather(values.str.contains("%", literal=True).cast(pl.UInt32))
    signed = sizes * share * pl.Series([1.0, -1.0]).gather(is_negative.fill_null(value=False).cast(pl.UInt32))
    return signed.set((~is_sound).fill_null(value=True), None)


def _per_cent_among_others(values: pl.Series) -> pl.Series:
    per_cent = values.str.ends_with("%")
    is_mixed = bool(per_cent.any()) and not per_cent.drop_nulls().all()
    return per_cent.fill_null(value=False) if is_mixed else pl.Series([False]).new_from_index(0, values.len())


def _names_currency(values: pl.Series) -> pl.Series:
    odd = values.is_not_null() & values.cast(pl.Float64, strict=False).is_null()
    named = pl.Series(values.name, [False]).new_from_index(0, values.len())
    if not odd.any():
        return named
    return named.scatter(odd.arg_true(), values.filter(odd).str.contains(_CURRENCY))
