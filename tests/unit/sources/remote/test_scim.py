"""SCIM against a real server (scim2-server): snapshots make the history, and the first one is assumed."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest

from tests.remote_runs import NOW, fetched, read_back
from tests.server_process import end

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TOKEN = "scim-token-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


@pytest.fixture(scope="module")
def directory() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "scim2-server"
    server = subprocess.Popen(
        [program, "--port", str(port), "--bearer-token", TOKEN], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/v2"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                if httpx.get(f"{url}/Users", headers=HEADERS).status_code == 200:
                    break
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.05)
        yield url
    finally:
        end(server)


@pytest.fixture
def people(directory: str) -> list[str]:
    """Seven users, made anew; their ids."""
    for user in httpx.get(f"{directory}/Users", headers=HEADERS, params={"count": 1000}).json().get("Resources", []):
        httpx.delete(f"{directory}/Users/{user['id']}", headers=HEADERS)
    ids = []
    for number in range(7):
        user = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "userName": f"u{number}@arbor.example",
            "name": {"givenName": f"Given{number}", "familyName": f"Family{number}"},
            "title": "Engineer",
            "active": True,
            "emails": [{"value": f"U{number}@arbor.example", "type": "work", "primary": True}],
            "password": "S3cret-password",
            "phoneNumbers": [{"value": "+49 30 123456", "type": "work"}],
            ENTERPRISE: {"employeeNumber": f"E{number}", "department": "Platform", "division": "Products"},
        }
        answer = httpx.post(f"{directory}/Users", headers=HEADERS, json=user)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


def fetch(url: str, root: Path, **more):
    options = {"base_url": url, "access_token": "${SCIM_TOKEN}", "page_size": 3}
    return fetched("scim", root, options, environment={"SCIM_TOKEN": TOKEN}, **more)


def read(root: Path):
    return read_back("scim", root, {})


def change(url: str, person: str, path: str, value: object) -> None:
    operation = {"op": "replace", "path": path, "value": value}
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    assert httpx.patch(f"{url}/Users/{person}", headers=HEADERS, json=body).status_code in (200, 204)


def test_the_first_snapshot_is_assumed(directory: str, people: list[str], tmp_path: Path) -> None:
    result = fetch(directory, tmp_path)
    extract = read(tmp_path)
    assert (result.pages, result.rows) == (3, 7)
    jobs = extract.batch("job_history").rows
    assert set(jobs["change_action_basis"]) == {"assumed"}
    assert set(jobs["change_action"]) == {"unknown"}
    assert set(jobs["valid_from"]) == {date(2026, 11, 2)}
    assert set(extract.batch("persons").rows["email_work"]) == {f"u{n}@arbor.example" for n in range(7)}
    assert [finding.kind for finding in extract.findings] == ["history_assumed"]


def test_what_changes_between_two_snapshots_becomes_history(directory: str, people: list[str], tmp_path: Path) -> None:
    fetch(directory, tmp_path)
    change(directory, people[2], f"{ENTERPRISE}:department", "Research")
    fetch(directory, tmp_path, now=NOW + timedelta(days=30))
    jobs = (
        read(tmp_path).batch("job_history").rows.filter(pl.col("person_id") == f"hris:{people[2]}").sort("valid_from")
    )
    assert jobs.select("department", "valid_from", "valid_to", "change_action", "change_action_basis").rows() == [
        ("Platform", date(2026, 11, 2), date(2026, 12, 2), "unknown", "assumed"),
        ("Research", date(2026, 12, 2), None, "transfer", "derived"),
    ]


def test_a_deleted_user_leaves_the_people_and_keeps_the_history(
    directory: str, people: list[str], tmp_path: Path
) -> None:
    fetch(directory, tmp_path)
    httpx.delete(f"{directory}/Users/{people[0]}", headers=HEADERS)
    change(directory, people[1], "active", False)
    fetch(directory, tmp_path, now=NOW + timedelta(days=30))
    extract = read(tmp_path)
    status = dict(extract.batch("persons").rows.select("person_id", "status").rows())
    assert len(status) == 6
    assert status[f"hris:{people[1]}"] == "inactive"
    assert extract.batch("job_history").rows.height == 7


def test_passwords_and_telephone_numbers_are_not_kept(directory: str, people: list[str], tmp_path: Path) -> None:
    fetch(directory, tmp_path)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"S3cret" not in everything
    assert b'123456"' not in everything


def test_a_snapshot_that_says_nothing_new_is_not_kept_twice(directory: str, people: list[str], tmp_path: Path) -> None:
    for days in (0, 1, 2):
        fetch(directory, tmp_path, now=NOW + timedelta(days=days))
    assert len(list(tmp_path.iterdir())) == 1
