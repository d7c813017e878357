"""The charts of the pages, as Altair specifications. They draw what the tables say and compute nothing."""

from dashboards.charts.evidence import chances, curves, detectable, event_steps, love
from dashboards.charts.metrics import funnel, intervals, progress, trend
from dashboards.charts.programme import against_agreed, path, shares, steps
from dashboards.charts.style import (
    DASHES,
    PAGE_FONT,
    PALETTE,
    PERCENT,
    axis_format,
    difference_title,
    recoloured,
    unit_title,
)

__all__ = [
    "DASHES",
    "PAGE_FONT",
    "PALETTE",
    "PERCENT",
    "against_agreed",
    "axis_format",
    "chances",
    "curves",
    "detectable",
    "difference_title",
    "event_steps",
    "funnel",
    "intervals",
    "love",
    "path",
    "progress",
    "recoloured",
    "shares",
    "steps",
    "trend",
    "unit_title",
]
