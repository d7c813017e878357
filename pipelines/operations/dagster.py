"""Dagster on this machine: code server, web server behind the guard, and the daemon that starts what is scheduled."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import yaml

LOOK_EVERY = 0.5
LOCALHOST = "127.0.0.1"
CODE = "pipelines.definitions"
SOCKET = "code.sock"


def commands(folder: Path, port: int, *, host: str = LOCALHOST, read_only: bool = False) -> Mapping[str, list[str]]:
    """The three programs by name. They find each other through the workspace file and the socket in `folder`."""
    workspace = str(folder / "workspace.yaml")
    return {
        "code server": ["dagster", "code-server", "start", "-m", CODE, "--socket", str(folder / SOCKET)],
        "web server": [
            *("pipelines.operations.web", "--host", host, "--port", str(port), "-w", workspace),
            *(["--read-only"] if read_only else []),
        ],
        "daemon": ["dagster._daemon", "run", "-w", workspace],
    }


def serve(port: int, *, host: str = LOCALHOST, read_only: bool = False) -> int:
    """Run all three until one of them ends or the terminal interrupts; the others end with it. Returns the exit code.

    DAGSTER_HOME and the workspace are taken from the environment, as `prepare_environment` sets them.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="impact-") as name:
        folder = Path(name)
        where = {"grpc_server": {"socket": str(folder / SOCKET), "location_name": CODE}}
        (folder / "workspace.yaml").write_text(yaml.safe_dump({"load_from": [where]}), encoding="utf-8")
        running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for part, words in commands(folder, port, host=host, read_only=read_only).items():
                running[part] = _start(words)
                _wait_for(folder / SOCKET, running)
            return _watch(running)
        except KeyboardInterrupt:
            return 0
        finally:
            _end(list(running.values()))


def _start(words: list[str]) -> subprocess.Popen[bytes]:
    """One program as a process that ends with this one, in a group of its own so that an interrupt reaches it once."""
    command = [sys.executable, "-m", "pipelines.operations.attached", *words]
    return subprocess.Popen(command, env=os.environ.copy(), start_new_session=True)


def _wait_for(socket: Path, running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Until the code server listens, or one has ended: the others ask it once, when they start."""
    while not socket.exists() and all(process.poll() is None for process in running.values()):
        time.sleep(LOOK_EVERY)


def _watch(running: Mapping[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, process in running.items():
            code = process.poll()
            if code is not None:
                sys.stderr.write(f"Dagster's {name} has ended (exit code {code}); the others are stopped.\n")
                return code or 1
        time.sleep(LOOK_EVERY)


def _end(processes: list[subprocess.Popen[bytes]], patience: float = 10) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    until = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
