"""A dbt in a process of its own tells its run what dbt's logger would have told, and nothing that nobody reads."""

import json

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt.events.types import LogTestResult, StatsLine
from dbt_common.events.base_types import BaseEvent, EventLevel, EventMsg, msg_from_base_event
from dbt_common.events.functions import env_scrubber
from dbt_common.events.logger import LineFormat, LoggerConfig, _JsonLogger

from pipelines.operations.dbt_lines import tell


def event(of: BaseEvent, level: EventLevel | None = None) -> EventMsg:
    return msg_from_base_event(of, level=level)


def test_a_line_is_the_one_that_dbts_own_logger_makes(capsys: pytest.CaptureFixture[str]) -> None:
    told = event(StatsLine(stats=dict.fromkeys(("pass", "warn", "error", "skip", "noop", "total"), 3)))
    tell(told)
    own = _JsonLogger(LoggerConfig(name="own", line_format=LineFormat.Json, scrubber=env_scrubber))
    assert json.loads(capsys.readouterr().out) == json.loads(own.create_line(told))


def test_queries_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell(event(SQLQuery(conn_name="model.pairs", sql="select 1")))
    assert capsys.readouterr().out == ""


def test_what_went_wrong_is_told_without_the_secrets_of_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_ENV_SECRET_ENGINE_PASSWORD", "open-sesame")
    tell(event(LogTestResult(name="open-sesame", status="fail", index=1, num_models=1), EventLevel.ERROR))
    line = capsys.readouterr().out
    assert json.loads(line)["info"]["level"] == "error"
    assert "open-sesame" not in line
