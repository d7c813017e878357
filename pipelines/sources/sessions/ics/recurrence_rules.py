"""Which recurrence rules are expanded. A rule comes from a stranger's calendar: one that no calendar can mean, or that a library would search for ever, is told from its words alone."""

from calendar import isleap, monthrange
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from pipelines.sources.sessions.ics.events import Entry, time_of, utc_instant
from pipelines.sources.shared.meeting_rules import Rules

MAX_PER_SERIES = 4_000  # a daily series fills ten years with 3,653
LONGEST_INTERVAL = 1_000
BROKEN, UNBOUNDED = "broken_series", "unbounded_series"
# RFC 5545, section 3.3.10: the numbers that a part may hold, negative ones counted from the end.
NUMBERS = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
}
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


Problem = tuple[str, str]
"""The rule under which a series is refused, and the reason."""


def series_problem(entry: Entry, rules: Rules) -> Problem | None:
    """Why the rules of a series can't be expanded; None where they can."""
    listed = entry.event.get("RRULE")
    parts = listed if isinstance(listed, list) else [listed] if listed is not None else []
    if "EXRULE" in entry.event:
        return BROKEN, "the series leaves dates out by a rule (EXRULE), which the standard gave up; list them as EXDATE"
    return next((problem for part in parts if (problem := _rule_problem(part, entry, rules))), None)


def _rule_problem(part: Any, entry: Entry, rules: Rules) -> Problem | None:
    frequency = str(_first(part, "FREQ") or "").upper()
    if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
        return UNBOUNDED, f"the series repeats {frequency.lower()}, which no meeting does"
    if frequency not in FREQUENCIES:
        return BROKEN, "the series doesn't say how often it repeats (FREQ)"
    interval = _whole(_first(part, "INTERVAL"), 1)
    if interval is None or not 1 <= interval <= LONGEST_INTERVAL:
        return BROKEN, f"the series repeats at an interval of {_first(part, 'INTERVAL')}"
    if _all(part, "COUNT") and (_whole(_first(part, "COUNT"), None) or 0) < 1:
        return BROKEN, f"the series takes place {_first(part, 'COUNT')} times"
    impossible = _number_problem(part) or _never(part, frequency)
    if impossible is not None:
        return BROKEN, impossible
    excess = _excess(part, frequency, interval, entry, rules)
    return None if excess is None else (UNBOUNDED, excess)


def _number_problem(part: Any) -> str | None:
    for name, (least, most, both) in NUMBERS.items():
        for value in _all(part, name):
            number = _whole(value, None)
            if number is None or not least <= (abs(number) if both else number) <= most:
                return f"the series asks for {name} {value}, which doesn't exist"
    return None


def _never(part: Any, frequency: str) -> str | None:
    """Why no day can fit: the 30th of February, the ninth Monday of a month. A search for it would run to the year 9999."""
    weeks = 53 if frequency == "YEARLY" and not _all(part, "BYMONTH") else 5
    ordinals = [number for day in _all(part, "BYDAY") if (number := _ordinal(str(day))) is not None]
    if ordinals and frequency in ("YEARLY", "MONTHLY") and all(not 1 <= abs(number) <= weeks for number in ordinals):
        return f"the series asks for weekday number {ordinals[0]} of a period that has {weeks}"
    most = _most_in_a_period(part, frequency) * _times(part)
    if not most:
        return "no day fits the series"
    positions = [int(value) for value in _all(part, "BYSETPOS")]
    if positions and all(abs(place) > most for place in positions):
        return f"the series asks for number {positions[0]} of the days of a period that has {most}"
    return None


def _most_in_a_period(part: Any, frequency: str) -> int:
    """How many days of one period (a year, a month, a week, a day) fit the parts of a rule at most. 28 years hold every combination of date and weekday."""
    if _all(part, "BYWEEKNO"):
        return 366
    limits = tuple((name, frozenset(_numbers(part, name))) for name in _FILTERS if _all(part, name))
    return 1 if not limits or (frequency == "DAILY" and len(limits) == 1) else _most_days(frequency, limits)


@lru_cache(maxsize=1024)
def _most_days(frequency: str, limits: tuple[tuple[str, frozenset[int]], ...]) -> int:
    """The same of a rule's parts; a calendar repeats few rules many times."""
    filters = [_FILTERS[name](numbers) for name, numbers in limits]
    periods = Counter(_PERIODS[frequency](day) for day in _days() if all(fits(day) for fits in filters))
    return max(periods.values(), default=0)


def _numbers(part: Any, name: str) -> list[int]:
    values = [str(value).strip().upper() for value in _all(part, name)]
    return [WEEKDAYS.index(value[-2:]) for value in values] if name == "BYDAY" else [int(value) for value in values]


def _of_month(numbers: frozenset[int]) -> Callable[[date], bool]:
    return lambda day: day.day in numbers or day.day - monthrange(day.year, day.month)[1] - 1 in numbers


def _of_year(numbers: frozenset[int]) -> Callable[[date], bool]:
    def fits(day: date) -> bool:
        place = day.timetuple().tm_yday
        return place in numbers or place - (366 if isleap(day.year) else 365) - 1 in numbers

    return fits


_FILTERS: dict[str, Callable[[frozenset[int]], Callable[[date], bool]]] = {
    "BYMONTH": lambda numbers: lambda day: day.month in numbers,
    "BYMONTHDAY": _of_month,
    "BYYEARDAY": _of_year,
    "BYDAY": lambda numbers: lambda day: day.weekday() in numbers,
}
_PERIODS: dict[str, Callable[[date], Any]] = {
    "YEARLY": lambda day: day.year,
    "MONTHLY": lambda day: (day.year, day.month),
    "WEEKLY": lambda day: day.isocalendar()[:2],
    "DAILY": lambda day: day,
}


@cache
def _days() -> tuple[date, ...]:
    return tuple(date(2000, 1, 1) + timedelta(days=number) for number in range(28 * 365 + 7))


def _excess(part: Any, frequency: str, interval: int, entry: Entry, rules: Rules) -> str | None:
    """Whether the occurrences up to the window's end, which the rule walks through, are too many for meetings."""
    start, until = time_of(entry.event, "DTSTART"), _first(part, "UNTIL")
    assert isinstance(start, date)
    first, last = utc_instant(start, rules.zone), rules.end
    if isinstance(until, date):
        last = min(last, utc_instant(until, rules.zone))
    span = max(0, (last - max(first, rules.start)).days + 1)
    most = span * _times(part) // (interval if frequency == "DAILY" else 1) + 1
    count = _whole(_first(part, "COUNT"), None)
    most = most if count is None else min(most, count)
    limit = MAX_PER_SERIES if frequency == "DAILY" else 50 * MAX_PER_SERIES
    return f"the series may have {most} occurrences, more than {MAX_PER_SERIES}" if most > limit else None


def _times(part: Any) -> int:
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(_all(part, name)))
    return times


def _ordinal(day: str) -> int | None:
    digits = day.strip().upper().rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return _whole(digits, None) if digits else None


def _all(part: Any, name: str) -> list[Any]:
    value = part.get(name)
    return (
        list(value)
        if isinstance(value, Iterable) and not isinstance(value, str | datetime)
        else []
        if value is None
        else [value]
    )


def _first(part: Any, name: str) -> Any:
    values = _all(part, name)
    return values[0] if values else None


def _whole(value: Any, absent: int | None) -> int | None:
    if value is None:
        return absent
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
