"""A certified OpenID Connect provider (oidc-provider, from npm) on localhost, for the tests of signing in.

`python -m tests.oidc_provider` installs it by its lock file and says in one line whether it is there. It runs on the Node that comes with Playwright.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import playwright

from tests.server_process import end, wait_until_healthy

FOLDER = Path(__file__).parent / "servers" / "oidc"
SECRETS = {
    "IMPACT_OIDC_CLIENT_ID": "dashboards",
    "IMPACT_OIDC_CLIENT_SECRET": "a secret of the tests",
    "IMPACT_COOKIE_SECRET": "signs the cookies of the tests, long enough",
}


def node() -> str | None:
    """Playwright's own Node, or the one on the PATH."""
    own = Path(playwright.__file__).parent / "driver" / ("node.exe" if os.name == "nt" else "node")
    return str(own) if own.exists() else shutil.which("node")


def is_installed() -> bool:
    """Whether the provider can be started."""
    return node() is not None and (FOLDER / "node_modules" / "oidc-provider").is_dir()


def install() -> bool:
    """By the lock file, with its hashes, without scripts; False where npm or its registry isn't there."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    return subprocess.run(command, cwd=FOLDER, check=False, timeout=300).returncode == 0 and is_installed()


@contextmanager
def running_provider(
    port: int, dashboards: str, folder: Path, groups: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str]]:
    """What the environment of a dashboard server says of it, gone when the block ends. groups: address to groups."""
    (folder / "groups.json").write_text(json.dumps(groups))
    command = [str(node()), "provider.mjs", str(port), dashboards, str(folder / "groups.json")]
    url = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    with (folder / "provider.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=FOLDER, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_healthy(url, server, "provider")
            yield {**SECRETS, "IMPACT_OIDC_METADATA_URL": url}
        finally:
            end(server)


if __name__ == "__main__":
    found = is_installed() or install()
    sys.stdout.write("Sign-in is tested against oidc-provider\n" if found else "No npm, or no registry: the sign-in in a browser isn't tested.\n")  # fmt: skip
