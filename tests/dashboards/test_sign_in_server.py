"""The server starts where signing in would hold, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oidc_provider import SECRETS

ROOT = Path(__file__).resolve().parents[2]
METADATA = {"IMPACT_OIDC_METADATA_URL": "https://login.example.org/.well-known/openid-configuration"}
ACCESS = "workspace: w\naccess: {public_url: 'https://mentoring.example.org', everybody: viewer}\n"


def end_of(folder: Path, *options: str, access: str | None = None, **environment: str) -> tuple[int, str]:
    """Exit code and output of a server that must not start."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IMPACT_", "STREAMLIT_"))}
    if access is not None:
        (folder / "impact.yaml").write_text(access)
        environment["IMPACT_ACCESS"] = str(folder / "impact.yaml")
    command = [sys.executable, "-m", "streamlit", "run", "dashboards/server.py", "--server.port=0", *options]
    ended = subprocess.run(command, cwd=ROOT, env={**kept, "IMPACT_SERVING": str(folder), **environment}, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("options", "access", "environment", "words"),
    [
        (["--server.address=0.0.0.0"], None, {}, "without a sign-in"),
        (["--server.address=::"], None, {}, "without a sign-in"),
        ([], ACCESS, {}, "needs IMPACT_OIDC_METADATA_URL"),
        ([], ACCESS, {**METADATA, **SECRETS, "IMPACT_COOKIE_SECRET": "short"}, "could be forged"),
        ([], "workspace: w\n", {**METADATA, **SECRETS}, "has no `access:` any more"),
        (["--server.enableAgentApi=true"], None, {}, "`server.enableAgentApi` would let programs in"),
        ([], ACCESS, {**METADATA, **SECRETS, "STREAMLIT_SERVER_ENABLE_AGENT_API": "true"}, "`server.enableAgentApi`"),
    ],
)  # fmt: skip
def test_where_others_could_come_in_it_ends_with_the_reason(tmp_path: Path, options: list[str], access: str | None, environment: dict[str, str], words: str) -> None:  # fmt: skip
    code, said = end_of(tmp_path, *options, access=access, **environment)
    assert code != 0
    assert "The dashboards don't start: " in said
    assert words in said
    assert "Next step: " in said
    assert "Traceback" not in said
    assert SECRETS["IMPACT_OIDC_CLIENT_SECRET"] not in said
