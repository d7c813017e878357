"""Ending the servers that tests start."""

import subprocess


def end(server: subprocess.Popen, seconds: float = 10) -> None:
    """Ask it to end, and kill it where it doesn't: a slow goodbye is no failure of what was tested."""
    server.terminate()
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
