"""Calendars behind a server: CalDAV against a real Radicale, Google and Microsoft against replayed wire formats. One meeting is one meeting in all of them."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from pipelines.sources.records import Extract
from tests.remote_runs import fetched, read_back
from tests.server_process import end
from tests.servers.http import Answer, Call, serving

WIRE = Path(__file__).parents[3] / "fixtures/vendors"
MENTORING = {
    "zone": "Europe/Berlin",
    "window": {"from": "2026-01-01", "to": "2026-12-31"},
    "mentoring": {"summary": "(?i)mentoring"},
}
SERIES = (Path(__file__).parents[3] / "fixtures/icalendar/radicale_mentoring_series.ics").read_text()
PRIVATE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//t//t
BEGIN:VEVENT
UID:dentist
DTSTAMP:20260101T000000Z
DTSTART:20260312T090000Z
DTEND:20260312T100000Z
SUMMARY:Dentist
DESCRIPTION:the tooth in the middle
END:VEVENT
END:VCALENDAR
"""
ENDLESS = (
    PRIVATE.replace("dentist", "endless")
    .replace("Dentist", "Mentoring without end")
    .replace("DTEND:20260312T100000Z", "DTEND:20260312T100000Z\nRRULE:FREQ=WEEKLY")
)


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("radicale")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "users").write_text("hr:calendar-pass-1\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder}/collections\n[logging]\nlevel = critical\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", folder / "config"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    home = f"http://127.0.0.1:{port}/hr/"
    client = httpx.Client(auth=("hr", "calendar-pass-1"))
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                client.request("PROPFIND", home)
                break
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        for calendar, events in {
            "ana": {"m1": SERIES, "dentist": PRIVATE},
            "ben": {"m1": SERIES, "endless": ENDLESS},
            "empty": {},
        }.items():
            assert client.request("MKCALENDAR", f"{home}{calendar}/").status_code == 201
            for name, text in events.items():
                answer = client.put(
                    f"{home}{calendar}/{name}.ics",
                    content=text.replace("\n", "\r\n"),
                    headers={"Content-Type": "text/calendar"},
                )
                assert answer.status_code == 201, answer.text
        yield home
    finally:
        end(server)


def caldav(home: str, root: Path, **more) -> Extract:
    options = {"base_url": home, "user": "hr", "password": "${CALENDAR_PASSWORD}", **MENTORING, **more}
    fetched("caldav", root, options, environment={"CALENDAR_PASSWORD": "calendar-pass-1"})
    return read_back("caldav", root, {**options, "as_of": date(2026, 3, 28)})


def test_a_series_with_exceptions_in_two_calendars_is_one_series_of_meetings(radicale: str, tmp_path: Path) -> None:
    rows = (
        caldav(radicale, tmp_path, mentoring={"summary": "1:1"})
        .batch("sessions")
        .rows.unique("session_id")
        .sort("scheduled_start_at")
    )
    assert rows.select("scheduled_start_at", "status").rows() == [
        (datetime(2026, 3, 10, 16, 0, tzinfo=UTC), "unknown"),
        (datetime(2026, 3, 24, 16, 0, tzinfo=UTC), "unknown"),
        (datetime(2026, 4, 1, 7, 0, tzinfo=UTC), "cancelled"),
        (datetime(2026, 4, 7, 15, 0, tzinfo=UTC), "scheduled"),
    ]


def test_a_series_without_end_is_bounded_by_the_window(radicale: str, tmp_path: Path) -> None:
    rows = caldav(radicale, tmp_path).batch("sessions").rows
    endless = [at for uid, at in rows.select("external_uid", "scheduled_start_at").rows() if uid == "endless"]
    assert len(endless) == 43  # Thursdays from 12 March to 31 December
    assert max(endless).year == 2026


def test_other_appointments_and_descriptions_stay_on_the_server(radicale: str, tmp_path: Path) -> None:
    caldav(radicale, tmp_path)
    landed = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Dentist" not in landed
    assert b"tooth" not in landed
    assert b"calendar-pass-1" not in landed


def google(items: list[dict], timezone: str = "Europe/Berlin"):
    def behaviour(call: Call) -> Answer:
        assert call.query["singleEvents"] == "true"
        if call.query.get("pageToken"):
            return Answer({"timeZone": timezone, "items": items[1:], "nextSyncToken": "s"})
        return Answer({"timeZone": timezone, "items": items[:1], "nextPageToken": "p2"})

    return behaviour


def test_google_events_become_sessions_with_the_uid_of_calendar_files(tmp_path: Path) -> None:
    items = json.loads((WIRE / "google_calendar_events.json").read_text())["items"]
    first = {
        **items[0],
        "summary": "Mentoring 1:1",
        "description": "secret words",
        "attendees": [*items[0]["attendees"], {"email": "room@resource.example", "resource": True}],
    }
    other = {
        **items[0],
        "id": "x",
        "iCalUID": "x@google.com",
        "summary": "Performance review",
        "recurringEventId": None,
    }
    second = {
        **first,
        "id": "abc_2",
        "originalStartTime": {"dateTime": "2026-03-24T17:00:00+01:00"},
        "start": {"dateTime": "2026-03-25T09:00:00+01:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-03-25T09:45:00+01:00", "timeZone": "Europe/Berlin"},
    }
    options = {"access_token": "${G}", "calendars": ["mentor@example.org"], **MENTORING}
    with serving(google([first, second, items[1], other])) as server:
        options["base_url"] = server.url
        fetched("google_calendar", tmp_path, options, environment={"G": "google-token-1"})
        extract = read_back("google_calendar", tmp_path, {**options, "as_of": date(2026, 3, 12)})
        assert [call.path for call in server.calls] == [
            "/calendars/mentor@example.org/events"
        ] * 2 or "%40" in server.calls[0].path
    rows = extract.batch("sessions").rows.sort("recurrence_id")
    assert rows.select("external_uid", "recurrence_id", "status").rows() == [
        ("abc@google.com", "20260310T160000Z", "unknown"),
        ("abc@google.com", "20260317T160000Z", "cancelled"),
        ("abc@google.com", "20260324T160000Z", "scheduled"),
    ]
    people = extract.batch("session_participants").rows
    assert set(people["person_id"]) == {"email:mentee@example.org", "email:mentor@example.org"}
    assert extract.batch("sessions").filtered.rows() == [("not a mentoring event", 1)]
    landed = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert b"secret words" not in landed
    assert b"Performance" not in landed


def test_graph_occurrences_share_the_series_uid_and_keep_their_zone(tmp_path: Path) -> None:
    value = json.loads((WIRE / "msgraph_calendarview_delta.json").read_text())["value"]
    base = "040000008200E00074C5B7101A82E008"
    occurrence = {**value[0], "iCalUId": base + "07EA030A" + "AB" * 12}
    later = {
        **occurrence,
        "id": "AAMkA-3",
        "iCalUId": base + "07EA0311" + "AB" * 12,
        "originalStart": "2026-03-17T16:00:00Z",
        "isCancelled": True,
        "lastModifiedDateTime": "2026-03-16T10:00:00Z",
        "start": {"dateTime": "2026-03-17T16:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-17T16:45:00.0000000", "timeZone": "UTC"},
    }
    private = {**value[0], "subject": "Dentist", "iCalUId": "other", "seriesMasterId": "another series"}

    def behaviour(call: Call) -> Answer:
        if "$skip" in call.query:
            return Answer({"value": [later, private]})
        return Answer(
            {"value": [occurrence], "@odata.nextLink": f"http://{call.headers['host']}/users/m/calendarView?$skip=1"}
        )

    options = {"access_token": "${MS}", "mailboxes": ["mentor@example.org"], **MENTORING}
    with serving(behaviour) as server:
        options["base_url"] = server.url
        fetched("msgraph_calendar", tmp_path, options, environment={"MS": "ms-token-123"})
        extract = read_back("msgraph_calendar", tmp_path, {**options, "as_of": date(2026, 3, 31)})
    rows = extract.batch("sessions").rows.sort("scheduled_start_at")
    assert rows["external_uid"].unique().to_list() == [base + "00000000" + "AB" * 12]
    assert rows.select("recurrence_id", "status", "cancelled_with_notice", "scheduled_tz").rows() == [
        ("20260310T160000Z", "unknown", None, "Europe/Berlin"),
        ("20260317T160000Z", "cancelled", True, "Europe/Berlin"),
    ]


def test_graph_removed_events_prove_nothing(tmp_path: Path) -> None:
    from pipelines.sources.connectors import CONNECTORS
    from pipelines.sources.records import SourceFile

    page = {"value": json.loads((WIRE / "msgraph_calendarview_delta.json").read_text())["value"], "left_out": 0}
    files = [SourceFile("000001-20261102-full-events-000001.json", json.dumps(page).encode())]
    extract = CONNECTORS["msgraph_calendar"].read(files, {**MENTORING, "as_of": date(2026, 3, 31)})
    assert extract.batch("sessions").rows.height == 1
    assert extract.batch("sessions").filtered.rows() == [("removed from the window", 1)]


def test_an_occurrence_with_another_title_belongs_to_its_series_on_whatever_page_it_stands(tmp_path: Path) -> None:
    def event(number: int, title: str, day: str) -> dict[str, object]:
        return {
            "id": f"i{number}", "iCalUID": "series@google", "recurringEventId": "series", "status": "confirmed", "summary": title,
            "updated": "2026-03-01T08:00:00Z", "originalStartTime": {"dateTime": f"{day}T10:00:00+01:00"},
            "start": {"dateTime": f"{day}T10:00:00+01:00"}, "end": {"dateTime": f"{day}T11:00:00+01:00"},
        }  # fmt: skip

    cancelled = {
        "id": "i0",
        "status": "cancelled",
        "recurringEventId": "series",
        "originalStartTime": {"dateTime": "2026-03-03T10:00:00+01:00"},
    }
    strange = {**cancelled, "id": "i9", "recurringEventId": "somebody's dentist"}
    pages = [
        {"items": [cancelled, strange], "nextPageToken": "2"},
        {"items": [event(1, "Mentoring 1:1", "2026-03-10")], "nextPageToken": "3"},
        {"items": [event(2, "Coffee instead", "2026-03-17")]},
    ]
    options = {"access_token": "${G}", "calendars": ["m@example.org"], **MENTORING}
    with serving(lambda call: Answer(pages[int(call.query.get("pageToken", "1")) - 1])) as server:
        options["base_url"] = server.url
        fetched("google_calendar", tmp_path, options, environment={"G": "g-token-123"})
        batch = read_back("google_calendar", tmp_path, {**options, "as_of": date(2026, 3, 31)}).batch("sessions")
    assert batch.rows.sort("scheduled_start_at")["status"].to_list() == ["cancelled", "unknown", "unknown"]
    assert batch.filtered.rows() == [("not a mentoring event", 1)]


@pytest.mark.parametrize(
    ("title", "status"),
    [("Mentoring (cancelled)", "cancelled"), ("Mentoring ABGESAGT", "cancelled"), ("Mentoring: being cancelled on", "unknown")],
)  # fmt: skip
def test_a_title_that_calls_a_meeting_off_is_judged_before_titles_are_dropped(tmp_path: Path, title: str, status: str):
    day = {"dateTime": "2026-03-10T10:00:00+01:00", "timeZone": "Europe/Berlin"}
    item = {"id": "i1", "iCalUID": "u@google", "status": "confirmed", "summary": title, "start": day, "end": day}
    google = {"access_token": "${G}", "calendars": ["m@example.org"], **MENTORING}
    with serving(lambda _: Answer({"items": [item]})) as server:
        google["base_url"] = server.url
        fetched("google_calendar", tmp_path / "google", google, environment={"G": "g-token-123"})
    rows = read_back("google_calendar", tmp_path / "google", {**google, "as_of": date(2026, 3, 31)}).batch("sessions")
    assert rows.rows["status"].to_list() == [status]

    (event, *_) = json.loads((WIRE / "msgraph_calendarview_delta.json").read_text())["value"]
    graph = {"access_token": "${MS}", "mailboxes": ["m@example.org"], **MENTORING}
    with serving(lambda _: Answer({"value": [{**event, "subject": title, "isCancelled": False}]})) as server:
        graph["base_url"] = server.url
        fetched("msgraph_calendar", tmp_path / "graph", graph, environment={"MS": "ms-token-123"})
    rows = read_back("msgraph_calendar", tmp_path / "graph", {**graph, "as_of": date(2026, 3, 31)}).batch("sessions")
    assert rows.rows["status"].to_list() == [status]
    assert not [path for path in tmp_path.rglob("*.json") if title.encode() in path.read_bytes()]
