"""BambooHR over its API, against a local server that is held to the vendor's OpenAPI file."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteRefused
from tests.remote_runs import NOW, fetched, landed_files, read_back
from tests.servers.bamboohr import KEY, company
from tests.servers.http import Answer, LocalServer, serving

ENVIRONMENT = {"BAMBOO_KEY": KEY}


def options(server: LocalServer, **more) -> dict:
    return {
        "base_url": server.url,
        "api_key": "${BAMBOO_KEY}",
        "level_field": "customJobLevel",
        "levels": {"L1": 1, "L2": 2},
        "page_size": 5,
        **more,
    }


def fetch(server: LocalServer, root: Path, **more):
    return fetched("bamboohr_api", root, options(server), environment=ENVIRONMENT, **more)


def read(server: LocalServer, root: Path):
    return read_back("bamboohr_api", root, options(server))


def test_pages_become_people_spells_and_jobs(tmp_path: Path) -> None:
    with serving(company(12)) as server:
        result = fetch(server, tmp_path)
        extract = read(server, tmp_path)
    assert (result.mode, result.pages) == ("full", 5)
    assert extract.batch("persons").rows.height == 12
    jobs = extract.batch("job_history").rows
    assert jobs.height == 16
    promoted = jobs.filter(pl.col("change_action") == "promotion")
    assert set(promoted["valid_from"]) == {date(2024, 6, 1)}
    spells = extract.batch("employment_spells").rows.filter(pl.col("end_date").is_not_null())
    assert set(spells["end_date"]) == {date(2025, 2, 1)}
    assert set(spells["end_kind"]) == {"voluntary"}
    managers = jobs.filter(pl.col("person_id") == "hris:2")["manager_person_id"]
    assert managers.to_list() == ["hris:1"]


def test_people_of_a_dataset_have_numbers_and_first_hires_that_the_list_lacks(tmp_path: Path) -> None:
    """With the fields that the system's page shows."""
    page = (Path(__file__).parents[4] / "docs/sources/bamboohr.md").read_text()
    (shown,) = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])
    tenant = company(12)
    tenant.page_size = 5
    for person, record in tenant.people.items():
        record |= {"employeeNumber": f"E{person}", "originalHireDate": "2019-05-01"}
    with serving(tenant) as server:
        given = options(server, dataset=shown["options"]["dataset"])
        fetched("bamboohr_api", tmp_path, given, environment=ENVIRONMENT)
        extract = read_back("bamboohr_api", tmp_path, given)
        assert sum(call.path.endswith("/employee/data") for call in server.calls) == 3
    people = extract.batch("persons").rows
    assert people.height == 12
    assert set(people["original_hire_date"]) == {date(2019, 5, 1)}
    assert people.filter(pl.col("person_id") == "hris:5")["status"].to_list() == ["inactive"]
    numbers = extract.batch("person_identifiers").rows.filter(pl.col("id_type") == "employee_number")
    assert "employee_number:E7" in numbers["id_value"].to_list()
    jobs = extract.batch("job_history").rows
    assert jobs.filter(pl.col("person_id") == "hris:2")["manager_person_id"].to_list() == ["hris:1"]


def test_birth_dates_and_pay_never_reach_the_disk(tmp_path: Path) -> None:
    with serving(company(12)) as server:
        fetch(server, tmp_path)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"75000" not in everything
    assert b"1990-01-01" not in everything
    assert KEY.encode() not in everything


def test_a_read_that_broke_goes_on_behind_the_last_page(tmp_path: Path) -> None:
    said: list[str] = []
    with serving(company(12)) as server:
        tenant = server.behaviour
        server.behaviour = lambda call: Answer(status=500) if call.query.get("page[after]") == "10" else tenant(call)
        with pytest.raises(RemoteRefused, match="500"):
            fetch(server, tmp_path)
        asked_before = [call.query.get("page[after]") for call in server.calls]
        server.behaviour = tenant
        server.calls.clear()
        result = fetch(server, tmp_path, said=said)
        extract = read(server, tmp_path)
        asked_after = [call.query.get("page[after]") for call in server.calls if call.path == "/api/v1/employees"]
    assert asked_before[:2] == [None, "5"]
    assert asked_after == ["10"]
    assert "goes on after page 2 (10 rows)" in said[0]
    assert result.pages == 3
    assert extract.batch("persons").rows.height == 12


def test_between_full_reads_only_changed_people_are_asked_for_and_their_rows_replaced(tmp_path: Path) -> None:
    tenant = company(12)
    with serving(tenant) as server:
        fetch(server, tmp_path)
        tenant.tables["jobInfo"]["4"] = [{**tenant.tables["jobInfo"]["4"][0], "date": "2022-04-01"}]
        tenant.tables["jobInfo"]["7"].append(
            {**tenant.tables["jobInfo"]["7"][0], "id": "79", "date": "2026-10-01", "customJobLevel": "L2"}
        )
        tenant.changed = {"4", "7"}
        server.calls.clear()
        result = fetch(server, tmp_path, now=NOW + timedelta(days=1))
        changed = read(server, tmp_path).batch("job_history").rows
        asked = [call.path for call in server.calls if "tables" in call.path]
        whole = tmp_path / "whole"
        fetch(server, whole)
        full = read(server, whole).batch("job_history").rows
    assert result.mode == "changes"
    assert asked == ["/api/v1/employees/changed/tables/jobInfo", "/api/v1/employees/changed/tables/employmentStatus"]
    business = ["person_id", "valid_from", "valid_to", "level_rank", "change_action"]
    assert changed.select(business).sort(business).equals(full.select(business).sort(business))


def test_changes_are_asked_for_from_a_little_before_the_last_read(tmp_path: Path) -> None:
    with serving(company(3)) as server:
        fetch(server, tmp_path)
        fetch(server, tmp_path, now=NOW + timedelta(days=1))
        since = [call.query["since"] for call in server.calls if "since" in call.query]
    assert since == ["2026-11-02T05:50:00+00:00"] * 2


def test_a_week_later_everything_is_read_again_and_older_pages_go(tmp_path: Path) -> None:
    with serving(company(3)) as server:
        fetch(server, tmp_path)
        fetch(server, tmp_path, now=NOW + timedelta(days=1))
        result = fetch(server, tmp_path, now=NOW + timedelta(days=8))
    assert result.mode == "full"
    assert [folder.name for folder in tmp_path.iterdir()] == ["000003-20261110-full"]


def test_someone_who_is_gone_is_no_longer_among_the_people(tmp_path: Path) -> None:
    tenant = company(12)
    with serving(tenant) as server:
        fetch(server, tmp_path)
        del tenant.people["9"]
        fetch(server, tmp_path, now=NOW + timedelta(days=1))
        assert read(server, tmp_path).batch("persons").rows.height == 11


def test_a_page_whose_edge_moved_begins_the_read_anew_once(tmp_path: Path) -> None:
    tenant = company(12)
    tenant.bad_pages = 1
    said: list[str] = []
    with serving(tenant) as server:
        fetch(server, tmp_path, said=said)
        assert read(server, tmp_path).batch("persons").rows.height == 12
        tenant.bad_pages = 9
        with pytest.raises(SourceRefused, match="twice in one run"):
            fetch(server, tmp_path / "other")
    assert any("re-read" in line for line in said)


def test_the_old_503_and_the_new_429_are_both_waited_for(tmp_path: Path) -> None:
    slept: list[float] = []
    with serving(company(3)) as server:
        server.next_answers = [
            Answer(status=503, headers={"Retry-After": "3"}),
            Answer(status=429, headers={"Retry-After": "4"}),
        ]
        result = fetch(server, tmp_path, slept=slept)
    assert result.waits == 2
    assert [int(seconds) for seconds in slept] == [3, 4]


def test_a_wrong_key_is_told_in_words(tmp_path: Path) -> None:
    with serving(company(3)) as server, pytest.raises(RemoteRefused, match="refused the credentials"):
        fetched("bamboohr_api", tmp_path, options(server), environment={"BAMBOO_KEY": "another-key-entirely"})


def test_a_new_question_begins_a_new_read(tmp_path: Path) -> None:
    with serving(company(12)) as server:
        tenant = server.behaviour
        server.behaviour = lambda call: Answer(status=500) if "tables" in call.path else tenant(call)
        with pytest.raises(RemoteRefused):
            fetch(server, tmp_path)
        server.behaviour = tenant
        result = fetch(server, tmp_path, now=NOW + timedelta(hours=21))
    assert result.pages == 5
    assert {file.name[:6] for file in landed_files("bamboohr_api", tmp_path)} == {"000001"}
