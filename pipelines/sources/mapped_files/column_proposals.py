"""What one column of an unknown file could be read as: a format where one is certain, a question where not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipelines.contracts import Column
from pipelines.sources.cleaning import says_nobody
from pipelines.sources.mapped_files.decided import NAMES, Decided
from pipelines.sources.mapped_files.durations import contradicts, unit_named, unit_shown, units_meant
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.mapped_files.written_times import DATE_FORMATS, OFFSET, patterns_of, time_formats
from pipelines.sources.truth_words import truth

EMPTY_WORDS = ("-", "--", "n/a", "#n/a", "null", "none", "nil", "k.a.", "s/d", "(leer)")
"""What people write into a cell that holds nothing, folded. Never a value of a date or a number."""
OPEN_WORDS = tuple(
    "ongoing|on-going|on going|still going|still going on|still active|active|present|current|currently|open|tbd|tba|tbc|n.a.|continuing|to date|laufend|läuft|läuft noch|noch aktiv|aktiv|offen|heute|unbefristet|en cours|actif|actuel|indéterminée|en curso|activo|actual|indefinido|vigente|in corso|tuttora|attivo|attiva|attuale|lopend|actief|heden|nog bezig|em curso|em andamento|ativo|ativa|atual|pågår|pågående|nuvarande|w toku|obecnie|aktualnie|still running|no end|no end yet|none yet|not yet|not ended|tbd.|ongoing.|bis heute|bis auf weiteres|noch offen|à ce jour|toujours en cours|hasta la fecha|sin fecha|a oggi".split(
        "|"
    )
)

"""What people write where something has no last day yet, lower case."""
NEVER = re.compile(r"(^|\D)(99\d\d|4712|3000|29\d\d|21\d\d|2099)(\D|$)|^2958465(\.0+)?$")
"""The last day that systems know (31.12.9999, 31-DEC-4712, a spreadsheet's 2958465), in a column of days."""
MOST_FULL_TIME, HOURS_A_WEEK = 1.5, 60
"""The largest share of full time, and the most hours of a week; what lies above are percent."""
NOON = "12:00"
NEARLY_ALL = 0.9
MANY = 20
MOSTLY_NAMES = 0.8


@dataclass
class Notes:
    """What only the file's owner knows (`questions`), what becomes of it until they have said (`until_then`), and what was taken for granted and is said (`taken`).

    zone: of its times, where the owner named it. decided: what else the owner has said.
    """

    zone: str | None = None
    decided: Decided = field(default_factory=Decided)
    questions: list[str] = field(default_factory=list)
    until_then: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def ask(self, question: str, until_then: str = "") -> None:
        """Note a question once. until_then: what happens without an answer, for people who see no mapping."""
        if question not in self.questions:
            self.questions.append(question)
            self.until_then += [until_then] if until_then else []

    def tell(self, what: str) -> None:
        """Note once what was taken for granted."""
        if what not in self.taken:
            self.taken.append(what)


def proposed_spec(
    column: Column, header: str, values: pl.Series, notes: Notes, source_id: str
) -> dict[str, Any] | None:
    """The entry of `columns:` that reads `header` into `column`; None where what stands there can't fill it. `values`: its filled cells, trimmed."""
    spec: dict[str, Any] = {"from": header}
    if column.reference:
        return _reference(spec, column, header, values, notes, source_id)
    if column.type in ("date", "instant"):
        return {**spec, **time_format(column, header, values, notes)}
    if column.name == "level":
        levels = _listed(values.unique().sort().to_list())
        notes.ask(f"which rank has each level in {header!r}? Name them in levels.yaml: {levels}")
    if column.values:
        return {**spec, **_value_map(column, header, values, notes)}
    if column.type == "bool":
        said = [value for value in values.unique().sort().to_list() if truth(value) is None]
        if said:
            notes.ask(
                f"which values of {header!r} mean yes and which no ({_listed(said)})? Write `bool: {{true: [..], false: [..]}}` for {column.name}",
                f"“{header}” is read where it says yes or no; rows where something else stands ({_listed(said)}) can't be read",
            )
        return spec
    if column.name == "minutes":
        return _duration(spec, header, values, notes)
    if column.name == "fte":
        return _share_of_full_time(spec, header, values, notes)
    if column.type in ("int", "float"):
        return {**spec, "number": True, **_nulls(values)}
    if column.name == "country" and (values.str.len_chars() != 2).any():
        notes.ask(
            f"{header!r} must become two-letter country codes: add `map: {{Germany: DE}}` and so on for {_listed(values.unique().sort().to_list())}",
            f"“{header}” is kept as it is written and not as two-letter country codes",
        )
    return {**spec, **({"lower": True} if column.name.startswith("email") else {})}


def holds_mail(values: pl.Series) -> bool:
    """Whether every filled cell is an e-mail address."""
    return values.len() > 0 and bool(values.str.contains("@", literal=True).all())


def holds_names(values: pl.Series) -> bool:
    """Whether most filled cells are words without digits: names, which no system counts."""
    words = values.str.contains(r"\p{L}") & ~values.str.contains(r"[\d@]")
    return values.len() > 0 and words.sum() >= MOSTLY_NAMES * values.len()


def _reference(
    spec: dict[str, Any], column: Column, header: str, values: pl.Series, notes: Notes, source_id: str
) -> dict[str, Any] | None:
    values = values.filter(~pl.select(says_nobody(pl.lit(values))).to_series())
    mails = values.filter(values.str.contains("@", literal=True))
    if mails.len() and mails.len() >= NEARLY_ALL * values.len():
        return {**spec, "lower": True, "reference": "email"}
    others = values.filter(~values.str.contains("@", literal=True))
    kind = NAMES if notes.decided.by_name and holds_names(others) else source_id
    if mails.len():
        notes.tell(f"{header!r} names some people by their address and others otherwise; each cell is read for itself")
        return {**spec, "reference": ["email", kind]}
    if kind == NAMES:
        return {**spec, "reference": NAMES}
    if values.len() and bool(values.str.contains(r"^\p{L}[\p{L}.'-]*,? \p{L}").all()):
        if notes.decided.by_name:  # names with a number behind them
            return {**spec, "reference": NAMES}
        notes.ask(
            f"{header!r} holds people's names, and people are never told apart by name: export their number or e-mail there; until then {column.name} stays empty"
        )
        return None
    return {**spec, "reference": source_id}


def _duration(spec: dict[str, Any], header: str, values: pl.Series, notes: Notes) -> dict[str, Any] | None:
    """A length of time; not read where its numbers may be of several units."""
    unit = unit_named(folded(header)) or unit_shown(values)
    if unit is not None and contradicts(unit, values):
        notes.tell(
            f"{header!r} says {unit}, and its numbers can't be {unit} of a meeting, so it isn't read; correct its name"
        )
        return None
    if unit is None:
        one, other = units_meant(values)
        notes.tell(
            f"{header!r} doesn't say whether its numbers are {one} or {other}, so it isn't read; name it “{header} ({one})” or “{header} ({other})”"
        )
        return None
    return {**spec, "duration": unit, **_nulls(values)}


def _share_of_full_time(spec: dict[str, Any], header: str, values: pl.Series, notes: Notes) -> dict[str, Any] | None:
    """A share, or percent without their sign; not read where the numbers may be hours a week."""
    numbers = values.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).drop_nulls()
    largest = float(str(numbers.max())) if numbers.len() else 1.0
    if largest <= MOST_FULL_TIME:
        return {**spec, "number": True, **_nulls(values)}
    if HOURS_A_WEEK < largest <= 100:
        notes.tell(f"the numbers of {header!r} are percent of full time (`scale: 0.01`)")
        return {**spec, "number": True, "scale": 0.01, **_nulls(values)}
    notes.tell(f"{header!r} holds neither shares nor percent of full time, so it isn't read")
    return None


def time_format(column: Column, header: str, values: pl.Series, notes: Notes) -> dict[str, Any]:
    """The format, where exactly one fits; otherwise none, so that the mapping refuses to load until its owner has written it."""
    word = "date" if column.type == "date" else "instant"
    never = sorted(set(values.filter(values.str.contains(NEVER.pattern)).to_list()))
    real = values.filter(~values.is_in(never) & ~values.str.to_lowercase().is_in([*EMPTY_WORDS, *OPEN_WORDS]))
    nulls = _nulls(values, [*never, *_of_words(values, OPEN_WORDS)])
    if header in notes.decided.formats:
        return {**nulls, **_as_decided(word, notes.decided.formats[header])}
    if never:
        notes.tell(f"{', '.join(never)} in {header!r} means that there is no end")
    if word == "instant":
        return {**nulls, **_zoned(header, real, notes)}
    holds_time = real.len() and real.str.contains(r"\d:\d\d").all()
    formats = time_formats(offset=bool(real.str.contains(OFFSET).all())) if holds_time else DATE_FORMATS
    return {**nulls, **_written(word, header, real, formats, notes)}


def _as_decided(word: str, written: str | list[str]) -> dict[str, Any]:
    """A pattern without a time of day stands for noon where an instant is wanted."""
    patterns = [written] if isinstance(written, str) else written
    has_days = any(not re.search(r"%[HIT+]", pattern) for pattern in patterns)
    return {word: written, **({"at": NOON} if word == "instant" and has_days else {})}


def _zoned(header: str, values: pl.Series, notes: Notes) -> dict[str, Any]:
    if values.len() and values.str.contains(OFFSET).all():
        return _written("instant", header, values, time_formats(offset=True), notes)
    if notes.zone is None:
        notes.ask(
            f"in which zone are the times of {header!r}? Write it under `format:`, for example `zone: Europe/Berlin`"
        )
    written = _written("instant", header, values, (*DATE_FORMATS, *time_formats()), notes)
    if written.get("instant") in DATE_FORMATS:
        notes.tell(f"{header!r} holds days without a time of day; they are read as noon (`at:`)")
        return {**written, "at": NOON}
    return written


def _written(word: str, header: str, values: pl.Series, formats: Sequence[str], notes: Notes) -> dict[str, Any]:
    """The one format of `values`. Alone it must fit all of them, or nearly all where no other fits a single one."""
    how = f"how are the dates of {header!r} written?"
    if values.is_empty():
        notes.ask(f"{how} It is empty in this file; write the format as `{word}:`, or take the column out")
        return {}
    fits = patterns_of(values, formats)
    whole = [pattern for pattern, count in fits.items() if count == values.len()]
    if len(whole) == 1:
        return {word: whole[0]}
    if whole:
        notes.ask(f"{how} All of {', '.join(whole)} fit; write the right one as `{word}:`")
        return {}
    if len(fits) == 1 and (count := next(iter(fits.values()))) >= NEARLY_ALL * values.len():
        pattern = next(iter(fits))
        notes.tell(
            f"the dates of {header!r} are read as {pattern}: {count:,} of {values.len():,} are such, the others are quarantined"
        )
        return {word: pattern}
    said = ", ".join(
        f"{pattern} fits {count:,}" for pattern, count in sorted(fits.items(), key=lambda found: -found[1])[:3]
    )
    notes.ask(f"{how} No usual format fits all {values.len():,} ({said or 'none fits any'}); write it as `{word}:`")
    return {}


def _nulls(values: pl.Series, never: list[str] | None = None) -> dict[str, Any]:
    written = sorted({*_of_words(values, EMPTY_WORDS), *(never or [])})
    return {"null": written} if written else {}


def _of_words(values: pl.Series, words: Sequence[str]) -> list[str]:
    return values.filter(values.str.to_lowercase().is_in(words)).unique().to_list()


def nothing_written(values: pl.Series) -> list[str]:
    """The spellings in a column of days that stand for none: no value, no last day yet, one that never comes."""
    never = values.filter(values.str.contains(NEVER.pattern)).unique().to_list()
    return sorted({*_of_words(values, EMPTY_WORDS), *_of_words(values, OPEN_WORDS), *never})


def _value_map(column: Column, header: str, values: pl.Series, notes: Notes) -> Mapping[str, Any]:
    allowed = {value.replace("_", " "): value for value in column.values or ()}
    told = values.unique().sort().to_list()
    decided = notes.decided.values.get(header, {})
    known = {value: allowed[value.strip().casefold()] for value in told if value.strip().casefold() in allowed}
    known |= {value: decided[value] for value in told if value in decided}
    unknown = [value for value in told if value not in known]
    if unknown:
        notes.ask(
            f"what do {_listed(repr(value) for value in unknown)} in {header!r} mean? Add them to the `map:` of {column.name}, as one of {', '.join(column.values or ())}; "
            "rows with an unknown value are quarantined"
        )
    return {"map": known}


def _listed(values: Any) -> str:
    values = list(values)
    more = len(values) - MANY
    return ", ".join(values[:MANY]) + (f" and {more} more" if more > 0 else "")
