"""What has outlived its days goes, what is in force stays, and without `retention:` everything does."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.audit_log import entries
from pipelines.checkout import SettingsError
from pipelines.cli import app
from pipelines.erasure.retention import expired
from pipelines.loading.vault import reading_vault
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.demo_run import PROJECT

COLUMNS = {
    "person_id": {"from": "id", "reference": "hris"},
    "person_kind": {"const": "employee"},
    "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
}
MAPPING = {"files": [{"match": "people.csv", "key": "id", "tables": [{"table": "persons", "columns": COLUMNS}]}]}
LATER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two deliveries of one source, a year apart, each with a record that is quarantined."""
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(MAPPING))
    (tmp_path / "export").mkdir()
    configure(tmp_path)
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    for year in (2024, 2025):
        (tmp_path / "export/people.csv").write_text(f"id,hired\n1,{year}-01-01\n2,{year}-02-30\n3,2020-01-01\n")
        (tmp_path / "export/_export.json").write_text(f'{{"exported_at": "{year}-06-01T00:00:00+00:00"}}')
        with connect(settings().warehouse) as warehouse:
            load_sources(warehouse, configured_sources(), lambda words: None)
    return tmp_path


def configure(folder: Path, **retention: object) -> None:
    sources = [{"id": "hris", "connector": "mapped_files", "path": "export", "mapping": "mapping.yaml"}]
    programmes = str(PROJECT / "data/examples/demo_company/programmes")
    content = {"workspace": "w", "programmes": programmes, "sources": sources}
    (folder / "impact.yaml").write_text(yaml.safe_dump(content | ({"retention": retention} if retention else {})))


def texts() -> int:
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        return warehouse.execute("select count(raw_text) from vault.quarantined_rows").fetchall()[0][0]


def loads() -> list[Path]:
    return sorted((settings().landing / "hris").iterdir())


def test_without_retention_everything_is_kept(workspace: Path) -> None:
    result = CliRunner().invoke(app, ["retain"])
    assert "Everything is kept" in result.output
    assert expired(settings(), LATER) == []
    assert len(loads()) == 2


def test_a_load_in_force_stays_however_old_it_is(workspace: Path) -> None:
    configure(workspace, landing=1)
    (gone,) = [one for one in expired(settings(), LATER) if "hris" in one.what]
    gone.remove()
    assert "2024-06-01" in gone.what
    assert len(loads()) == 1


def test_the_text_of_old_records_goes_and_their_reason_stays(workspace: Path) -> None:
    configure(workspace, quarantine=300)
    assert texts() == 2
    for one in expired(settings(), LATER):
        one.remove()
    assert texts() == 1
    assert b"2024-02-30" not in settings().vault.read_bytes()
    with connect(settings().warehouse, read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from quality.quarantine where reason is not null").fetchall() == [
            (2,)
        ]


def test_the_last_report_stays(workspace: Path) -> None:
    for name in ("1-2024-01-31-aa", "2-2024-02-28-bb"):
        (settings().reports / "issued" / name).mkdir(parents=True)
    configure(workspace, reports=30)
    assert [one.what for one in expired(settings(), LATER)] == ["report 1-2024-01-31-aa"]


def test_a_dry_run_lists_and_removes_nothing_and_a_run_is_logged(workspace: Path) -> None:
    configure(workspace, logs=30)
    old = settings().data / "logs/unforeseen.log"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    os.utime(old, (0, 0))
    assert "would remove  logs" in CliRunner().invoke(app, ["retain", "--dry-run"]).output
    assert old.exists()
    assert "removed  logs" in CliRunner().invoke(app, ["retain"]).output
    assert not old.exists()
    assert [entry["action"] for entry in entries(settings().audit_log)] == ["retained"]


@pytest.mark.parametrize("retention", [{"everything": 3}, {"landing": 0}, {"landing": "soon"}])
def test_an_entry_that_cant_be_meant_is_told_with_the_next_step(workspace: Path, retention: dict) -> None:
    configure(workspace, **retention)
    with pytest.raises(SettingsError, match="Next step"):
        settings()
