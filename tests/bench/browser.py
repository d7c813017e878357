"""First paint and a filter change of the dashboard, in a real Chromium."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.chromium import find_chromium
from tests.demo_run import PROJECT

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def dashboard_seconds(serving: Path, *, repeats: int = 3) -> dict[str, Any]:
    """Median seconds to the first contentful paint, to the page's figures, and from a filter change to new figures."""
    chromium = find_chromium()
    if chromium is None:
        return {"skipped": "no Chromium found"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboards/streamlit_app.py", f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=PROJECT,
        env={**os.environ, "IMPACT_SERVING": str(serving)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _until_healthy(port)
        measured = [_visit(chromium, f"http://127.0.0.1:{port}") for _ in range(repeats)]
    finally:
        server.terminate()
        server.wait()
    return {name: round(statistics.median(one[name] for one in measured), 2) for name in measured[0]}


def _until_healthy(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("The dashboard didn't start within 60 s.")


def _visit(chromium: str, address: str) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium, headless=True, args=ARGUMENTS
        )
        page = browser.new_page()
        started = time.perf_counter()
        page.goto(f"{address}/programme")
        page.wait_for_selector('[data-testid="stMetricValue"]')
        figures = time.perf_counter() - started
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
        page.wait_for_load_state("networkidle")
        before = page.get_by_test_id("stMetricValue").first.inner_text()
        page.get_by_test_id("stSelectbox").first.click()
        # the page opens on the programme that needs somebody, so another one has to be chosen
        other = page.locator('[role="option"][aria-selected="false"]').last
        started = time.perf_counter()
        other.click()
        page.wait_for_function(
            "before => { const one = document.querySelector('[data-testid=\"stMetricValue\"]'); return one && one.innerText !== before; }",
            arg=before,
        )
        changed = time.perf_counter() - started
        browser.close()
    return {"first_contentful_paint": paint, "figures_shown": figures, "filter_change": changed}
