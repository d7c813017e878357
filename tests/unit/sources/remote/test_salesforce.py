"""Salesforce by SOQL over REST: what the mapping reads is what is asked for, batch by batch until done."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.records import Extract, SourceRefused
from pipelines.sources.remote.client import HostRefused
from tests.remote_runs import fetched, read_back
from tests.servers.http import Answer, Call, LocalServer, serving

ENVIRONMENT = {"SALESFORCE_SECRET": "consumer-secret-1"}
FORMAT = "%Y-%m-%dT%H:%M:%S%.f%z"


def contact(number: int, **fields: Any) -> dict[str, Any]:
    name = f"003RO0000035WQ{number:04d}"
    return {
        "attributes": {"type": "Contact", "url": f"/services/data/v60.0/sobjects/Contact/{name}"},
        "Id": name,
        "FirstName": f"Given{number}",
        "LastName": f"Family{number}",
        "Email": f"Person{number}@Alumni.example",
        "LastModifiedDate": "2026-03-29T00:59:59.000+0000",
        **fields,
    }


class Salesforce:
    """Objects in batches of two behind a token; `gone`: how often an address of a next batch has run out."""

    def __init__(self, **objects: list[Any]) -> None:
        self.objects = objects
        self.gone = 0
        self.ends = 0

    def __call__(self, call: Call) -> Answer:
        if call.path == "/services/oauth2/token":
            assert call.body == b"grant_type=client_credentials&client_id=3MVG9&client_secret=consumer-secret-1"
            self.ends += 1
            return Answer({"access_token": f"00D!token{self.ends}", "instance_url": call.url, "token_type": "Bearer"})
        if call.headers.get("authorization") != f"Bearer 00D!token{self.ends}":
            return Answer([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
        if call.path == "/services/data/v60.0/query":
            return self.batch(call.query["q"].split(" FROM ")[1].split()[0], 0)
        if self.gone:
            self.gone -= 1
            return Answer([{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}], 400)
        name, start = call.path.rpartition("/")[2].split("-")
        return self.batch(name, int(start))

    def batch(self, name: str, start: int) -> Answer:
        records = self.objects[name]
        last = start + 2 >= len(records)
        more = {} if last else {"nextRecordsUrl": f"/services/data/v60.0/query/{name}-{start + 2}"}
        return Answer({"totalSize": len(records), "done": last, **more, "records": records[start : start + 2]})


def answering(answer: Any, status: int = 200) -> Callable[[Call], Answer]:
    """A token, and this answer to every query."""
    return lambda call: Answer({"access_token": "t"}) if "oauth2" in call.path else Answer(answer, status)


def options(server: LocalServer, **more: Any) -> dict[str, Any]:
    return {"base_url": server.url, "client_id": "3MVG9", "client_secret": "${SALESFORCE_SECRET}", **more}


def run(server: LocalServer, root: Path, mapping: Any = None, **more: Any) -> Extract:
    given = options(server, **more)
    fetched("salesforce", root, given, environment=ENVIRONMENT, mapping=mapping)
    return read_back("salesforce", root, {**given, **({"mapping": mapping} if mapping else {})})


def test_contacts_come_batch_by_batch_and_only_the_mapped_fields_are_asked_for(tmp_path: Path) -> None:
    system = Salesforce(Contact=[contact(number) for number in range(1, 6)])
    with serving(system) as server:
        extract = run(server, tmp_path, where={"Contact": "Alumni__c = true"})
        asked = [call.query["q"] for call in server.calls if "q" in call.query]
        assert [call.path for call in server.calls if call.path.rpartition("/")[2].startswith("Contact-")] == [
            "/services/data/v60.0/query/Contact-2",
            "/services/data/v60.0/query/Contact-4",
        ]
    assert asked == ["SELECT Id, FirstName, LastName, Email, LastModifiedDate FROM Contact WHERE Alumni__c = true"]
    persons = extract.batch("persons").rows
    assert persons.height == 5
    assert persons.select("person_id", "person_kind", "family_name", "email_personal", "source_updated_at").row(0) == (
        "hris:003RO0000035WQ0001", "alumnus", "Family1", "person1@alumni.example", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    )  # fmt: skip
    assert extract.batch("person_identifiers").rows.height == 10


def test_a_contact_without_address_or_with_broken_parts_costs_itself(tmp_path: Path) -> None:
    people = [contact(1, Email=None), contact(2, Id=None), "text", contact(3, LastModifiedDate="yesterday")]
    with serving(Salesforce(Contact=people)) as server:
        extract = run(server, tmp_path)
    persons = extract.batch("persons")
    assert "hris:003RO0000035WQ0001" in persons.rows["person_id"].to_list()
    assert set(persons.rejects["rule"]) >= {"missing_key"}
    assert persons.rows_in == 4


def test_objects_and_parents_of_ones_own_come_by_a_mapping(tmp_path: Path) -> None:
    mapping = {
        "zone": "UTC",
        "files": [
            {
                "match": "Mentoring_Session__c",
                "records": "records",
                "key": "Id",
                "tables": [
                    {
                        "table": "sessions",
                        "columns": {
                            "session_id": {"from": "Id"},
                            "pair_id": {"from": "Pair__r.Number__c"},
                            "scheduled_start_at": {"from": "Starts__c", "instant": FORMAT},
                            "status": {"const": "held"},
                            "status_basis": {"const": "self_report"},
                        },
                    }
                ],
            }
        ],
    }
    attributes = {"type": "Mentoring_Session__c", "url": "/x"}
    records = [
        {"attributes": attributes, "Id": "a1", "Starts__c": "2026-10-25T00:30:00.000+0000", "Pair__r": {"attributes": {}, "Number__c": "P-7"}},
        {"attributes": attributes, "Id": "a2", "Starts__c": "2026-10-25T02:30:00.123+0200", "Pair__r": None},
    ]  # fmt: skip
    with serving(Salesforce(Mentoring_Session__c=records)) as server:
        extract = run(server, tmp_path, mapping)
        (asked,) = (call.query["q"] for call in server.calls if "q" in call.query)
    assert asked == "SELECT Id, Pair__r.Number__c, Starts__c FROM Mentoring_Session__c"
    assert extract.batch("sessions").rows.select("session_id", "pair_id", "scheduled_start_at").rows() == [
        ("a1", "P-7", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("a2", None, datetime(2026, 10, 25, 0, 30, 0, 123000, tzinfo=UTC)),
    ]


def test_a_batch_that_has_run_out_begins_anew_and_loses_nobody(tmp_path: Path) -> None:
    system = Salesforce(Contact=[contact(number) for number in range(1, 6)])
    system.gone = 1
    with serving(system) as server:
        assert run(server, tmp_path).batch("persons").rows.height == 5


def test_a_session_that_ends_in_mid_read_is_renewed(tmp_path: Path) -> None:
    system = Salesforce(Contact=[contact(number) for number in range(1, 6)])

    def ending(call: Call) -> Answer:
        if call.path.endswith("Contact-4") and system.ends == 1:
            return Answer([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
        return system(call)

    with serving(ending) as server:
        assert run(server, tmp_path).batch("persons").rows.height == 5
    assert system.ends == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"totalSize": 5, "done": True, "records": [contact(1)]},
        {"totalSize": 5, "done": False, "records": [contact(1)]},
        {"totalSize": 1, "records": [contact(1)]},
        {"done": True, "records": [contact(1)]},
        {"totalSize": 0, "done": True},
    ],
    ids=["fewer than told", "no next batch", "no done", "no total", "no records"],
)
def test_a_list_that_is_cut_short_is_never_a_whole_one(answer: Any, tmp_path: Path) -> None:
    refused = pytest.raises(SourceRefused, match=r"of 5 records|isn't what the system documents")
    with serving(answering(answer)) as server, refused:
        run(server, tmp_path)


def test_an_empty_object_is_empty(tmp_path: Path) -> None:
    with serving(Salesforce(Contact=[])) as server, pytest.raises(SourceRefused, match=r"no rows|no records"):
        run(server, tmp_path)


def test_a_next_batch_on_another_host_is_refused(tmp_path: Path) -> None:
    answer = {"totalSize": 9, "done": False, "nextRecordsUrl": "https://evil.example/q", "records": [contact(1)]}
    with serving(answering(answer)) as server, pytest.raises(HostRefused):
        run(server, tmp_path)


@pytest.mark.parametrize("name", ["Contact WHERE", "Contact; DELETE", "1Contact", "Kontäkt__c", "a..b", ""])
def test_only_names_get_into_a_query(name: str, tmp_path: Path) -> None:
    columns = {"persons": {"class_year": {"from": name, "number": True}}}
    with serving(Salesforce(Contact=[])) as server, pytest.raises(SourceRefused, match="no name of a Salesforce"):
        run(server, tmp_path, columns=columns)


def test_a_field_that_may_not_be_seen_is_told_in_salesforces_words(tmp_path: Path) -> None:
    said = [{"message": "No such column Class_Year__c on entity Contact", "errorCode": "INVALID_FIELD"}]
    with serving(answering(said, 400)) as server, pytest.raises(SourceRefused, match="No such column Class_Year__c"):
        run(server, tmp_path)
