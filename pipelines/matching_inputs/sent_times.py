"""In which order a form's answers were sent, by the times that programs write: `2026-01-31 09:00`, `31.01.2026 09:00:00`, `1/31/26 9:00 AM`."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pipelines.expressions import expression

_MOMENT = expression(
    r"(\d{1,4})[-/. ]+(\d{1,2})[-/. ]+(\d{2,4})(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:[.,]\d+)?\s*([AaPp])?"
)


def sending_order(cells: Sequence[str | None]) -> list[int] | None:
    """The place of each answer, 0 for the first; None where its times, or which number is the month, can't be told. Answers without a time come first."""
    if not any(cells):
        return None
    if all(cell is None or cell.isdigit() for cell in cells):
        return _places([int(cell or 0) for cell in cells])
    read = [times for month_first in (False, True) if (times := _moments(cells, month_first=month_first)) is not None]
    orders = [_places([time.timestamp() if time else 0.0 for time in times]) for times in read]
    if len(orders) == 2 and orders[0] != orders[1]:  # a form lists its answers as they come
        orders = [order for order in orders if order == list(range(len(cells)))]
    return orders[0] if orders else None


def _moments(cells: Sequence[str | None], *, month_first: bool) -> list[datetime | None] | None:
    found: list[datetime | None] = []
    for cell in cells:
        parts = _MOMENT.match(cell or "")
        moment = None
        if parts is not None:
            with suppress(ValueError):
                moment = _moment(parts, month_first=month_first)
        if cell and moment is None:
            return None
        found.append(moment)
    return found


def _moment(parts: re.Match[str], *, month_first: bool) -> datetime:
    one, two, three = (int(parts[at]) for at in (1, 2, 3))
    year, month, day = (
        (one, two, three) if len(parts[1]) == 4 else (three, one, two) if month_first else (three, two, one)
    )
    hour, minute, second = (int(parts[at] or 0) for at in (4, 5, 6))
    if parts[7]:
        hour = hour % 12 + 12 * (parts[7] in "pP")
    return datetime(year + 2000 * (year < 100), month, day, hour, minute, second)


def _places(values: Sequence[float]) -> list[int]:
    ordered = sorted(range(len(values)), key=lambda at: (values[at], at))
    places = {at: place for place, at in enumerate(ordered)}
    return [places[at] for at in range(len(values))]
