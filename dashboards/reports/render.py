"""Render the report's three forms: Typst for PDF/UA-1, Jinja for one HTML file with everything inside and for plain text. No browser, no network, no clock."""

import json
import os
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from dashboards.reports import drawings
from dashboards.reports.content import ReportContent

HERE = Path(__file__).parent
NAMES = ("leadership_report.pdf", "leadership_report.html", "leadership_report.txt")
TEMPLATES = ("leadership.typ", "parts.typ", "leadership.html.j2", "leadership.txt.j2")
FONT_PACKAGE = "font_source_sans_pro"


def forms(content: ReportContent) -> dict[str, bytes]:
    """File name to bytes of all three forms. Same content, same bytes. Raises typst.TypstError where the PDF would not be accessible."""
    return dict(zip(NAMES, (pdf(content), html(content), text(content)), strict=True))


def write_forms(rendered: dict[str, bytes], target: Path) -> list[Path]:
    """Write each form into `target` in one move; returns the paths."""
    target.mkdir(parents=True, exist_ok=True)
    for name, data in rendered.items():
        draft = target / f".{name}.draft"
        draft.write_bytes(data)
        os.replace(draft, target / name)
    return [target / name for name in rendered]


def pdf(content: ReportContent) -> bytes:
    """The report as PDF/UA-1."""
    return _compiled(content, format="pdf", pdf_standards=["ua-1"])


def pictures(content: ReportContent, ppi: float = 110.0) -> list[bytes]:
    """Each page as PNG, to be looked at."""
    made = _compiled(content, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def html(content: ReportContent) -> bytes:
    """The report as one HTML file: no script, no request, prints on A4."""
    return _templates(escaped=True).get_template("leadership.html.j2").render(**content.values, draw=drawings).encode()


def text(content: ReportContent) -> bytes:
    """Page 1 as plain text, for mail."""
    return _templates(escaped=False).get_template("leadership.txt.j2").render(**content.values).encode()


def _compiled(content: ReportContent, **options: Any) -> Any:
    import typst

    day = datetime.combine(content.as_of, datetime.min.time(), UTC)
    return typst.compile(
        str(HERE / "leadership.typ"),
        root=str(HERE),
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        timestamp=int(day.timestamp()),
        sys_inputs={"report": json.dumps(content.values, default=str)},
        **options,
    )


def font_folder() -> Path:
    """Where the package of Source Sans Pro keeps its fonts."""
    found = find_spec(FONT_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            f"The package {FONT_PACKAGE.replace('_', '-')} isn't installed. Run `make demo` or install the project again."
        )
    return Path(found.submodule_search_locations[0]) / "files"


@lru_cache(maxsize=2)
def _templates(*, escaped: bool) -> Environment:
    return Environment(loader=FileSystemLoader(HERE), autoescape=escaped, trim_blocks=True, lstrip_blocks=True)
