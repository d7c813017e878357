"""Add data writes only where `impact start` said so, and shows the step at which the intake stands."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.first_hour.opening import ALLOWED, opened
from pipelines.first_hour.progress import DONE, RUNNING, STOPPED, Progress, progress_of
from pipelines.first_hour.samples import sample_files
from pipelines.first_hour.writing import new_workspace
from pipelines.kept_key import make_key

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    new_workspace(tmp_path / "impact.yaml", "ours")
    make_key(tmp_path / "data")
    monkeypatch.setenv(ALLOWED, str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_SERVING", str(tmp_path / "data/serving"))
    return tmp_path


def page() -> AppTest:
    app = AppTest.from_file(ROOT / "dashboards/streamlit_app.py", default_timeout=60)
    app.switch_page("app_pages/add_data.py")
    app.run()
    assert not app.exception, app.exception
    return app


def test_a_server_that_only_reads_says_where_data_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOWED, raising=False)
    assert page().title[0].value == "Data are added on the computer that holds them"


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "192.168.1.7", "::"])
def test_a_server_that_others_can_reach_adds_nothing(workspace: Path, address: str | None) -> None:
    assert opened(address) is None
    assert opened("127.0.0.1") is not None


def test_before_anything_is_added_it_asks_for_files(workspace: Path) -> None:
    app = page()
    assert app.title[0].value == "Add your mentoring data"
    assert [button.label for button in app.button] == ["A club: one list of 24 pairs", "A company: HR list, pairs, meetings and a survey", "A school: students, alumni as mentors, meetings"]  # fmt: skip


def test_a_sample_is_one_click_and_asks_nothing(workspace: Path) -> None:
    app = page()
    app.button[0].click().run()
    assert not app.exception, app.exception
    assert app.title[0].value == "Everything is answered: try it"


def test_answers_are_kept_at_once_and_a_new_browser_goes_on_there(workspace: Path) -> None:
    from pipelines.first_hour.intake import Intake

    intake = Intake.of(workspace / "data")
    intake.add("pairs.csv", b"Mentee,Mentor,Start\na@x.org,b@x.org,3/4/2026\nc@x.org,d@x.org,5/6/2026\n")
    first = page()
    assert first.title[0].value == "Two questions left before this can be loaded"
    question = next(radio for radio in first.radio if "3/4/2026" in radio.label)
    question.set_value("%d/%m/%Y").run()
    assert first.title[0].value.startswith(
        ("One question left", "Two questions left")
    )  # how far the file goes may be asked next
    again = page()
    assert next(radio for radio in again.radio if "3/4/2026" in radio.label).value == "%d/%m/%Y"


def test_pressed_too_early_the_dry_run_lists_what_is_missing(workspace: Path) -> None:
    from pipelines.first_hour.intake import Intake

    Intake.of(workspace / "data").add("pairs.csv", sample_files("pairs_only")[0]["pairs.csv"])
    app = page()
    next(button for button in app.button if button.label == "Start the dry run").click().run()
    assert "its name; what it is for; who may take part; how often pairs agreed to meet" in app.error[0].value


def test_a_dry_run_whose_computer_was_switched_off_is_told(workspace: Path) -> None:
    folder = workspace / "data/intake"
    folder.mkdir(parents=True, exist_ok=True)
    Progress("check", pid=2**22 + 1).save(folder)
    found = progress_of(folder)
    assert found is not None
    assert (found.state, "Nothing was changed" in found.problems[0]) == (STOPPED, True)
    Progress("check", pid=os.getpid()).save(folder)
    assert progress_of(folder).state == RUNNING  # type: ignore[union-attr]


def test_at_the_end_three_sentences_stand_above_the_way_to_the_dashboard(workspace: Path) -> None:
    from dashboards.add_data.desk import Desk
    from pipelines.first_hour.intake import Intake

    intake = Intake.of(workspace / "data")
    files, answers = sample_files("pairs_only")
    intake.add("pairs.csv", files["pairs.csv"])
    intake.answers = answers
    intake.save()
    counts = {
        "source": "pairs",
        "table_name": "pairs",
        "rows_in": 25,
        "loaded": 24,
        "quarantined": 1,
        "duplicates": 0,
        "filtered": 0,
    }
    held = {
        "source": "pairs",
        "file": "pairs.csv",
        "line": 3,
        "reasons": ["actual start date (hidden, 9 characters) is not a date"],
        "remedy": "",
        "raw": "Ada Berg,Bo Costa,last week",
    }
    found = {
        "tables": [counts],
        "held": [held],
        "not_measured": [
            {"missing": "no levels loaded", "remedy": "Load levels.", "metrics": ["Promoted within 12 months"]}
        ],
    }
    opened_here = opened("127.0.0.1")
    assert opened_here is not None
    Progress("run", state=DONE, result=found, stamp=Desk(opened_here).stamp).save(intake.folder)
    app = page()
    assert app.title[0].value == "It is loaded. Your dashboard is ready"
    said = " ".join(str(one.body) for one in app.get("html"))
    for words in ("24 pairs", "1 row that can’t be read", "promoted within 12 months (no levels loaded)"):
        assert words in said


def test_progress_tells_the_stage_and_the_time_left() -> None:
    progress = Progress("run", began=0.0)
    assert progress.seconds_left(10.0) is None
    for line in (
        "  done  landing zone: pairs   0.3 s",
        "  done  raw tables: map, gate, quarantine, load   8.5 s",
        "  ... Great Expectations",
    ):
        progress.note(line)
    assert progress.stages == ["landing zone", "raw tables"]
    assert progress.seconds_left(11.0) == pytest.approx(106, abs=5)
    assert Progress("run", state=DONE).share == 0
