"""The page Administration: what needs doing, who may see what, what has been done; for administrators alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboards.administration.standing import grants, kept, logged, runs, standing
from pipelines.access.settings import AccessSettings
from pipelines.audit_log import Verdict, append, entries, log_of, verify
from pipelines.operations.health import Health, health
from pipelines.operations.last_runs import record_run
from tests.dashboards.reading import OpenPage, texts

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
HOLDS = Verdict(0, "0" * 64)
WELL = Health(None, {}, ())


def _entry(action: str, at: datetime, **details: object) -> dict:
    return {"number": 1, "at": at.isoformat(), "actor": "anna", "action": action, "details": details}


def test_an_installation_without_a_backup_is_told_what_it_would_lose() -> None:
    assert "No backup was ever made" in standing(WELL, HOLDS, [], NOW, is_demo=False).to_do[0]


def test_a_backup_is_late_after_five_weeks_and_not_before() -> None:
    young, old = (_entry("backed up", NOW - timedelta(days=days), to="b") for days in (35, 36))
    assert standing(WELL, HOLDS, [young], NOW, is_demo=False).title == "Nothing needs you"
    late = standing(WELL, HOLDS, [old], NOW, is_demo=False)
    assert late.title == "1 thing needs you"
    assert "36 days old" in late.to_do[0]


def test_made_up_data_need_no_backup() -> None:
    assert not standing(WELL, HOLDS, [], NOW, is_demo=True).to_do


def test_a_failed_run_is_named_with_its_step_and_where_to_look(tmp_path: Path) -> None:
    record_run(tmp_path, "everything", "r1", NOW - timedelta(hours=3))
    record_run(tmp_path, "everything", "r2", NOW, where="raw tables")
    found = health(tmp_path, tmp_path / "serving", NOW)
    told = standing(found, HOLDS, [], NOW, is_demo=True).to_do
    assert any("failed at: raw tables" in sentence and "impact dagster" in sentence for sentence in told)
    assert runs(found).row(0) == ("Everything", "29 Nov 2026, 08:00 UTC", "failed at: raw tables", "29 Nov 2026, 05:00 UTC")  # fmt: skip


def test_a_changed_audit_log_needs_somebody(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    append(log, "exported", {"records": 3}, actor="anna")
    append(log, "erased", {"removed": 1}, actor="ben")
    log.write_text(log.read_text().replace('"records": 3', '"records": 2'))
    told = standing(WELL, verify(log), entries(log), NOW, is_demo=True)
    assert "The audit log doesn't hold: line 1" in told.to_do[0]


def test_the_log_is_listed_newest_first_with_hashes_shortened() -> None:
    before, after = _entry("registered", NOW, receipt="a" * 64), _entry("configured", NOW, changed=["x.yaml"], files={"x.yaml": "1"})  # fmt: skip
    listed = logged([before, after])
    assert listed["action"].to_list() == ["configured", "registered"]
    assert listed["details"].to_list() == ["changed: x.yaml; files: 1", f"receipt: {'a' * 12}"]


def test_each_line_of_the_access_list_says_whom_it_reaches() -> None:
    access = AccessSettings.model_validate(
        {
            "public_url": "https://mentoring.example.org",
            "people": [
                {"email": "head@example.org", "role": "administrator"},
                {"group": "deans", "role": "manager", "programmes": "all", "units": ["Law"]},
                {"group": "staff", "role": "viewer"},
            ],
        }
    )
    assert grants(access)["reach"].to_list() == ["everything", "all programmes (people Law only)", "published figures"]


def test_what_no_rule_limits_is_kept_for_ever() -> None:
    assert dict(kept({"logs": 30}).iter_rows())["Logs of runs"] == "30 days"
    assert dict(kept({}).iter_rows())["Logs of runs"] == "for ever"


def test_the_page_shows_the_log_and_its_filter_narrows_it(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(log_of(tmp_path), "exported", {"records": 3}, actor="anna")
    append(log_of(tmp_path), "erased", {"removed": 1}, actor="ben")
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    app = open_page("administration")
    assert app.dataframe[0].value["What"].to_list() == ["erased", "exported"]
    app.selectbox(key="pick_action").set_value("erased").run()
    assert app.dataframe[0].value["Who"].to_list() == ["ben"]
    assert any("the chain holds" in said for said in texts(app))
