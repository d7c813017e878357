"""`impact access` tells what the file gives; `impact dashboard` refuses to be open to others."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

FILE = """workspace: w
access:
  public_url: https://mentoring.example.org
  people:
    - {email: anna@example.org, role: manager, programmes: [leadership], units: [Law], line: true}
    - {group: heads, role: administrator}
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def _told(*words: str, text: str = FILE) -> tuple[int, str]:
        (tmp_path / "impact.yaml").write_text(text)
        monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
        monkeypatch.setenv("IMPACT_HASH_KEY", "k" * 32)
        found = CliRunner().invoke(app, list(words))
        return found.exit_code, found.output

    return _told


def test_it_lists_everybody_and_one_person_with_their_mark(told) -> None:
    code, said = told("access")
    assert code == 0
    assert "manager of leadership (people Law or below oneself only)" in said
    assert "group heads: administrator" in said
    assert "Everybody else who signs in: nobody" in said
    one = told("access", "Anna@example.org")[1]
    assert "user-" in one
    assert "leadership (people Law or below oneself only)" in one


def test_whom_the_file_does_not_name_is_told_as_that(told) -> None:
    code, said = told("access", "bo@example.org")
    assert code == 1
    assert "has no role by its address" in said
    assert "answer this computer only" in told("access", text="workspace: w\n")[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "mentoring.example.org"])
def test_an_address_that_others_reach_is_refused_without_access(told, host: str) -> None:
    code, said = told("dashboard", "--host", host, text="workspace: w\n")
    assert code == 1
    assert "without a sign-in" in said
    assert "Next step: write `access:`" in said


def test_a_sign_in_without_its_secrets_is_refused_before_anything_starts(told, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("METADATA_URL", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"IMPACT_OIDC_{name}", raising=False)
    code, said = told("dashboard")
    assert code == 1
    assert "needs IMPACT_OIDC_METADATA_URL" in said


def test_adding_data_answers_its_own_computer_by_its_own_name_only(told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from pipelines.commands import start

    given: dict[str, str] = {}

    class Ended:
        def __init__(self, command: list[str], *, cwd: Path, env: dict[str, str]) -> None:
            given.update(env, command=" ".join(command))

        def poll(self) -> int:
            return 0

        wait = poll

    monkeypatch.setattr(start.subprocess, "Popen", Ended)
    monkeypatch.setenv("IMPACT_ALLOWED_HOSTS", "mentoring.example.org")
    assert told("start", "--folder", str(tmp_path), "--no-browser")[0] == 0
    assert (given["IMPACT_ACCESS"], given["IMPACT_ALLOWED_HOSTS"]) == ("", "")
    assert "--server.address=127.0.0.1" in given["command"]
