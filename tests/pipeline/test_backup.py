"""What a run could not make again comes back byte for byte, damaged and foreign backups change nothing, and who was erased stays erased."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.audit_log import append, entries, verify
from pipelines.loading.vault import reading_vault
from pipelines.settings import settings
from pipelines.stages.declarations import DECLARATIONS_SCHEMA
from pipelines.stages.looks import LOOKS_SCHEMA
from pipelines.warehouse import connect, read_frame, read_kept, replace_table
from tests.pipeline.canary import CANARY, build, everybody_else, hits, impact, load, plant

MADE_ANEW = {"warehouse", "serving", "dagster", "logs"}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A loaded workspace with decisions, corrections, fetched pages, a report and an audit log; its data folder."""
    data = build(tmp_path, monkeypatch)
    plant(data)
    issued = data / "reports/issued/1-2025-06-01-aa"
    issued.mkdir(parents=True)
    (issued / "report.html").write_text("figures")
    append(settings().audit_log, "exported", {"what": "pairs"})
    return data


@pytest.fixture
def backup(workspace: Path, tmp_path: Path) -> Path:
    made = impact("backup", str(tmp_path / "disk"))
    assert made.exit_code == 0, made.output
    (found,) = (tmp_path / "disk").glob("backup-*")
    return found


def contents(data: Path) -> dict[str, str]:
    """What a backup must hold, by hash, of an SQLite database by what it says. The audit log and the history have tests of their own."""
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(said(path)).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file()
        and path.relative_to(data).parts[0] not in MADE_ANEW | {"audit", "history", "before-restore"}
        and path.suffix != ".lock"
        and not path.name.endswith(("-wal", "-shm"))
    }


def said(path: Path) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"SQLite format 3"):
        return data
    with closing(sqlite3.connect(path)) as database:
        return "\n".join(database.iterdump()).encode()


def lose(data: Path) -> None:
    shutil.rmtree(data)


def names() -> list[tuple]:
    with reading_vault(settings().warehouse, settings().vault) as warehouse:
        return read_frame(warehouse, "from vault.persons order by all").rows()


def test_everything_that_no_run_could_make_comes_back_as_it_was(workspace: Path, backup: Path) -> None:
    before, people = contents(workspace), names()
    assert {"landing", "vault", "fetched", "corrections", "reports", "decisions"} <= {
        name.split("/")[0] for name in before
    }
    lose(workspace)
    restored = impact("restore", str(backup.parent))
    assert restored.exit_code == 0, restored.output
    assert contents(workspace) == before
    assert names() == people
    assert verify(settings().audit_log).problem is None
    assert [entry["action"] for entry in entries(settings().audit_log)][-2:] == ["exported", "restored"]


def test_a_run_after_a_restore_finds_every_person_again(workspace: Path, backup: Path) -> None:
    others = everybody_else()
    with connect(settings().warehouse, read_only=True) as warehouse:
        counts = read_frame(
            warehouse, "select source_instance, count(*) from raw_people.persons group by 1 order by 1"
        ).rows()
    lose(workspace)
    impact("restore", str(backup))
    load()
    assert everybody_else() == others
    with connect(settings().warehouse, read_only=True) as warehouse:
        assert (
            read_frame(
                warehouse, "select source_instance, count(*) from raw_people.persons group by 1 order by 1"
            ).rows()
            == counts
        )


def test_only_their_owner_can_read_a_backups_files_and_the_key_isnt_in_it(workspace: Path, tmp_path: Path) -> None:
    (workspace / "hash_key").write_text("secret-of-this-workspace")
    impact("backup", str(tmp_path / "disk"))
    (made,) = (tmp_path / "disk").glob("backup-*")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (made, *made.rglob("*"))}
    assert modes == {0o600, 0o700}
    assert not [path for path in made.rglob("*") if path.is_file() and b"secret-of-this-workspace" in path.read_bytes()]
    assert (made / "configuration/impact.yaml").exists()


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "manifest", "outside"])
def test_a_damaged_backup_is_refused_and_nothing_changes(workspace: Path, backup: Path, damage: str) -> None:
    (landed,) = (backup / "data/landing/people").glob("*/people.csv")
    manifest = backup / "backup.json"
    told = json.loads(manifest.read_text())
    match damage:
        case "flip":
            landed.write_bytes(bytes([landed.read_bytes()[0] ^ 1]) + landed.read_bytes()[1:])
        case "cut":
            os.truncate(landed, 10)
        case "gone":
            landed.unlink()
        case "manifest":
            manifest.write_text("")
        case "outside":
            manifest.write_text(json.dumps(told | {"files": {"../../escape": "0"}}))
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    refused = impact("restore", str(backup), "--replace")
    assert refused.exit_code == 1
    assert "Next step" in refused.output
    assert {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()} == before


def test_another_key_is_refused(workspace: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(workspace)
    monkeypatch.setenv("IMPACT_HASH_KEY", "another-key-" * 4)
    refused = impact("restore", str(backup), "--replace")
    assert refused.exit_code == 1
    assert "another key" in refused.output
    assert contents(workspace) == before


def test_a_later_versions_backup_is_refused(workspace: Path, backup: Path) -> None:
    told = json.loads((backup / "backup.json").read_text())
    (backup / "backup.json").write_text(json.dumps(told | {"form": 99}))
    assert "later version" in impact("restore", str(backup), "--replace").output


def test_a_folder_with_data_is_left_alone_unless_told(workspace: Path, backup: Path) -> None:
    before = contents(workspace)
    refused = impact("restore", str(backup))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert contents(workspace) == before
    (workspace / "exports/note.txt").write_text("written since the backup")
    assert impact("restore", str(backup), "--replace").exit_code == 0
    assert contents(workspace) == before
    (aside,) = (workspace / "before-restore").iterdir()
    assert (aside / "exports/note.txt").read_text() == "written since the backup"


def test_a_restore_that_finds_the_disk_full_changes_nothing(
    workspace: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(workspace)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.backup.shutil.copyfile", full)
    refused = impact("restore", str(backup), "--replace")
    assert refused.exit_code == 1
    assert "No space left" in refused.output
    assert contents(workspace) == before
    assert not (workspace / ".restoring").exists()
    assert impact("backup", str(backup.parent)).exit_code == 1
    assert [path.name for path in backup.parent.iterdir()] == [backup.name], (
        "no half-written copy of people's data stays"
    )


def test_who_was_erased_after_the_backup_is_erased_again(workspace: Path, backup: Path) -> None:
    assert hits(backup)
    others = everybody_else()
    assert impact("erase", CANARY, "--yes").exit_code == 0
    restored = impact("restore", str(backup), "--replace")
    assert restored.exit_code == 0, restored.output
    assert hits(workspace) == []
    assert everybody_else() == others
    load()
    assert hits(workspace) == []


def test_who_was_erased_is_erased_again_where_only_the_list_of_erased_people_was_saved(
    workspace: Path, backup: Path, tmp_path: Path
) -> None:
    impact("erase", CANARY, "--yes")
    saved = tmp_path / "kept.json"
    shutil.copy(settings().tombstones, saved)
    lose(workspace)
    restored = impact("restore", str(backup), "--tombstones", str(saved))
    assert restored.exit_code == 0, restored.output
    assert hits(workspace) == []


def test_an_audit_log_that_goes_on_after_the_backups_end_is_kept(workspace: Path, backup: Path) -> None:
    append(settings().audit_log, "exported", {"what": "later"})
    impact("restore", str(backup), "--replace")
    assert [entry["action"] for entry in entries(settings().audit_log)][-3:] == ["backed up", "exported", "restored"]
    assert verify(settings().audit_log).problem is None


def test_what_the_warehouse_alone_knew_survives_its_loss(workspace: Path, tmp_path: Path) -> None:
    kept = {
        "impact.looks": frame(LOOKS_SCHEMA, {"programme_id": "p", "outcome": "stays", "looked_on": date(2025, 1, 1)}),
        "impact.declarations": frame(DECLARATIONS_SCHEMA, {"programme_id": "p"}),
        "analytics.match_history": pl.DataFrame({"run_id": ["r"], "cohort_id": ["c"]}),
        "snapshots.persons_history": pl.DataFrame({"person_id": ["x"], "known_from_at": [date(2024, 1, 1)]}),
    }
    with connect(settings().warehouse) as warehouse:
        for table, rows in kept.items():
            replace_table(warehouse, table, rows)
        identities = read_frame(warehouse, "from identity.people order by all").rows()
    impact("backup", str(tmp_path / "disk"))
    lose(workspace)
    impact("restore", str(tmp_path / "disk"))
    load()
    with connect(settings().warehouse, read_only=True) as warehouse:
        for table, rows in kept.items():
            assert read_frame(warehouse, f"from {table}").equals(rows), table
        assert read_frame(warehouse, "from identity.people order by all").rows() == identities


def frame(schema: dict, values: dict) -> pl.DataFrame:
    return pl.DataFrame([values], schema=schema)


def test_a_kept_table_of_an_earlier_version_keeps_its_rows(tmp_path: Path) -> None:
    with connect(tmp_path / "w.duckdb") as warehouse:
        replace_table(warehouse, "impact.looks", pl.DataFrame({"programme_id": ["p"], "look": ["2"]}))
        (row,) = read_kept(warehouse, "impact.looks", LOOKS_SCHEMA).to_dicts()
    assert (row["programme_id"], row["look"], row["policy_version"]) == ("p", 2, None)
