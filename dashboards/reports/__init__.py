"""The leadership report: PDF and HTML from one published snapshot; the same snapshot gives the same bytes."""

from dashboards.reports.render import render_report

__all__ = ["render_report"]
