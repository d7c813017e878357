"""A declared time pattern, compiled once: the regular expression that a written time must fit whole, and what it holds.

The directives are those of `strftime`, with chrono's `%.f`, `%:z` and `%+`.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipelines.sources.times.zone_letters import LETTERS

_PM = r"\p{L}(?:\.?[\s]?\p{L}+)*\.?"
_OFFSET = r"Z|(?:UTC|GMT)?\s?[+\-\x{2212}]\d{1,2}(?::?\d{2})?|UTC|GMT"
FIELDS = {
    "Y": ("year", r"\d{4}"),
    "y": ("short_year", r"\d{2}"),
    "m": ("month", r"1[0-2]|0?[1-9]"),
    "b": ("month_name", r"\p{L}[\p{L}\p{M}]+\.?"),
    "d": ("day", r"3[01]|[12]\d|0?[1-9]"),
    "j": ("day_of_year", r"\d{3}"),
    "H": ("hour", r"2[0-3]|[01]?\d"),
    "I": ("hour_of_12", r"1[0-2]|0?\d"),
    "p": ("half", _PM),
    "M": ("minute", r"[0-5]?\d"),
    "S": ("second", r"[0-5]?\d"),
    "f": ("fraction", r"\d{1,9}"),
    "z": ("offset", _OFFSET),
    "s": ("epoch", r"-?\d{1,11}"),
    "Z": ("zone_letters", LETTERS),
    "G": ("iso_year", r"\d{4}"),
    "V": ("iso_week", r"5[0-3]|[1-4]\d|0?[1-9]"),
    "u": ("day_of_week", r"[1-7]"),
}
"""Directive to the name of its group and what fits it. A second 60 and an hour 24 fit nothing: they are no instants that a clock shows twice alike."""
PADDED = {
    "day": r"\d{2}",
    "month": r"\d{2}",
    "hour": r"\d{2}",
    "hour_of_12": r"\d{2}",
    "minute": r"\d{2}",
    "second": r"\d{2}",
    "iso_week": r"\d{2}",
}
SAME = {"B": "b", "h": "b", "e": "d", "k": "H", "l": "I", "P": "p", ":z": "z", "#z": "z", "::z": "z"}
ISO_WEEK = {"iso_year", "iso_week", "day_of_week"}
SHORTHANDS = {
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "v": "%e-%b-%Y",
    "c": "%a %b %e %H:%M:%S %Y",
}
_GIVEN = re.compile(r"\s*\(%(?P<field>[Yd])=(?P<value>[^()]*)\)")
_DIRECTIVE = re.compile(r"%(::z|:z|#z|\.[369]?f|[369]f|\+|[A-Za-z%])")
_PLAIN = re.compile(r"^(?:%[YmdFR]|%H(?!%)|%M(?::%S(?=$|%\.f$|Z?$))?|%T(?=$|%\.f$)|%\.f$|[ \-/.:T])+$")


class PatternFault(ValueError):
    """The pattern is wrong in itself. The message says in what."""


@dataclass(frozen=True)
class Given:
    """What a pattern says of all days because no text holds it: their year (or the day up to which each is the last such), or the day of their month, 0 for the last."""

    year: int | None = None
    until: date | None = None
    day: int | None = None


@dataclass(frozen=True)
class TimePattern:
    """A pattern as declared. `regex`: in Rust's syntax, anchored. `fields`: names of its groups. `is_plain`: whether Polars' own parser reads it exactly."""

    declared: str
    regex: str
    fields: frozenset[str]
    is_plain: bool
    given: Given | None = None

    @property
    def holds_day(self) -> bool:
        return bool(self.fields & {"epoch", "iso"} or self.fields >= ISO_WEEK) or (
            bool(self.fields & {"year", "short_year"})
            and ("day_of_year" in self.fields or ("day" in self.fields and bool(self.fields & {"month", "month_name"})))
        )

    @property
    def holds_time(self) -> bool:
        return bool(self.fields & {"hour", "hour_of_12", "epoch"})

    @property
    def holds_offset(self) -> bool:
        """Whether a time says by itself which instant it is."""
        return bool(self.fields & {"offset", "epoch", "zone_letters"})

    @property
    def holds_short_year(self) -> bool:
        return "short_year" in self.fields


@cache
def time_pattern(declared: str) -> TimePattern:
    """Compile a pattern. Raises `PatternFault` where it has an unknown directive, one twice, no day, or an hour of twelve without AM or PM."""
    if declared == "%+":
        return _iso()
    written, given = without_given(declared)
    groups: list[str] = []
    regex = "".join(_pieces(_spelled_out(written), groups))
    if given is not None:
        groups.append("day" if given.day is not None else "year")
    pattern = TimePattern(
        declared, f"(?i)^{regex}$", frozenset(groups), given is None and bool(_PLAIN.match(declared)), given
    )
    _check(pattern, groups)
    return pattern


def without_given(declared: str) -> tuple[str, Given | None]:
    """A pattern as it stands in the texts, and what it gives to all of them: `%d.%m. (%Y=2026)`, `%b %Y (%d=1)`. Raises `PatternFault`."""
    found = _GIVEN.search(declared)
    if found is None:
        return declared, None
    try:
        given = _given(found["field"], found["value"].strip())
    except ValueError:
        raise PatternFault(
            f"gives {found['value'].strip()!r} to all days: known are (%Y=2026), (%Y=until 2026-10-31), (%d=1) and (%d=last)"
        ) from None
    return declared[: found.start()] + declared[found.end() :], given


def _given(directive: str, value: str) -> Given:
    if directive == "d":
        return Given(day=0 if value == "last" else date(2024, 1, int(value)).day)
    if value.startswith("until "):
        return Given(until=date.fromisoformat(value.removeprefix("until ")))
    return Given(year=date(int(value), 1, 1).year)


def _iso() -> TimePattern:
    """ISO 8601 with its offset, as APIs write it."""
    regex = time_pattern("%Y-%m-%dT%H:%M:%S%.f%z").regex.replace("T(?P<hour>", r"[T ](?P<hour>")
    return TimePattern("%+", regex, time_pattern("%Y-%m-%dT%H:%M:%S%.f%z").fields, True)


def _spelled_out(declared: str) -> str:
    return re.sub(r"%([A-Za-z])", lambda found: SHORTHANDS.get(found.group(1), found.group()), declared)


def _pieces(pattern: str, groups: list[str]) -> list[str]:
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        found = _DIRECTIVE.match(pattern, at)
        if found is None:
            pieces.append(_literal(pattern[at]))
            at += 1
            continue
        at = found.end()
        stands_alone = (at == len(pattern) or pattern[at] != "%") and (
            found.start() == 0 or not pattern[: found.start()].endswith(_ENDS)
        )
        pieces.append(_group(found.group(1), groups, is_padded=not stands_alone))
        pieces.append(_ordinal(found.group(1), pattern[at : at + 1]))
    return pieces


def _ordinal(directive: str, following: str) -> str:
    """What people write behind a day before its month: 1st, 2nd, 1er, 1º, and a point."""
    if directive not in ("d", "e") or not (following.isspace() or following == ","):
        return ""
    return r"(?:st|nd|rd|th|er|º|°)?" if following == "," else r"(?:st|nd|rd|th|er|º|°|\.)?"


_ENDS = tuple(f"%{letter}" for letter in "YymdHIMSjGVu")


def _literal(character: str) -> str:
    if character.isspace():
        return r"\s+"
    if character == "%":
        raise PatternFault("has a % that begins no directive")
    return re.escape(character)


def _group(directive: str, groups: list[str], *, is_padded: bool) -> str:
    if directive in ("%", "n", "t"):
        return "%" if directive == "%" else r"\s+"
    if directive in ("a", "A"):
        return _named("weekday", r"\p{L}[\p{L}\p{M}]*", groups, r"{}\.?")
    if directive.endswith("f") and directive != "f":
        return _named("fraction", r"\d{1,9}", groups, r"(?:[.,]{})?" if directive.startswith(".") else "{}")
    name, fits = FIELDS.get(SAME.get(directive, directive), ("", ""))
    if not name:
        raise PatternFault(
            f"has %{directive}, which isn't read (known are %{', %'.join([*FIELDS, *SAME, *SHORTHANDS, 'a', 'A', '.f', '+'])})"
        )
    if name == "half":
        return r"\s*" + _named(name, fits, groups)
    return _named(name, PADDED.get(name, fits) if is_padded else fits, groups, r"\s*{}" if directive in "ekl" else "{}")


def _named(name: str, fits: str, groups: list[str], form: str = "{}") -> str:
    groups.append(name)
    return form.replace("{}", f"(?P<{name}>{fits})")


def _check(pattern: TimePattern, groups: list[str]) -> None:
    twice = sorted({name for name in groups if groups.count(name) > 1})
    if twice:
        raise PatternFault(f"holds the {twice[0].replace('_', ' ')} twice")
    if not pattern.holds_day:
        raise PatternFault("holds no whole day (year, month and day)")
    if "hour_of_12" in pattern.fields and "half" not in pattern.fields:
        raise PatternFault("counts twelve hours (%I) without %p, so morning and evening are the same")
    if not pattern.fields & {"hour", "hour_of_12"} and pattern.fields & {"minute", "second"}:
        raise PatternFault("holds minutes without an hour")
