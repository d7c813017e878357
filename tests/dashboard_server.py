"""The dashboards' server as a process of its own, for the tests in a real browser."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server_process import end, wait_until_healthy

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port of this computer that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_dashboards(serving: Path, log_folder: Path, *, port: int = 0, **environment: str) -> Iterator[str]:
    """The address of a server on `serving`, gone when the block ends. port: 0 is any that is free."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboards/server.py", f"--server.port={port}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPACT_")}
    with (log_folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**kept, "IMPACT_SERVING": str(serving), **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, "server")
            yield f"http://127.0.0.1:{port}"
        finally:
            end(server)
