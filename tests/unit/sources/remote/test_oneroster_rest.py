"""OneRoster over REST: the meaning of the CSV form, by limit and offset, with and without a total."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"ROSTER_SECRET": "roster-secret-1"}
SCOPE = "scope=https%3A%2F%2Fpurl.imsglobal.org%2Fspec%2For%2Fv1p2%2Fscope%2Froster-core.readonly"


def user(number: int, *roles: tuple[str, str | None, str | None], **fields: Any) -> dict[str, Any]:
    """A user as the REST binding of version 1.2 has it."""
    return {
        "sourcedId": f"u-{number:03d}",
        "status": "active",
        "dateLastModified": "2026-02-28T23:30:00.000Z",
        "enabledUser": "true",
        "givenName": f"Given{number}",
        "familyName": f"Family{number}",
        "identifier": f"S{number:04d}",
        "email": f"U{number}@School.example",
        "password": "letmein",
        "phone": "555",
        "metadata": {"classYear": "2027"},
        "grades": ["12"],
        "roles": [
            {"roleType": "primary", "role": role, "org": {"sourcedId": "o1"}, "beginDate": begin, "endDate": end}
            for role, begin, end in (roles or (("student", "2025-09-01", "2026-08-31"),))
        ],
        **fields,
    }


class Roster:
    """A service that sorts by sourcedId; `counts`: whether it sends X-Total-Count."""

    def __init__(self, users: list[Any], *, counts: bool = True) -> None:
        self.users = users
        self.counts = counts

    def __call__(self, call: Call) -> Answer:
        if call.path == "/token":
            assert call.headers["authorization"].startswith("Basic ")
            assert call.body.decode() == f"grant_type=client_credentials&{SCOPE}"
            return Answer({"access_token": "roster-token", "token_type": "bearer"})
        assert call.headers["authorization"] == "Bearer roster-token"
        assert (call.query["sort"], call.query["orderBy"]) == ("sourcedId", "asc")
        start, size = int(call.query["offset"]), int(call.query["limit"])
        headers = {"X-Total-Count": str(len(self.users))} if self.counts else {}
        return Answer({"users": self.users[start : start + size]}, headers=headers)


def options(server: LocalServer, **more: Any) -> dict[str, Any]:
    return {
        "base_url": f"{server.url}/ims/oneroster/rostering/v1p2",
        "token_url": f"{server.url}/token",
        "client_id": "impact",
        "client_secret": "${ROSTER_SECRET}",
        "zone": "Europe/Berlin",
        "page_size": 3,
        **more,
    }


def run(server: LocalServer, root: Path, **more: Any) -> Extract:
    given = options(server, **more)
    fetched("oneroster", root, given, environment=ENVIRONMENT)
    return read_back("oneroster", root, given)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("people", [1, 2, 3, 4, 5, 6, 7])
def test_every_student_comes_once_whatever_the_number_of_pages(people: int, counts: bool, tmp_path: Path) -> None:
    with serving(Roster([user(number) for number in range(people)], counts=counts)) as server:
        persons = run(server, tmp_path).batch("persons").rows
        assert {call.path.rpartition("/")[2] for call in server.calls} == {"token", "students"}
    assert persons["person_id"].to_list() == [f"hris:u-{number:03d}" for number in range(people)]


def test_a_user_means_what_the_csv_form_means(tmp_path: Path) -> None:
    users = [
        user(1),
        user(2, status="tobedeleted"),
        user(3, enabledUser=False),
        user(4, ("teacher", None, None)),
        user(5, ("aide", None, None), ("student", "2024-09-01", None)),
        user(6, roles=[], role="student"),
    ]
    with serving(Roster(users)) as server:
        extract = run(server, tmp_path, enrolment_spells=True)
    persons = extract.batch("persons")
    assert persons.filtered.rows() == [("not a student", 1)]
    assert dict(persons.rows.select("person_id", "status").rows()) == {
        "hris:u-001": "active", "hris:u-002": "inactive", "hris:u-003": "inactive", "hris:u-005": "active", "hris:u-006": "active",
    }  # fmt: skip
    first = persons.rows.row(0, named=True)
    assert (first["class_year"], first["source_updated_at"]) == (2027, datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    spells = extract.batch("employment_spells").rows
    assert spells.filter(person_id="hris:u-001").select("hire_date", "end_date").rows() == [
        (date(2025, 9, 1), date(2026, 9, 1))
    ]
    references = extract.batch("person_identifiers").rows["id_value"].to_list()
    assert {"student_id:S0001", "email:u1@school.example", "hris:u-001"} <= set(references)


def test_passwords_and_telephones_are_never_written(tmp_path: Path) -> None:
    with serving(Roster([user(1)])) as server:
        run(server, tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert not any(words in written for words in (b"letmein", b"555", b"password", b"roster-secret"))


def test_somebody_who_leaves_in_mid_read_takes_nobody_along(tmp_path: Path) -> None:
    roster = Roster([user(number) for number in range(7)])

    def leaving(call: Call) -> Answer:
        answer = roster(call)
        if call.query.get("offset") == "0" and len(roster.users) == 7:
            roster.users = roster.users[1:]
        return answer

    with serving(leaving) as server:
        persons = run(server, tmp_path).batch("persons").rows
    assert persons["person_id"].to_list() == [f"hris:u-{number:03d}" for number in range(1, 7)]


def test_one_broken_user_costs_one_user(tmp_path: Path) -> None:
    users = [
        user(1),
        user(2, sourcedId=None),
        "text",
        user(3, roles="student"),
        user(4, metadata={"classYear": "soon"}),
    ]
    with serving(Roster(users)) as server:
        extract = run(server, tmp_path)
    persons = extract.batch("persons")
    assert persons.rows["person_id"].to_list() == ["hris:u-001", "hris:u-003"]
    assert sorted(persons.rejects["rule"]) == ["missing_key", "missing_key", "not_a_year"]
    assert persons.rows_in == len(users)


def test_other_kinds_of_people_are_asked_for_as_users(tmp_path: Path) -> None:
    with serving(Roster([user(1, ("teacher", None, None))])) as server:
        persons = run(server, tmp_path, person_kind="employee").batch("persons").rows
        assert server.calls[-1].path.endswith("/users")
    assert persons["person_kind"].to_list() == ["employee"]


def test_nobody_is_an_empty_list_and_a_missing_list_is_refused(tmp_path: Path) -> None:
    with serving(Roster([])) as server:
        assert run(server, tmp_path / "empty").batch("persons").rows_in == 0

    def other(call: Call) -> Answer:
        return Roster([])(call) if call.path == "/token" else Answer({"user": []})

    with serving(other) as server, pytest.raises(SourceRefused, match="isn't what the system documents"):
        run(server, tmp_path / "missing")


def test_in_files_of_version_1_2_a_teacher_is_no_student_either() -> None:
    users = (
        b"sourcedId,status,dateLastModified,enabledUser,givenName,familyName\ns1,,,true,Ana,One\nt1,,,true,Ben,Two\n"
    )
    roles = b"sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate\nr1,,,s1,primary,student,,\nr2,,,t1,primary,teacher,,\n"
    files = [SourceFile("users.csv", users), SourceFile("roles.csv", roles)]
    extract = CONNECTORS["oneroster_files"].read(files, {"source_id": "hris"})
    assert extract.batch("persons").rows["person_id"].to_list() == ["hris:s1"]
    assert extract.batch("persons").filtered.rows() == [("not a student", 1)]
