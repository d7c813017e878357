"""When a run is late follows from when runs are planned."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.operations.lateness import late_after_hours, longest_pause
from pipelines.outreach_settings import AlertSettings
from pipelines.settings import read_workspace
from pipelines.workspace_entries import Schedule


@pytest.mark.parametrize(
    ("load", "hours"),
    [
        ("15 3 * * *", 24),
        ("0 5 * * 1-5", 72),
        ("0 5 * * 1", 168),
        ("0 5 1 * *", 31 * 24),
        ("0 */6 * * *", 6),
        ("* * 1 * *", 30 * 24 + 1),
        ("0 0 1 1 *", 366 * 24),
    ],
)
def test_a_run_is_late_when_the_longest_planned_pause_is_over(load: str, hours: int) -> None:
    assert longest_pause(Schedule(load=load)) == hours


def test_the_night_with_an_hour_more_is_no_late_run() -> None:
    assert longest_pause(Schedule(load="15 5 * * *", zone="Europe/Berlin")) == 25


def test_the_workspace_file_comes_first(tmp_path: Path) -> None:
    (tmp_path / "impact.yaml").write_text("workspace: mine\nsources: []\n")
    workspace = read_workspace(tmp_path / "impact.yaml", data=tmp_path, key=None)
    assert late_after_hours(workspace) == 26
    assert late_after_hours(replace(workspace, alerts=AlertSettings(late_after_hours=170))) == 170
