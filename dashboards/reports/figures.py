"""The report's charts as SVG with their alternative text: one a chart of health, one an effect."""

from typing import Any

import polars as pl

from dashboards import charts, wording
from dashboards.reports.content import ReportContent
from dashboards.risk_table import GROUPS, at_risk

AXES = {
    "retained": "still employed",
    "left_voluntarily": "left of their own accord",
    "promoted": "promoted",
    "ramp_up": "ramped up",
}

Figure = dict[str, Any]
"""svg, alt, and under a curve the table of people at risk: heads and rows."""


def of_report(content: ReportContent, font: str, width: int) -> dict[str, Any]:
    """`health`: list of figures; `impact`: figure by group of effects (programme, outcome, design)."""
    return {"health": _health(content, font, width), "impact": _impact(content, font, width)}


def _health(content: ReportContent, font: str, width: int) -> list[Figure]:
    if not content.frequency.height:
        return []
    title = "Sessions held per open pair and month, to date, with 95 % intervals"
    chart = charts.intervals(content.frequency, title=title, unit=content.frequency["unit"][0], zero_line=True)
    told = "; ".join(f"{row['label']} {wording.metric_line(row)}" for row in content.frequency.to_dicts())
    return [_figure(chart, f"{title}. {told}.", font, width)]


def _impact(content: ReportContent, font: str, width: int) -> dict[str, Figure]:
    found = {}
    shown = content.effect_rows.filter(pl.col("estimate").is_not_null())
    for (programme_id, outcome, design), rows in shown.group_by(
        "programme_id", "outcome", "design", maintain_order=True
    ):
        own = (pl.col("programme_id") == programme_id) & (pl.col("outcome") == outcome)
        curves, steps = content.curves.filter(own), content.steps.filter(own)
        row = rows.row(0, named=True)
        if design == "target_trial" and curves.height:
            figure = _curves(row, curves, font, width)
        elif design == "difference_in_differences" and steps.height:
            figure = _steps(row, steps, font, width)
        else:
            figure = _intervals(row, rows, font, width)
        found[f"{programme_id}/{outcome}/{design}"] = figure
    return found


def _curves(row: dict[str, Any], curves: pl.DataFrame, font: str, width: int) -> Figure:
    title = f"{row['programme_name']}: {row['outcome_label'].lower()}, mentees and comparable colleagues (95 % bands)"
    axis = next((words for start, words in AXES.items() if row["outcome"].startswith(start)), "share")
    in_order = curves.sort("arm", descending=True, maintain_order=True)  # mentees first and in the pages' colour
    named = in_order.with_columns(pl.col("arm").replace(GROUPS).alias("group"))
    chart = charts.curves(named, title=title, outcome=axis, height=150)
    table = at_risk(named)
    counted = {
        "heads": ["People", *table.columns[1:]],
        "rows": [list(cells) for cells in table.iter_rows()],
    }
    return _figure(chart, f"{title}. {wording.effect_sentence(row)}", font, width, names=60) | {"table": counted}


def _steps(row: dict[str, Any], steps: pl.DataFrame, font: str, width: int) -> Figure:
    title = f"{row['programme_name']}: {row['outcome_label'].lower()}, difference by survey waves since the start (95 % intervals)"
    chart = charts.event_steps(steps.filter(pl.col("event_time") >= -6), title=title, unit=row["unit"], height=130)
    return _figure(chart, f"{title}. {wording.effect_sentence(row)}", font, width, names=60)


def _intervals(row: dict[str, Any], rows: pl.DataFrame, font: str, width: int) -> Figure:
    unit = row["unit"]
    named = rows.sort("arm", "months_since_start", nulls_last=False).with_columns(
        pl.format("{}: {} (n {} / {})", "arm", "wave", "n_treated", "n_control").alias("label"),
        pl.col("estimate").alias("value"),
    )
    title = (
        f"{row['programme_name']}: {row['outcome_label'].lower()}, offered a place against not offered (95 % intervals)"
    )
    chart = charts.intervals(named, title=title, unit=unit, zero_line=True, is_difference=True, least_height=40)
    told = "; ".join(
        f"{one['label']} {wording.effect_size(one['value'], unit)} ({wording.effect_interval(one['ci_low'], one['ci_high'], unit)})"
        for one in named.to_dicts()
    )
    return _figure(chart, f"{title}. {told}.", font, width)


def _figure(chart: Any, alt: str, font: str, width: int, *, names: int = 170) -> Figure:
    """names: what the names of rows take of the width."""
    return {"svg": charts.svg(chart, width=width - names, font=font), "alt": alt}
