"""dbt's project as it was parsed last, whoever is killed while it is parsed."""

import json
import subprocess
from pathlib import Path

import pytest
from dagster_dbt import DbtProject

from pipelines.components import parsed_project

DBT = """#!/bin/sh
while [ "$1" != "--target-path" ]; do shift; done
mkdir -p "$2"
printf '{"root": "' > "$2/manifest.json"
[ -e broken ] && exit 1
printf '%s"}' "$PWD" >> "$2/manifest.json"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose dbt writes the first half of its manifest and then fails while there is a file `broken`."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: small\nversion: 1.0.0\n")
    program = tmp_path / "dbt"
    program.write_text(DBT)
    program.chmod(0o755)
    monkeypatch.setattr(parsed_project, "DBT_EXECUTABLE", str(program))
    monkeypatch.setattr(parsed_project, "PARSED_INTO", folder / "target/parsed")
    monkeypatch.setattr(parsed_project, "DBT", DbtProject(project_dir=folder, target_path=folder / "target/parsed"))
    return folder


def test_a_parse_that_ends_half_way_leaves_the_last_one_and_the_next_begins_again(project: Path) -> None:
    parsed = parsed_project.parsed_manifest()
    assert json.loads(parsed.read_text()) == {"root": str(project)}
    (project / "broken").touch()
    (project / "models/new.sql").write_text("select 1")
    with pytest.raises(subprocess.CalledProcessError):
        parsed_project.parsed_manifest()
    assert json.loads(parsed.read_text()) == {"root": str(project)}
    (project / "broken").unlink()
    written = parsed.stat().st_mtime_ns
    assert parsed_project.parsed_manifest() == parsed
    assert parsed.stat().st_mtime_ns > written
