"""Signing in through a whole OpenID Connect flow in a real Chromium: who comes in, what they reach by address, and when the door closes again."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pipelines.audit_log import entries, log_of
from tests.chromium import find_chromium
from tests.dashboard_server import free_port, running_dashboards
from tests.oidc_provider import is_installed, running_provider
from tests.published_roles import publish_for_roles

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: set CHROMIUM or run `make browser`"),
    pytest.mark.skipif(not is_installed(), reason="no provider to sign in at: run `make browser`"),
]
expect.set_options(timeout=30_000)
GROUPS = {"gina@example.org": ["everybody", "mentoring-managers"], "adam@example.org": ["everybody"]}
PEOPLE = [
    {"email": "vera@example.org", "role": "viewer"},
    {"email": "unverified@example.org", "role": "administrator"},
    {"email": "adam@example.org", "role": "administrator"},
    {"group": "mentoring-managers", "role": "manager", "programmes": ["mentoring_a"]},
]


@dataclass
class Site:
    """The dashboards, with the workspace file that says who may see what."""

    address: str
    folder: Path

    def say(self, people: list[dict], hours: float = 12) -> None:
        access = {"public_url": self.address, "session_hours": hours, "prompt": "login", "people": people}
        (self.folder / "impact.yaml").write_text(yaml.safe_dump({"workspace": "w", "access": access}))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("sign_in"), free_port()
    publish_for_roles(folder / "serving")
    found = Site(f"http://127.0.0.1:{port}", folder)
    found.say(PEOPLE)
    with running_provider(free_port(), found.address, folder, GROUPS) as environment:
        names = {"IMPACT_ACCESS": str(folder / "impact.yaml"), "IMPACT_DATA": str(folder)}
        with running_dashboards(folder / "serving", folder, port=port, **environment, **names):
            yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser that nobody has signed in with."""
    site.say(PEOPLE)
    opened = browser.new_context(base_url=site.address, viewport={"width": 1366, "height": 800})
    yield opened
    opened.close()


def heading(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def sign_in(window: BrowserContext, address: str) -> Page:
    """Through the provider's own form, back to the landing page."""
    page = window.new_page()
    page.goto("/")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill("anything")
    page.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: url.startswith(str(window.pages[0].url).split("/", 3)[0]) and "127.0.0.1" in url)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    return page


def text_of(page: Page) -> str:
    page.wait_for_function("document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state')==='notRunning'")  # fmt: skip
    return page.locator("[data-testid=stApp]").inner_text()


def test_nobody_sees_anything_before_signing_in(window: BrowserContext) -> None:
    page = window.new_page()
    for path in ("/", "/matching", "/todo", "/workbench", "/quality"):
        page.goto(path)
        heading(page, "Sign in")
        assert "Mentoring A" not in text_of(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("[data-testid=stSidebarNavLink]")).to_have_count(0)


def test_a_viewer_reaches_no_page_about_single_people_by_any_address(window: BrowserContext) -> None:
    page = sign_in(window, "vera@example.org")
    expect(page.get_by_text("Signed in as vera@example.org, viewer.")).to_be_visible()
    listed = page.locator("[data-testid=stSidebarNavLink]").all_inner_texts()
    assert "Quality" in " ".join(listed)
    assert not {"To do", "Matching", "Messages", "Add data"} & set(listed)
    for path in ("/matching", "/todo", "/messages", "/workbench", "/add_data"):
        page.goto(path)
        heading(page, re.compile("This page is for (programme managers|administrators)"))
        assert "P-1" not in text_of(page)


def test_a_manager_by_group_sees_the_people_of_the_own_programme_only(window: BrowserContext) -> None:
    page = sign_in(window, "gina@example.org")
    page.goto("/todo")
    expect(page.get_by_role("heading", name="Pairs that have stopped meeting", exact=True)).to_be_visible()
    said = text_of(page)
    assert "Mentoring A" in said
    assert "Mentoring B" not in said
    page.goto("/add_data")
    heading(page, "This page is for administrators")


def test_whoever_is_taken_off_the_list_is_refused_at_the_next_click(window: BrowserContext, site: Site) -> None:
    page = sign_in(window, "adam@example.org")
    page.goto("/todo")
    expect(page.get_by_role("heading", name="Pairs that have stopped meeting", exact=True)).to_be_visible()
    site.say([one for one in PEOPLE if one.get("email") != "adam@example.org"])
    page.locator("[data-testid=stSidebarNavLink]", has_text="Quality").click()
    heading(page, "You have no role here yet")
    site.say([*PEOPLE[:2], {"email": "adam@example.org", "role": "viewer"}])
    page.goto("/todo")
    heading(page, "This page is for programme managers")


def test_an_address_that_nobody_has_checked_gives_no_role(window: BrowserContext) -> None:
    heading(sign_in(window, "unverified@example.org"), "You have no role here yet")


def test_signing_out_ends_every_window_and_every_copy_of_the_cookie(window: BrowserContext, browser: Browser, site: Site) -> None:  # fmt: skip
    page = sign_in(window, "adam@example.org")
    other = window.new_page()
    other.goto("/quality")
    expect(other.get_by_text("Signed in as adam@example.org")).to_be_visible()
    copied = window.cookies()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()
    heading(page, "Sign in")
    other.locator("[data-testid=stSidebarNavLink]", has_text="Metrics").click()
    heading(other, "Sign in again")
    thief = browser.new_context(base_url=site.address)
    thief.add_cookies(copied)
    stolen = thief.new_page()
    stolen.goto("/")
    heading(stolen, "Sign in again")
    thief.close()


def test_a_session_that_is_too_old_asks_to_sign_in_again(window: BrowserContext, site: Site) -> None:
    page = sign_in(window, "adam@example.org")
    site.say(PEOPLE, hours=1 / 3600)
    time.sleep(2)
    page.locator("[data-testid=stSidebarNavLink]", has_text="Quality").click()
    heading(page, "Sign in again")


def test_cookies_end_with_the_session(window: BrowserContext) -> None:
    sign_in(window, "vera@example.org")
    cookie = next(one for one in window.cookies() if one["name"] == "_streamlit_user")
    assert cookie["httpOnly"]
    assert cookie["expires"] - time.time() <= 12 * 3600


def test_files_of_pages_are_for_who_has_a_role(window: BrowserContext, site: Site) -> None:
    page = sign_in(window, "adam@example.org")
    page.goto("/quality")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").first.click()
    url = waiting.value.url
    cookies = {one["name"]: one["value"] for one in window.cookies()}
    assert httpx.get(url, cookies=cookies).status_code == 200
    assert httpx.get(url).status_code == 403
    assert httpx.get(url, cookies={"_streamlit_user": "forged"}).status_code == 403
    site.say(PEOPLE[:1])
    assert httpx.get(url, cookies=cookies).status_code == 403


def test_programs_find_no_way_in_beside_the_pages(site: Site) -> None:
    for path in ("interact", "mcp", "openapi.json"):
        assert httpx.get(f"{site.address}/_stcore/agent/{path}").status_code == 404
        assert httpx.post(f"{site.address}/_stcore/agent/{path}", json={}).status_code == 404
    assert httpx.put(f"{site.address}/_stcore/upload_file/a/b").status_code == 403


def test_where_the_names_cannot_be_read_pseudonyms_stay_and_it_says_why(window: BrowserContext, site: Site) -> None:
    page = sign_in(window, "gina@example.org")
    page.goto("/todo")
    page.get_by_text("Show names").click()
    expect(page.get_by_text("Names are kept in the vault, which isn't on this computer.")).to_be_visible()
    assert [one for one in entries(log_of(site.folder)) if one["action"] == "saw names"] == []
