"""Small pictures inside text and tables: a line of months, a goal's way, an estimate's interval. They place what they are given; words say it too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.design.blocks import picture
from dashboards.design.tokens import palette


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`; what lies beyond stays at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def months_apart(day: date, first: date) -> int:
    """Whole calendar months between two days."""
    return (day.year - first.year) * 12 + day.month - first.month


def sparkline(
    days: Sequence[date],
    values: Sequence[float],
    words: str,
    *,
    level: float | None = None,
    width: int = 168,
    height: int = 40,
) -> str:
    """A line over months with the agreed level dashed; a month without a value is a gap. Nothing where there is no value."""
    if not values:
        return ""
    colours = palette()
    everything = [*values, *([level] if level is not None else [])]
    spread = (max(everything) - min(everything)) or abs(max(everything)) or 1.0
    up = Scale(min(everything) - 0.25 * spread, max(everything) + 0.1 * spread, height - 3, 3)
    along = Scale(0, max(months_apart(days[-1], days[0]), 1), 3, width - 6)
    body = (
        ""
        if level is None
        else f'<path d="M0 {up(level):.1f}H{width}" stroke="{colours["text"]}" stroke-width="1.3" stroke-dasharray="4 3"/>'
    )
    path, before = "", None
    places = [months_apart(day, days[0]) for day in days]
    for place, value in zip(places, values, strict=True):
        path += f"{'L' if before is not None and place - before == 1 else 'M'}{along(place):.1f} {up(value):.1f}"
        before = place
        if place - 1 not in places and place + 1 not in places:
            body += f'<circle cx="{along(place):.1f}" cy="{up(value):.1f}" r="1.6" fill="{colours["accent"]}"/>'
    body += f'<path d="{path}" fill="none" stroke="{colours["accent"]}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>'
    body += f'<circle cx="{along(months_apart(days[-1], days[0])):.1f}" cy="{up(values[-1]):.1f}" r="3" fill="{colours["accent"]}"/>'
    return picture(body, words, width, height)


def goal_way(shares: dict[str, float | None], words: str, *, colour: str, width: int = 260, height: int = 26) -> str:
    """A goal's way from its start (0) to its target (1): now with its interval, a triangle where it should be by now.

    shares: now, low, high, expected, each as a share of the way or None. colour: a role of the palette.
    """
    colours = palette()
    along = Scale(-0.03, 1.12, 6, width - 8)
    ink, target = colours[colour], along(1.0)
    body = f'<path d="M6 13H{width - 6}" stroke="{colours["line"]}" stroke-width="6" stroke-linecap="round"/>'
    low, high, now, expected = (shares.get(name) for name in ("low", "high", "now", "expected"))
    if low is not None and high is not None and low != high:
        left, right = sorted((along(low), along(high)))
        body += (
            f'<path d="M{left:.1f} 13H{right:.1f}M{left:.1f} 9V17M{right:.1f} 9V17" stroke="{ink}" stroke-width="2"/>'
        )
    body += f'<path d="M{target:.1f} 2V24" stroke="{colours["text"]}" stroke-width="2.4"/>'
    if now is not None:
        body += f'<circle cx="{along(now):.1f}" cy="13" r="5.5" fill="{ink}"/>'
    if expected is not None:
        body += f'<path d="M{along(expected):.1f} 24l-4 0 4-6 4 6z" fill="{colours["grey"]}"/>'
    return picture(body, words, width, height)


MARKS = {
    "full": ("●", "an effect is established or supported"),
    "half": ("◐", "consistent with an effect"),
    "open": ("○", "no clear difference"),
}
"""How full a mark is, its character and what it means."""


def estimate_mark(
    value: float, low: float, high: float, ends: tuple[float, float], *, kind: str, width: int = 230, height: int = 26
) -> str:
    """An estimate with its interval beside zero. ends: of the scale that it shares with its neighbours. The figures stand beside it."""
    colours, middle = palette(), height / 2
    along = Scale(*ends, 8, width - 8)
    ink = colours["muted" if kind == "open" else "accent"]
    body = f'<path d="M{along(0):.1f} 3V{height - 3}" stroke="{colours["text"]}" stroke-width="1.2"/>'
    body += f'<path d="M{along(low):.1f} {middle}H{along(high):.1f}" stroke="{ink}" stroke-width="2"/>'
    at = along(value)
    body += f'<circle cx="{at:.1f}" cy="{middle}" r="5.5" fill="{ink if kind == "full" else colours["bg"]}" stroke="{ink}" stroke-width="1.8"/>'
    if kind == "half":
        body += f'<path d="M{at:.1f} {middle - 5.5}a5.5 5.5 0 000 11z" fill="{ink}"/>'
    return picture(body, "", width, height)
