"""Data of a later version are left alone: every command says so in words, and no byte changes."""

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.backup import BackupRefused, back_up
from pipelines.cli import app
from pipelines.data_version import DATA_VERSION, FILE, note_version
from pipelines.restoring import restore
from pipelines.settings import settings
from tests.versions.company import KEY, write_company


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the company, in which something lies that no run could make again."""
    write_company(tmp_path, 0)
    (tmp_path / "messages.yaml").unlink()
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_HASH_KEY", KEY)
    (tmp_path / "data/corrections").mkdir(parents=True)
    (tmp_path / "data/corrections/staff.json").write_text("[]")
    return tmp_path / "data"


def written_by_a_later_version(data: Path) -> None:
    (data / FILE).write_text(json.dumps({"data_version": DATA_VERSION + 1}))


def contents(data: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in data.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "command",
    ["run", "erase E001 --yes", "retain", "backup {disk}", "restore {disk}", "quarantine list", "report", "register mentoring", "export", "messages list", "health"],
)  # fmt: skip
def test_every_command_says_what_to_do_and_changes_nothing(data: Path, tmp_path: Path, command: str) -> None:
    written_by_a_later_version(data)
    before = contents(data)
    ended = CliRunner().invoke(app, command.format(disk=tmp_path / "disk").split())
    assert ended.exit_code == 1
    assert "later version" in ended.output
    assert "Next step: update mentorship-impact" in " ".join(ended.output.split())
    assert contents(data) == before


def test_a_backup_of_a_later_version_isnt_restored(data: Path, tmp_path: Path) -> None:
    workspace = settings()
    written_by_a_later_version(data)
    backup = back_up(workspace, tmp_path / "disk", datetime.now(UTC))
    shutil.rmtree(data)
    with pytest.raises(BackupRefused, match="later version"):
        restore(workspace, backup, datetime.now(UTC))
    assert not data.exists()


def test_a_note_that_cant_be_read_stops_nobody_and_is_written_again(data: Path) -> None:
    (data / FILE).write_text("{")
    assert settings().data == data
    note_version(data)
    assert json.loads((data / FILE).read_text()) == {"data_version": DATA_VERSION}
