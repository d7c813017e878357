"""How figures and lists are written: decimals by the interval, a true minus sign, no space before the per cent sign, money rounded to hundreds."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import floor, log10

SHARES = ("share", "rate", "proportion")
WHOLE = ("people", "pairs", "sessions", "count", "students")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
MINUS = "−"
SCALE = re.compile(r"(?P<name>[^(]+?) \((?P<low>\d+) ?- ?(?P<high>\d+)\)")


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 programme", "2 programmes"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spelled(count: int) -> str:
    """A small count in letters, as running text has it: "three", "14"."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def day_words(day: date | str | None) -> str:
    """ "31 October 2026", of a day or its ISO form; "" where there is none."""
    if not day:
        return ""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.day} {day:%B %Y}"


def held_until(day: date) -> str:
    """What stands with a figure that wasn't renewed with the release."""
    return f"as of {day.day} {day:%b %Y}, since when too few people changed to tell"


def group_words(group: str) -> str:
    """A group's name as text: the organisation's own words, underscores aside."""
    return group.replace("under_represented", "under-represented").replace("_", " ")


def plain(name: str | None) -> str:
    """A name of the data as words: "tenure_months" within a sentence is "tenure months"."""
    return _JOINED.sub(" ", name or "")


_JOINED = re.compile(r"(?<=[a-z0-9])_(?=[a-z0-9])")


def sentence(text: str) -> str:
    """`text` with a capital at its beginning and one full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def decimals(low: float | None, high: float | None, unit: str = "") -> int:
    """As many decimals as the interval allows, two at most, one where it is a share in per cent."""
    if unit in WHOLE:
        return 0
    scale = 100 if unit in SHARES else 1
    width = 0.0 if low is None or high is None else abs(high - low) * scale
    most = 1 if unit in SHARES else 2
    if not width:
        return 0 if unit in SHARES else most
    return min(most, max(0, 1 - floor(log10(width * 1.25))))


def figure(value: float | None, unit: str = "", places: int | None = None) -> str:
    """A level without its unit's name: "54%", "0.80", "1,230"; an en dash where there is none."""
    if value is None:
        return "–"
    places = decimals(None, None, unit) if places is None else places
    shown = _rounded(100 * value if unit in SHARES else value, places)
    return f"{MINUS if shown < 0 else ''}{abs(shown):,.{places}f}{'%' if unit in SHARES else ''}"


def span(low: float | None, high: float | None, unit: str = "", places: int | None = None) -> str:
    """ "48 to 59", the interval of a level; "" where there is none. The unit stands with the value."""
    if low is None or high is None or low == high:
        return ""
    places = decimals(low, high, unit) if places is None else places
    return f"{figure(low, unit, places).rstrip('%')} to {figure(high, unit, places).rstrip('%')}"


def level(value: float | None, low: float | None, high: float | None, unit: str = "") -> str:
    """ "54% (48 to 59)"."""
    places = decimals(low, high, unit)
    interval = span(low, high, unit, places)
    return f"{figure(value, unit, places)} ({interval})" if interval else figure(value, unit, places)


def difference(value: float, low: float | None, high: float | None, unit: str = "") -> str:
    """A difference with its sign and without a unit: "+5", "−0.04"; a share's in percentage points."""
    return _signed(100 * value if unit in SHARES else value, difference_places(low, high, unit))


def difference_span(low: float, high: float, unit: str = "") -> str:
    """ "−2 to +12"; without a plus sign where both ends are above zero."""
    scale, places = 100 if unit in SHARES else 1, difference_places(low, high, unit)
    ends = [_signed(scale * end, places) for end in (low, high)]
    return " to ".join(end.lstrip("+") for end in ends) if low >= 0 else " to ".join(ends)


def size(value: float, unit: str) -> str:
    """The size of a difference with its unit and no sign: "22 percentage points", "0.31 points"."""
    scaled = abs(100 * value if unit in SHARES else value)
    places = 0 if scaled >= 10 else 1 if unit in SHARES else 2
    return f"{_rounded(scaled, places):,.{places}f} {short_unit(unit)}"


def difference_places(low: float | None, high: float | None, unit: str) -> int:
    """Decimals of a difference: by the interval's width in the unit that is printed."""
    if low is None or high is None:
        return 1 if unit in SHARES else 2
    scale = 100 if unit in SHARES else 1
    return min(2, max(0, 1 - floor(log10(max(abs(high - low) * scale, 1e-9) * 1.25))))


def _rounded(value: float, places: int) -> float:
    """Half goes away from zero, as readers round; noise of the last binary digit doesn't count."""
    return float(Decimal(f"{value:.9f}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _signed(value: float, places: int) -> str:
    shown = _rounded(value, places)
    sign = "+" if shown > 0 else MINUS if shown < 0 else ""
    return f"{sign}{abs(shown):,.{places}f}"


def money(amount: float | None, currency: str | None) -> str:
    """ "€54,300": hundreds from a thousand on, else whole; currencies without a sign of their own by their code."""
    if amount is None:
        return "–"
    rounded = round(amount, -2) if abs(amount) >= 1000 else round(amount)
    sign = SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    return f"{MINUS if rounded < 0 else ''}{sign}{abs(rounded):,.0f}"


def with_unit(shown: str, unit: str) -> str:
    """A figure with the unit that it needs to say anything: "29 days", "1 day", "0.52 points"; others stand alone."""
    one = {"days": "day", "scale_points": "point", "points": "point"}.get(unit)
    return f"{shown} {one}{'' if shown == '1' else 's'}" if one else shown


def short_unit(unit: str) -> str:
    """The unit of a difference within a sentence: "percentage points", "points", "days"."""
    return unit_words(unit, is_difference=True).partition(", scale")[0]


def unit_words(unit: str, *, is_difference: bool = False) -> str:
    """A unit in words: a share is "per cent", its difference "percentage points"."""
    if unit in SHARES:
        return "percentage points" if is_difference else "per cent"
    if scale := SCALE.fullmatch(unit):
        return f"{scale['name']}, scale {scale['low']} to {scale['high']}"
    return {"sessions_per_pair_month": "meetings per pair per month", "sessions_per_month": "meetings per pair per month"}.get(
        unit, unit.replace("_", " ")
    )  # fmt: skip
