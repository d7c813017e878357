"""SuccessFactors, Workday and HiBob against replayed wire formats: what the shipped mappings make of them, and what a workspace may change."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import HostRefused
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

WIRE = Path(__file__).parents[3] / "fixtures/vendors"
ENVIRONMENT = {"HR_USER": "api-user@arbor", "HR_PASSWORD": "hr-password-123"}
CREDENTIALS = {"user": "${HR_USER}", "password": "${HR_PASSWORD}"}


class SuccessFactors:
    """Replays the documented EmpJob answer; `__next` leads to the last page."""

    def __init__(self) -> None:
        self.job = json.loads((WIRE / "successfactors_empjob.json").read_text())["d"]["results"]
        self.next_host: str | None = None

    def __call__(self, call: Call) -> Answer:
        entity = call.path.rpartition("/")[2]
        if entity == "User":
            users = [
                {
                    "__metadata": {},
                    "userId": "10001",
                    "firstName": "Ada",
                    "lastName": "Stone",
                    "email": "Ada@Arbor.example",
                    "status": "t",
                    "hireDate": "/Date(1704067200000)/",
                    "ssn": "123-45-6789",
                }
            ]
            return Answer({"d": {"results": users}})
        if entity == "EmpEmployment":
            row = {
                "personIdExternal": "P1",
                "userId": "10001",
                "startDate": "/Date(1704067200000)/",
                "endDate": "/Date(1767139200000)/",
            }
            return Answer({"d": {"results": [row]}})
        if "$skiptoken" in call.query:
            return Answer({"d": {"results": self.job[1:]}})
        host = self.next_host or f"http://{call.headers['host']}"
        return Answer({"d": {"results": self.job[:1], "__next": f"{host}/odata/v2/EmpJob?$skiptoken=abc"}})


def options(server: LocalServer, **more) -> dict:
    return {"base_url": server.url, **CREDENTIALS, **more}


def run(connector: str, server: LocalServer, root: Path, **more):
    given = options(server, **more)
    fetched(connector, root, given, environment=ENVIRONMENT)
    return read_back(connector, root, {**given, "levels": {"L1": 1, "Professional": 3}})


def test_successfactors_time_slices_become_job_history(tmp_path: Path) -> None:
    with serving(SuccessFactors()) as server:
        extract = run("successfactors", server, tmp_path)
        questions = [dict(call.query) for call in server.calls if call.path.endswith("EmpJob")]
    jobs = extract.batch("job_history").rows.sort("valid_from")
    assert jobs.select(
        "valid_from", "valid_to", "job_title", "manager_person_id", "change_action", "change_action_basis"
    ).rows() == [
        (date(2024, 1, 1), date(2025, 1, 1), "Engineer", "hris:10002", "hire", "source"),
        (date(2025, 1, 1), None, "Senior Engineer", None, "promotion", "source"),
    ]
    assert jobs["source_updated_at"][0] == datetime(2024, 1, 1, 10, 0, tzinfo=UTC)
    assert (questions[0]["fromDate"], questions[0]["toDate"], questions[0]["paging"]) == (
        "1900-01-01",
        "9999-12-31",
        "snapshot",
    )
    spell = extract.batch("employment_spells").rows.row(0, named=True)
    assert (spell["hire_date"], spell["end_date"]) == (date(2024, 1, 1), date(2026, 1, 1))
    assert b"123-45" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_objects_of_a_tenants_own_come_by_its_mapping_with_what_they_refer_to(tmp_path: Path) -> None:
    def mentoring(call: Call) -> Answer:
        match = {"externalCode": "m1", "program": "P1", "mentorNav": {"userId": "7", "salary": 1}, "mentee": "2"}
        return Answer({"d": {"results": [match, {**match, "externalCode": "m2", "mentorNav": None}]}})

    def member(role: str, field: str) -> dict:
        columns = {
            "pair_id": {"from": "externalCode"},
            "person_id": {"from": field, "reference": "hris"},
            "role": {"const": role},
        }
        return {"table": "pair_members", "key": ["externalCode", field], "columns": columns}

    tables = [member("mentor", "mentorNav.userId"), member("mentee", "mentee")]
    mapping = {"system": "SAP", "files": [{"match": "MentoringMatch", "records": "d.results", "tables": tables}]}
    with serving(mentoring) as server:
        fetched("successfactors", tmp_path, options(server), environment=ENVIRONMENT, mapping=mapping)
        asked = server.calls[-1].query
    assert asked["$select"] == "externalCode,mentorNav/userId,mentee"
    assert asked["$expand"] == "mentorNav"
    members = read_back("successfactors", tmp_path, {"mapping": mapping}).batch("pair_members")
    assert set(members.rows.select("pair_id", "person_id", "role").rows()) == {
        ("m1", "hris:7", "mentor"), ("m1", "hris:2", "mentee"), ("m2", "hris:2", "mentee")
    }  # fmt: skip
    assert members.rejects["rule"].to_list() == ["missing_key"]
    assert b"salary" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_successfactors_next_link_to_another_host_is_refused(tmp_path: Path) -> None:
    behaviour = SuccessFactors()
    behaviour.next_host = "https://elsewhere.example"
    with serving(behaviour) as server, pytest.raises(HostRefused):
        run("successfactors", server, tmp_path)


def test_a_workspace_may_name_its_own_field_for_a_column(tmp_path: Path) -> None:
    columns = {
        "job_history": {"level": {"from": "customString5"}, "level_rank": {"from": "customString5", "level_rank": True}}
    }
    behaviour = SuccessFactors()
    for row in behaviour.job:
        row["customString5"] = "L1"
    with serving(behaviour) as server:
        extract = run("successfactors", server, tmp_path, columns=columns)
        assert "customString5" in server.calls[-2].query["$select"]
    assert extract.batch("job_history").rows["level_rank"].to_list() == [1, 1]
    with pytest.raises(SourceRefused, match="doesn't fill"):
        CONNECTORS["successfactors"].read([], {"source_id": "hris", "columns": {"surveys": {}}})


def workday(call: Call) -> Answer:
    return Answer(json.loads((WIRE / "workday_raas.json").read_text()))


def test_workday_report_groups_become_rows_and_a_worker_without_key_is_rejected(tmp_path: Path) -> None:
    with serving(workday) as server:
        extract = run("workday", server, tmp_path, report="arbor/isu/Mentoring")
        asked = server.calls[0]
    assert asked.path == "/ccx/service/customreport2/arbor/isu/Mentoring"
    assert asked.query["format"] == "json"
    people = extract.batch("persons")
    assert people.rows["original_hire_date"].to_list() == [date(2015, 6, 1)]
    assert people.rejects["rule"].to_list() == ["missing_key"]
    jobs = extract.batch("job_history").rows.sort("valid_from")
    assert jobs.select("valid_from", "change_action").rows() == [
        (date(2019, 3, 4), "rehire"),
        (date(2022, 1, 1), "promotion"),
    ]
    assert people.rows_in == 2


def test_workday_in_pieces_by_prompt(tmp_path: Path) -> None:
    with serving(workday) as server:
        prompts = [{"Organization": "A"}, {"Organization": "B"}]
        fetched("workday", tmp_path, options(server, report="a/b/c", prompts=prompts), environment=ENVIRONMENT)
        assert [call.query["Organization"] for call in server.calls] == ["A", "B"]


def hibob(call: Call) -> Answer:
    if call.path == "/v1/people/search":
        assert "work.startDate" in call.json["fields"]
        flat = {
            "/root/id": {"value": "1"},
            "/root/firstName": {"value": "Ada"},
            "/root/email": {"value": "ada@arbor.example"},
            "/work/startDate": {"value": "2024-01-01"},
            "/internal/status": {"value": "active"},
            "/payroll/salary": {"value": 1},
        }
        nested = {
            "id": "2",
            "firstName": "Bo",
            "work": {"startDate": "2023-05-01", "employeeIdInCompany": 7},
            "internal": {"status": "inactive", "terminationDate": "2025-06-30"},
            "humanReadable": {"work": {"startDate": "01/05/2023"}},
        }
        return Answer({"employees": [flat, nested]})
    if call.path.endswith("/work"):
        if not call.query.get("cursor"):
            rows = [
                {
                    "id": 11,
                    "effectiveDate": "2024-01-01",
                    "endEffectiveDate": "2025-03-31",
                    "title": "Engineer",
                    "department": "209192163",
                },
                {
                    "id": 12,
                    "effectiveDate": "2025-04-01",
                    "endEffectiveDate": None,
                    "title": "Senior Engineer",
                    "department": "209192163",
                    "change": {"reason": "Promotion"},
                },
            ]
            return Answer(
                {"results": [{"employeeId": "1", "values": rows}], "response_metadata": {"next_cursor": "p2"}}
            )
        row = {
            "employeeId": "2",
            "id": 11,
            "effectiveDate": "2023-05-01",
            "endEffectiveDate": None,
            "title": "Analyst",
            "reportsTo": {"id": "1"},
        }
        return Answer({"results": [row], "response_metadata": {"next_cursor": None}})
    rows = [
        {
            "employeeId": "2",
            "id": 1,
            "effectiveDate": "2023-05-01",
            "endEffectiveDate": "2025-06-30",
            "status": "employed",
        },
        {"employeeId": "2", "id": 2, "effectiveDate": "2025-07-01", "endEffectiveDate": None, "status": "terminated"},
        {"employeeId": "1", "id": 1, "effectiveDate": "2024-01-01", "endEffectiveDate": None, "status": "employed"},
    ]
    return Answer({"results": rows, "response_metadata": {}})


def test_hibob_histories_by_cursor_in_both_documented_shapes(tmp_path: Path) -> None:
    with serving(hibob) as server:
        extract = run("hibob", server, tmp_path)
    people = extract.batch("persons").rows.sort("person_id")
    assert people.select("given_name", "status", "latest_hire_date").rows() == [
        ("Ada", "active", date(2024, 1, 1)),
        ("Bo", "inactive", date(2023, 5, 1)),
    ]
    jobs = extract.batch("job_history").rows.sort("person_id", "valid_from")
    assert jobs.select("person_id", "valid_from", "valid_to", "change_action").rows() == [
        ("hris:1", date(2024, 1, 1), date(2025, 4, 1), "hire"),
        ("hris:1", date(2025, 4, 1), None, "promotion"),
        ("hris:2", date(2023, 5, 1), None, "hire"),
    ]
    spells = extract.batch("employment_spells")
    assert spells.rows.sort("person_id")["end_date"].to_list() == [None, date(2025, 7, 1)]
    assert spells.filtered.rows() == [("not a time of employment", 1)]
    assert b"salary" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_hibob_people_whose_history_is_forbidden_stop_the_read(tmp_path: Path) -> None:
    def forbidden(call: Call) -> Answer:
        answer = hibob(call)
        return Answer({**answer.body, "errors": [{"employeeId": "3"}]}) if call.path.endswith("/work") else answer

    with serving(forbidden) as server, pytest.raises(SourceRefused, match="history is forbidden"):
        run("hibob", server, tmp_path)


@pytest.mark.parametrize("connector", ["successfactors", "workday", "hibob"])
def test_rows_in_are_rows_rejects_and_filtered(connector: str, tmp_path: Path) -> None:
    behaviour = {"successfactors": SuccessFactors(), "workday": workday, "hibob": hibob}[connector]
    with serving(behaviour) as server:
        extract = run(connector, server, tmp_path, report="a/b/c")
    for batch in extract.batches:
        assert batch.rows_in > 0
        assert batch.rows.filter(pl.col("source_file").is_null()).is_empty()


def test_an_entry_that_is_no_record_costs_itself(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        if not call.path.endswith("/User"):
            return Answer({"d": {"results": [{"userId": "1", "startDate": "/Date(1577836800000)/", "seqNumber": 1}]}})
        return Answer({"d": {"results": [{"userId": "1", "status": "t"}, None, "x", {"userId": "2", "status": "t"}]}})

    with serving(behaviour) as server:
        extract = run("successfactors", server, tmp_path)
    persons = next(batch for batch in extract.batches if batch.table == "persons")
    assert persons.rows["person_id"].to_list() == ["hris:1", "hris:2"]
    assert persons.rejects["source_line"].to_list() == [2, 3]
