"""LimeSurvey over RemoteControl 2: a session, one export a survey, codes for questions and answers, the server's clock."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import Extract, SourceRefused
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"LIMESURVEY_PASSWORD": "lime-password-1"}
EXPORT = (
    '\ufeff"id","submitdate","lastpage","startlanguage","token","startdate","Q1","Q2[SQ001]","WHY"\r\n'
    '"1","2026-03-29 01:30:00","3","de","E100","2026-03-29 01:20:00","4","5","my boss, who\nis unfair"\r\n'
    '"2","","1","de","E101","2026-04-01 09:00:00","3","",""\r\n'
    '"3","2026-04-02 10:00:00","3","de","E102","2026-04-02 09:50:00","5"\r\n'
    '"4","2026-10-25 12:00:00","3","de","E103","","2","1",""\r\n'
)
CATALOGUE: dict[str, Any] = {
    "respondent": {"column": "token", "id_type": "employee_number"},
    "surveys": [
        {
            "survey_id": "pulse", "source_survey_id": 123456, "programme_id": "p", "name": "Pulse", "instrument": "pulse", "wave": "pulse", "wave_no": 1, "respondent_role": "mentee",
            "anonymity": "identified", "min_group_size": 5,
            "questions": {
                "Q1": {"stable_code": "csat.overall", "question_kind": "csat", "scale_min": 1, "scale_max": 5},
                "Q2[SQ001]": {"stable_code": "fit", "question_kind": "likert", "scale_min": 1, "scale_max": 5},
                "WHY": {"stable_code": "why", "question_kind": "text"},
            },
        }
    ],
}  # fmt: skip


class LimeSurvey:
    """JSON-RPC over POST; `result`: what an export answers."""

    def __init__(self, result: Any = None, export: str = EXPORT) -> None:
        self.result = base64.b64encode(export.encode()).decode() if result is None else result
        self.said: list[str] = []

    def __call__(self, call: Call) -> Answer:
        method, params = call.json["method"], call.json["params"]
        self.said.append(method)
        if method == "get_session_key":
            assert params == ["impact", "lime-password-1"]
            return Answer({"id": 1, "result": "session-key-1", "error": None})
        assert params[0] == "session-key-1"
        if method == "export_responses":
            assert params[1:] == ["123456", "csv", None, "all", "code", "short"]
            return Answer({"id": 1, "result": self.result, "error": None})
        return Answer({"id": 1, "result": "OK", "error": None})


def options(server: LocalServer, **more: Any) -> dict[str, Any]:
    return {
        "base_url": f"{server.url}/index.php/admin/remotecontrol",
        "user": "impact",
        "password": "${LIMESURVEY_PASSWORD}",
        "zone": "Europe/Berlin",
        **more,
    }


def run(server: LocalServer, root: Path, catalogue: Any = CATALOGUE, **more: Any) -> Extract:
    fetched("limesurvey", root, options(server, **more), environment=ENVIRONMENT, mapping=catalogue)
    return read_back("limesurvey", root, {**options(server, **more), "mapping": catalogue})


def test_an_export_becomes_responses_and_answers_by_the_servers_clock(tmp_path: Path) -> None:
    system = LimeSurvey()
    with serving(system) as server:
        extract = run(server, tmp_path)
    responses = extract.batch("survey_responses")
    assert responses.rows.select("source_record_id", "submitted_at", "status").rows() == [
        ("1", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "complete"),
        ("2", datetime(2026, 4, 1, 7, 0, tzinfo=UTC), "partial"),
        ("4", datetime(2026, 10, 25, 11, 0, tzinfo=UTC), "complete"),
    ]
    assert responses.rows_in == 4, "a line of another width costs one response"
    assert responses.rejects.height == 1
    assert responses.rows["respondent_person_id"].to_list()[0] == "employee_number:E100"
    assert system.said == ["get_session_key", "export_responses", "release_session_key"]


def test_free_text_is_never_written(tmp_path: Path) -> None:
    with serving(LimeSurvey()) as server:
        run(server, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert not any(words in written for words in (b"my boss", b"lime-password", b"session-key"))


def test_in_an_anonymous_survey_not_even_the_token_is_written(tmp_path: Path) -> None:
    anonymous = {"surveys": [{**CATALOGUE["surveys"][0], "anonymity": "anonymous"}]}
    with serving(LimeSurvey()) as server:
        extract = run(server, tmp_path, anonymous)
    assert b"E100" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert extract.batch("survey_responses").rows["respondent_person_id"].null_count() == 3


def test_a_survey_without_times_gives_no_day_of_1980(tmp_path: Path) -> None:
    export = '"id","submitdate","Q1","Q2[SQ001]","token"\n"1","1980-01-01 00:00:00","4","5","E1"\n'
    with serving(LimeSurvey(export=export)) as server:
        responses = run(server, tmp_path, {**CATALOGUE, "surveys": [without_text()]}).batch("survey_responses")
    told = [*responses.rows["submitted_at"].to_list(), *responses.rejects["rule"].to_list()]
    assert "1980" not in str(told)
    assert responses.rows_in == 1


def without_text() -> dict[str, Any]:
    survey = CATALOGUE["surveys"][0]
    return {**survey, "questions": {name: spec for name, spec in survey["questions"].items() if name != "WHY"}}


def test_nobodys_answer_is_an_empty_survey_and_every_other_status_a_refusal(tmp_path: Path) -> None:
    with serving(LimeSurvey({"status": "No Data, could not get max id."})) as server:
        extract = run(server, tmp_path / "nobody")
    assert [finding.kind for finding in extract.findings] == ["survey_empty"]
    for status in ("No Data, survey table does not exist.", "No permission", "Invalid session key"):
        with serving(LimeSurvey({"status": status})) as server, pytest.raises(SourceRefused, match=status):
            run(server, tmp_path / status)


@pytest.mark.parametrize("result", ["not base64!", base64.b64encode(b"<html>").decode(), "", [], 7, True])
def test_what_is_no_export_is_never_an_empty_one(result: Any, tmp_path: Path) -> None:
    with serving(LimeSurvey(result)) as server, pytest.raises(SourceRefused, match="Next step"):
        run(server, tmp_path)


def test_credentials_that_are_refused_are_told_in_limesurveys_words(tmp_path: Path) -> None:
    def refusing(call: Call) -> Answer:
        return Answer({"id": 1, "result": {"status": "Invalid user name or password"}, "error": None})

    with serving(refusing) as server, pytest.raises(SourceRefused, match="Invalid user name or password"):
        run(server, tmp_path)


def test_without_a_zone_no_time_is_guessed(tmp_path: Path) -> None:
    with serving(LimeSurvey()) as server, pytest.raises(SourceRefused, match="name no zone"):
        run(server, tmp_path, zone=None)
