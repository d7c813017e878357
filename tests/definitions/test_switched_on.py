"""What begins by itself: nothing in the demo but what follows on somebody's run, what the workspace file configures in a workspace of one's own."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import defs

MAIL = """
messages: {from: Mentoring <mentoring@arbor.example>}
report: {owner: lead@arbor.example, recipients: [board@arbor.example]}
alerts: {to: [ops@arbor.example]}
"""


def running(monkeypatch: pytest.MonkeyPatch, workspace: Path | None, **environment: str) -> set[str]:
    """Names of the schedules and sensors that are on by themselves."""
    for name in ("IMPACT_WORKSPACE", "IMPACT_SMTP", "IMPACT_ALERTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPACT_HASH_KEY", "a key of the tests, long enough")
    if workspace:
        monkeypatch.setenv("IMPACT_WORKSPACE", str(workspace))
        monkeypatch.setenv("IMPACT_DATA", str(workspace.parent / "data"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    repository = defs().get_repository_def()
    on = (dg.DefaultScheduleStatus.RUNNING, dg.DefaultSensorStatus.RUNNING)
    return {one.name for one in [*repository.schedule_defs, *repository.sensor_defs] if one.default_status in on}


def own(tmp_path: Path, more: str = "") -> Path:
    (tmp_path / "programmes").mkdir(exist_ok=True)
    (tmp_path / "people").mkdir(exist_ok=True)
    path = tmp_path / "impact.yaml"
    path.write_text(f"workspace: arbor\nsources:\n  - {{id: people, connector: bamboohr, path: people}}\n{more}")
    return path


KEEPS = {"run_failed", "run_succeeded", "what_follows"}
"""They wait for runs that somebody starts."""


def test_the_demo_starts_nothing_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert running(monkeypatch, None) == KEEPS


def test_a_workspace_of_ones_own_loads_and_reports_as_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert running(monkeypatch, own(tmp_path)) == {*KEEPS, "nightly", "monthly_leadership_report"}


def test_with_a_mail_server_messages_and_the_report_leave_and_somebody_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = running(monkeypatch, own(tmp_path, MAIL), IMPACT_SMTP="smtp://127.0.0.1:2525")
    assert found == {*KEEPS, "nightly", "messages", "monthly_report_by_mail", "watch"}


def test_chat_alone_is_enough_to_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "watch" in running(monkeypatch, own(tmp_path), IMPACT_ALERTS="json://127.0.0.1:1/")


def test_a_round_of_messages_starts_no_run_where_nothing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.defs.messages.sending import next_round
    from pipelines.message_inputs.report_round import AWAITED
    from pipelines.messages.outbox import Outbox

    monkeypatch.setenv("IMPACT_OUTBOX", f"sqlite:///{tmp_path}/outbox.sqlite")
    assert isinstance(next_round(dg.build_schedule_context()), dg.SkipReason)
    Outbox(f"sqlite:///{tmp_path}/outbox.sqlite").keep_fact(AWAITED, "2026-11")
    assert isinstance(next_round(dg.build_schedule_context()), dg.RunRequest)
