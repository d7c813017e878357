"""A text column as the type of its canonical column: value maps, ranks, references, numbers, truth values, dates and instants.

Nothing is guessed: a date without a format or a local time without a zone refuses the source.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts import POLARS_TYPES, Column
from pipelines.sources.conversions import EXPONENT_ID, Check, Reading, as_list
from pipelines.sources.mapped_files.day_zone import has_clock
from pipelines.sources.records import SourceRefused, reference_expr

_EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system as it counts from 1900-03-01 on
_TRUE = ("true", "1", "yes", "y", "t")
_FALSE = ("false", "0", "no", "n", "f")


def mapping_fault(reading: Reading, column: Column, fault: str) -> str:
    """The words for an entry of the mapping that is wrong in itself."""
    return f"{reading.file}: the mapping of {column.name} {fault}. Next step: correct the mapping file (docs/architecture.md, Mapping files)."


def typed(
    column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading
) -> tuple[pl.Expr, list[Check], pl.Expr | None]:
    """The value in the column's type, its checks and, for a rank, the level that the level map must name."""
    if spec.get("lower"):
        text = text.str.to_lowercase()
    if "map" not in spec:
        return _parsed(column, text, spec, reading)
    parsed_after = column.type in ("date", "instant") or spec.get("level_rank")
    text, mapping_checks = _mapped(
        column, text, spec, reading, dtype=pl.String() if parsed_after else POLARS_TYPES[column.type]
    )
    if not parsed_after and not spec.get("reference"):
        return text, mapping_checks, None
    spec = {name: word for name, word in spec.items() if name != "map"}
    if not mapping_checks:
        return _parsed(column, text, spec, reading)
    value, checks, unranked = typed(column, text, spec, reading)
    return value, [*mapping_checks, *checks], unranked


def _parsed(
    column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading
) -> tuple[pl.Expr, list[Check], pl.Expr | None]:
    if spec.get("level_rank"):
        ranks = reading.levels
        value = text.replace_strict(
            pl.Series(list(ranks), dtype=pl.String), pl.Series(list(ranks.values()), dtype=pl.Int64), default=None
        )
        return value.cast(pl.Int64), [], text
    if column.type == "text":
        return (*_text(column, text, spec), None)
    if column.type in ("int", "float"):
        return (*_number(column, text, spec, reading), None)
    if column.type == "bool":
        return (*_truth(column, text, spec, reading), None)
    if column.type == "date":
        return (*_date(column, text, spec, reading), None)
    return (*_instant(column, text, spec, reading), None)


def _label(column: Column) -> str:
    return column.name.removesuffix("_id").replace("_", " ")


def _text(column: Column, text: pl.Expr, spec: Mapping[str, Any]) -> tuple[pl.Expr, list[Check]]:
    checks = []
    if spec.get("reference") or column.pii == "P1":
        checks = [
            Check(
                text.str.contains(EXPONENT_ID),
                text,
                "exponent_in_id",
                f"{_label(column)} {{value}} has lost digits in a spreadsheet",
                "format the column as text before exporting",
            )
        ]
    return (reference_expr(str(spec["reference"]), text) if spec.get("reference") else text), checks


def _truth(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> tuple[pl.Expr, list[Check]]:
    words = spec.get("bool") or {}
    true = [str(w).casefold() for w in as_list(words.get(True, words.get("true")))] or list(_TRUE)
    false = [str(w).casefold() for w in as_list(words.get(False, words.get("false")))] or list(_FALSE)
    folded = text.str.to_lowercase()
    value = pl.when(folded.is_in(true)).then(True).when(folded.is_in(false)).then(False)
    reason = f"{_label(column)} {{value}} is neither yes nor no"
    return value, [Check(text.is_not_null() & value.is_null(), text, "not_a_yes_or_no", reason, reading.remedy)]


def _mapped(
    column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, *, dtype: pl.DataType
) -> tuple[pl.Expr, list[Check]]:
    """Value maps, compared without regard to case. YAML reads a bare yes or no as a truth value: both spellings are meant."""
    words: dict[str, Any] = {}
    for key, target in spec["map"].items():
        for word in (
            {True: ("yes", "true", "on"), False: ("no", "false", "off")}[key] if isinstance(key, bool) else (str(key),)
        ):
            words[word.casefold()] = target
    folded = text.str.to_lowercase()
    values = [None if target is None else str(target) if dtype == pl.String else target for target in words.values()]
    targets = pl.Series(values, dtype=dtype)
    value = folded.replace_strict(pl.Series(list(words), dtype=pl.String), targets, default=None, return_dtype=dtype)
    if "default" in spec:
        return value, []
    unmapped = text.is_not_null() & ~folded.is_in(list(words))
    remedy = f"add the value to the map of {column.name} in the mapping file, or correct it in {reading.system}"
    return value, [
        Check(
            unmapped,
            text,
            "unmapped_value",
            f"{_label(column)} {{value}} is not in the value map",
            remedy,
            quotable=column.pii == "P0",
        )
    ]


def _number(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> tuple[pl.Expr, list[Check]]:
    decimal = str(spec.get("decimal", reading.decimal))
    thousands = spec.get("thousands", reading.thousands)
    plain = text.str.replace_all(str(thousands), "", literal=True) if thousands else text
    if decimal != ".":
        # A point in a number whose decimal mark is a comma would silently be worth a thousandth: it fails the cast instead.
        plain = plain.str.replace_all(".", "?", literal=True).str.replace_all(decimal, ".", literal=True)
    parsed = plain.cast(pl.Float64, strict=False)
    parsed = pl.when(parsed.is_finite()).then(parsed)
    checks = [
        Check(
            text.is_not_null() & parsed.is_null(),
            text,
            "not_a_number",
            f"{_label(column)} {{value}} is not a number with decimal mark {decimal!r}",
            reading.remedy,
        )
    ]
    if spec.get("scale") is not None:
        parsed = parsed * float(spec["scale"])
    if column.type == "int":
        checks.append(
            Check(
                parsed != parsed.round(),
                text,
                "not_a_whole_number",
                f"{_label(column)} {{value}} is not a whole number",
                reading.remedy,
            )
        )
        parsed = parsed.round().cast(pl.Int64, strict=False)
    return parsed, checks


def _odata_millis(text: pl.Expr) -> pl.Expr:
    """OData v2 times: `/Date(1704067200000)/` or `/Date(1704067200000+0000)/`, milliseconds of UTC; a date is its midnight there, so no zone is applied."""
    millis = text.str.extract(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$", 1).cast(pl.Int64, strict=False)
    return pl.from_epoch(millis, time_unit="ms").cast(pl.Datetime("us"))


def _date(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> tuple[pl.Expr, list[Check]]:
    pattern = spec.get("date")
    if not isinstance(pattern, str):
        raise SourceRefused(
            mapping_fault(reading, column, 'names no date format (date: "%Y-%m-%d"); dates are never guessed')
        )
    if pattern == "odata":
        value = _odata_millis(text).cast(pl.Date)
    elif pattern == "excel_serial":
        value = pl.lit(_EXCEL_EPOCH) + pl.duration(days=text.cast(pl.Int32, strict=False))
    else:
        value = text.str.to_date(pattern, strict=False)
    check = Check(
        text.is_not_null() & value.is_null(),
        text,
        "not_a_date",
        f"{_label(column)} {{value}} is not a date",
        reading.remedy,
    )
    if spec.get("plus_days"):
        value = value.dt.offset_by(f"{int(spec['plus_days'])}d")
    return value.cast(pl.Date), [check]


def _instant(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> tuple[pl.Expr, list[Check]]:
    pattern = spec.get("instant")
    if not isinstance(pattern, str):
        raise SourceRefused(mapping_fault(reading, column, 'names no format of its time (instant: "%Y-%m-%d %H:%M")'))
    zone = spec.get("zone") or reading.zone
    if pattern == "odata":
        value = _odata_millis(text).dt.replace_time_zone("UTC")
    elif pattern == "epoch_seconds":
        value = pl.from_epoch(
            text.cast(pl.Float64, strict=False).mul(1_000_000).cast(pl.Int64), time_unit="us"
        ).dt.replace_time_zone("UTC")
    elif "%z" in pattern or "%+" in pattern or "%:z" in pattern:
        value = text.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
    elif zone is None:
        raise SourceRefused(mapping_fault(reading, column, "gives a local time without a zone (zone: Europe/Berlin)"))
    else:
        # An hour that occurs twice in autumn is taken as the first one; one that spring skips doesn't exist and is rejected.
        local = (
            text.str.to_datetime(pattern, time_unit="us", strict=False)
            if has_clock(pattern)
            else text.str.to_date(pattern, strict=False).cast(pl.Datetime("us"))
        )
        value = local.dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null").dt.convert_time_zone(
            "UTC"
        )
    reason = f"{_label(column)} {{value}} is not a time" + (f" in {zone}" if zone else "")
    return value, [Check(text.is_not_null() & value.is_null(), text, "not_a_time", reason, reading.remedy)]
