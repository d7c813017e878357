"""The report's figures for HTML: small SVG pieces from the same positions that the PDF draws. Each is decoration beside a text that says the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

ACCENT, INK, GREY, MID, HAIR, WARN, USUAL = "#12436D", "#1D242B", "#4A5560", "#75818C", "#C9D0D7", "#B3420B", "#DDE3E8"
GOAL_PATHS = {
    "achieved": f'<circle cx="8" cy="8" r="7" fill="{ACCENT}"/><path d="M4 8l3 3 5-6" stroke="#fff" stroke-width="2" fill="none"/>',
    "within": f'<circle cx="8" cy="8" r="6.5" fill="none" stroke="{ACCENT}" stroke-width="1.5"/><path d="M4.5 8l2.5 2.5 4.5-5" stroke="{ACCENT}" stroke-width="1.6" fill="none"/>',
    "track": f'<path d="M8 1l7 13H1z" fill="{ACCENT}"/>',
    "risk": f'<path d="M8 1l7 7-7 7-7-7z" fill="none" stroke="{WARN}" stroke-width="1.6"/>',
    "off": f'<path d="M8 15l7-13H1z" fill="{WARN}"/>',
    "open": f'<circle cx="8" cy="8" r="6.5" fill="none" stroke="{GREY}" stroke-width="1.5" stroke-dasharray="3 2"/>',
}
VARIATION_PATHS = {
    "usual": f'<circle cx="8" cy="8" r="7" fill="#fff" stroke="{MID}" stroke-width="1.4"/><path d="M3 9l2.5-3L8 10l2.5-4L13 9" stroke="{GREY}" stroke-width="1.4" fill="none"/>',
    "better": f'<circle cx="8" cy="8" r="7.5" fill="{ACCENT}"/><path d="M8 12.5v-8M4.5 7.5L8 4l3.5 3.5" stroke="#fff" stroke-width="1.6" fill="none"/>',
    "worse": f'<circle cx="8" cy="8" r="7.5" fill="{WARN}"/><path d="M8 3.5v8M4.5 8.5L8 12l3.5-3.5" stroke="#fff" stroke-width="1.6" fill="none"/>',
    "early": f'<circle cx="8" cy="8" r="7" fill="none" stroke="{GREY}" stroke-width="1.4" stroke-dasharray="3 2"/>',
}
ASSURANCE_PATHS = {
    "always": f'<rect x="1" y="1" width="14" height="14" rx="2" fill="{ACCENT}"/><path d="M4 8l3 3 5-6" stroke="#fff" stroke-width="2" fill="none"/>',
    "sometimes": f'<rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="none" stroke="{GREY}" stroke-width="1.4"/><path d="M4 10l4-4 4 4" stroke="{GREY}" stroke-width="1.6" fill="none"/>',
    "hardly_ever": f'<rect x="1" y="1" width="14" height="14" rx="2" fill="{WARN}"/><path d="M5 5l6 6M11 5l-6 6" stroke="#fff" stroke-width="2"/>',
}
UNKNOWN = f'<rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="none" stroke="{GREY}" stroke-width="1.4" stroke-dasharray="3 2"/>'


def goal_icon(kind: str) -> Markup:
    """The status of a goal as a shape."""
    return _icon(GOAL_PATHS[kind])


def variation_icon(kind: str) -> Markup:
    """Whether a measure is changing, as a circle."""
    return _icon(VARIATION_PATHS[kind])


def assurance_icon(kind: str) -> Markup:
    """Whether the agreed level is reached, as a square."""
    return _icon(ASSURANCE_PATHS.get(kind, UNKNOWN))


def rating(points: int) -> Markup:
    """Five dots, filled up to the rating."""
    dots = "".join(
        f'<circle cx="{7 + 14 * i}" cy="8" r="5.4" stroke="{INK}" stroke-width="1.2" fill="{INK if i < points else "none"}"/>'
        for i in range(5)
    )
    return _svg(dots, 72, 16)


def interval(drawn: Mapping[str, Any] | None, *, zero: float | None = None, agreed: float | None = None, marks: Sequence[float] = (), colour: str = INK, hollow: bool = False, width: int = 160) -> Markup:  # fmt: skip
    """An interval on its scale."""
    parts = [_line(mark, mark, width, HAIR, 0, 20) for mark in marks]
    if zero is not None:
        parts.append(_line(zero, zero, width, INK, 0, 20, 1.3))
    if drawn is not None:
        if drawn["has_interval"]:
            parts.append(_line(drawn["low"], drawn["high"], width, colour, 10, 10, 2.4))
            parts += [_line(drawn[end], drawn[end], width, colour, 7, 13, 1.4) for end in ("low", "high")]
        if agreed is not None:
            parts.append(_line(agreed, agreed, width, ACCENT, 4, 16, 3))
        fill = "#fff" if hollow else colour
        parts.append(
            f'<circle cx="{drawn["at"] * width:.1f}" cy="10" r="3.6" fill="{fill}" stroke="{colour if hollow else "#fff"}" stroke-width="1.2"/>'
        )
    return _svg("".join(parts), width, 20)


def goal_bar(row: Mapping[str, Any], width: int = 160) -> Markup:
    """A goal on its way from baseline to target."""
    parts = [
        _line(row["from"], row["to"], width, MID, 10, 10, 1),
        _line(row["from"], row["from"], width, MID, 6, 14, 1.2),
        _line(row["to"], row["to"], width, ACCENT, 0, 20, 3),
    ]
    if row["expected"] is not None:
        x = row["expected"] * width
        parts.append(f'<path d="M{x - 4:.1f} 0h8l-4 5z" fill="{MID}"/>')
    inner = interval(row["interval"], colour=WARN if row["is_troubled"] else INK, width=width)
    return _svg("".join(parts) + inner.partition(">")[2].removesuffix("</svg>"), width, 20)


def trend(runs: Sequence[Sequence[Sequence[float]]], *, band: Sequence[float] | None = None, level: float | None = None, width: int = 180, height: int = 34) -> Markup:  # fmt: skip
    """Months as lines, with the usual range behind and an agreed level dashed."""
    parts = []
    if band is not None:
        parts.append(
            f'<rect x="0" y="{(1 - band[1]) * height:.1f}" width="{width}" height="{(band[1] - band[0]) * height:.1f}" fill="{USUAL}"/>'
        )
    if level is not None:
        y = (1 - level) * height
        parts.append(f'<path d="M0 {y:.1f}H{width}" stroke="{ACCENT}" stroke-width="1.4" stroke-dasharray="5 3"/>')
    for run in runs:
        points = " ".join(f"{x * width:.1f},{(1 - y) * height:.1f}" for x, y in run)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="1.5"/>')
    for x, y in [point for run in runs for point in run][-3:]:
        parts.append(f'<circle cx="{x * width:.1f}" cy="{(1 - y) * height:.1f}" r="2.2" fill="{INK}"/>')
    return _svg("".join(parts), width, height)


def _line(x1: float, x2: float, width: int, colour: str, y1: float, y2: float, stroke: float = 1) -> str:
    return f'<path d="M{x1 * width:.1f} {y1}L{x2 * width:.1f} {y2}" stroke="{colour}" stroke-width="{stroke}"/>'


def _icon(body: str) -> Markup:
    return _svg(body, 16, 16)


def _svg(body: str, width: int, height: int) -> Markup:
    return Markup(
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true" focusable="false">{body}</svg>'
    )
