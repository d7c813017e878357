"""Personio's employees (v1): envelopes, days with offsets, tokens, pages that shift, and jobs as snapshots."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.records import Extract, SourceRefused
from pipelines.sources.shared.moments import day_of
from tests.remote_runs import NOW, fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"PERSONIO_SECRET": "personio-secret-1"}


def envelope(label: str, value: Any, kind: str = "standard", universal: str | None = None) -> dict[str, Any]:
    return {"label": label, "value": value, "type": kind, "universal_id": universal}


def employee(number: Any, **attributes: Any) -> dict[str, Any]:
    """An employee in the shape of the vendor's OpenAPI example; names are the attributes' keys."""
    usual = {
        "id": number,
        "first_name": f"Given{number}",
        "last_name": f"Family{number}",
        "email": f"P{number}@Arbor.example",
        "gender": "female",
        "status": "active",
        "position": "Engineer",
        "supervisor": {"type": "Employee", "attributes": {"id": envelope("ID", 1, "integer", "id")}},
        "employment_type": "internal",
        "hire_date": "2014-11-09T00:00:00+01:00",
        "contract_end_date": None,
        "termination_date": None,
        "last_modified_at": "2026-10-18T17:33:55+01:00",
        "office": {"type": "Office", "attributes": {"id": 131014, "name": "Munich"}},
        "department": {"type": "Department", "attributes": {"id": 281521, "name": "Support"}},
        "subcompany": None,
        "fix_salary": 3000,
        "dynamic_21827": "DE98 8989",
        "dynamic_7": "L1",
    }
    told = {name: envelope(name, value, universal=name) for name, value in (usual | attributes).items()}
    return {"type": "Employee", "attributes": told}


class Personio:
    """Employees by limit and offset, behind a token that may run out."""

    def __init__(self, people: list[Any]) -> None:
        self.people = people
        self.tokens = 0
        self.good_for = 1_000

    def __call__(self, call: Call) -> Answer:
        if call.path == "/v1/auth":
            assert call.json == {"client_id": "papi-1", "client_secret": "personio-secret-1"}
            self.tokens += 1
            return Answer({"success": True, "data": {"token": f"papi-token-{self.tokens}"}})
        if call.headers.get("authorization") != f"Bearer papi-token-{self.tokens}" or self.good_for == 0:
            self.good_for = 1_000
            return Answer({"success": False, "error": {"code": 0, "message": "The token has expired"}}, 401)
        self.good_for -= 1
        start, size = int(call.query["offset"]), int(call.query["limit"])
        pages = -(-len(self.people) // size)
        metadata = {"total_elements": len(self.people), "current_page": start // size, "total_pages": pages}
        data = self.people[start : start + size]
        return Answer({"success": True, "metadata": metadata, "offset": start, "limit": size, "data": data})


def options(server: LocalServer, **more: Any) -> dict[str, Any]:
    return {
        "client_id": "papi-1",
        "client_secret": "${PERSONIO_SECRET}",
        "base_url": f"{server.url}/v1",
        "zone": "Europe/Berlin",
        "level_field": "dynamic_7",
        **more,
    }


def run(server: LocalServer, root: Path, *, now: datetime = NOW, **more: Any) -> Extract:
    fetched("personio", root, options(server, **more), environment=ENVIRONMENT, now=now)
    return read_back("personio", root, {**options(server, **more), "levels": {"L1": 1, "L2": 2}})


def test_the_envelopes_become_persons_identifiers_and_spells(tmp_path: Path) -> None:
    people = [
        employee(1, supervisor=None, preferred_name="Ada"),
        employee(2, status="inactive", termination_date="2026-03-31T00:00:00+02:00", employment_type="external"),
        employee(3, status="inactive", contract_end_date="2025-12-31T00:00:00+01:00"),
        employee(4, status="onboarding", hire_date=None),
    ]
    with serving(Personio(people)) as server:
        extract = run(server, tmp_path, page_size=3)
        assert [call.query["offset"] for call in server.calls if "offset" in call.query] == ["0", "2"]
    persons = extract.batch("persons").rows.sort("person_id")
    assert persons.select("person_id", "person_kind", "given_name", "email_work", "status", "latest_hire_date").rows() == [
        ("hris:1", "employee", "Ada", "p1@arbor.example", "active", date(2014, 11, 9)),
        ("hris:2", "external", "Given2", "p2@arbor.example", "inactive", date(2014, 11, 9)),
        ("hris:3", "employee", "Given3", "p3@arbor.example", "inactive", date(2014, 11, 9)),
        ("hris:4", "employee", "Given4", "p4@arbor.example", "pending", None),
    ]  # fmt: skip
    assert persons["source_updated_at"][0] == datetime(2026, 10, 18, 16, 33, 55, tzinfo=UTC)
    spells = extract.batch("employment_spells")
    assert spells.rows.sort("person_id")["end_date"].to_list() == [None, date(2026, 4, 1), date(2026, 1, 1)]
    assert spells.filtered.rows() == [("no hire date", 1)]
    jobs = extract.batch("job_history").rows.sort("person_id")
    assert jobs.select("job_title", "department", "location", "level_rank", "manager_person_id", "change_action_basis").row(1) == (
        "Engineer", "Support", "Munich", 1, "hris:1", "assumed",
    )  # fmt: skip


def test_salaries_and_accounts_are_never_written(tmp_path: Path) -> None:
    with serving(Personio([employee(1)])) as server:
        run(server, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert not any(words in written for words in (b"3000", b"DE98", b"female", b"fix_salary", b"personio-secret"))


def test_a_change_between_two_snapshots_is_a_state_from_the_second_on(tmp_path: Path) -> None:
    system = Personio([employee(1), employee(2)])
    with serving(system) as server:
        run(server, tmp_path)
        system.people = [employee(1), employee(2, position="Lead", dynamic_7="L2"), employee(3)]
        extract = run(server, tmp_path, now=NOW + timedelta(days=30))
    states = extract.batch("job_history").rows.sort("person_id", "valid_from")
    assert states.select("person_id", "valid_from", "job_title", "change_action", "change_action_basis").rows() == [
        ("hris:1", date(2026, 11, 2), "Engineer", "unknown", "assumed"),
        ("hris:2", date(2026, 11, 2), "Engineer", "unknown", "assumed"),
        ("hris:2", date(2026, 12, 2), "Lead", "promotion", "derived"),
        ("hris:3", date(2026, 12, 2), "Engineer", "unknown", "assumed"),
    ]
    assert "history_assumed" in [finding.kind for finding in extract.findings]


def test_a_token_that_runs_out_in_mid_read_is_renewed_once(tmp_path: Path) -> None:
    system = Personio([employee(number) for number in range(1, 6)])
    system.good_for = 1
    with serving(system) as server:
        extract = run(server, tmp_path, page_size=2)
    assert system.tokens == 2
    assert extract.batch("persons").rows.height == 5


def test_somebody_who_moves_to_another_page_while_it_is_read_is_not_lost(tmp_path: Path) -> None:
    """The first person leaves between two pages: the third slips to the first page and would be missed."""
    system = Personio([employee(number) for number in range(1, 6)])

    def shifting(call: Call) -> Answer:
        answer = system(call)
        if call.query.get("offset") == "0" and system.people[0] == employee(1):
            system.people = [*system.people[1:], employee(9)]
        return answer

    with serving(shifting) as server:
        extract = run(server, tmp_path, page_size=2)
    assert sorted(extract.batch("persons").rows["person_id"]) == [f"hris:{number}" for number in (2, 3, 4, 5, 9)]


def test_one_broken_record_costs_one_record(tmp_path: Path) -> None:
    people = [
        employee(1),
        employee(None),
        employee(2, hire_date="soon"),
        "text",
        {"type": "Employee"},
        {"type": "Employee", "attributes": {"id": 7}},
        employee(3, department="plain", supervisor=[1], office={"attributes": None}),
    ]
    with serving(Personio(people)) as server:
        extract = run(server, tmp_path)
    persons = extract.batch("persons")
    assert persons.rows["person_id"].to_list() == ["hris:1", "hris:3"]
    assert sorted(persons.rejects["rule"]) == ["missing_key"] * 4 + ["not_a_date"]
    assert persons.rows_in == len(people)


def test_an_attribute_that_the_credentials_may_not_read_is_told(tmp_path: Path) -> None:
    people = [employee(1), employee(2)]
    for person in people:
        del person["attributes"]["termination_date"]
    with serving(Personio(people)) as server:
        extract = run(server, tmp_path)
    told = [finding for finding in extract.findings if finding.kind == "field_not_readable"]
    assert [finding.subject for finding in told] == ["hris: termination_date"]


def test_credentials_that_are_refused_are_told_without_the_secret(tmp_path: Path) -> None:
    def refusing(call: Call) -> Answer:
        return Answer({"success": False, "error": {"message": f"wrong {call.body.decode()}"}}, 403)

    with serving(refusing) as server, pytest.raises(SourceRefused) as refused:
        run(server, tmp_path)
    assert "personio-secret-1" not in str(refused.value)
    assert "Next step" in str(refused.value)


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.integers(-12, 14))
def test_midnight_with_any_offset_stays_its_day(day: date, offset: int) -> None:
    written = f"{day}T00:00:00{'-' if offset < 0 else '+'}{abs(offset):02d}:00"
    for zone in ("Pacific/Auckland", "Pacific/Honolulu", None):
        assert day_of(written, zone) == day
        assert day_of(str(day), zone) == day


def test_another_hour_is_a_day_in_the_zone_of_the_source() -> None:
    assert day_of("2026-02-28T23:00:00Z", "Europe/Berlin") == date(2026, 3, 1)
    assert day_of("2026-03-01T09:00:00Z", "Pacific/Honolulu") == date(2026, 2, 28)
    assert day_of("2026-02-30", "UTC") is None
    assert day_of(None, "UTC") is None
