"""When runs begin, and what is said of sources that have grown old, as the workspace file wants it."""

from pathlib import Path

import pytest

from pipelines.checkout import SettingsError
from pipelines.definitions import defs
from pipelines.settings import read_workspace
from pipelines.workspace_entries import Schedule


def workspace(tmp_path: Path, lines: str) -> Path:
    path = tmp_path / "impact.yaml"
    path.write_text(f"workspace: mine\nsources: []\n{lines}\n")
    return path


def test_a_workspace_without_a_schedule_runs_at_night_and_reports_monthly(tmp_path: Path) -> None:
    assert (
        read_workspace(workspace(tmp_path, ""), data=tmp_path, key="a key of the tests, long enough").schedule
        == Schedule()
    )


def test_the_workspace_file_says_when(tmp_path: Path) -> None:
    lines = 'schedule: {load: "0 5 * * 1-5", report: "30 6 1 */3 *", zone: Europe/Berlin}'
    found = read_workspace(workspace(tmp_path, lines), data=tmp_path, key="a key of the tests, long enough").schedule
    assert found == Schedule("0 5 * * 1-5", "30 6 1 */3 *", "Europe/Berlin")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("schedule: {load: every night}", "write five cron fields"),
        ('schedule: {load: "99 5 * * *"}', "write five cron fields"),
        ('schedule: {report: "0 7 31 2 *"}', "write five cron fields"),
        ("schedule: {zone: Middle/Earth}", "write an IANA zone"),
        ("schedule: {nightly: '0 5 * * *'}", "knows load, report and zone, not nightly"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_in_words(tmp_path: Path, lines: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_workspace(workspace(tmp_path, lines), data=tmp_path, key="a key of the tests, long enough")


def test_every_source_that_may_grow_old_has_a_warning_and_no_more() -> None:
    graph = defs().get_repository_def().asset_graph
    keys = [key for key in graph.asset_check_keys if key.name == "as_fresh_as_agreed"]
    named = {key.asset_key.path[-1] for key in keys}
    assert {"hris_hq", "surveys", "platform"} <= named
    assert not named & {"kenya_trial", "registry"}
    assert not any(graph.get(key).blocking for key in keys)


@pytest.mark.parametrize("size", [2, 1, 0, -3])
def test_groups_below_three_are_shown_by_no_workspace(tmp_path: Path, size: int) -> None:
    lines = f"min_group_size: {size}"
    with pytest.raises(SettingsError, match="min_group_size"):
        read_workspace(workspace(tmp_path, lines), data=tmp_path, key="a key of the tests, long enough")


def test_the_published_key_is_for_the_people_of_the_demo_alone(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="published"):
        read_workspace(workspace(tmp_path, "demo: true"), data=tmp_path, key="a key of the tests, long enough")


def test_a_source_with_an_agreed_age_has_a_freshness_policy_in_dagster() -> None:
    graph = defs().get_repository_def().asset_graph
    policies = {node.key.path[1]: node.freshness_policy for node in graph.asset_nodes if node.key.path[0] == "landing"}
    assert policies["registry"] is None, "programme files don't get old"
    days = {name: policy.fail_window.to_timedelta().days for name, policy in policies.items() if policy is not None}
    assert days["hris_products"] == 35
    assert all(policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta() for policy in policies.values() if policy)  # fmt: skip
