"""Lists of pages that would never end: each is refused in one sentence after a few calls, and nothing of the repeats is kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.extraction import Page, extractions
from pipelines.sources.remote.page_limits import MOST_EMPTY_PAGES, PageLimits
from pipelines.sources.remote.reduction import encoded
from pipelines.sources.remote.retries import seconds_asked
from tests.remote_runs import NOW, fetched
from tests.servers.http import Answer, Call, serving
from tests.unit.sources.remote.test_hostile_answers import ENVIRONMENT, MAPPINGS, OPTIONS

MOST_CALLS = 12


def user(number: int) -> dict[str, Any]:
    return {"id": str(number), "userName": f"u{number}@x.example", "active": True}


def scim_that_ignores_the_start(call: Call) -> Answer:
    return Answer({"totalResults": 500, "Resources": [user(number) for number in range(1, 101)]})


def scim_whose_total_grows(call: Call) -> Answer:
    start, count = int(call.query["startIndex"]), int(call.query["count"])
    return Answer({"totalResults": start + count + 100, "Resources": [user(n) for n in range(start, start + count)]})


def google_with_one_token(call: Call) -> Answer:
    event = {
        "id": f"e{call.number}", "iCalUID": f"e{call.number}", "status": "confirmed", "summary": "Mentoring",
        "start": {"dateTime": "2026-10-02T10:00:00Z"}, "end": {"dateTime": "2026-10-02T11:00:00Z"},
    }  # fmt: skip
    return Answer({"items": [event], "nextPageToken": "same"})


def graph_that_links_to_itself(call: Call) -> Answer:
    event = {
        "id": f"e{call.number}", "iCalUId": f"e{call.number}", "isCancelled": False, "subject": "Mentoring", "type": "singleInstance",
        "start": {"dateTime": "2026-10-02T10:00:00", "timeZone": "UTC"}, "end": {"dateTime": "2026-10-02T11:00:00", "timeZone": "UTC"},
    }  # fmt: skip
    return Answer({"value": [event], "@odata.nextLink": f"{call.url}/users/m/calendarView?$skip=1"})


def teams_whose_reports_link_to_themselves(call: Call) -> Answer:
    if "attendanceReports" in call.path:
        report = {"id": f"r{call.number}", "meetingStartDateTime": "2026-10-02T10:00:00Z"}
        return Answer({"value": [report], "@odata.nextLink": f"{call.url}{call.path}?$skiptoken=1"})
    if call.path.endswith("onlineMeetings"):
        return Answer({"value": [{"id": "m1"}]})
    event = {"subject": "Mentoring", "isOrganizer": True, "onlineMeeting": {"joinUrl": "https://teams.example/1"}}
    return Answer({"value": [event]})


def teams_whose_records_repeat(call: Call) -> Answer:
    if call.path.endswith("attendanceRecords"):
        record = {"emailAddress": "a@example.org", "attendanceIntervals": []}
        return Answer({"value": [record], "@odata.nextLink": f"{call.url}{call.path}?$skiptoken={call.number}"})
    if call.path.endswith("attendanceReports"):
        return Answer({"value": [{"id": "r1", "meetingStartDateTime": "2026-10-02T10:00:00Z"}]})
    return teams_whose_reports_link_to_themselves(call)


def personio_that_ignores_the_offset(call: Call) -> Answer:
    if call.path.endswith("auth"):
        return Answer({"success": True, "data": {"token": "t"}})
    people = [{"type": "Employee", "attributes": {"id": {"value": n}}} for n in range(100)]
    return Answer({"success": True, "metadata": {"total_elements": 1000}, "data": people})


def oneroster_without_end(call: Call) -> Answer:
    if call.path.endswith("token"):
        return Answer({"access_token": "t"})
    return Answer({"users": [{"sourcedId": str(number)} for number in range(100)]})


def salesforce_whose_batches_link_to_themselves(call: Call) -> Answer:
    if "oauth2" in call.path:
        return Answer({"access_token": "t"})
    record = {"Id": str(call.number)}
    return Answer(
        {"totalSize": 900, "done": False, "nextRecordsUrl": "/services/data/v60.0/query/1", "records": [record]}
    )


def successfactors_that_links_to_itself(call: Call) -> Answer:
    record = {"userId": str(call.number), "startDate": "/Date(0)/", "seqNumber": "1"}
    return Answer({"d": {"results": [record], "__next": f"{call.url}/odata/v2/EmpJob?$skiptoken=1"}})


def bamboohr_with_one_cursor(call: Call) -> Answer:
    record = {"employeeId": str(call.number)}
    return Answer({"data": [record], "meta": {"page": {"nextCursor": "same"}}})


def hibob_with_one_cursor(call: Call) -> Answer:
    if "search" in call.path:
        return Answer({"employees": [{"id": "1"}]})
    entry = {"employeeId": str(call.number), "values": []}
    return Answer({"results": [entry], "response_metadata": {"next_cursor": "same"}})


def surveymonkey_whose_pages_repeat(call: Call) -> Answer:
    if "bulk" not in call.path:
        return Answer({"pages": []})
    row = {"id": "1", "response_status": "completed", "date_modified": "2026-10-02T10:00:00+00:00", "pages": []}
    return Answer({"data": [row], "links": {"next": "more"}})


def typeform_whose_pages_repeat(call: Call) -> Answer:
    if "responses" not in call.path:
        return Answer({"fields": []})
    items = [{"token": str(n), "submitted_at": "2026-10-02T10:00:00Z", "answers": []} for n in range(1000)]
    return Answer({"items": items})


def zoom_with_one_token(call: Call) -> Answer:
    if "token" in call.path:
        return Answer({"access_token": "t"})
    meeting = {"uuid": f"u{call.number}", "topic": "Mentoring", "start_time": "2026-10-02T10:00:00Z"}
    return Answer({"meetings": [meeting], "next_page_token": "same"})


ENDLESS: list[tuple[str, Callable[[Call], Answer]]] = [
    ("scim", scim_that_ignores_the_start),
    ("scim", scim_whose_total_grows),
    ("google_calendar", google_with_one_token),
    ("msgraph_calendar", graph_that_links_to_itself),
    ("teams", teams_whose_reports_link_to_themselves),
    ("teams", teams_whose_records_repeat),
    ("personio", personio_that_ignores_the_offset),
    ("oneroster", oneroster_without_end),
    ("salesforce", salesforce_whose_batches_link_to_themselves),
    ("successfactors", successfactors_that_links_to_itself),
    ("bamboohr_api", bamboohr_with_one_cursor),
    ("hibob", hibob_with_one_cursor),
    ("surveymonkey", surveymonkey_whose_pages_repeat),
    ("typeform", typeform_whose_pages_repeat),
    ("zoom", zoom_with_one_token),
]


@pytest.mark.parametrize(("connector", "behaviour"), ENDLESS, ids=[f.__name__ for _, f in ENDLESS])
def test_an_endless_list_ends_in_a_sentence(
    connector: str, behaviour: Callable[[Call], Answer], tmp_path: Path
) -> None:
    with serving(behaviour) as server:
        options = {**OPTIONS[connector], "base_url": server.url, "token_url": f"{server.url}/oauth/token"}
        with pytest.raises(SourceRefused, match=r"never end|changed while it was read"):
            fetched(connector, tmp_path, options, environment=ENVIRONMENT, mapping=MAPPINGS.get(connector))
        assert len(server.calls) <= MOST_CALLS
    kept = [line for extraction in extractions(tmp_path) for line in extraction.journal]
    contents = [line["sha256"] for line in kept if line["rows"]]
    assert len(contents) == len(set(contents))


def test_a_directory_that_counts_its_pages_is_read_whole(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        start, count = int(call.query["startIndex"]), int(call.query["count"])
        page = [user(number) for number in range(start, min(start + count, 351))]
        return Answer({"totalResults": len(page), "itemsPerPage": len(page), "Resources": page})

    with serving(behaviour) as server:
        told = fetched(
            "scim", tmp_path, {**OPTIONS["scim"], "base_url": server.url, "page_size": 100}, environment=ENVIRONMENT
        )
    assert told.rows == 350


@pytest.mark.parametrize("people", [99, 100, 101, 200])
def test_an_honest_directory_whose_size_is_a_page_is_read_whole(people: int, tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        start, count = int(call.query["startIndex"]), int(call.query["count"])
        page = [user(number) for number in range(start, min(start + count, people + 1))]
        return Answer({"totalResults": people, "Resources": page})

    with serving(behaviour) as server:
        options = {**OPTIONS["scim"], "base_url": server.url, "page_size": 100}
        assert fetched("scim", tmp_path, options, environment=ENVIRONMENT).rows == people


def page(content: object, rows: int, token: object, **more: Any) -> Page:
    return Page(json.dumps(content).encode(), rows, token, **more)


@given(sizes=st.lists(st.integers(0, 50), min_size=1, max_size=60), parts=st.integers(1, 3))
def test_an_honest_list_of_any_shape_is_never_refused(sizes: list[int], parts: int) -> None:
    limits = PageLimits("hris", "people")
    last = len(sizes) * parts - 1
    for part in range(parts):
        for place, rows in enumerate(sizes):
            token = None if part * len(sizes) + place == last else [part, place]
            limits.admit(page([place, rows], rows, token, part=str(part), total=sum(sizes) * parts))


def test_only_empty_pages_end() -> None:
    limits = PageLimits("hris", "people")
    with pytest.raises(SourceRefused, match="in a row were empty"):
        for number in range(MOST_EMPTY_PAGES + 1):
            limits.admit(page([], 0, number))


def test_a_list_with_new_tokens_for_ever_ends_at_the_declared_number_of_pages() -> None:
    limits = PageLimits("hris", "people", most_pages=50)
    with pytest.raises(SourceRefused, match="max_pages"):
        for number in range(51):
            limits.admit(page([number], 1, number))


def test_a_run_that_goes_on_remembers_the_pages_of_the_last_one() -> None:
    first = page(["a"], 1, "next")
    line = {"stream": "people", "token": first.token, "sha256": first.sha256, "rows": 1, "part": ""}
    with pytest.raises(SourceRefused, match="same next page"):
        PageLimits("hris", "people", [line]).admit(page(["b"], 1, "next"))
    with pytest.raises(SourceRefused, match="same records"):
        PageLimits("hris", "people", [line]).admit(page(["a"], 1, "other"))


@pytest.mark.parametrize("header", ["nan", "inf", "-inf", "Fri, 31 Dec 99999 23:59:59 GMT"])
def test_a_wait_that_is_no_number_is_ignored(header: str) -> None:
    assert seconds_asked(header, NOW) is None


def test_half_a_surrogate_pair_costs_a_character() -> None:
    assert encoded({"name": "\ud800x"}) == b'{"name":"?x"}'
