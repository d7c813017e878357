"""BambooHR: spells, job states and managers from three exports."""

import json
from datetime import date

import pytest

from pipelines.sources.hris.bamboohr import read
from pipelines.sources.records import Extract, SourceFile, SourceRefused

ADA = {
    "employeeId": "1",
    "employeeNumber": "E1",
    "firstName": "Ada",
    "lastName": "Stone",
    "displayName": "Ada Stone",
    "workEmail": " ADA@Arbor.example ",
    "status": "Active",
    "hireDate": "2022-02-01",
    "originalHireDate": "2020-01-01",
    "terminationDate": "0000-00-00",
    "supervisorId": "3",
}
BO = {
    **ADA,
    "employeeId": "2",
    "employeeNumber": "E2",
    "firstName": "Bo",
    "lastName": "Lee",
    "displayName": "Bo Lee",
    "workEmail": "bo@arbor.example",
    "supervisorId": None,
}
CY = {
    **BO,
    "employeeId": "3",
    "employeeNumber": "E3",
    "workEmail": "bo.lee2@arbor.example",
}  # bears the same display name as Bo
JOB = {
    "id": "10",
    "employeeId": "1",
    "date": "2020-01-01",
    "department": "Sales",
    "jobTitle": "Rep",
    "reportsTo": "Bo Lee",
    "customJobLevel": "L1",
}
FULL_TIME = {"id": "1", "employeeId": "1", "date": "2020-01-01", "employmentStatus": "Full-Time"}


def extract(employees=(ADA, BO), jobs=(JOB,), statuses=(FULL_TIME,), **options) -> Extract:
    def file(name, records):
        return SourceFile(name, json.dumps(records).encode())

    files = [
        file("employees.json", {"data": list(employees)}),
        file("tables_jobInfo.json", list(jobs)),
        file("tables_employmentStatus.json", list(statuses)),
    ]
    return read(files, {"source_id": "hq", "level_field": "customJobLevel", "levels": {"L1": 1, "L2": 2}, **options})


def test_the_empty_date_of_bamboohr_is_no_date():
    person = extract().batch("persons").rows.row(0, named=True)
    assert person["termination_date"] is None
    assert (person["original_hire_date"], person["latest_hire_date"]) == (date(2020, 1, 1), date(2022, 2, 1))


def test_emails_are_trimmed_and_lower_cased_and_known_as_identifiers():
    identifiers = extract().batch("person_identifiers").rows
    assert "email:ada@arbor.example" in identifiers["id_value"].to_list()
    assert {"hq:1", "employee_number:E1"} <= set(identifiers["id_value"])


def test_an_impossible_hire_date_and_a_lost_key_are_refused():
    batch = extract(
        employees=[ADA, {**BO, "hireDate": "2023-02-30"}, {**BO, "employeeId": ""}, {**BO, "employeeId": "1.18612E+11"}]
    ).batch("persons")
    assert batch.rejects["rule"].to_list() == ["not_a_date", "missing_key", "exponent_in_id"]
    assert batch.rejects["reason"][0] == "hire date 2023-02-30 is not a date"
    assert batch.rows_in == 4


def test_an_email_given_to_a_newcomer_is_valid_for_each_only_while_employed():
    gone = {**BO, "status": "Inactive", "terminationDate": "2021-06-30"}
    new = {**CY, "workEmail": BO["workEmail"], "originalHireDate": "2022-01-01"}
    result = extract(employees=[gone, new])
    shared = result.batch("person_identifiers").rows.filter(id_value="email:bo@arbor.example")
    assert shared.select("person_id", "valid_from", "valid_to").rows() == [
        ("hq:2", date(2020, 1, 1), date(2021, 7, 1)),
        ("hq:3", date(2022, 1, 1), None),
    ]
    assert "identifier_shared" in [f.kind for f in result.findings]


def test_the_day_after_the_last_day_worked_ends_a_spell_and_a_later_hire_begins_another():
    statuses = [
        FULL_TIME,
        {
            **FULL_TIME,
            "id": "2",
            "date": "2021-01-01",
            "employmentStatus": "Terminated",
            "terminationTypeId": "Voluntary",
        },
        {**FULL_TIME, "id": "3", "date": "2022-02-01"},
    ]
    batch = extract(statuses=statuses).batch("employment_spells")
    assert batch.rows.select("spell_no", "hire_date", "end_date", "hire_kind", "end_kind").rows() == [
        (1, date(2020, 1, 1), date(2021, 1, 2), "new", "voluntary"),
        (2, date(2022, 2, 1), None, "rehire", None),
    ]
    assert batch.rows_in == 3


def test_an_ending_that_never_began_is_refused():
    statuses = [{**FULL_TIME, "employmentStatus": "Terminated"}]
    assert extract(statuses=statuses).batch("employment_spells").rejects["rule"].to_list() == ["ends_without_start"]


def test_unsorted_job_rows_become_states_with_ends_ranks_and_promotions():
    jobs = [{**JOB, "id": "11", "date": "2021-05-01", "customJobLevel": "L2"}, JOB]
    rows = extract(jobs=jobs).batch("job_history").rows.sort("valid_from")
    assert rows.select("valid_from", "valid_to", "level_rank", "change_action").rows() == [
        (date(2020, 1, 1), date(2021, 5, 1), 1, "hire"),
        (date(2021, 5, 1), None, 2, "promotion"),
    ]


def test_the_manager_of_the_newest_row_is_the_supervisor_id_and_of_older_rows_the_one_bearer_of_the_name():
    jobs = [JOB, {**JOB, "id": "11", "date": "2021-05-01", "reportsTo": "Nobody Known"}]
    rows = extract(jobs=jobs).batch("job_history").rows
    assert rows["manager_person_id"].to_list() == ["hq:2", "hq:3"]


def test_a_name_that_two_employees_bear_names_no_manager_and_is_told():
    jobs = [JOB, {**JOB, "id": "11", "date": "2021-05-01"}]
    result = extract(employees=[ADA, BO, CY], jobs=jobs)
    assert result.batch("job_history").rows["manager_person_id"].to_list() == [None, "hq:3"]
    assert "manager_unresolved" in [f.kind for f in result.findings]


def test_unknown_fields_and_secrets_are_dropped_with_a_finding():
    result = extract(employees=[{**ADA, "tShirtSize": "M", "ssn": "078-05-1120"}])
    assert {f.kind for f in result.findings} >= {"unknown_column", "secret_column"}


def test_changed_tables_keyed_by_employee_are_read_as_well():
    changed = {
        "table": "jobInfo",
        "employees": {
            "1": {"lastChanged": "2024-01-01T00:00:00Z", "rows": [{"date": "2020-01-01", "jobTitle": "Rep"}]}
        },
    }
    files = [
        SourceFile("employees.json", json.dumps([ADA]).encode()),
        SourceFile("jobInfo.json", json.dumps(changed).encode()),
        SourceFile("employmentStatus.json", json.dumps([FULL_TIME]).encode()),
    ]
    assert read(files, {"source_id": "hq"}).batch("job_history").rows["person_id"].to_list() == ["hq:1"]


def test_a_field_that_no_record_has_is_taken_for_a_missing_permission():
    with pytest.raises(SourceRefused, match=r"tables_jobInfo\.json: required field 'date' is in no record.*permission"):
        extract(jobs=[{"employeeId": "1", "jobTitle": "Rep"}])


@pytest.mark.parametrize("data", [b"", b"[]", b"[{]", b'"text"'])
def test_an_empty_or_broken_export_is_refused_by_name(data):
    files = [
        SourceFile("employees.json", data),
        SourceFile("jobInfo.json", b"[]"),
        SourceFile("employmentStatus.json", b"[]"),
    ]
    with pytest.raises(SourceRefused, match=r"employees\.json.*Next step"):
        read(files, {"source_id": "hq"})
