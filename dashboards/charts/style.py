"""What all charts share: colours, formats, titles.

Colours: the UK Government Analysis Function's categorical palette; each has at least 3:1 contrast on white (WCAG 1.4.11). Nothing is told by
colour alone: series are labelled directly and have their own dash, points their own shape.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboards.design.tokens import DARK, LIGHT

PALETTE = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
IN_THE_DARK = {
    **{LIGHT[role]: DARK[role] for role in LIGHT}, "#28A197": "#5CC8BF", "#801650": "#E58BB8", "#F46A25": "#FFA366", "#3D3D3D": "#A7B2C0", "#A285D1": "#B9A2E8", "#1F1F1F": DARK["text"],
}  # fmt: skip
"""The dark theme's colour for each that a chart draws with; all have at least 4.8:1 on its background."""
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
PAGE_FONT = "Source Sans, Source Sans Pro, sans-serif"
PERCENT = ("share", "rate", "proportion")


def axis_format(unit: str) -> str:
    """D3 number format of a unit: shares as per cent, the rest without trailing zeros and never as powers of ten."""
    return ".0%" if unit in PERCENT else ",.2~f"


def unit_title(unit: str) -> str:
    """Axis title of a unit."""
    return {"share": "per cent", "rate": "per cent", "proportion": "per cent"}.get(unit, unit.replace("_", " "))


def difference_title(unit: str) -> str:
    """Axis title of a difference: shares differ by percentage points."""
    return "percentage points" if unit in PERCENT else f"difference, {unit_title(unit)}"


def recoloured(specification: Any) -> Any:
    """A Vega-Lite specification in the dark theme's colours."""
    if isinstance(specification, dict):
        return {name: recoloured(part) for name, part in specification.items()}
    if isinstance(specification, list):
        return [recoloured(part) for part in specification]
    return IN_THE_DARK.get(specification, specification) if isinstance(specification, str) else specification


def heading(text: str) -> alt.TitleParams:
    """A chart's title, wrapped."""
    return alt.TitleParams(text=wrapped(text, 80), anchor="start", fontSize=13, fontWeight="bold", color="#1F1F1F")


def wrapped(text: str, width: int) -> Sequence[str]:
    """Lines of at most `width` characters."""
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def tooltips(name: str, unit: str) -> list[alt.Tooltip]:
    """Name, value and interval under the pointer."""
    number = axis_format(unit).replace(".0%", ".1%")
    return [
        alt.Tooltip(f"{name}:N", title=name.replace("_", " ")),
        alt.Tooltip("value:Q", format=number),
        alt.Tooltip("ci_low:Q", format=number, title="95% from"),
        alt.Tooltip("ci_high:Q", format=number, title="95% to"),
    ]
