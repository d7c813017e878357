"""Together's Reports API: whole reports as CSV within JSON, one call a minute, by the source's own mapping."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import Extract, SourceRefused
from tests.remote_runs import fetched, landed_files, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"TOGETHER_KEY": "a-key-of-together"}
USERS = (
    "\ufeffUser ID,Email,First Name,Salary Band\r\n"
    '7,Ana@example.org,"Ana\nMaria",B7\r\n'
    "8,ben@example.org,Ben,B9,too much\r\n"
    '9,cy@example.org,"Cy, jr",B2\r\n'
)
SESSIONS = (
    "Session,Pairing,Starts,State,Notes\n"
    "s1,p1,2026-03-01 01:30,completed,about her boss\n"
    "s2,p1,2026-03-29 02:30,completed,\n"
    "s3,p1,31/12/2026,completed,\n"
)
MAPPING: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "files": [
        {
            "match": "userReport",
            "key": "User ID",
            "tables": [
                {
                    "table": "persons",
                    "columns": {
                        "person_id": {"from": "User ID", "reference": "together"},
                        "person_kind": {"const": "employee"},
                        "given_name": {"from": "First Name"},
                        "email_work": {"from": "Email"},
                        "status": {"const": "active"},
                    },
                }
            ],
        },
        {
            "match": "sessionReport",
            "key": "Session",
            "tables": [
                {
                    "table": "sessions",
                    "columns": {
                        "session_id": {"from": "Session"},
                        "pair_id": {"from": "Pairing"},
                        "scheduled_start_at": {"from": "Starts", "instant": "%Y-%m-%d %H:%M"},
                        "status": {"from": "State", "map": {"completed": "held"}},
                        "status_basis": {"const": "self_report"},
                    },
                }
            ],
        },
    ],
}


def together(call: Call) -> Answer:
    reports = {"userReport": USERS, "sessionReport": SESSIONS}
    return Answer({"report": reports[call.path.rpartition("/")[2]]})


def options(server: LocalServer) -> dict[str, Any]:
    return {
        "organization_id": "org 1",
        "client_id": "c",
        "api_key": "${TOGETHER_KEY}",
        "base_url": server.url,
        "zone": "Europe/Berlin",
    }


def run(server: LocalServer, root: Path, slept: list[float] | None = None) -> Extract:
    fetched("together", root, options(server), environment=ENVIRONMENT, mapping=MAPPING, slept=slept)
    return read_back("together", root, {**options(server), "mapping": MAPPING})


def test_the_reports_are_asked_for_by_the_documented_addresses_and_headers(tmp_path: Path) -> None:
    with serving(together) as server:
        run(server, tmp_path)
        first, second = server.calls
    assert [first.path, second.path] == [
        "/public/org%201/reports/export/userReport",
        "/public/org%201/reports/export/sessionReport",
    ]
    assert (first.headers["organization-id"], first.headers["client-id"], first.headers["api-key"]) == (
        "org 1",
        "c",
        "a-key-of-together",
    )


def test_two_calls_are_a_minute_apart_and_so_is_a_call_that_was_refused(tmp_path: Path) -> None:
    slept: list[float] = []
    with serving(together) as server:
        run(server, tmp_path / "plain", slept)
        assert slept == [60.0]
        slept.clear()
        server.next_answers = [Answer(b"", 429)]
        run(server, tmp_path / "refused", slept)
    assert len(slept) == 2
    assert all(seconds >= 60 for seconds in slept)


def test_a_record_of_another_width_costs_one_record_and_what_no_mapping_reads_is_never_written(
    tmp_path: Path,
) -> None:
    with serving(together) as server:
        people = run(server, tmp_path).batch("persons")
    assert people.rows.select("person_id", "given_name", "email_work").rows() == [
        ("together:7", "Ana\nMaria", "Ana@example.org"),
        ("together:9", "Cy, jr", "cy@example.org"),
    ]
    assert people.rejects["rule"].to_list() == ["number_of_fields"]
    assert people.rows_in == 3
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.csv"))
    assert not any(words in written for words in (b"B7", b"too much", b"ben@", b"boss", b"Salary"))


def test_times_are_in_the_declared_zone_and_one_that_no_clock_shows_costs_one_session(tmp_path: Path) -> None:
    with serving(together) as server:
        sessions = run(server, tmp_path).batch("sessions")
    assert sessions.rows.select("session_id", "scheduled_start_at").rows() == [
        ("s1", datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
    ]
    assert sessions.rejects.height == 2


@pytest.mark.parametrize(
    "report", ["", "\n\n", "<html>sign in</html>", '{"error": 1}', "Other,Columns\n1,2\n", None, ["User ID", "7"]]
)
def test_a_report_that_has_no_known_column_is_never_an_empty_one(report: Any, tmp_path: Path) -> None:
    with (
        serving(lambda call: Answer({"report": report})) as server,
        pytest.raises(SourceRefused, match="isn't what the system documents"),
    ):
        run(server, tmp_path)
    assert not list(tmp_path.rglob("*.csv"))


def test_a_report_that_was_emptied_is_refused_by_name(tmp_path: Path) -> None:
    def emptied(call: Call) -> Answer:
        return Answer({"report": USERS if call.path.endswith("userReport") else SESSIONS.partition("\n")[0]})

    with serving(emptied) as server, pytest.raises(SourceRefused, match=r"sessionReport.* no (data )?r"):
        run(server, tmp_path)


def test_without_a_mapping_it_says_what_to_write(tmp_path: Path) -> None:
    with serving(together) as server, pytest.raises(SourceRefused, match=r"columns aren't documented.*impact map"):
        fetched("together", tmp_path, options(server), environment=ENVIRONMENT)


def test_a_report_that_the_mapping_names_and_nobody_fetched_is_told(tmp_path: Path) -> None:
    with serving(together) as server:
        run(server, tmp_path)
        given = {**options(server), "source_id": "hris"}
    more = {**MAPPING, "files": [*MAPPING["files"], {**MAPPING["files"][0], "match": "pairingReport"}]}
    from pipelines.sources.connectors import CONNECTORS

    with pytest.raises(SourceRefused, match="nothing has been fetched for 'pairingReport'"):
        CONNECTORS["together"].read(landed_files("together", tmp_path), {**given, "mapping": more})


def test_the_answer_is_read_as_it_is_documented(tmp_path: Path) -> None:
    """One JSON object whose `report` is the CSV; the page that is kept is CSV again."""
    with serving(together) as server:
        run(server, tmp_path)
    (page,) = tmp_path.rglob("*userReport-000001.csv")
    assert page.read_text(encoding="utf-8").splitlines()[0] == "User ID,Email,First Name"
    (journal,) = tmp_path.rglob(".journal.jsonl")
    assert [json.loads(line)["rows"] for line in journal.read_text().splitlines()] == [3, 3]
