"""A PostgreSQL of its own for a test: found on the machine, or installed as the browser is; started as a user who isn't root, on a socket in a folder of its own.

`python -m tests.postgres` says in one line what it found.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

USERS = ("postgres", "nobody")


def find_postgres() -> Path | None:
    """The folder of `initdb` and `postgres`: POSTGRES_BIN, Debian's newest, or the PATH."""
    named = os.environ.get("POSTGRES_BIN")
    if named:
        return Path(named)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def install_postgres() -> Path | None:
    """Install Debian's package, as root. None where that doesn't work."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"], check=False, **quiet
        )
    return find_postgres()


def _other_user() -> str | None:
    """PostgreSQL refuses root: the name of somebody else; None where we are somebody else already."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("PostgreSQL doesn't run as root, and there is no user postgres or nobody.")


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty database, gone when the block ends. Raises RuntimeError where there is no PostgreSQL at all."""
    programs = find_postgres() or install_postgres()
    if programs is None:
        raise RuntimeError(
            "No PostgreSQL found. Install it (apt-get install postgresql), or set POSTGRES_BIN to the folder of initdb."
        )
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    port = _free_port()
    options = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "hr", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
        check=True,
        **options,
    )
    settings = [
        "-c",
        "fsync=off",
        "-c",
        f"unix_socket_directories={folder}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-p",
        str(port),
    ]
    server = subprocess.Popen([programs / "postgres", "-D", data, *settings], **options)
    try:
        _wait_for(port, server)
        yield f"postgresql://hr@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, server: subprocess.Popen) -> None:
    from adbc_driver_manager import Error
    from adbc_driver_postgresql import dbapi

    deadline = time.monotonic() + 30
    while True:
        try:
            dbapi.connect(f"postgresql://hr@127.0.0.1:{port}/postgres").close()
            return
        except Error:
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    found = find_postgres() or install_postgres()
    sys.stdout.write(
        f"Database tests use {found}\n"
        if found
        else "No PostgreSQL found and none could be installed: database tests fail.\n"
    )
