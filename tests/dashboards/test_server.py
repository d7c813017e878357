"""What the web server answers beside the pages: health, metrics, and links by which somebody declines messages."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards import server
from dashboards.pages import PAGES
from pipelines.messages.kinds import NUDGES
from pipelines.messages.opt_out import PATH, token
from pipelines.messages.outbox import Outbox
from tests.chromium import find_chromium
from tests.dashboard_server import ROOT, running_dashboards
from tests.published import publish_test_snapshot

CHROMIUM = find_chromium()


@pytest.fixture
def client(tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("IMPACT_SERVING", str(published.parent))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    monkeypatch.setenv("IMPACT_OUTBOX", f"sqlite:///{tmp_path}/outbox.sqlite")
    return TestClient(Starlette(routes=server.ROUTES))


def test_health_names_the_release_and_what_is_wrong(client: TestClient) -> None:
    found = client.get("/healthz")
    assert found.status_code == 200
    assert found.json()["status"] == "degraded"
    assert found.json()["problems"] == ["The newest record of surveys is 91 days old; 35 were agreed."]


def test_without_a_release_it_is_unavailable(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_SERVING", str(tmp_path / "none"))
    found = client.get("/healthz")
    assert (found.status_code, found.json()["status"]) == (503, "unavailable")


def test_metrics_are_prometheus_text(client: TestClient) -> None:
    found = client.get("/metrics")
    assert found.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "impact_published_timestamp_seconds" in found.text


def test_a_link_declines_on_a_post_only_and_a_changed_one_not_at_all(client: TestClient, tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    link = PATH + token(outbox.secret(), "person:mentee1", NUDGES)
    assert "No more" in client.get(link).text
    assert not outbox.has_opted_out("person:mentee1", NUDGES)
    assert "You will get no more" in client.post(link).text
    assert outbox.has_opted_out("person:mentee1", NUDGES)
    assert client.post(link[:-3] + "abc").status_code == 404


def test_what_charts_import_is_whole_before_anybody_opens_one() -> None:
    """Altair takes a pandas that another reader's page has only begun to import."""
    found = (
        "import sys, dashboards.server; assert {'pandas', 'altair', 'dashboards.workbench.desk'} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", found], check=True, cwd=ROOT, capture_output=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server_data")


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """The whole server as a process, known as mentoring.example too, as behind a proxy."""
    publish_test_snapshot(data / "serving")
    with running_dashboards(data / "serving", data, IMPACT_ALLOWED_HOSTS="mentoring.example") as running:
        yield running


def asked(address: str, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(address + path, headers=named, timeout=30)


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/_stcore/host-config", PATH + "x"])
def test_whatever_is_asked_for_foreign_hosts_and_foreign_pages_are_refused(address: str, path: str) -> None:
    assert asked(address, path).status_code in (200, 404)
    assert asked(address, path, Host="mentoring.example").status_code in (200, 404)
    assert asked(address, path, Host="evil.example").status_code == 403
    assert asked(address, path, Origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("path", sorted({name for page in PAGES for name in (page.path, *page.old)}))
def test_no_address_beside_the_pages_takes_one_of_theirs_from_a_browser(address: str, path: str) -> None:
    found = asked(address, f"/{path}", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert found.status_code == 200
    assert '<div id="root">' in found.text


@pytest.mark.parametrize("path", ["/", "/programme", "/healthz", PATH + "x"])
def test_no_other_page_may_frame_it(address: str, path: str) -> None:
    headers = asked(address, path).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("host", "origin", "opens"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", True),
        ("mentoring.example", "https://mentoring.example", True),
        ("evil.example", "http://evil.example", False),
        ("127.0.0.1:{port}", "http://evil.example", False),
    ],
)
def test_the_connection_of_a_page_opens_for_own_names_only(address: str, host: str, origin: str, opens: bool) -> None:
    port = address.rpartition(":")[2]
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as connection:
        lines = ["GET /_stcore/stream HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: streamlit"]  # fmt: skip
        connection.sendall("\r\n".join([*lines, "", ""]).format(port=port).encode())
        answer = connection.recv(100).decode().split("\r\n")[0]
    assert (" 101 " in answer) == opens, answer


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: set CHROMIUM or run `make browser`")
def test_in_a_browser_one_click_on_a_link_of_a_mail_declines(address: str, data: Path) -> None:
    outbox = Outbox(f"sqlite:///{data}/messages/outbox.sqlite")
    link = address + PATH + token(outbox.secret(), "person:mentee1", NUDGES)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(link)
        assert not outbox.has_opted_out("person:mentee1", NUDGES)
        page.get_by_role("button", name="Unsubscribe").click()
        expect(page.get_by_role("heading")).to_contain_text("You will get no more")
        browser.close()
    assert outbox.has_opted_out("person:mentee1", NUDGES)
