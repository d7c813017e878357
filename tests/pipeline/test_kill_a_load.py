"""Killed at any moment of landing, loading (at once and in parts), correcting or beginning: the tables are the old or the new ones, and the next run ends as if nothing had happened."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipelines.contracts import TABLES
from pipelines.loading.corrections import corrections_of
from pipelines.loading.vault import reading_vault
from tests.demo_run import PROJECT, run_environment

COLUMNS = {
    "person_id": {"from": "id", "reference": "hris"},
    "person_kind": {"const": "employee"},
    "family_name": {"from": "surname"},
    "latest_hire_date": {"from": "hired", "date": "%Y-%m-%d"},
}
MAPPING = {"files": [{"match": "people.csv", "key": "id", "tables": [{"table": "persons", "columns": COLUMNS}]}]}
COMPARED = [
    *(table.address for table in TABLES),
    *(f"quality.{name}" for name in ("loads", "reconciliation", "filtered_rows", "quarantine", "findings")),
    *("vault.persons", "vault.quarantined_rows"),
]
MOMENTS = 7


class Killer:
    """Asks tests/pipeline/killed_loads.py to run a step."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.killed_loads"],
            cwd=PROJECT,
            env=run_environment(Path("unused")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, step: str, last: int = 0) -> str:
        self.process.stdin.write(f"{folder} {step} {last}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def touches(self, folder: Path, step: str) -> int:
        return int(self.run(folder, step))


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    killer = Killer()
    yield killer
    killer.process.stdin.close()
    killer.process.wait(timeout=20)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, killer: Killer) -> Path:
    """A workspace whose first files are loaded and whose second ones are not: one small source, one that is read in parts."""
    folder = tmp_path_factory.mktemp("company")
    for name in ("small", "parts", "programmes"):
        (folder / name).mkdir()
    (folder / "mapping.yaml").write_text(yaml.safe_dump(MAPPING))
    sources = [
        {"id": name, "connector": "mapped_files", "path": name, "mapping": "mapping.yaml"}
        for name in ("small", "parts")
    ]
    (folder / "workspace.yaml").write_text(
        yaml.safe_dump({"workspace": "w", "programmes": "programmes", "sources": sources})
    )
    deliver(folder, 1)
    killer.touches(folder, "load")
    deliver(folder, 2)
    return folder


def deliver(folder: Path, day: int) -> None:
    note = json.dumps({"exported_at": f"2026-10-0{day}T06:00:00+00:00"})
    for name, count in (("small", 3), ("parts", 400)):
        # each by another length: days that all moved by one are asked about
        lines = [f"{n},Berg {n},2020-0{day}-{1 + n * day % 28:02d}" for n in range(1, count)]
        lines.append(f"{count},Lee,2020-02-30")
        (folder / name / "people.csv").write_text("\n".join(["id,surname,hired", *lines]) + "\n")
        (folder / name / "_export.json").write_text(note)


def tables(folder: Path) -> dict[str, list[tuple]]:
    with reading_vault(folder / "data/warehouse/warehouse.duckdb", folder / "data/vault/vault.duckdb") as warehouse:
        return {name: sorted(warehouse.execute(f"from {name}").fetchall(), key=repr) for name in COMPARED}


def landed(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in (folder / "data/landing").rglob("*") if path.is_file()}


def spread(touches: int) -> list[int]:
    """Moments from the first touch to the last."""
    return sorted({1 + round(place * (touches - 1) / (MOMENTS - 1)) for place in range(MOMENTS)})


def test_killed_at_any_moment_of_a_load_the_tables_are_the_old_ones_or_the_new(
    loaded: Path, tmp_path: Path, killer: Killer
) -> None:
    whole = shutil.copytree(loaded, tmp_path / "whole")
    before = tables(whole)
    touches = killer.touches(whole, "load")
    after, files = tables(whole), landed(whole)
    assert before != after
    assert touches > 100, "statements and files are counted"
    for moment in spread(touches):
        folder = shutil.copytree(loaded, tmp_path / f"killed{moment}")
        assert killer.run(folder, "load", moment) == "killed"
        assert tables(folder) in (before, after), moment
        killer.touches(folder, "load")
        assert tables(folder) == after, moment
        assert landed(folder) == files, moment


def test_a_correction_is_kept_whole_or_not_at_all(loaded: Path, tmp_path: Path, killer: Killer) -> None:
    folder, other = shutil.copytree(loaded, tmp_path / "company"), shutil.copytree(loaded, tmp_path / "other")
    kept = folder / "data/corrections"
    for moment in range(1, killer.touches(other, "correct") + 1):
        assert killer.run(folder, "correct", moment) == "killed"
        assert corrections_of(kept, "small") == []
    killer.touches(folder, "correct")
    assert len(corrections_of(kept, "small")) == 1


def test_a_workspace_and_a_mapping_that_were_cut_off_can_be_begun_again(
    loaded: Path, tmp_path: Path, killer: Killer
) -> None:
    folder, other = shutil.copytree(loaded, tmp_path / "company"), shutil.copytree(loaded, tmp_path / "other")
    for moment in range(1, killer.touches(other, "begin") + 1):
        killer.run(folder, "begin", moment)
    killer.touches(folder, "begin")
    for name in ("impact.yaml", "levels.yaml", "programmes/my_programme.yaml", "people.yaml"):
        assert (folder / "new" / name).read_text() == (other / "new" / name).read_text()
