"""The HTML report in a real Chromium: nothing for axe to find, no sideways scrolling on a phone, no request, prints on A4."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from dashboards.reports.content import gather
from dashboards.reports.render import html
from dashboards.snapshot import Snapshot
from tests.chromium import find_chromium
from tests.report_variants import VARIANTS, published_variant

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: set CHROMIUM or run `make browser`"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.mark.parametrize("name", ["as_published", "nothing_measured"])
@pytest.mark.parametrize("width", [375, 1366])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, name: str, width: int, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(html(gather(Snapshot(published_variant(tmp_path / "serving", VARIANTS[name]())))))
    page = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [
        f"{one['id']}: {node['html'][:160]}" for one in Axe().run(page).response["violations"] for node in one["nodes"]
    ] == []
    assert asked == [file.as_uri()]
    assert page.pdf(format="A4").startswith(b"%PDF")
