"""Render the report: Typst for PDF/UA-1, Jinja for one HTML file with everything inside. No browser, no network, no clock."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader

from dashboards import charts, wording
from dashboards.reports.content import ReportContent, gather
from dashboards.snapshot import Snapshot

HERE = Path(__file__).parent
PDF_FONT = "Libertinus Serif"
WEB_FONT = "system-ui, sans-serif"


def render_report(published: Path, target: Path) -> list[Path]:
    """Write leadership_report.pdf and .html into `target` and return their paths. Same snapshot, same bytes.

    Raises typst.TypstError where the document fails the PDF/UA-1 checks (missing alternative text, skipped heading).
    """
    content = gather(Snapshot(published))
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, data in (("leadership_report.pdf", pdf(content)), ("leadership_report.html", html(content))):
        draft = target / f".{name}.draft"
        draft.write_bytes(data)
        os.replace(draft, target / name)
        written.append(target / name)
    return written


def pdf(content: ReportContent) -> bytes:
    """The report as PDF/UA-1."""
    import typst

    day = datetime.strptime(content.as_of, "%d %B %Y").replace(tzinfo=UTC)
    return typst.compile(
        (HERE / "leadership.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(day.timestamp()),
        sys_inputs={"report": json.dumps(_values(content, PDF_FONT, width=430), default=str)},
    )


def html(content: ReportContent) -> bytes:
    """The report as one HTML file: no script, no request, prints on A4."""
    values = _values(content, WEB_FONT, width=640)
    return _templates().get_template("leadership.html.j2").render(**values).encode()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _values(content: ReportContent, font: str, *, width: int) -> dict[str, Any]:
    values = asdict(content)
    values.pop("effect_rows")
    values.pop("frequency")
    return values | {"figures": _figures(content, font, width)}


def _figures(content: ReportContent, font: str, width: int) -> dict[str, list[dict[str, str]]]:
    """Charts with their alternative text, by the section they stand in."""
    figures: dict[str, list[dict[str, str]]] = {"health": [], "impact": []}
    if content.frequency.height:
        unit = content.frequency["unit"][0]
        title = "Sessions held per open pair and month, to date, with 95 % intervals"
        chart = charts.intervals(content.frequency, title=title, unit=unit, zero_line=True)
        told = "; ".join(f"{row['label']} {wording.metric_line(row)}" for row in content.frequency.to_dicts())
        figures["health"].append({"svg": charts.svg(chart, width=width - 170, font=font), "alt": f"{title}. {told}."})
    shown = content.effect_rows.filter(pl.col("estimate").is_not_null())
    for (programme, label, unit), rows in shown.group_by(
        "programme_name", "outcome_label", "unit", maintain_order=True
    ):
        figures["impact"].append(_effect_figure(str(programme), str(label), str(unit), rows, font, width))
    return figures


def _effect_figure(programme: str, label: str, unit: str, rows: pl.DataFrame, font: str, width: int) -> dict[str, str]:
    named = rows.sort("arm", "months_since_start", nulls_last=False).with_columns(
        pl.format("{}: {} (n {} / {})", "arm", "wave", "n_treated", "n_control").alias("label"),
        pl.col("estimate").alias("value"),
    )
    title = f"{programme}: {label.lower()}, offered a place against not offered (95 % intervals)"
    chart = charts.intervals(named, title=title, unit=unit, zero_line=True, is_difference=True)
    told = "; ".join(
        f"{row['label']} {wording.effect_size(row['value'], unit)} ({wording.effect_interval(row['ci_low'], row['ci_high'], unit)})"
        for row in named.to_dicts()
    )
    return {"svg": charts.svg(chart, width=width - 170, font=font), "alt": f"{title}. {told}."}
