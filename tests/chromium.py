"""Find a Chromium for the browser tests, and install one where that is possible.

`python -m tests.chromium` says in one line what it found.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Path of a Chromium: CHROMIUM, one on the PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def install_chromium() -> str | None:
    """Try the system's packages (as root on Debian), then Playwright's download. None where neither works."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, **quiet)
        if found := find_chromium():
            return found
    try:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return find_chromium()


if __name__ == "__main__":
    found = find_chromium() or install_chromium()
    sys.stdout.write(
        f"Browser tests use {found}\n"
        if found
        else "No Chromium found and none could be installed: browser tests are skipped.\n"
    )
