"""Waiting for the servers that tests start, and ending them."""

import subprocess
import time
import urllib.request

import pytest


def end(server: subprocess.Popen, seconds: float = 10) -> None:
    """Ask it to end, and kill it where it doesn't: a slow goodbye is no failure of what was tested."""
    server.terminate()
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def wait_until_healthy(url: str, server: subprocess.Popen, name: str) -> None:
    """Until `url` answers 200. Fails where the server has ended, or after half a minute."""
    for _ in range(300):
        assert server.poll() is None, f"the {name} ended at once"
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the {name} did not answer within 30 s")
