"""A text column as the type of its canonical column: value maps, ranks, references, numbers, truth values, dates and instants.

Nothing is guessed: what is no value of its type is rejected in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.contracts import POLARS_TYPES, Column
from pipelines.sources.conversions import Check, Reading, Told, Typed, as_list, has_lost_digits
from pipelines.sources.mapped_files.durations import duration
from pipelines.sources.mapped_files.moments import day, instant
from pipelines.sources.mapped_files.numbers import number
from pipelines.sources.mapped_files.words import label
from pipelines.sources.records import reference_expr
from pipelines.sources.truth_words import FALSE_WORDS, TRUE_WORDS


def typed(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    """The value in the column's type, with its checks and what is told of it."""
    if spec.get("lower"):
        text = text.str.to_lowercase()
    if "map" not in spec:
        return _parsed(column, text, spec, reading)
    parsed_after = column.type in ("date", "instant") or spec.get("level_rank")
    text, mapping_checks, told = _mapped(
        column, text, spec, reading, dtype=pl.String() if parsed_after else POLARS_TYPES[column.type]
    )
    if not parsed_after and not spec.get("reference"):
        return Typed(text, mapping_checks, told=told)
    spec = {name: word for name, word in spec.items() if name != "map"}
    after = _parsed(column, text, spec, reading) if not mapping_checks else typed(column, text, spec, reading)
    return replace(after, checks=[*mapping_checks, *after.checks], told=(*told, *after.told))


def _parsed(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    if spec.get("level_rank"):
        ranks = reading.levels
        value = text.replace_strict(
            pl.Series(list(ranks), dtype=pl.String), pl.Series(list(ranks.values()), dtype=pl.Int64), default=None
        )
        return Typed(value.cast(pl.Int64), [], text)
    if column.type == "text":
        return Typed(*_text(column, text, spec))
    if "duration" in spec:
        return duration(column, text, spec["duration"], reading)
    if column.type in ("int", "float"):
        return number(column, text, spec, reading)
    if column.type == "bool":
        return Typed(*_truth(column, text, spec, reading))
    return (day if column.type == "date" else instant)(column, text, spec, reading)


def _text(column: Column, text: pl.Expr, spec: Mapping[str, Any]) -> tuple[pl.Expr, list[Check]]:
    checks = []
    if (spec.get("reference") or column.pii == "P1") and not spec.get("id"):
        checks = [
            Check(
                has_lost_digits(text),
                text,
                "exponent_in_id",
                f"{label(column)} {{value}} has lost digits in a spreadsheet",
                "format the column as text before exporting",
            )
        ]
    return (references(spec["reference"], text) if spec.get("reference") else text), checks


def references(named: str | Sequence[str], text: pl.Expr) -> pl.Expr:
    """Typed references of one kind; of `email` and another kind, each value by itself: what holds an @ is an address."""
    kinds = [str(kind) for kind in as_list(named)]
    others = [kind for kind in kinds if kind != "email"]
    if len(kinds) == 1 or not others:
        return reference_expr(kinds[0], text)
    is_address = text.str.contains("@", literal=True)
    return pl.when(is_address).then(reference_expr("email", text)).otherwise(reference_expr(others[0], text))


def _truth(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> tuple[pl.Expr, list[Check]]:
    words = spec.get("bool") or {}
    true = [str(w).casefold() for w in as_list(words.get(True, words.get("true")))] or list(TRUE_WORDS)
    false = [str(w).casefold() for w in as_list(words.get(False, words.get("false")))] or list(FALSE_WORDS)
    folded = text.str.to_lowercase()
    value = pl.when(folded.is_in(true)).then(True).when(folded.is_in(false)).then(False)
    reason = f"{label(column)} {{value}} is neither yes nor no"
    return value, [Check(text.is_not_null() & value.is_null(), text, "not_a_yes_or_no", reason, reading.remedy)]


def _mapped(
    column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading, *, dtype: pl.DataType
) -> tuple[pl.Expr, list[Check], tuple[Told, ...]]:
    """Value maps, compared without regard to case. YAML reads a bare yes or no as a truth value: both spellings are meant. A word that takes the map's default is told."""
    words: dict[str, Any] = {}
    for key, target in spec["map"].items():
        for word in (
            {True: ("yes", "true", "on"), False: ("no", "false", "off")}[key] if isinstance(key, bool) else (str(key),)
        ):
            words[word.casefold()] = target
    words = {**_of_truth(words), **words}
    folded = text.str.to_lowercase()
    values = [None if target is None else str(target) if dtype == pl.String else target for target in words.values()]
    targets = pl.Series(values, dtype=dtype)
    value = folded.replace_strict(pl.Series(list(words), dtype=pl.String), targets, default=None, return_dtype=dtype)
    unmapped = text.is_not_null() & ~folded.is_in(list(words))
    if "default" in spec:
        default = "empty" if spec["default"] is None else str(spec["default"])
        words_told = f"{{rows}} values of {label(column)} stand in no line of its map; they count as {default}"
        return value, [], (Told(unmapped, "word_not_known", words_told),)
    remedy = f"add the value to the map of {column.name} in the mapping file, or correct it in {reading.system}"
    return (
        value,
        [
            Check(
                unmapped,
                text,
                "unmapped_value",
                f"{label(column)} {{value}} is not in the value map",
                remedy,
                quotable=column.pii == "P0",
            )
        ],
        (),
    )


def _of_truth(words: Mapping[str, Any]) -> dict[str, Any]:
    """A map of words for yes and no alone (`{Y: active, N: inactive}`) knows all of them: what is `Y` in a text is `true` in a database."""
    yes = {words[word] for word in words if word in TRUE_WORDS}
    no = {words[word] for word in words if word in FALSE_WORDS}
    if len(yes) != 1 or len(no) != 1 or not set(words) <= {*TRUE_WORDS, *FALSE_WORDS}:
        return {}
    return {**dict.fromkeys(TRUE_WORDS, yes.pop()), **dict.fromkeys(FALSE_WORDS, no.pop())}
