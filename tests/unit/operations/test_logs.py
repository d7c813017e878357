"""Logs and settings of the environment: one line per event with its run, and a `.env` that comes after what the environment itself sets."""

import json
import logging
import os
from pathlib import Path

import pytest

from pipelines.environment import read_environment
from pipelines.operations.logs import configure, run_named


@pytest.fixture(autouse=True)
def as_before() -> None:
    yield
    configure("")


def test_as_json_every_line_names_its_run_and_no_value_of_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    with run_named("r1"):
        try:
            raise ValueError("jane.doe@example.org")
        except ValueError:
            logging.getLogger("impact.runs").exception("step %s failed", "raw")
    line = json.loads(capsys.readouterr().err)
    assert (line["run_id"], line["level"], line["message"], line["exception"]) == (
        "r1",
        "error",
        "step raw failed",
        "ValueError",
    )
    assert "jane" not in json.dumps(line)


def test_without_a_form_only_warnings_are_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure("")
    logging.getLogger("impact.runs").info("quiet")
    logging.getLogger("impact.alerts").warning("alert not mailed")
    assert capsys.readouterr().err == "WARNING impact.alerts: alert not mailed\n"


def test_a_dotenv_gives_what_the_environment_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("IMPACT_TEST_SET=file\nIMPACT_TEST_UNSET=file\n")
    monkeypatch.setenv("IMPACT_TEST_SET", "environment")
    monkeypatch.setenv("IMPACT_TEST_UNSET", "gone")
    monkeypatch.delenv("IMPACT_TEST_UNSET")
    assert read_environment(tmp_path / "none", tmp_path) == tmp_path / ".env"
    assert (os.environ["IMPACT_TEST_SET"], os.environ["IMPACT_TEST_UNSET"]) == ("environment", "file")
    monkeypatch.delenv("IMPACT_TEST_UNSET")
