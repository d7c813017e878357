"""Google Forms over its API: choices by their words, words beside them left behind, edited answers, and forms that nobody has answered."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import SourceRefused
from tests.servers.http import Answer, Call
from tests.unit.sources.remote.test_surveys import CSAT, catalogue, landed, run

FORM: dict[str, Any] = {
    "formId": "1Fo",
    "info": {"title": "Pulse"},
    "items": [
        {"title": "How satisfied?", "questionItem": {"question": {"questionId": "6a401f94", "scaleQuestion": {"low": 1, "high": 5}}}},
        {"title": "Topics", "questionItem": {"question": {"questionId": "00000001", "choiceQuestion": {
            "type": "CHECKBOX", "options": [{"value": "Career, growth"}, {"value": "Network"}, {"isOther": True}]}}}},
        {"title": "Confident in", "questionGroupItem": {
            "questions": [{"questionId": "2063e2c0", "rowQuestion": {"title": "Speaking"}}],
            "grid": {"columns": {"type": "RADIO", "options": [{"value": "1"}, {"value": "2"}]}}}},
        {"title": "Why?", "questionItem": {"question": {"questionId": "77777777", "textQuestion": {"paragraph": True}}}},
        {"title": "A page", "pageBreakItem": {}}, None,
    ],
}  # fmt: skip


def answer(name: str, *values: Any) -> dict[str, Any]:
    return {name: {"questionId": name, "textAnswers": {"answers": [{"value": value} for value in values]}}}


def response(number: int | None, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {name: value for one in answers for name, value in one.items()}
    times = {"createTime": "2026-05-01T10:00:00Z", "lastSubmittedTime": "2026-05-01T10:00:00.123456Z"}
    own = {} if number is None else {"responseId": f"r{number}"}
    return {**own, **times, "respondentEmail": f"p{number}@x.example", "answers": given, **more}


def behaviour(*pages: Any) -> Any:
    def answered(call: Call) -> Answer:
        if not call.path.endswith("/responses"):
            return Answer(FORM)
        return Answer(pages[int(call.query.get("pageToken", 0))])

    return answered


def mapping(**more: Any) -> dict[str, Any]:
    questions = {
        "6a401f94": CSAT,
        "00000001": {"stable_code": "topics", "question_kind": "choice"},
        "2063e2c0": {"stable_code": "speaking", "question_kind": "scale_item", "scale_min": 1, "scale_max": 2},
        "77777777": {"stable_code": "why", "question_kind": "text"},
    }
    made = catalogue(person="respondentEmail", source_survey_id="1Fo", questions=questions, **more)
    return {**made, "respondent": {"column": "respondentEmail", "id_type": "email"}}


def test_choices_come_by_their_words_and_words_of_ones_own_stay_behind(tmp_path: Path) -> None:
    first = response(1, answer("6a401f94", "4"), answer("00000001", "Career, growth", "my boss Bo"), answer("2063e2c0", "2"), answer("77777777", "Ana is ill"))  # fmt: skip
    again = response(2, answer("6a401f94", "5"), lastSubmittedTime="2026-05-03T22:30:00Z")
    extract = run("google_forms", behaviour({"responses": [first], "nextPageToken": "1"}, {"responses": [again]}), tmp_path, mapping())  # fmt: skip
    told = extract.batch("survey_responses").rows.select(
        "response_id", "status", "respondent_person_id", "submitted_at"
    )
    assert [(*row[:3], row[3].isoformat()) for row in told.rows()] == [
        ("r1", "complete", "email:p1@x.example", "2026-05-01T10:00:00+00:00"),
        ("r2", "complete", "email:p2@x.example", "2026-05-03T22:30:00+00:00"),
    ]
    answers = extract.batch("survey_answers").rows
    assert set(answers.select("response_id", "question_id", "value_num", "value_code", "state").rows()) == {
        ("r1", "6a401f94", 4.0, None, "answered"),
        ("r1", "00000001", None, "Career, growth", "answered"),
        ("r1", "00000001", None, "other", "answered"),
        ("r1", "2063e2c0", 2.0, None, "answered"),
        ("r2", "6a401f94", 5.0, None, "answered"),
        ("r2", "00000001", None, None, "skipped"),
        ("r2", "2063e2c0", None, None, "skipped"),
    }
    assert b"Bo" not in landed(tmp_path) and b"Ana is ill" not in landed(tmp_path)


def test_a_form_that_nobody_has_answered_is_told_and_another_answer_is_none(tmp_path: Path) -> None:
    empty = run("google_forms", behaviour({}), tmp_path / "empty", mapping())
    assert [finding.kind for finding in empty.findings] == ["survey_empty"]
    with pytest.raises(SourceRefused, match="isn't what the system documents"):
        run("google_forms", behaviour({"items": []}), tmp_path / "other", mapping())


def test_a_response_without_id_or_time_is_rejected_alone(tmp_path: Path) -> None:
    odd = [response(None), response(2, createTime=None, lastSubmittedTime="0001-01-01T00:00:00Z"), "x", response(3, answers=[]), response(4, answer("6a401f94", None))]  # fmt: skip
    responses = run("google_forms", behaviour({"responses": odd}), tmp_path, mapping()).batch("survey_responses")
    assert responses.rows["response_id"].to_list() == ["r3", "r4"]
    assert sorted(responses.rejects["rule"]) == ["missing_key", "missing_key", "not_a_time"]


def test_an_anonymous_form_keeps_no_address(tmp_path: Path) -> None:
    extract = run("google_forms", behaviour({"responses": [response(1, answer("6a401f94", "4"))]}), tmp_path, mapping(anonymity="anonymous"))  # fmt: skip
    assert extract.batch("survey_responses").rows["respondent_person_id"].to_list() == [None]
    assert b"p1@" not in landed(tmp_path)
