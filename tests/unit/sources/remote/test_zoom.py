"""Who was in a Zoom meeting, by API and from the portal's CSV files: joins merged, the waiting room left out, five minutes together."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from pipelines.sources.shared.stays import merged, time_of
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, serving

WIRE = Path(__file__).parents[3] / "fixtures/vendors"
OPTIONS = {
    "zone": "Europe/Berlin",
    "window": {"from": "2026-10-01", "to": "2026-10-31"},
    "mentoring": {"summary": "(?i)mentoring"},
    "as_of": date(2026, 10, 31),
}
CSV = {"zone": "Europe/Berlin", "times": "%d/%m/%Y %I:%M:%S %p"}


def files(*names: str) -> list[SourceFile]:
    return [SourceFile(name, (WIRE / name).read_bytes()) for name in names]


def read(*names: str, **more) -> Extract:
    return CONNECTORS["zoom_files"].read(files(*names), {**CSV, **more})


def test_joins_are_merged_and_a_participant_without_address_is_counted() -> None:
    extract = read("zoom_participants_v1_plain.csv")
    session = extract.batch("sessions").rows.row(0, named=True)
    assert (session["status"], session["status_basis"]) == ("held", "attendance_report")
    assert session["actual_start_at"] == datetime(2026, 5, 10, 16, 3, tzinfo=UTC)
    people = extract.batch("session_participants")
    assert people.rows.select("person_id", "minutes", "attended").rows() == [("email:ana@example.org", 55.0, True)]
    assert people.filtered.rows() == [("participant known by name only", 1)]


def test_the_block_about_the_meeting_gives_the_planned_time() -> None:
    session = read("zoom_participants_v2_preamble.csv").batch("sessions").rows.row(0, named=True)
    assert session["scheduled_start_at"] == datetime(2026, 5, 10, 15, 55, tzinfo=UTC)
    assert session["status"] == "unknown", "one alone proves nothing"


def test_a_report_of_totals_needs_a_time_in_its_name() -> None:
    named = SourceFile("participants_2026-10-05_1800.csv", (WIRE / "zoom_participants_v3_total_only.csv").read_bytes())
    extract = CONNECTORS["zoom_files"].read([named], {**CSV, "name_time": "participants_%Y-%m-%d_%H%M.csv"})
    assert extract.batch("sessions").rows["scheduled_start_at"].to_list() == [datetime(2026, 10, 5, 16, 0, tzinfo=UTC)]
    without = CONNECTORS["zoom_files"].read([named], CSV)
    assert without.batch("sessions").rejects["rule"].to_list() == ["missing_time"]


def test_the_order_of_day_and_month_is_never_guessed() -> None:
    with pytest.raises(SourceRefused, match="10/05 is in May"):
        CONNECTORS["zoom_files"].read(files("zoom_participants_v1_plain.csv"), {"zone": "Europe/Berlin"})
    wrong = read("zoom_participants_v1_plain.csv", times="%Y-%m-%d %H:%M:%S")
    assert set(wrong.batch("sessions").rejects["rule"]) == {"not_a_time", "missing_time"}


def zoom(call: Call) -> Answer:
    report = json.loads((WIRE / "zoom_report_participants.json").read_text())["participants"]
    if call.path.endswith("/oauth/token"):
        assert call.query["grant_type"] == "account_credentials"
        return Answer({"access_token": "short-lived-1", "expires_in": 3600})
    if call.headers.get("authorization") != "Bearer short-lived-1":
        return Answer({"code": 124, "message": "Invalid access token."}, 401)
    if call.path == "/report/users/ana@example.org/meetings":
        meetings = [
            {
                "uuid": "/abc//1==",
                "id": 812,
                "topic": "Mentoring 1:1",
                "start_time": "2026-10-05T16:00:00Z",
                "end_time": "2026-10-05T17:00:00Z",
                "duration": 60,
            },
            {"uuid": "dismissal==", "id": 813, "topic": "HR talk with C.", "start_time": "2026-10-06T16:00:00Z"},
        ]
        inside = call.query["from"] <= "2026-10-05" <= call.query["to"]
        return Answer({"meetings": meetings if inside else [], "next_page_token": ""})
    assert "%252F" in call.path, "a UUID with a slash is encoded twice"
    if not call.query.get("next_page_token"):
        return Answer({"participants": report, "next_page_token": "p2"})
    cy = {
        **report[0],
        "name": "Cy",
        "user_email": "Cy@example.org",
        "join_time": "2026-10-05T16:10:00Z",
        "leave_time": "2026-10-05T16:16:00Z",
    }
    return Answer({"participants": [cy], "next_page_token": ""})


def test_the_api_reads_only_mentoring_meetings(tmp_path: Path) -> None:
    with serving(zoom) as server:
        options = {
            **OPTIONS,
            "base_url": server.url,
            "token_url": f"{server.url}/oauth/token",
            "account_id": "acc",
            "client_id": "cid",
            "client_secret": "${ZOOM_SECRET}",
            "users": ["ana@example.org"],
        }
        del options["as_of"]
        fetched("zoom", tmp_path, options, environment={"ZOOM_SECRET": "zoom-secret-1"})
        extract = read_back("zoom", tmp_path, {**options, "as_of": date(2026, 10, 31)})
        assert not [call for call in server.calls if "dismissal" in call.path]
    session = extract.batch("sessions").rows.row(0, named=True)
    assert (session["status"], session["external_uid"]) == ("held", "/abc//1==")
    people = extract.batch("session_participants")
    assert dict(people.rows.select("person_id", "minutes").rows()) == {
        "email:ana@example.org": 17.0,
        "email:cy@example.org": 6.0,
    }
    assert dict(people.filtered.rows()) == {"not a mentoring meeting": 1, "sat in the waiting room": 1}
    assert b"HR talk" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))


DAY = datetime(2026, 10, 5, tzinfo=UTC)
STAYS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=12)


@given(STAYS)
def test_merged_stays_count_every_minute_once(stays: list[tuple[int, int]]) -> None:
    minutes = {minute for start, end in stays for minute in range(start, end)}
    intervals = merged((DAY + timedelta(minutes=a), DAY + timedelta(minutes=b)) for a, b in stays)
    assert time_of(intervals) == timedelta(minutes=len(minutes))
    assert all(one[1] < other[0] for one, other in pairwise(intervals))
