"""On the computer that holds the data, goals are changed and declared on the page; elsewhere the page says where."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboards.pages import page_at
from pipelines.audit_log import entries
from pipelines.first_hour.opening import ALLOWED
from tests.dashboards.reading import application, texts
from tests.demo_run import PROJECT

FILE = PROJECT / "data/examples/demo_company/programmes/inclusive_leadership.yaml"


@pytest.fixture
def workspace(tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes/inclusive_leadership.yaml").write_text(FILE.read_text())
    (tmp_path / "impact.yaml").write_text("workspace: ours\nprogrammes: programmes\nsources: []\n")
    monkeypatch.setenv(ALLOWED, str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_SERVING", str(published.parent))
    return tmp_path


def page() -> AppTest:
    app = application().switch_page(f"app_pages/{page_at('goals').module}.py").run()
    assert not app.exception, app.exception
    return app


def labelled(elements: object, label: str) -> object:
    return next(one for one in elements if one.label == label)  # type: ignore[attr-defined]


def goals(workspace: Path) -> dict[str, dict]:
    content = yaml.safe_load((workspace / "programmes/inclusive_leadership.yaml").read_text())
    return {goal["goal_id"]: goal for goal in content["goals"]}


def test_a_changed_target_is_written_to_the_file_and_logged(workspace: Path) -> None:
    app = page()
    before = goals(workspace)
    labelled(app.selectbox, "Goal").select("il-completion").run()
    labelled(app.number_input, "Target").set_value(75.0)
    app.button[-1].click().run()
    assert "It shows here after the next run" in " ".join(one.value for one in app.success)
    assert goals(workspace) == {**before, "il-completion": {**before["il-completion"], "target": 75}}
    (entry,) = entries(workspace / "data/audit/log.jsonl")
    assert (entry["action"], entry["details"]["goal"]) == ("changed a goal", "il-completion")


def test_a_goal_in_which_something_is_missing_is_refused_with_its_letter(workspace: Path) -> None:
    app = page()
    labelled(app.text_input, "The goal in one sentence").set_value("By June nine of ten pairs meet")
    app.button[-1].click().run()
    (said,) = [one.value for one in app.error]
    assert "is not SMART" in said
    assert "M is missing" in said
    assert len(goals(workspace)) == 3


def test_a_new_goal_gets_an_id_and_what_it_is_made_of(workspace: Path) -> None:
    app = page()
    labelled(app.text_input, "The goal in one sentence").set_value("By June nine of ten pairs meet")
    labelled(app.text_input, "Who owns it? (a role)").set_value("Programme lead")
    labelled(app.text_input, "Why can it be reached?").set_value("Pairs agree their dates")
    labelled(app.selectbox, "Metric").select("active_pair_rate")
    labelled(app.selectbox, "Objective that it serves").select("leadership_readiness")
    for label, value in (("Where does it stand?", 70.0), ("Target", 90.0)):
        labelled(app.number_input, label).set_value(value)
    for label, day in (("Since when?", date(2026, 1, 31)), ("From", date(2026, 2, 1)), ("Due", date(2027, 6, 30))):
        labelled(app.date_input, label).set_value(day)
    app.button[-1].click().run()
    assert [one.value for one in app.error] == []
    made = goals(workspace)["inclusive-leadership-june-nine-pairs"]
    assert (made["metric_id"], made["baseline"], made["target"], made["unit"]) == (
        "active_pair_rate",
        70,
        90,
        "percent",
    )
    assert made["segment"] == {"kind": "all", "value": "all"}


def test_where_the_server_only_reads_the_page_says_how_goals_are_declared(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ALLOWED, raising=False)
    monkeypatch.setenv("IMPACT_SERVING", str(published.parent))
    app = page()
    assert not app.text_input
    assert "under `goals:` in the programme's file" in " ".join([*texts(app), *(one.value for one in app.info)])
