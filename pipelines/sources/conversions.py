"""From text columns to typed columns: one mapping entry becomes a Polars expression and the checks that go with it.

Everything is vectorised; the words of a reject are only made for the rows that fail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from pipelines.contracts import POLARS_TYPES, Column
from pipelines.sources.delimited import normalised
from pipelines.sources.records import SourceRefused, reference_expr

EXPONENT_ID = r"^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$"  # 1.18612E+11: a spreadsheet has rounded the id
PLAIN_VALUE = r"^[0-9 .,:/+\-TZ%]{1,32}$"  # values that may be quoted in a reason: digits and date marks, no names
_EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system as it counts from 1900-03-01 on
_TRUE = ("true", "1", "yes", "y", "t")
_FALSE = ("false", "0", "no", "n", "f")
COLUMN_WORDS = frozenset(
    "from const template reference lower map default number decimal thousands scale date instant zone plus_days null level_rank bool".split()
)


@dataclass(frozen=True)
class Check:
    """A condition under which a row is rejected. `{value}` in `reason` is the text at fault, hidden where it may be a name."""

    failed: pl.Expr
    value: pl.Expr
    rule: str
    reason: str
    remedy: str
    quotable: bool = False  # a category, safe to quote if short and without @


@dataclass(frozen=True)
class Conversion:
    """A canonical column as an expression, its checks, and the file columns that it reads."""

    value: pl.Expr
    checks: list[Check] = field(default_factory=list)
    reads: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unranked: pl.Expr | None = None


@dataclass(frozen=True)
class Reading:
    """What a conversion must know of the file and the workspace."""

    header: Sequence[str]
    file: str
    system: str
    decimal: str = "."
    thousands: str | None = None
    zone: str | None = None
    nulls: tuple[str, ...] = ("",)
    levels: Mapping[str, int] = field(default_factory=dict)

    def present(self, names: Any) -> str | None:
        """The first of the aliases that the header holds, by the file's own spelling."""
        spelled = {normalised(name): name for name in reversed(self.header)}
        for name in as_list(names):
            if normalised(str(name)) in spelled:
                return spelled[normalised(str(name))]
        return None

    def text(self, name: str, nulls: Sequence[Any] = ()) -> pl.Expr:
        """The column trimmed, with the null words of the format and of the column."""
        value = pl.col(name).str.strip_chars(" \t\u00a0\r")
        words = {*self.nulls, "", *(str(n) for n in nulls)}
        return pl.when(~value.is_in(sorted(words))).then(value)


def as_list(value: Any) -> list[Any]:
    """A list as it is, a single value as a list of one, None as an empty list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def rank_map(levels: Mapping[str, Any] | None) -> dict[str, int]:
    """Level to rank from the option `levels`, whose values are ranks or whole entries of the level map."""
    return {
        str(level): int(entry["rank"] if isinstance(entry, Mapping) else entry)
        for level, entry in (levels or {}).items()
    }


def convert(column: Column, spec: Mapping[str, Any], reading: Reading) -> Conversion:
    """Turn one entry of a mapping file into an expression of `column`'s type.

    Raises `SourceRefused` where the entry itself is wrong: an unknown word, a date without a format, a local time without a zone.
    """
    label = column.name.removesuffix("_id").replace("_", " ")
    unknown = set(spec) - COLUMN_WORDS
    if unknown:
        raise SourceRefused(_mapping_fault(reading, column, f"doesn't know {', '.join(map(repr, sorted(unknown)))}"))
    if "const" in spec:
        return Conversion(_constant(column, spec, reading))
    if "template" in spec:
        text, reads, absent = _template(spec, reading, column)
    elif "from" in spec:
        name = reading.present(spec["from"])
        if name is None:
            wanted = " or ".join(repr(str(n)) for n in as_list(spec["from"]))
            if column.required and "default" not in spec:
                raise SourceRefused(
                    f"{reading.file}: required column {wanted} is missing in the header (it fills {column.name}). "
                    "Next step: export the file with that column, or add the new name to the mapping file."
                )
            default = pl.lit(spec.get("default"), dtype=POLARS_TYPES[column.type])
            return Conversion(default, absent=(wanted,))
        text, reads, absent = reading.text(name, as_list(spec.get("null"))), (name,), ()
    else:
        raise SourceRefused(_mapping_fault(reading, column, "needs one of from, const or template"))
    value, checks, unranked = _typed(column, label, text, spec, reading)
    if spec.get("default") is not None:
        value = value.fill_null(pl.lit(spec["default"], dtype=POLARS_TYPES[column.type]))
    return Conversion(value, checks, reads, absent, unranked)


def _mapping_fault(reading: Reading, column: Column, fault: str) -> str:
    return f"{reading.file}: the mapping of {column.name} {fault}. Next step: correct the mapping file (docs/architecture.md, Mapping files)."


def _constant(column: Column, spec: Mapping[str, Any], reading: Reading) -> pl.Expr:
    value = spec["const"]
    if column.type == "text" and value is not None:
        value = str(value)
        return reference_expr(str(spec["reference"]), pl.lit(value)) if spec.get("reference") else pl.lit(value)
    if column.type == "date" and isinstance(value, str):
        value = datetime.strptime(value, str(spec.get("date", "%Y-%m-%d"))).date()
    if column.type == "instant" and value is not None:
        given = isinstance(value, datetime)
        moment = (
            value
            if given
            else datetime.strptime(str(value), spec["instant"])
            if spec.get("instant")
            else datetime.fromisoformat(str(value))
        )
        if moment.tzinfo is not None:
            return pl.lit(moment.astimezone(UTC)).cast(pl.Datetime("us", "UTC"))
        zone = spec.get("zone") or reading.zone
        if zone is None:
            raise SourceRefused(_mapping_fault(reading, column, "gives a local time without a zone"))
        return pl.lit(moment).cast(pl.Datetime("us")).dt.replace_time_zone(str(zone)).dt.convert_time_zone("UTC")
    return pl.lit(value, dtype=POLARS_TYPES[column.type])


def _template(
    spec: Mapping[str, Any], reading: Reading, column: Column
) -> tuple[pl.Expr, tuple[str, ...], tuple[str, ...]]:
    parts: list[pl.Expr] = []
    reads: list[str] = []
    rest = str(spec["template"])
    while "{" in rest:
        literal, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        found = reading.present(name)
        if found is None:
            raise SourceRefused(
                f"{reading.file}: required column {name!r} is missing in the header (the template of {column.name} needs it). "
                "Next step: export the file with that column, or correct the mapping file."
            )
        reads.append(found)
        parts.extend([pl.lit(literal), reading.text(found, as_list(spec.get("null")))])
    return pl.concat_str([*parts, pl.lit(rest)]), tuple(reads), ()


def _typed(
    column: Column, label: str, text: pl.Expr, spec: Mapping[str, Any], reading: Reading
) -> tuple[pl.Expr, list[Check], pl.Expr | None]:
    correct = f"correct it in {reading.system} and export again"
    if spec.get("lower"):
        text = text.str.to_lowercase()
    mapping_checks: list[Check] = []
    if "map" in spec:
        parsed_after = column.type in ("date", "instant") or spec.get("level_rank")
        text, mapping_checks = _mapped(
            column, label, text, spec, reading, dtype=pl.String() if parsed_after else POLARS_TYPES[column.type]
        )
        if not parsed_after and not spec.get("reference"):
            return text, mapping_checks, None
        spec = {name: word for name, word in spec.items() if name != "map"}
    if mapping_checks:
        value, checks, unranked = _typed(column, label, text, spec, reading)
        return value, [*mapping_checks, *checks], unranked
    if spec.get("level_rank"):
        ranks = reading.levels
        value = text.replace_strict(
            pl.Series(list(ranks), dtype=pl.String), pl.Series(list(ranks.values()), dtype=pl.Int64), default=None
        )
        return value.cast(pl.Int64), [], text
    if column.type == "text":
        value = text
        checks = []
        if spec.get("reference") or column.pii == "P1":
            checks = [
                Check(
                    text.str.contains(EXPONENT_ID),
                    text,
                    "exponent_in_id",
                    f"{label} {{value}} has lost digits in a spreadsheet",
                    "format the column as text before exporting",
                )
            ]
        return (reference_expr(str(spec["reference"]), value) if spec.get("reference") else value), checks, None
    if column.type in ("int", "float"):
        return (*_number(column, label, text, spec, reading, correct), None)
    if column.type == "bool":
        words = spec.get("bool") or {}
        true = [str(w).casefold() for w in as_list(words.get(True, words.get("true")))] or list(_TRUE)
        false = [str(w).casefold() for w in as_list(words.get(False, words.get("false")))] or list(_FALSE)
        folded = text.str.to_lowercase()
        value = pl.when(folded.is_in(true)).then(True).when(folded.is_in(false)).then(False)
        return (
            value,
            [
                Check(
                    text.is_not_null() & value.is_null(),
                    text,
                    "not_a_yes_or_no",
                    f"{label} {{value}} is neither yes nor no",
                    correct,
                )
            ],
            None,
        )
    if column.type == "date":
        return (*_date(column, label, text, spec, reading, correct), None)
    return (*_instant(column, label, text, spec, reading, correct), None)


def _mapped(
    column: Column, label: str, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, *, dtype: pl.DataType
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
            f"{label} {{value}} is not in the value map",
            remedy,
            quotable=column.pii == "P0",
        )
    ]


def _number(
    column: Column, label: str, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, correct: str
) -> tuple[pl.Expr, list[Check]]:
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
            f"{label} {{value}} is not a number with decimal mark {decimal!r}",
            correct,
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
                f"{label} {{value}} is not a whole number",
                correct,
            )
        )
        parsed = parsed.round().cast(pl.Int64, strict=False)
    return parsed, checks


def _date(
    column: Column, label: str, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, correct: str
) -> tuple[pl.Expr, list[Check]]:
    pattern = spec.get("date")
    if not isinstance(pattern, str):
        raise SourceRefused(
            _mapping_fault(reading, column, 'names no date format (date: "%Y-%m-%d"); dates are never guessed')
        )
    if pattern == "excel_serial":
        value = pl.lit(_EXCEL_EPOCH) + pl.duration(days=text.cast(pl.Int32, strict=False))
    else:
        value = text.str.to_date(pattern, strict=False)
    check = Check(text.is_not_null() & value.is_null(), text, "not_a_date", f"{label} {{value}} is not a date", correct)
    if spec.get("plus_days"):
        value = value.dt.offset_by(f"{int(spec['plus_days'])}d")
    return value.cast(pl.Date), [check]


def _instant(
    column: Column, label: str, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, correct: str
) -> tuple[pl.Expr, list[Check]]:
    pattern = spec.get("instant")
    if not isinstance(pattern, str):
        raise SourceRefused(_mapping_fault(reading, column, 'names no format of its time (instant: "%Y-%m-%d %H:%M")'))
    zone = spec.get("zone") or reading.zone
    if pattern == "epoch_seconds":
        value = pl.from_epoch(
            text.cast(pl.Float64, strict=False).mul(1_000_000).cast(pl.Int64), time_unit="us"
        ).dt.replace_time_zone("UTC")
    elif "%z" in pattern or "%+" in pattern or "%:z" in pattern:
        value = text.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False)
    elif zone is None:
        raise SourceRefused(_mapping_fault(reading, column, "gives a local time without a zone (zone: Europe/Berlin)"))
    else:
        # An hour that occurs twice in autumn is taken as the first one; one that spring skips doesn't exist and is rejected.
        local = (
            text.str.to_datetime(pattern, time_unit="us", strict=False)
            if "%H" in pattern
            else text.str.to_date(pattern, strict=False).cast(pl.Datetime("us"))
        )
        value = local.dt.replace_time_zone(str(zone), ambiguous="earliest", non_existent="null").dt.convert_time_zone(
            "UTC"
        )
    reason = f"{label} {{value}} is not a time" + (f" in {zone}" if zone else "")
    return value, [Check(text.is_not_null() & value.is_null(), text, "not_a_time", reason, correct)]
