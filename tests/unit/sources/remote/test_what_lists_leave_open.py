"""What systems leave out of a list or write in another way: ids, the case of names, numbers in the place of labels. One odd record costs one record, and the list goes on."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, serving
from tests.unit.sources.remote.test_surveys import catalogue, run

RECOMMENDATION = {"stable_code": "nps", "question_kind": "recommendation", "scale_min": 0, "scale_max": 10}


def test_a_zoom_meeting_without_uuid_is_rejected_and_the_participants_of_the_others_are_read(tmp_path: Path) -> None:
    asked: list[str] = []

    def behaviour(call: Call) -> Answer:
        if call.path.startswith("/report/users/"):
            times = {"start_time": "2026-10-05T09:00:00Z", "end_time": "2026-10-05T09:30:00Z", "topic": "Mentoring"}
            return Answer({"meetings": [{"uuid": None, **times}, {"uuid": "abc", **times}, {"uuid": "", **times}]})
        asked.append(call.path)
        stay = {"join_time": "2026-10-05T09:00:00Z", "leave_time": "2026-10-05T09:30:00Z", "status": "in_meeting"}
        mails = ("a@x.example", "b@x.example")
        return Answer({"participants": [{"name": mail, "user_email": mail, **stay} for mail in mails]})

    options: dict[str, Any] = {
        "zone": "Europe/Berlin",
        "window": {"from": "2026-10-01", "to": "2026-10-20"},
        "mentoring": {"summary": "(?i)mentoring"},
        "as_of": date(2026, 10, 31),
    }
    with serving(behaviour) as server:
        own = {**options, "base_url": server.url, "access_token": "${ZOOM_TOKEN}", "users": ["h@x.example"]}
        fetched("zoom", tmp_path, own, environment={"ZOOM_TOKEN": "short-lived-9"})
    extract = read_back("zoom", tmp_path, options)
    assert asked == ["/report/meetings/abc/participants"]
    assert extract.batch("sessions").rows.select("session_id", "status").rows() == [("abc", "held")]
    assert extract.batch("sessions").rejects["rule"].to_list() == ["missing_key", "missing_key"]


def test_a_scim_directory_may_write_its_names_in_any_case(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        user = {
            "ID": "1",
            "UserName": "a@x.example",
            "NAME": {"familyname": "Stone"},
            "Active": "True",
            "Password": "p",
        }
        return Answer({"TotalResults": 1, "resources": [user]})

    with serving(behaviour) as server:
        fetched("scim", tmp_path, {"base_url": server.url, "access_token": "${T}"}, environment={"T": "scim-token-1"})
    persons = read_back("scim", tmp_path, {}).batch("persons").rows
    assert persons.select("person_id", "family_name", "status").rows() == [("hris:1", "Stone", "active")]
    assert b"assword" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_recommendation_on_surveymonkey_is_the_number_that_was_chosen(tmp_path: Path) -> None:
    labels = ["0 - not at all", *map(str, range(1, 10)), "10 - extremely"]
    # Downwards, so that the place says something else than the label.
    choices = [
        {"id": f"c{number}", "text": labels[number], "weight": -100 if number < 7 else 0 if number < 9 else 100}
        for number in reversed(range(11))
    ]

    def behaviour(call: Call) -> Answer:
        if call.path.endswith("/details"):
            question = {"id": "7", "headings": [{"heading": "Would you?"}], "answers": {"choices": choices}}
            return Answer({"pages": [{"questions": [question, None]}, None]})
        given = [
            {
                "id": str(number),
                "response_status": "completed",
                "date_modified": "2026-05-01T10:00:00+00:00",
                "custom_variables": [],
                "pages": [None, {"questions": [{"id": "7", "answers": [{"choice_id": f"c{number}"}, None]}, "x"]}],
            }
            for number in (0, 6, 10)
        ]
        return Answer({"data": given})

    mapping = catalogue(person="custom_variables.pid", source_survey_id="1", questions={"7": RECOMMENDATION})
    answers = run("surveymonkey", behaviour, tmp_path, mapping).batch("survey_answers").rows
    assert dict(answers.select("response_id", "value_num").rows()) == {"0": 0.0, "6": 6.0, "10": 10.0}


def test_a_row_of_a_hibob_history_that_is_none_is_rejected_alone(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        if call.path.endswith("/people/search"):
            return Answer({"employees": [{"id": "1", "firstName": "Ana", "internal": {"status": "active"}}]})
        row = {"id": 1, "effectiveDate": "2024-03-01", "status": "employed"}
        return Answer({"results": [{"employeeId": "1", "values": [row, None]}], "response_metadata": {}})

    with serving(behaviour) as server:
        options = {"base_url": server.url, "user": "${T}", "password": "${T}"}
        fetched("hibob", tmp_path, options, environment={"T": "bob-token-1"})
    spells = read_back("hibob", tmp_path, {}).batch("employment_spells")
    assert (spells.rows.height, spells.rejects.height) == (1, 1)
    assert json.loads(spells.rejects["raw_text"][0]) == {}


def test_an_odd_question_or_answer_of_a_typeform_costs_itself_alone(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        if call.path == "/forms/form1":
            return Answer({"fields": [{"ref": {}, "title": "?"}, "text", {"ref": "csat", "title": None}]})
        good = {"field": {"ref": "csat"}, "type": "number", "number": 4}
        odd = [None, {"field": None, "type": "number", "number": 1}, {"type": "number"}, good]
        times = {"submitted_at": "2026-05-01T10:02:00Z", "landed_at": "2026-05-01T10:00:00Z"}
        return Answer({"items": [{"token": "t1", **times, "hidden": [], "answers": odd}, {"token": None, **times}]})

    questions = {"csat": {"stable_code": "csat", "question_kind": "csat", "scale_min": 1, "scale_max": 5}}
    extract = run("typeform", behaviour, tmp_path, catalogue(source_survey_id="form1", questions=questions))
    assert extract.batch("survey_answers").rows["value_num"].to_list() == [4.0]
    assert extract.batch("survey_responses").rejects["rule"].to_list() == ["missing_key"]
