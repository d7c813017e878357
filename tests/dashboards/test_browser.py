"""The dashboards in a real Chromium: addresses, links, keyboard, the fold, a phone's width, and no request to anywhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

from tests.chromium import find_chromium
from tests.dashboard_server import running_dashboards
from tests.published import publish_test_snapshot

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "artifacts" / "screenshots"
expect.set_options(timeout=20_000)  # a busy machine draws slowly, and that is no failure
PAGES = (
    "overview",
    "health",
    "goals",
    "impact",
    "retention",
    "promotion",
    "power",
    "workbench",
    "quality",
    "dictionary",
)
DESKTOP, PHONE = (1366, 768), (375, 800)
PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Streamlit asks for these below a page's own address first and gets 404."""

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: set CHROMIUM or run `make browser`"),
]

# a slider's value stands above its thumb, whose colour isn't behind it
TEXT_BELOW_4_5 = """() => {
  const linear = part => (part /= 255, part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  const luminance = rgb => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2])
  const parts = css => { const found = css.match(/[\\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found }
  const behind = node => {
    for (; node; node = node.parentElement) { const rgba = parts(getComputedStyle(node).backgroundColor); if (rgba[3] > 0.99) return rgba }
    return [255, 255, 255]
  }
  const low = [], walker = document.createTreeWalker(document.querySelector('[data-testid="stApp"]'), NodeFilter.SHOW_TEXT)
  for (let text; (text = walker.nextNode());) {
    const node = text.parentElement, words = text.textContent.trim()
    if (!words || !node.getClientRects().length || node.closest('style, canvas, [data-testid="stIconMaterial"], [data-testid="stSliderThumbValue"]')) continue
    const style = getComputedStyle(node), ink = parts(node instanceof SVGElement ? style.fill : style.color), back = behind(node)
    let alpha = ink[3]
    for (let up = node; up; up = up.parentElement) alpha *= Number(getComputedStyle(up).opacity)
    if (alpha === 0) continue
    const mixed = [0, 1, 2].map(i => ink[i] * alpha + back[i] * (1 - alpha)), [a, b] = [luminance(mixed), luminance(back)].sort()
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) low.push(words)
  }
  return low
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server of the dashboards on the test snapshot."""
    serving = tmp_path_factory.mktemp("browser_serving")
    publish_test_snapshot(serving)
    with running_dashboards(serving, tmp_path_factory.mktemp("browser_log")) as running:
        yield running


@pytest.fixture(scope="module")
def window(address: str) -> Iterator[BrowserContext]:
    """One browser with one cache for the module; every page is still a session of its own for the server."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, base_url=address)
        context.set_default_timeout(15_000)
        yield context
        browser.close()


@pytest.fixture(scope="module")
def wrong(window: BrowserContext, address: str) -> list[str]:
    """What went wrong in any page: errors in the console, failed requests, requests to another host."""
    noted: list[str] = []
    window.on("console", lambda m: noted.append(m.text) if m.type == "error" and "404" not in m.text else None)
    window.on("weberror", lambda error: noted.append(str(error.error)))
    window.on("request", lambda r: noted.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
    window.on(
        "response",
        lambda r: noted.append(f"{r.status} {r.url}") if r.status >= 400 and not r.url.endswith(PROBES) else None,
    )
    return noted


@pytest.fixture
def page(window: BrowserContext, wrong: list[str]) -> Iterator[Page]:
    """A new page; after the test nothing has gone wrong in it or in those it opened."""
    wrong.clear()
    yield window.new_page()
    for opened in window.pages:
        opened.close()
    assert wrong == []


def visit(page: Page, path: str) -> None:
    """Go there and wait until everything is drawn."""
    page.goto(path)
    settled(page)


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)  # parts whose code is still being fetched
    for chart in page.get_by_test_id("stVegaLiteChart").all():
        expect(chart.locator("svg, canvas").first).to_be_attached()


def too_faint(page: Page) -> list[str]:
    """Texts with a contrast below 4.5; waits while new elements fade in."""
    low: list[str] = []
    for _ in range(30):
        low = page.evaluate(TEXT_BELOW_4_5)
        if not low:
            break
        page.wait_for_timeout(100)
    return low


def choose(page: Page, label: str, name: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_test_id("stSelectboxVirtualDropdown").get_by_text(name, exact=True).click()
    settled(page)


def card(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=name).first


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_reads_well_and_fits_a_phone(page: Page, name: str) -> None:
    visit(page, f"/{name}" if name != "overview" else "/")
    assert page.get_by_test_id("stException").count() == 0
    assert too_faint(page) == []
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}_{DESKTOP[0]}.png")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.wait_for_timeout(300)
    for box in ('[data-testid="stMain"]', "html"):
        assert page.evaluate(f"(e => e.scrollWidth - e.clientWidth)(document.querySelector('{box}'))") <= 0
    sizes = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] p')].filter(p => p.innerText.trim()).map(p => parseFloat(getComputedStyle(p).fontSize))"
    )
    assert min(sizes) >= 12
    page.screenshot(path=SHOTS / f"{name}_{PHONE[0]}.png")


def test_cards_stack_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    visit(page, "/health")
    boxes = [page.get_by_test_id("stMetric").nth(i).bounding_box() for i in range(3)]
    assert len({round(box["x"]) for box in boxes}) == 1
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert all(box["width"] > 250 for box in boxes)


def test_health_shows_its_three_answers_without_scrolling(page: Page) -> None:
    visit(page, "/health")
    assert page.get_by_test_id("stAlert").count() == 1
    shown = [card(page, name) for name in ("Participation rate", "Session frequency", "Satisfaction of mentees")]
    shown += page.get_by_test_id("stVegaLiteChart").all()[:3]
    shown += [
        page.get_by_text(f"Source: {source}") for source in ("applications, pairs", "session log", "surveys, those")
    ]
    shown += page.get_by_role("button", name="Show as table").all()[:3]
    for part in shown:
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box["height"] > 10
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= DESKTOP[1]


def test_a_filter_changes_content_and_address_and_survives_a_reload(page: Page, address: str) -> None:
    visit(page, "/health")
    expect(card(page, "Satisfaction of mentees")).to_contain_text("66.0 %")
    choose(page, "Cohort", "2025")
    expect(page).to_have_url(f"{address}/health?cohort=A-2025")
    expect(card(page, "Satisfaction of mentees")).to_contain_text("70.0 %")
    page.reload()
    settled(page)
    expect(page).to_have_url(f"{address}/health?cohort=A-2025")
    expect(card(page, "Satisfaction of mentees")).to_contain_text("70.0 %")
    choose(page, "Programme", "Mentoring B")
    expect(page).to_have_url(f"{address}/health?programme=mentoring_b")
    expect(page.get_by_role("combobox", name="Cohort")).to_have_value("All cohorts")
    page.get_by_role("button", name="Reset filters").click()
    expect(page).to_have_url(f"{address}/health")
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring A")


def test_the_choice_goes_along_to_another_page(page: Page, address: str) -> None:
    visit(page, "/health?programme=mentoring_b")
    page.get_by_role("link", name="SMART goals").click()
    expect(page.get_by_role("heading", name="SMART goals")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Leadership overview")).to_be_visible()
    expect(page).to_have_url(f"{address}/?programme=mentoring_b")
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring B")


def test_a_bad_address_is_corrected(page: Page, address: str) -> None:
    visit(page, "/health?programme=bogus&cohort=nope")
    expect(page).to_have_url(f"{address}/health")
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring A")


def test_a_card_leads_to_its_definition_by_its_name_and_by_its_help(page: Page) -> None:
    visit(page, "/health")
    with page.context.expect_page() as opened:
        card(page, "Session frequency").get_by_role("link", name="Session frequency").click()
    entry = opened.value
    settled(entry)
    expect(entry.get_by_role("heading", name="Session frequency")).to_be_visible()
    expect(entry.get_by_role("combobox", name="Metric")).to_have_value("Session frequency (session_frequency)")
    entry.close()
    card(page, "Satisfaction of mentees").get_by_test_id("stTooltipIcon").hover()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in the dictionary").click()
    expect(opened.value.get_by_role("heading", name="Satisfaction of mentees")).to_be_visible()


def test_a_table_with_a_download_stands_behind_a_chart(page: Page) -> None:
    visit(page, "/health")
    page.get_by_role("button", name="Show as table").nth(1).click()
    panel = page.get_by_test_id("stPopoverBody")
    expect(panel.get_by_test_id("stDataFrame")).to_be_visible()
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("From,")
    assert len(text.splitlines()) == 10


def test_the_keyboard_reaches_filters_and_definitions(page: Page, address: str) -> None:
    visit(page, "/health")
    expect(page.get_by_role("combobox", name="Cohort")).to_be_visible()
    expect(card(page, "Session frequency")).to_be_visible()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(e => e.getAttribute('aria-label') || e.innerText.trim())(document.activeElement)")
        )
        if reached[-1] == "Programme":
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            expect(page).to_have_url(f"{address}/health?programme=mentoring_b")
            settled(page)
        if reached[-1] == "Session frequency":
            break
    assert [name for name in reached if name in ("Programme", "Cohort", "Participation rate", "Session frequency")] == [
        "Programme", "Cohort", "Participation rate", "Session frequency",
    ], " | ".join(name[:25] for name in reached)  # fmt: skip
