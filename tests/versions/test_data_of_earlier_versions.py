"""What an organisation kept with each released version is opened by today's code: nothing is lost, and everybody is who they were. The data are made by `python -m tests.versions.keep TAG`."""

import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.audit_log import verify
from pipelines.cli import app
from pipelines.loading.upgrades import upgrade
from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import load_sources
from tests.demo_run import PROJECT, impact
from tests.versions.company import KEY
from tests.versions.decide import COHORT, MADE
from tests.versions.held import Held, held
from tests.versions.keep import ERASED, KEPT

TAGS = sorted(path.name.removesuffix(".tar.xz") for path in KEPT.glob("*.tar.xz"))
LIMIT = 500_000
"""Bytes of one archive: they stay in the repository for good."""

pytestmark = [pytest.mark.timeout(3_000)]


def test_the_data_of_every_released_version_are_kept_and_small() -> None:
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## ([0-9]+\.[0-9]+\.[0-9]+)", changes, re.MULTILINE)
    assert [f"v{version}" for version in sorted(released)] == TAGS
    assert [path.name for path in KEPT.iterdir() if path.stat().st_size > LIMIT] == []


@dataclass(frozen=True)
class Opened:
    """The data of a version before and after a run of today's code."""

    folder: Path
    before: Held
    after: Held

    @property
    def data(self) -> Path:
        return self.folder / "workspace/data"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        workspace = str(self.folder / "workspace/impact.yaml")
        return impact(self.data, *arguments, IMPACT_WORKSPACE=workspace, IMPACT_HASH_KEY=KEY)

    def warehouse(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.data / "warehouse/warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module", params=TAGS)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("opened")
    with tarfile.open(KEPT / f"{request.param}.tar.xz") as packed:
        packed.extractall(folder, filter="data")
    before = held(folder / "workspace/data")
    opening = Opened(folder, before, before)
    ended = opening.command("run")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Opened(folder, before, held(opening.data))


@pytest.mark.pipeline
def test_nothing_is_lost_and_everybody_is_who_they_were(opened: Opened) -> None:
    assert opened.before.people
    assert opened.before.names
    assert opened.before.lost(opened.after) == {}


@pytest.mark.pipeline
def test_what_was_decided_still_holds(opened: Opened) -> None:
    ((published, version),) = opened.warehouse(
        f"select mentee_application_id || ' ' || mentor_application_id, version from marts.published_pairs where cohort_id = '{COHORT}'"
    )
    assert (published, version) == (" ".join(MADE[-1][1][0]), 1)


@pytest.mark.pipeline
def test_a_record_that_was_corrected_then_is_loaded_as_it_was_corrected(opened: Opened) -> None:
    ((day,),) = opened.warehouse("select scheduled_start_at::date from raw_sessions.sessions where session_id = 'm-bad' and not is_deleted")  # fmt: skip
    assert str(day) == "2026-10-19"


@pytest.mark.pipeline
def test_receipts_log_and_issued_reports_can_still_be_checked(opened: Opened) -> None:
    for receipt in (opened.data / "history/registrations").glob("*.json"):
        checked = opened.command("register", "--verify", str(receipt))
        assert checked.returncode == 0, checked.stdout + checked.stderr
    assert verify(opened.data / "audit/log.jsonl").problem is None
    issued = opened.command("report", "list").stdout
    for report in (opened.data / "reports/issued").iterdir():
        assert report.name.split("-")[0] in issued


@pytest.mark.parametrize("tag", TAGS)
def test_a_backup_of_an_earlier_version_is_restored_whole(
    tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(KEPT / f"{tag}.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    if not (tmp_path / "backups").exists():
        return  # that version knew no backups
    before = held(tmp_path / "workspace/data")
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "workspace/impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "empty"))
    monkeypatch.setenv("IMPACT_HASH_KEY", KEY)
    restored = CliRunner().invoke(app, ["restore", str(tmp_path / "backups")])
    assert restored.exit_code == 0, restored.output
    workspace = settings()
    upgrade(workspace.warehouse, workspace.vault, workspace.history)
    with connect(workspace.warehouse) as warehouse:
        load_sources(warehouse, configured_sources(), lambda _: None)
    lost = before.lost(held(workspace.data))
    # the models are made by a run; that the backup was taken is noted after it; who had left a list is known by the snapshots
    assert lost.keys() <= {"people of the models", "audit log", "people"}
    assert len(lost["audit log"]) == len(lost["people"]) == 1


@pytest.mark.pipeline
def test_who_was_erased_stays_erased(opened: Opened) -> None:
    if not (opened.data / "erasures/tombstones.json").exists():
        return  # that version erased nobody
    number = int(ERASED[1:])
    assert [name for name in opened.after.names if name[2] == f"Given{number}"] == []
