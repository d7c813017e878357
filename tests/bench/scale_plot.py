"""The curve of `make bench-scale`: processor seconds and memory against records, both axes logarithmic, as an SVG that needs nothing."""

import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, BESIDE = 640, 360, 64, 36, 44, 150
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1", "#75818C", "#B3420B")
DASHES = ("", "6 3", "2 2", "8 3 2 3")
SHOWN = ("all", "raw", "quality", "models", "impact", "matching", "publish", "report")


def drawn(found: dict[str, Any]) -> str:
    """Two panels side by side: seconds and memory of each stage."""
    scales = [found[name] for name in found if name.endswith("x")]
    records = [float(scale["records"]) for scale in scales]
    panels = [
        _panel(records, scales, "cpu", "processor seconds"),
        _panel(records, scales, "peak_mb", "peak memory, MB"),
    ]
    width = 2 * WIDTH + BESIDE
    body = panels[0] + f'<g transform="translate({WIDTH} 0)">{panels[1]}</g>' + _legend()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img" font-family="sans-serif" font-size="13">'
        f"<title>Cost by stage as companies grow</title>"
        f'<rect width="{width}" height="{HEIGHT}" fill="#fff"/>{body}</svg>\n'
    )


def _panel(records: Sequence[float], scales: Sequence[dict[str, Any]], name: str, title: str) -> str:
    series = {
        stage: [(x, s["stages"][stage][name]) for x, s in zip(records, scales, strict=True) if stage in s["stages"]]
        for stage in SHOWN
    }
    values = [max(value, 0.1) for points in series.values() for _, value in points]
    across = _Log(min(records), max(records), LEFT, WIDTH - 24)
    up = _Log(min(values), max(values), HEIGHT - BOTTOM, TOP)
    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>']
    for tick in up.ticks():
        y = up(tick)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 24}" stroke="#DDE3E8"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#4A5560">{tick:,g}</text>')
    for x in records:
        parts.append(
            f'<text x="{across(x):.1f}" y="{HEIGHT - 22}" text-anchor="middle" fill="#4A5560">{x / 1e3:,.0f}k</text>'
        )
    parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 5}" text-anchor="middle" fill="#4A5560">records</text>')
    for number, points in enumerate(series.values()):
        parts.append(_line([(across(x), up(max(value, 0.1))) for x, value in points], number))
    return "".join(parts)


def _line(points: Sequence[tuple[float, float]], number: int) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    width = 3 if number == 0 else 1.8
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"/>{dots}'


def _legend() -> str:
    parts = []
    for number, stage in enumerate(SHOWN):
        y, x = TOP + 12 + 22 * number, 2 * WIDTH
        parts.append(_line([(x, y), (x + 32, y)], number))
        parts.append(f'<text x="{x + 42}" y="{y + 4}">{"everything" if stage == "all" else stage}</text>')
    return "".join(parts)


class _Log:
    """A logarithmic scale from values to positions."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = math.log10(low), math.log10(high * 1.05), start, end

    def __call__(self, value: float) -> float:
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(math.ceil(self.low), math.floor(self.high) + 1)]
