"""The dashboards in a real Chromium: addresses, links, keyboard, the fold, a phone's width, and no request to anywhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

from dashboards.pages import PAGES
from tests.chromium import find_chromium
from tests.dashboard_server import running_dashboards
from tests.dashboards.eight_answers import MOST_WORDS, words_on
from tests.dashboards.outlines import unlike
from tests.published import publish_test_snapshot

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "artifacts" / "screenshots"
expect.set_options(timeout=20_000)  # a busy machine draws slowly, and that is no failure
DESKTOP, WIDE, PHONE = (1366, 768), (1920, 1080), (375, 800)
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
    if (!words || !node.getClientRects().length || node.closest('style, canvas, :disabled, [data-testid="stIconMaterial"], [data-testid="stSliderThumbValue"]')) continue
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
    """Texts with a contrast below 4.5, but for what is switched off (WCAG 1.4.3); waits while new elements fade in."""
    low: list[str] = []
    for _ in range(30):
        low = page.evaluate(TEXT_BELOW_4_5)
        if not low:
            break
        page.wait_for_timeout(100)
    return low


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    wider = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('{}'))"
    return all(page.evaluate(wider.format(box)) <= 0 for box in ('[data-testid="stMain"]', "html"))


def choose(page: Page, label: str, name: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_test_id("stSelectboxVirtualDropdown").get_by_text(name, exact=True).click()
    settled(page)


def card(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=name).first


def skip_to_the_content(page: Page) -> None:
    """The first stop of the keyboard is the skip link, and it is seen."""
    page.keyboard.press("Tab")
    link = page.get_by_text("Skip to main content")
    expect(link).to_be_focused()
    assert link.evaluate("link => link.getBoundingClientRect().left") >= 0


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_a_page_loads_reads_well_looks_as_it_was_found_right_and_fits_a_phone_and_a_wide_screen(
    page: Page, path: str
) -> None:
    visit(page, f"/{path}")
    assert page.get_by_test_id("stException").count() == 0
    assert too_faint(page) == []
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{path}_{DESKTOP[0]}.png")
    assert unlike(SHOTS / f"{path}_{DESKTOP[0]}.png", path) == ""
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{path}_{WIDE[0]}.png")
    assert fits(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.wait_for_timeout(300)
    assert fits(page)
    sizes = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] p')].filter(p => p.innerText.trim()).map(p => parseFloat(getComputedStyle(p).fontSize))"
    )
    assert min(sizes) >= 12
    page.screenshot(path=SHOTS / f"{path}_{PHONE[0]}.png")


@pytest.mark.parametrize(("old", "now"), [(old, one.path) for one in PAGES for old in one.old])
def test_an_old_address_leads_to_the_page_with_its_choice(page: Page, address: str, old: str, now: str) -> None:
    visit(page, f"/{old}?programme=mentoring_b")
    first = "" if now == PAGES[0].path else now
    expect(page).to_have_url(f"{address}/{first}?programme=mentoring_b")


def test_the_landing_page_is_read_in_a_minute(page: Page) -> None:
    visit(page, "/")
    assert (
        words_on(page) <= MOST_WORDS - 50
    )  # two programmes and a stale source; the demo's four are in test_eight_answers


def test_four_answers_stand_on_one_screen_of_the_programme(page: Page) -> None:
    visit(page, "/programme")
    for name in ("Participation rate", "Meetings a month", "Satisfaction of mentees", "Time to a match"):
        box = card(page, name).bounding_box()
        assert box["height"] > 10
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= DESKTOP[1]


def test_cards_stack_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    visit(page, "/programme")
    boxes = [page.get_by_test_id("stMetric").nth(place).bounding_box() for place in range(3)]
    assert len({round(box["x"]) for box in boxes}) == 1
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert all(box["width"] > 250 for box in boxes)


def test_a_choice_changes_content_and_address_and_survives_a_reload(page: Page, address: str) -> None:
    visit(page, "/programme")
    choose(page, "Cohort", "2025")
    expect(page).to_have_url(f"{address}/programme?cohort=A-2025")
    expect(card(page, "Satisfaction of mentees")).to_contain_text("70%")
    page.reload()
    settled(page)
    expect(page).to_have_url(f"{address}/programme?cohort=A-2025")
    expect(card(page, "Satisfaction of mentees")).to_contain_text("70%")
    choose(page, "Programme", "Mentoring B")
    expect(page).to_have_url(f"{address}/programme?programme=mentoring_b")
    expect(page.get_by_role("combobox", name="Cohort")).to_have_value("All cohorts")
    page.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(f"{address}/programme")
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring A")


def test_the_choice_goes_along_to_another_page_and_back(page: Page, address: str) -> None:
    visit(page, "/programme?programme=mentoring_b")
    before = page.evaluate("history.length")
    page.get_by_role("link", name="Learning").click()
    expect(page).to_have_url(f"{address}/learning?programme=mentoring_b")
    settled(page)
    assert page.evaluate("history.length") == before + 1, "a click is one step back"
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring B")
    page.go_back()
    expect(page).to_have_url(f"{address}/programme?programme=mentoring_b")
    settled(page)
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring B")


def test_a_bad_address_is_corrected(page: Page, address: str) -> None:
    visit(page, "/programme?programme=bogus&cohort=nope")
    expect(page).to_have_url(f"{address}/programme")
    expect(page.get_by_role("combobox", name="Programme")).to_have_value("Mentoring A")


def test_a_row_leads_to_its_programme(page: Page, address: str) -> None:
    visit(page, "/")
    page.get_by_test_id("stMain").get_by_role("link", name="Mentoring B").click()
    expect(page).to_have_url(f"{address}/programme?programme=mentoring_b")


def test_the_keyboard_skips_the_navigation_and_reaches_the_choices(page: Page, address: str) -> None:
    visit(page, "/programme")
    skip_to_the_content(page)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(e => e.getAttribute('aria-label') || e.innerText.trim())(document.activeElement)")
        )
        if reached[-1] == "Programme":
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            break
    expect(page).to_have_url(f"{address}/programme?programme=mentoring_b")


OF_STREAMLIT = {"list", "listitem"}
"""Streamlit's navigation puts its groups' headings between the items of a list; a page can't mend it."""


@pytest.mark.parametrize("path", [page.path for page in PAGES])
@pytest.mark.parametrize("width", [DESKTOP[0], PHONE[0]])
def test_axe_finds_nothing_on_a_page(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, f"/{path}")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_timeout(400)  # new elements fade in
    found = Axe().run(page).response["violations"]
    told = [
        f"{one['id']}: {node['html'][:160]}" for one in found if one["id"] not in OF_STREAMLIT for node in one["nodes"]
    ]
    assert told == []


def test_the_dark_theme_has_its_own_colours_and_reads_well(window: BrowserContext, address: str) -> None:
    assert window.browser is not None
    context = window.browser.new_context(base_url=address, color_scheme="dark", viewport={"width": DESKTOP[0], "height": 900})  # fmt: skip
    page = context.new_page()
    for path in ("/", "/programme", "/todo"):
        visit(page, path)
        ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        assert ground == "rgb(17, 22, 29)"
        assert too_faint(page) == []
    context.close()


def test_searching_finds_a_metric_and_says_where_it_is_used(page: Page, address: str) -> None:
    visit(page, "/metrics?metric=csat_mentee")
    expect(page.get_by_role("heading", name="Satisfaction of mentees")).to_be_visible()
    page.get_by_role("textbox", name="Search by name, word or unit").fill("knowledge")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 found")).to_be_visible()
    expect(page).to_have_url(f"{address}/metrics?metric=csat_mentee&q=knowledge")


def test_a_thing_to_do_offers_a_text_to_begin_with(page: Page) -> None:
    visit(page, "/todo?kind=pairs")
    page.get_by_role("button", name="Draft a message").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing is sent from here")
