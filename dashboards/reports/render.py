"""Render the report: Typst for PDF/UA-1, Jinja for one HTML file with everything inside. No browser, no network, no clock."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from dashboards.reports import figures
from dashboards.reports.content import ReportContent, gather
from dashboards.risk_table import LEGEND
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
    frames = {"effect_rows", "curves", "steps", "frequency"}
    values = {name: value for name, value in asdict(content).items() if name not in frames}
    drawn = figures.of_report(content, font, width)
    groups: dict[str, dict[str, Any]] = {}
    for effect in content.effects:
        if effect["estimate"] is not None:
            own = groups.setdefault(
                effect["group"], {"programme": effect["programme_name"], "told": [], "figure": None}
            )
            own["told"].append({"sentence": effect["sentence"], "strength": effect["strength"]})
            own["figure"] = drawn["impact"].get(effect["group"])
    silent = [effect for effect in content.effects if effect["estimate"] is None]
    return values | {
        "effect_groups": list(groups.values()),
        "silent_effects": [
            {"programme": row["programme_name"], "sentence": row["sentence"], "strength": row["strength"]}
            for row in silent
        ],
        "risk_legend": LEGEND if any("table" in figure for figure in drawn["impact"].values()) else "",
        "figures": {"health": drawn["health"]},
    }
