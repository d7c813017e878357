"""What the documentation shows is what the code does."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), PROJECT / "data/README.md"]


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    named = set(re.findall(r"make ([a-z]+)", (PROJECT / "README.md").read_text()))
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.M))
    assert named <= targets
    assert {"demo", "test", "check", "dashboard", "dagster", "bench", "clean"} <= targets


def test_make_without_a_target_lists_them() -> None:
    listed = subprocess.run(["make", "-s"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for target in ("make demo", "make test", "make dashboard"):
        assert target in listed


@pytest.mark.parametrize("command", ["demo", "run", "report", "dashboard", "dagster", "dictionary", "match"])
def test_every_command_explains_itself(command: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", command, "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Usage" in shown


def test_every_folder_of_the_code_stands_in_the_table_of_the_architecture() -> None:
    table = (PROJECT / "docs/architecture.md").read_text().split("## Folders")[1].split("\n## ")[0]
    named = set(re.findall(r"`(?:pipelines/|dashboards/)?([a-z_]+)/`", table))
    there = {folder.parent.name for room in ("pipelines", "dashboards") for folder in (PROJECT / room).glob("*/*.py")}
    assert there - named == set()
    for name in re.findall(r"`((?:pipelines|dashboards)/[a-z_/.]+)`", table):
        assert (PROJECT / name).exists(), name


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not target.startswith("/"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_an_own_workspace_without_a_key_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.checkout import SettingsError
    from pipelines.settings import read_workspace

    own = tmp_path / "workspace.yaml"
    own.write_text("workspace: mine\nsources: []\n")
    with pytest.raises(SettingsError, match="openssl rand -hex 32"):
        _ = read_workspace(own, data=tmp_path, key=None).hash_key
    with pytest.raises(SettingsError, match="shorter than 16"):
        read_workspace(own, data=tmp_path, key="short")
    assert "secret" not in repr(read_workspace(own, data=tmp_path, key="secret-secret-secret"))
