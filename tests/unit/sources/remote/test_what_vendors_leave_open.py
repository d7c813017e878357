"""What vendors' formats allow and a careless reader takes for something else: words beside choices, "not applicable", second devices, the first moment that a program knows."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.shared.moments import day_of, moment
from tests.servers.http import Answer, Call
from tests.unit.sources.remote.test_surveys import CSAT, catalogue, landed, run

CHOICE = {"stable_code": "topics", "question_kind": "choice"}
OPTIONS = {
    "source_id": "s",
    "zone": "Europe/Berlin",
    "window": {"from": "2026-01-01", "to": "2026-12-31"},
    "as_of": date(2026, 10, 31),
    "mentoring": {"summary": "(?i)mentoring"},
}


def page(stream: str, content: dict[str, Any]) -> SourceFile:
    return SourceFile(f"000001-20261030-full-{stream}-000001.json", json.dumps(content).encode())


def rows(extract: Extract, table: str) -> list[dict[str, Any]]:
    return [row for batch in extract.batches if batch.table == table for row in batch.rows.to_dicts()]


def answers(extract: Extract) -> set[tuple[Any, ...]]:
    return {
        (row["question_id"], row["value_code"], row["value_num"])
        for row in rows(extract, "survey_answers")
        if row["state"] == "answered"
    }


# --- surveys


def test_typeforms_own_words_beside_the_choices_stay_behind(tmp_path: Path) -> None:
    def item(number: int, value: dict[str, Any], kind: str = "choices") -> dict[str, Any]:
        answer = {"field": {"id": "x", "ref": "topics"}, "type": kind, kind: value}
        return {
            "token": f"t{number}",
            "landed_at": "2026-05-01T10:00:00Z",
            "submitted_at": "2026-05-01T10:02:00Z",
            "response_type": "completed",
            "hidden": {"pid": "E1"},
            "answers": [answer],
        }

    given = [
        item(1, {"other": "Ana Stone is rude, really"}, "choice"),
        item(2, {"labels": ["Network"], "other": "my boss Bo"}),
        item(3, {"labels": ["Goals, plans", "Network"]}),
        item(4, {"label": "Yes, often"}, "choice"),
    ]

    def behaviour(call: Call) -> Answer:
        if call.path == "/forms/form1":
            return Answer({"fields": [{"ref": "topics", "title": "Topics"}]})
        return Answer({"items": given, "total_items": len(given), "page_count": 1})

    mapping = catalogue(person="hidden.pid", source_survey_id="form1", questions={"topics": CHOICE})
    extract = run("typeform", behaviour, tmp_path, mapping)
    assert {code for _, code, _ in answers(extract)} == {"other", "Network", "Goals; plans", "Yes; often"}
    assert b"rude" not in landed(tmp_path) and b"Bo" not in landed(tmp_path)


def test_surveymonkeys_comments_are_no_answers_and_not_applicable_is_no_nought(tmp_path: Path) -> None:
    def response(number: int, questions: Any, **more: Any) -> dict[str, Any]:
        return {
            "id": str(number),
            "response_status": "completed",
            "collection_mode": "default",
            "date_modified": "2026-05-01T10:00:00+00:00",
            "custom_variables": {"pid": "E1"},
            "pages": [{"questions": questions}],
            **more,
        }

    choices = [{"id": "b", "weight": 5}, {"id": "na", "weight": 0, "is_na": True}]
    asked = [
        {"id": "10", "headings": [{"heading": "Rate"}], "answers": {"rows": [{"id": "1"}], "choices": choices}},
        {"id": "20", "headings": [{"heading": "Topics"}], "answers": {"choices": [{"id": "x"}]}},
    ]
    given = [
        response(1, [{"id": "10", "answers": [{"choice_id": "na", "row_id": "1"}]}]),
        response(
            2,
            [
                {
                    "id": "10",
                    "answers": [
                        {"choice_id": "b", "row_id": "1"},
                        {"other_id": "o", "row_id": "1", "text": "because of Ana"},
                    ],
                }
            ],
        ),
        response(3, [{"id": "20", "answers": [{"choice_id": "x"}, {"other_id": "o", "text": "Ana, she is rude"}]}]),
        response(4, [], pages=None),
        response(5, [{"id": "10", "answers": None}]),
    ]

    def behaviour(call: Call) -> Answer:
        return Answer(
            {"pages": [{"questions": asked}]} if call.path.endswith("/details") else {"data": given, "links": {}}
        )

    mapping = catalogue(
        person="custom_variables.pid", source_survey_id="1", questions={"10_1": {**CSAT, "scale_min": 0}, "20": CHOICE}
    )
    extract = run("surveymonkey", behaviour, tmp_path, mapping)
    assert answers(extract) == {("10_1", None, 5.0), ("20", "x", None), ("20", "other", None)}
    assert b"Ana" not in landed(tmp_path)


# --- who was there


def stay(name: str | None, mail: str | None, end: str = "09:45") -> dict[str, Any]:
    return {
        "name": name,
        "user_email": mail,
        "join_time": "2026-03-02T09:00:00Z",
        "leave_time": f"2026-03-02T{end}:00Z",
        "status": "in_meeting",
    }


@pytest.mark.parametrize(
    ("joins", "status"),
    [
        ([stay("Ana Stone", "ana@x.org"), stay("Ana Stone (Guest)", "")], "unknown"),
        ([stay("Ana Stone", "ana@x.org"), stay("ANA  STONE", None)], "unknown"),
        ([stay("", ""), stay(None, None)], "unknown"),
        ([stay("Ana Stone", "ana@x.org"), stay("", "")], "unknown"),
        ([stay("Ana Stone", "ana@x.org"), stay("Bo Lind (Guest)", "")], "held"),
        ([stay("Ana Stone", "ana@x.org"), stay("Ana Stone", "ana.stone@y.org")], "held"),
    ],
)
def test_a_second_device_or_a_nameless_one_makes_no_meeting(joins: list[dict[str, Any]], status: str) -> None:
    meeting = {"uuid": "m1", "start_time": "2026-03-02T09:00:00Z", "end_time": "2026-03-02T10:00:00Z"}
    files = [
        page("meetings", {"left_out": 0, "meetings": [meeting]}),
        page("participants", {"uuid": "m1", "participants": joins}),
    ]
    (session,) = rows(CONNECTORS["zoom"].read(files, OPTIONS), "sessions")
    assert session["status"] == status


# --- times and calendars


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "1601-01-01T00:00:00Z"])
def test_the_first_moment_that_a_program_knows_is_no_time(text: str) -> None:
    assert moment(text, "Europe/Berlin") is None
    assert day_of(text, "Europe/Berlin") is None


@pytest.mark.parametrize("zone", ["Europe", "America/Argentina", "", "Nowhere/At_all", "../etc"])
def test_a_zone_that_is_none_costs_the_record_alone(zone: str) -> None:
    assert moment("2026-03-11T17:00:00", zone) is None
    assert day_of("2026-03-11T17:00:00+02:00", zone) is None


def google(*items: dict[str, Any]) -> Extract:
    return CONNECTORS["google_calendar"].read(
        [page("events", {"zone": "Europe/Berlin", "left_out": 0, "items": list(items)})], OPTIONS
    )


def event(number: int, **more: Any) -> dict[str, Any]:
    told = {
        "id": f"e{number}",
        "status": "confirmed",
        "iCalUID": f"u{number}@x",
        "updated": "2026-03-01T09:00:00Z",
        "start": {"dateTime": "2026-03-11T17:00:00+01:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-03-11T17:45:00+01:00"},
        "organizer": {"email": "mo@x.org"},
        "attendees": [{"email": "me@x.org", "responseStatus": "accepted"}],
    }
    return {**told, **more}


def test_absences_and_places_of_work_are_no_meetings() -> None:
    kinds = ("outOfOffice", "focusTime", "workingLocation", "birthday", "default", None)
    assert len(rows(google(*(event(number, eventType=kind) for number, kind in enumerate(kinds))), "sessions")) == 2


def test_rooms_shared_calendars_and_unknown_organizers_are_nobody() -> None:
    room = {"email": "c_1@resource.calendar.google.com", "responseStatus": "accepted"}
    extract = google(
        event(1, organizer={"email": "c_2@group.calendar.google.com"}, attendees=[room, {"email": "me@x.org"}]),
        event(2, organizer={"email": "unknownorganizer@calendar.google.com"}),
    )
    assert len({row["person_id"] for row in rows(extract, "session_participants")}) == 1


def test_an_end_that_google_made_up_is_none() -> None:
    (session,) = rows(google(event(1, endTimeUnspecified=True)), "sessions")
    assert session["scheduled_end_at"] is None


def test_a_guest_who_deletes_their_copy_cancels_nothing_and_the_organizer_does() -> None:
    own = {"email": "mo@x.org", "self": True}
    deleted = event(1, status="cancelled", updated="2026-03-05T09:00:00Z")
    assert [row["status"] for row in rows(google(event(1, organizer=own), deleted), "sessions")] == ["unknown"]
    both = google(event(1, organizer=own, status="cancelled"), deleted)
    assert {row["status"] for row in rows(both, "sessions")} == {"cancelled"}


def graph(*events: dict[str, Any]) -> Extract:
    return CONNECTORS["msgraph_calendar"].read([page("events", {"value": list(events), "left_out": 0})], OPTIONS)


def graph_event(number: int, start: str, end: str, zone: str = "UTC") -> dict[str, Any]:
    times = {
        name: {"dateTime": f"2026-03-11T{at}:00.0000000", "timeZone": zone}
        for name, at in (("start", start), ("end", end))
    }
    return {
        "id": f"e{number}",
        "iCalUId": f"u{number}",
        "type": "singleInstance",
        "isAllDay": False,
        **times,
        "organizer": {"emailAddress": {"address": "mo@x.org"}},
        "attendees": [],
    }


def refused(extract: Extract) -> list[str]:
    return [reason for batch in extract.batches for reason in batch.rejects["reason"]]


def test_an_end_before_the_start_costs_the_event_and_an_end_has_a_zone_of_its_own() -> None:
    early = event(1, end={"dateTime": "2026-03-11T16:00:00+01:00"})
    abroad = {"dateTime": "2026-03-11T17:00:00", "timeZone": "America/New_York"}
    extract = google(early, event(2, start=abroad, end={**abroad, "dateTime": "2026-03-11T18:00:00"}))
    (session,) = rows(extract, "sessions")
    assert session["scheduled_end_at"] - session["scheduled_start_at"] == timedelta(hours=1)
    assert refused(extract) == ["event 1 has an end before its start"]


def test_graph_refuses_alone_what_ends_too_early_or_is_in_a_zone_that_only_outlook_knows() -> None:
    extract = graph(
        graph_event(1, "16:00", "15:00"),
        graph_event(2, "16:00", "16:45"),
        graph_event(3, "16:00", "17:00", "Customized Time Zone"),
    )
    assert len(rows(extract, "sessions")) == 1
    assert refused(extract) == ["event 1 has an end before its start", "event 3 has no readable start"]
