"""The grammar of a mapping file: which tables, columns and words it may name, and what one entry of `columns:` means.

Raises `SourceRefused` where the entry itself is wrong, before any row is looked at (docs/reference/mapping-files.md).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME, POLARS_TYPES, Column, Table
from pipelines.contracts.files.mapping_file import Column as MappedColumn
from pipelines.contracts.files.words import known_words
from pipelines.sources.conversions import Conversion, Reading, Told, as_list, one_spelling, spellings, trimmed
from pipelines.sources.mapped_files.nothing_said import told_of_nothing, words_for_nothing
from pipelines.sources.mapped_files.values import references, typed
from pipelines.sources.mapped_files.words import mapping_fault
from pipelines.sources.records import SourceRefused

COLUMN_WORDS = known_words(MappedColumn)
LONGEST_NIGHT = 12
"""Hours after its start by which what ends on the next day has ended."""


def known_table(spec: Mapping[str, Any], file: str) -> Table:
    """The contract of the table that `spec` fills, once all its columns are found there."""
    table = BY_NAME.get(spec.get("table", ""))
    if table is None:
        raise SourceRefused(
            f"{file}: the mapping fills an unknown table {spec.get('table')!r}. Next step: use one of {', '.join(sorted(BY_NAME))}."
        )
    unknown = set(spec.get("columns", {})) - set(table.business_schema) - {"source_updated_at"}
    if unknown:
        raise SourceRefused(
            f"{file}: {table.name} has no column {', '.join(map(repr, sorted(unknown)))}. Next step: correct the mapping file; columns are in pipelines/contracts/."
        )
    return table


def needed_column(name: Any, reading: Reading, word: str) -> str:
    """The file's own spelling of a column that `word` of the mapping reads."""
    found = reading.present(name)
    if found is None:
        raise SourceRefused(
            f"{reading.file}: required column {name!r} is missing in the header (`{word}` of the mapping reads it). "
            "Next step: export the file with that column, or correct the mapping file."
        )
    return found


def convert(column: Column, spec: Mapping[str, Any], reading: Reading) -> Conversion:
    """Turn one entry of a mapping file into an expression of `column`'s type.

    Raises `SourceRefused` where the entry itself is wrong: an unknown word, a date without a format, a local time without a zone.
    """
    if spec.get("otherwise"):
        first = convert(column, {word: said for word, said in spec.items() if word != "otherwise"}, reading)
        return _filled_up(first, convert(column, spec["otherwise"], reading))
    nothing: tuple[Told, ...] = ()
    unknown = set(spec) - COLUMN_WORDS
    if unknown:
        raise SourceRefused(mapping_fault(reading, column, f"doesn't know {', '.join(map(repr, sorted(unknown)))}"))
    if "const" in spec:
        return Conversion(_constant(column, spec, reading))
    if "template" in spec:
        text, reads, absent = _template(spec, reading, column)
    elif "from" in spec:
        name = reading.present(spec["from"])
        if name is None:
            wanted = " or ".join(
                repr(form) if isinstance(n, bool) else repr(str(n))
                for n in as_list(spec["from"])
                for form in spellings(n)
            )
            if column.required and "default" not in spec:
                raise SourceRefused(
                    f"{reading.file}: required column {wanted} is missing in the header (it fills {column.name}). "
                    "Next step: export the file with that column, or add the new name to the mapping file."
                )
            default = pl.lit(spec.get("default"), dtype=POLARS_TYPES[column.type])
            return Conversion(default, absent=(wanted,))
        words = words_for_nothing(column, spec)
        text, reads, absent = reading.text(name, [*as_list(spec.get("null")), *words]), (name,), ()
        declared = {*reading.nulls, *map(str, as_list(spec.get("null")))}
        nothing = told_of_nothing(column, trimmed(name), [word for word in words if word not in declared])
        spec = {**spec, "id": spec.get("id", reading.is_id(name))}
    else:
        raise SourceRefused(mapping_fault(reading, column, "needs one of from, const or template"))
    if spec.get("same") and "template" not in spec:
        text = one_spelling(text, spec["same"])
    if "filled" in spec:
        text = pl.when(text.is_not_null()).then(pl.lit(str(spec["filled"])))
    found = typed(column, text, spec, reading)
    value = found.value
    if spec.get("default") is not None:
        value = value.fill_null(pl.lit(spec["default"], dtype=POLARS_TYPES[column.type]))
    return Conversion(value, found.checks, reads, absent, found.unranked, (*found.told, *nothing))


def _filled_up(one: Conversion, other: Conversion) -> Conversion:
    """A column whose rows without a value are filled by another entry; what is wrong there matters for those rows alone."""
    is_open = one.value.is_null()
    return Conversion(
        one.value.fill_null(other.value),
        [*one.checks, *(replace(check, failed=is_open & check.failed) for check in other.checks)],
        (*one.reads, *other.reads),
        (*one.absent, *other.absent),
        one.unranked if one.unranked is not None else other.unranked,
        (*one.told, *(replace(told, happened=is_open & told.happened) for told in other.told)),
    )


def not_before(end: Conversion, start: Conversion, zone: str | None) -> Conversion:
    """An end that is written as a time of the start's day and lies before it is of the next day (`after:`): 23:30 to 00:15. 15:00 to 14:00 is a slip of the pen, which the gate tells, and no meeting of 23 hours."""
    local = end.value.dt.convert_time_zone(zone or "UTC").dt.offset_by("1d").dt.convert_time_zone("UTC")
    is_next_day = (
        (end.value < start.value) & (local > start.value) & (local - start.value <= pl.duration(hours=LONGEST_NIGHT))
    )
    return replace(end, value=pl.when(is_next_day).then(local).otherwise(end.value))


def _constant(column: Column, spec: Mapping[str, Any], reading: Reading) -> pl.Expr:
    value = spec["const"]
    if column.type == "text" and value is not None:
        value = str(value)
        return references(spec["reference"], pl.lit(value)) if spec.get("reference") else pl.lit(value)
    if column.type in ("date", "instant") and isinstance(value, str):
        pattern = spec.get(column.type) or _iso_pattern(value)
        given = typed(column, pl.lit(value), {**spec, column.type: pattern}, reading).value
        if pl.select(given).item() is None:
            raise SourceRefused(
                mapping_fault(reading, column, f"has the constant {value!r}, which is no {column.type} ({pattern})")
            )
        return given
    if isinstance(value, datetime) and column.type == "instant":
        return _constant_instant(value, column, spec, reading)
    return pl.lit(value, dtype=POLARS_TYPES[column.type])


def _iso_pattern(value: str) -> str:
    """How a constant without a format is written: as ISO 8601."""
    if len(value) <= len("2026-01-31"):
        return "%Y-%m-%d"
    clock = "%H:%M" if value.count(":") == 1 else "%H:%M:%S%.f"
    return "%+" if value[-1:] in "Zz" or value[19:].count("+") else f"%Y-%m-%d{value[10]}{clock}"


def _constant_instant(moment: datetime, column: Column, spec: Mapping[str, Any], reading: Reading) -> pl.Expr:
    """What YAML has read as a time by itself; it reads one with an offset as UTC."""
    if moment.tzinfo is not None:
        return pl.lit(moment.astimezone(UTC)).cast(pl.Datetime("us", "UTC"))
    written = {**spec, "instant": "%Y-%m-%dT%H:%M:%S%.f"}
    return typed(column, pl.lit(moment.isoformat()), written, reading).value


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
        text = reading.text(found, as_list(spec.get("null")))
        parts.extend([pl.lit(literal), one_spelling(text, spec["same"]) if spec.get("same") else text])
    return pl.concat_str([*parts, pl.lit(rest)]), tuple(reads), ()
