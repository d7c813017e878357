"""A person at Add data in a real browser: drops files, answers, waits, and is counted while doing so."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.demo_run import PROJECT
from tests.server_process import end

GUIDE = PROJECT / "docs/images/first-hour"
READING_SECONDS = 6
"""What somebody takes to read and decide before a click; counted, not waited for."""


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """The address of Add data over a workspace that `impact start` makes in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMPACT_", "DAGSTER_", "DBT_"))}
    command = [sys.executable, "-m", "pipelines.cli", "start", "--folder", str(folder), "--port", str(port)]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*command, "--no-browser"], cwd=PROJECT, env=kept, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}/add_data"
        finally:
            end_with_children(server)


def end_with_children(server: subprocess.Popen) -> None:
    """End `impact start` and the page's server below it."""
    import psutil

    below = psutil.Process(server.pid).children(recursive=True)
    end(server)
    for process in below:
        if process.is_running():
            process.terminate()


def _wait(url: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        assert server.poll() is None, "impact start ended at once"
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the page didn't come up within two minutes")


@dataclass
class Person:
    """page: of the browser. guide: whether its pictures are the guide's. clicks: presses, choices and fields filled in. began: when they sat down."""

    page: Page
    guide: bool = False
    clicks: int = 0
    began: float = field(default_factory=time.monotonic)

    def settle(self) -> None:
        """Wait until the page has nothing more to draw."""
        self.page.wait_for_timeout(400)
        self.page.wait_for_function(
            "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'", timeout=120_000
        )
        self.page.wait_for_timeout(200)

    def heading(self, words: str, seconds: float = 120) -> None:
        """Wait for the page's heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words, timeout=seconds * 1000)
        self.settle()

    def drop(self, *files: Path) -> None:
        """Drop files onto the page."""
        self.clicks += 1
        self.page.locator("input[type=file]").first.set_input_files([str(path) for path in files])
        self.settle()

    def choose(self, question: str, answer: str | re.Pattern[str]) -> None:
        """Answer a question with radio buttons."""
        self.clicks += 1
        group = self.page.get_by_role("radiogroup", name=question)
        group.locator("label", has_text=answer).first.click()
        self.settle()

    def pick(self, label: str, answer: str) -> None:
        """Choose from a list."""
        self.clicks += 2
        self.page.get_by_label(label).first.click()
        self.page.get_by_role("option", name=answer).first.click()
        self.settle()

    def write(self, label: str, words: str) -> None:
        """Fill in a field."""
        self.clicks += 1
        self.page.get_by_label(label).first.fill(words)
        self.page.keyboard.press("Tab")
        self.settle()

    def press(self, button: str) -> None:
        """Press a button."""
        self.clicks += 1
        self.page.get_by_role("button", name=button).first.click()

    def about_the_programme(self, name: str) -> None:
        """The four answers that a programme needs."""
        self.write("What is it called?", name)
        self.pick("Who may take part?", "Employees")
        self.pick("How often did pairs agree to meet?", "Once a month")
        self.pick("What is it for?", "People move on in their careers")

    def questions(self) -> list[str]:
        """The questions that stand on the page."""
        return [str(one.get_attribute("aria-label")) for one in self.page.get_by_role("radiogroup").all()]

    def says(self) -> str:
        """All text of the page."""
        return self.page.locator("[data-testid=stMain]").inner_text()

    def picture(self, name: str) -> None:
        """Keep a picture: for the guide where it is being renewed (FIRST_HOUR_PICTURES=1), beside the other screenshots else."""
        folder = GUIDE if os.environ.get("FIRST_HOUR_PICTURES") and self.guide else PROJECT / "artifacts/screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        size = self.page.viewport_size or {"width": 1366, "height": 768}
        self.page.set_viewport_size({"width": size["width"], "height": min(height + 60, 3_000)})
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=folder / f"{name}.png")
        self.page.set_viewport_size(size)

    def minutes(self) -> float:
        """What it would have taken with time to read before each click."""
        return (time.monotonic() - self.began + self.clicks * READING_SECONDS) / 60
