"""Attendance reports of Teams over Graph: found by the organisers' calendars, one session per report, one stay per interval."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import Extract, SourceRefused
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"GRAPH_TOKEN": "graph-token-123"}
WINDOW = {"from": "2026-03-01", "to": "2026-10-31"}
SERIES_LINK = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_1/0?context=%7b'Tid'%7d"
GONE_LINK = "https://teams.microsoft.com/l/meetup-join/gone"
EVENTS: list[dict[str, Any]] = [
    {"id": "e1", "subject": "Mentoring Ana and Ben", "seriesMasterId": "s1", "isOrganizer": True, "onlineMeeting": {"joinUrl": SERIES_LINK}},
    {"id": "e2", "subject": "moved!", "seriesMasterId": "s1", "isOrganizer": True, "onlineMeeting": {"joinUrl": SERIES_LINK}},
    {"id": "e3", "subject": "Dismissal of C.", "isOrganizer": True, "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/other"}},
    {"id": "e4", "subject": "Mentoring, invited", "isOrganizer": False, "onlineMeeting": {"joinUrl": "https://teams.microsoft.com/l/theirs"}},
    {"id": "e5", "subject": "Mentoring in the café", "isOrganizer": True, "onlineMeeting": None},
    {"id": "e6", "subject": "Mentoring, deleted since", "isOrganizer": True, "onlineMeeting": {"joinUrl": GONE_LINK}},
]  # fmt: skip
REPORTS: list[dict[str, Any]] = [
    {"id": "r1", "totalParticipantCount": 3, "meetingStartDateTime": "2026-03-28T23:30:00.945Z", "meetingEndDateTime": "2026-03-29T00:20:00.77Z", "attendanceRecords": []},
    {"id": "r2", "totalParticipantCount": 2, "meetingStartDateTime": "2026-10-31T22:59:00Z", "meetingEndDateTime": "2026-10-31T23:40:00Z", "attendanceRecords": []},
    {"id": "r3", "totalParticipantCount": 2, "meetingStartDateTime": "2026-10-31T23:01:00Z", "meetingEndDateTime": "2026-10-31T23:40:00Z", "attendanceRecords": []},
    {"id": "r4", "totalParticipantCount": 1, "meetingStartDateTime": "yesterday", "meetingEndDateTime": None, "attendanceRecords": []},
    {"totalParticipantCount": 1, "meetingStartDateTime": "2026-04-01T10:00:00Z", "attendanceRecords": []},
]  # fmt: skip


def stay(joined: str | None, left: str | None) -> dict[str, Any]:
    return {"joinDateTime": joined, "leaveDateTime": left, "durationInSeconds": 0 if joined is None else 60}


def record(mail: str | None, *stays: dict[str, Any], name: str = "Somebody") -> dict[str, Any]:
    return {
        "emailAddress": mail,
        "totalAttendanceInSeconds": 60,
        "role": "Presenter",
        "identity": {"id": "dc17674c", "displayName": name, "tenantId": None},
        "attendanceIntervals": list(stays),
    }


RECORDS: dict[str, list[Any]] = {
    "r1": [
        record(
            "Ana@example.org",
            stay("2026-03-28T23:30:01.6027225Z", "2026-03-28T23:50:01.7702391Z"),
            stay("2026-03-29T00:00:01Z", "2026-03-29T00:20:01Z"),
        ),
        record("ben@example.org", stay("2026-03-28T23:35:00Z", "2026-03-29T00:20:00Z"), stay(None, None)),
        record(None, stay("2026-03-28T23:40:00Z", "2026-03-28T23:50:00Z"), name="Guest"),
        record("early@example.org", stay("2026-03-28T23:50:00Z", "2026-03-28T23:40:00Z")),
        record("empty@example.org"),
        "no record at all",
    ],
    "r2": [record("ana@example.org", stay("2026-10-31T23:00:00Z", "2026-10-31T23:30:00Z"))],
}


class Graph:
    """The calendars of two organisers who list the same meeting; every list comes in pages of two."""

    def __init__(self) -> None:
        self.events = {"o-1": EVENTS, "o 2": EVENTS[:1]}

    def __call__(self, call: Call) -> Answer:
        assert call.headers["authorization"] == "Bearer graph-token-123"
        user, *rest = call.path.removeprefix("/users/").split("/")
        if rest == ["calendarView"]:
            return self.page(call, self.events[user.replace("%20", " ")])
        if rest == ["onlineMeetings"]:
            return Answer({"value": self.meetings(call.query["$filter"])})
        if rest[-1] == "attendanceReports":
            assert rest[1] == "m%2F1"
            return self.page(call, REPORTS)
        return self.page(call, RECORDS.get(rest[-2], []))

    def meetings(self, wanted: str) -> list[dict[str, Any]]:
        quoted = SERIES_LINK.replace("'", "''")
        return [{"id": "m/1", "joinWebUrl": SERIES_LINK}] if wanted == f"JoinWebUrl eq '{quoted}'" else []

    def page(self, call: Call, records: list[Any]) -> Answer:
        start = int(call.query.get("$skip", 0))
        more = {"@odata.nextLink": f"{call.url}{call.path}?$skip={start + 2}"} if start + 2 < len(records) else {}
        return Answer({"value": records[start : start + 2], **more})


def options(server: LocalServer) -> dict[str, Any]:
    return {
        "access_token": "${GRAPH_TOKEN}",
        "organizers": ["o-1", "o 2"],
        "base_url": server.url,
        "zone": "Europe/Berlin",
        "window": WINDOW,
        "mentoring": {"summary": "(?i)mentoring"},
    }


def run(server: LocalServer, root: Path) -> Extract:
    fetched("teams", root, options(server), environment=ENVIRONMENT)
    return read_back("teams", root, {**options(server), "as_of": date(2026, 11, 2)})


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> tuple[Extract, list[Call], Path]:
    root = tmp_path_factory.mktemp("teams")
    with serving(Graph()) as server:
        return run(server, root), list(server.calls), root


def test_a_session_is_a_report_and_its_stays_are_put_together(extract: tuple[Extract, list[Call], Path]) -> None:
    first, second = extract[0].batch("sessions").rows.sort("session_id").iter_rows(named=True)
    assert (first["session_id"], first["status"], first["status_basis"]) == ("r1", "held", "attendance_report")
    assert first["scheduled_start_at"] == datetime(2026, 3, 28, 23, 30, 0, 945000, tzinfo=UTC)
    assert (first["scheduled_tz"], second["status"]) == ("Europe/Berlin", "unknown")
    people = extract[0].batch("session_participants").rows.sort("session_id", "person_id")
    assert people.select("session_id", "person_id", "minutes").rows() == [
        ("r1", "email:ana@example.org", 40.0),
        ("r1", "email:ben@example.org", 45.0),
        ("r2", "email:ana@example.org", 30.0),
    ]


def test_one_bad_record_or_stay_costs_itself(extract: tuple[Extract, list[Call], Path]) -> None:
    rejects = extract[0].batch("sessions").rejects
    assert sorted(rejects["rule"]) == [
        "broken_record", "broken_record", "broken_record", "broken_record", "leaves_before_joining", "missing_time",
    ]  # fmt: skip
    reasons = " ".join(rejects["reason"])
    for words in ("has no id", "has no readable start", "coming and going"):
        assert words in reasons


def test_the_window_ends_with_the_last_day_in_the_zone_of_the_source(
    extract: tuple[Extract, list[Call], Path],
) -> None:
    """31 October ends at 23:00 UTC in Berlin: r2 begins a minute before, r3 a minute after."""
    left_out = dict(extract[0].batch("session_participants").filtered.rows())
    assert left_out == {
        "not a mentoring meeting": 1,
        "organised by somebody who isn't named": 1,
        "not held in Teams": 1,
        "a meeting that Teams doesn't know any more": 1,
        "outside the window": 1,
        "participant known by name only": 1,
    }


def test_a_report_that_two_organisers_list_is_asked_for_once(extract: tuple[Extract, list[Call], Path]) -> None:
    asked = [call.path for call in extract[1] if call.path.endswith("attendanceRecords") and "$skip" not in call.query]
    assert asked == [f"/users/o-1/onlineMeetings/m%2F1/attendanceReports/{report}/attendanceRecords" for report in ("r1", "r2", "r4")]  # fmt: skip


def test_titles_join_links_and_other_peoples_meetings_are_never_written(
    extract: tuple[Extract, list[Call], Path],
) -> None:
    written = b"".join(path.read_bytes() for path in extract[2].rglob("*.json"))
    assert not any(words in written for words in (b"Dismissal", b"meetup-join", b"Mentoring", b"tenantId"))
    assert not [call for call in extract[1] if "l/other" in call.query.get("$filter", "")]


def test_no_event_ahead_is_asked_for(tmp_path: Path) -> None:
    """The read is made on 2 November at 6:00 UTC."""
    with serving(Graph()) as server:
        given = {**options(server), "window": {"from": "2026-03-01", "to": "2026-12-31"}}
        fetched("teams", tmp_path, given, environment=ENVIRONMENT)
        asked = {call.query["endDateTime"] for call in server.calls if "endDateTime" in call.query}
    assert asked == {"2026-11-02T06:00:00+00:00"}


def test_an_organiser_without_meetings_is_an_empty_source_and_not_a_broken_one(tmp_path: Path) -> None:
    graph = Graph()
    graph.events = {"o-1": [], "o 2": []}
    with serving(graph) as server:
        extract = run(server, tmp_path)
    assert extract.batch("sessions").rows_in == 0


def test_a_meeting_for_which_the_policy_is_missing_stops_the_read_in_words(tmp_path: Path) -> None:
    def forbidden(call: Call) -> Answer:
        if call.path.endswith("onlineMeetings"):
            return Answer({"error": {"code": "Forbidden", "message": "No application access policy found"}}, 403)
        return Graph()(call)

    with serving(forbidden) as server, pytest.raises(SourceRefused, match="No application access policy found"):
        run(server, tmp_path)


def test_without_organisers_it_says_what_to_list(tmp_path: Path) -> None:
    with serving(Graph()) as server, pytest.raises(SourceRefused, match="names no `organizers`"):
        fetched("teams", tmp_path, {**options(server), "organizers": []}, environment=ENVIRONMENT)
