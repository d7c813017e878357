"""Open pages as a reader would and read what they say."""

import html
import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboards.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
PATHS = tuple(page.path for page in PAGES)
RELEASED = tuple(page.path for page in PAGES if page.needs_release)
DATA_PATHS = tuple(page.path for page in PAGES if page.reads)
OpenPage = Callable[..., AppTest]


def application() -> AppTest:
    return AppTest.from_file(ROOT / "dashboards" / "streamlit_app.py", default_timeout=90)


def html_of(app: AppTest) -> list[str]:
    """The HTML blocks of a page, without the stylesheet."""
    return [element.proto.body for element in app.get("html") if not element.proto.body.startswith("<style>")]


def said_in(markup: str) -> str:
    """What a reader reads of HTML."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))).strip()


def texts(app: AppTest) -> list[str]:
    """Everything a reader of the page sees as text."""
    found = [
        element.value
        for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error")
        for element in getattr(app, kind)
    ]
    found += [said_in(markup) for markup in html_of(app)]
    found += [text for metric in app.metric for text in (metric.label, metric.value)]
    found += [
        str(cell) for table in [*app.table, *app.dataframe] for row in table.value.values.tolist() for cell in row
    ]
    found += [str(name) for table in [*app.table, *app.dataframe] for name in table.value.columns]
    return found


def chosen(app: AppTest, label: str) -> str:
    return next(box.value for box in app.selectbox if box.label == label)
