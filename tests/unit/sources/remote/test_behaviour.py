"""What every connector does the same way: retry, resume, stay on its host, keep secrets."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import HostRefused, RemoteClient, RemoteRefused
from pipelines.sources.remote.extraction import FULL, Page, Plan, begin, extractions, page_name
from pipelines.sources.remote.reduction import reduced_page
from pipelines.sources.remote.retries import RetryBudget, RetryPolicy, policy_of, seconds_asked
from pipelines.sources.remote.secrets import Secrets, references
from tests.servers.http import Answer, Call, serving

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def client_of(url: str, slept: list[float] | None = None, **more) -> RemoteClient:
    policy = RetryPolicy(**more.pop("retry", {}))
    waits = slept if slept is not None else []
    budget = RetryBudget(policy, waits.append, lambda: NOW, random.Random(1))
    return RemoteClient(
        "hris", url, budget=budget, secrets=Secrets({"KEY": "s3cret-value"}), headers={"X-Key": "s3cret-value"}, **more
    )


def test_a_busy_server_is_asked_again_after_the_time_it_names() -> None:
    slept: list[float] = []
    with serving(lambda call: Answer({"ok": True})) as server:
        server.next_answers = [
            Answer(status=429, headers={"Retry-After": "7"}),
            Answer(status=503, headers={"Retry-After": "Mon, 02 Nov 2026 06:00:30 GMT"}),
        ]
        with client_of(server.url, slept) as client:
            assert client.get("people").json() == {"ok": True}
    assert 7 <= slept[0] <= 7.25
    assert 30 <= slept[1] <= 30.25


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 598])
def test_passing_faults_are_retried(status: int) -> None:
    with serving(lambda call: Answer({})) as server:
        server.next_answers = [Answer(status=status)]
        with client_of(server.url) as client:
            assert client.get("people").status_code == 200


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_lasting_faults_are_told_at_once(status: int) -> None:
    slept: list[float] = []
    with serving(lambda call: Answer({"message": "no"}, status)) as server, client_of(server.url, slept) as client:
        with pytest.raises(RemoteRefused, match=str(status)):
            client.get("people")
        assert len(server.calls) == 1
    assert slept == []


def test_a_connection_that_breaks_in_mid_answer_is_retried() -> None:
    with serving(lambda call: Answer({"people": list(range(100))})) as server:
        server.next_answers = [Answer({"people": list(range(100))}, hangs_up=True)]
        with client_of(server.url) as client:
            assert len(client.get("people").json()["people"]) == 100
        assert len(server.calls) == 2


def test_waiting_ends_with_the_budget() -> None:
    slept: list[float] = []
    with (
        serving(lambda call: Answer(status=429, headers={"Retry-After": "40"})) as server,
        client_of(server.url, slept, retry={"budget_seconds": 100}) as client,
        pytest.raises(RemoteRefused, match="429"),
    ):
        client.get("people")
    assert len(slept) == 2


@given(attempt=st.integers(1, 30), seed=st.integers())
def test_waits_grow_with_jitter_and_never_beyond_the_longest(attempt: int, seed: int) -> None:
    policy = RetryPolicy(attempts=100, budget_seconds=1e9)
    slept: list[float] = []
    RetryBudget(policy, slept.append, lambda: NOW, random.Random(seed)).wait(attempt, None)
    doubled = min(policy.longest_wait, 2.0 ** (attempt - 1))
    assert doubled / 2 <= slept[0] <= doubled


@pytest.mark.parametrize("given", [{"attempt": 3}, {"attempts": "many"}, "often", {"statuses": [404]}])
def test_a_retry_that_cant_be_meant_is_refused_with_an_example(given: object) -> None:
    with pytest.raises(SourceRefused, match="attempts: 8, budget_seconds: 900"):
        policy_of("hris", {"retry": given})
    assert policy_of("hris", {"retry": {"attempts": 3}}) == RetryPolicy(attempts=3)


@pytest.mark.parametrize(
    ("header", "seconds"), [("5", 5), ("0", 0), (None, None), ("soon", None), ("Sun, 01 Nov 2026 06:00:00 GMT", 0)]
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds


def test_a_redirect_to_another_host_is_refused_and_gets_no_credentials() -> None:
    with (
        serving(lambda call: Answer({})) as elsewhere,
        serving(lambda call: Answer(status=302, headers={"Location": f"{elsewhere.url}/take"})) as server,
        client_of(server.url) as client,
    ):
        with pytest.raises(HostRefused, match="doesn't name"):
            client.get("people")
        assert elsewhere.calls == []


def test_a_next_link_to_another_host_is_refused() -> None:
    with serving(lambda call: Answer({})) as server, client_of(server.url) as client:
        with pytest.raises(HostRefused):
            client.get("https://evil.example/people?page=2")
        assert server.calls == []


def test_a_redirect_within_the_host_is_followed() -> None:
    def behaviour(call: Call) -> Answer:
        return Answer(status=302, headers={"Location": "/new"}) if call.path == "/old" else Answer({"ok": 1})

    with serving(behaviour) as server, client_of(server.url) as client:
        assert client.get("old").json() == {"ok": 1}


def test_plain_http_is_refused_but_on_this_machine() -> None:
    with pytest.raises(HostRefused, match="without TLS"):
        client_of("http://hris.example")


def test_a_token_that_ran_out_is_renewed_once() -> None:
    tokens = iter(["old", "new"])
    held = {"token": next(tokens)}

    def headers(renew: bool) -> dict[str, str]:
        if renew:
            held["token"] = next(tokens)
        return {"Authorization": f"Bearer {held['token']}"}

    def behaviour(call: Call) -> Answer:
        return Answer({}) if call.headers["authorization"] == "Bearer new" else Answer(status=401)

    with serving(behaviour) as server:
        budget = RetryBudget(RetryPolicy(), lambda seconds: None, lambda: NOW, random.Random(1))
        with RemoteClient("hris", server.url, budget=budget, secrets=Secrets({}), headers=headers) as client:
            assert client.get("people").status_code == 200


def test_errors_hold_no_secret() -> None:
    with (
        serving(lambda call: Answer(f"key {call.headers['x-key']} is unknown".encode(), 403)) as server,
        client_of(server.url) as client,
        pytest.raises(RemoteRefused) as told,
    ):
        client.get("people")
    assert "s3cret-value" not in str(told.value) + told.value.body
    assert "***" in str(told.value)


def test_secrets_come_by_name_from_the_environment() -> None:
    options = {"api_key": "${BAMBOO}", "nested": {"token": "env:TOKEN"}, "company": "arbor"}
    assert references(options) == {"BAMBOO", "TOKEN"}
    resolved = Secrets({"BAMBOO": "k1", "TOKEN": "t1"}).resolved("hris", options)
    assert resolved == {"api_key": "k1", "nested": {"token": "t1"}, "company": "arbor"}
    with pytest.raises(SourceRefused, match="lacks TOKEN"):
        Secrets({"BAMBOO": "k1"}).resolved("hris", options)
    assert "k1" not in repr(Secrets({"BAMBOO": "k1"}))


def test_a_secret_in_the_workspace_file_is_refused() -> None:
    with pytest.raises(SourceRefused, match="holds a secret in the workspace file") as told:
        Secrets({}).resolved("hris", {"api_key": "abcdef123456"})
    assert "abcdef123456" not in str(told.value)


def test_columns_that_no_table_takes_never_reach_the_disk() -> None:
    page = {
        "data": [{"id": "1", "name": "Ada", "ssn": "123-45-6789", "work": {"title": "Engineer", "salary": 7}}],
        "meta": {"x": 1},
    }
    kept = json.loads(reduced_page(page, "data", ["id", "work.title"]))
    assert kept == {"data": [{"id": "1", "work": {"title": "Engineer"}}]}


def plan(**more) -> Plan:
    return Plan(FULL, NOW.isoformat(), "recipe", **more)


def test_a_page_counts_once_its_line_stands_in_the_journal(tmp_path: Path) -> None:
    extraction = begin(tmp_path, 1, plan())
    extraction.commit("people", Page(b"[1]", 1, token=2))
    extraction.commit("people", Page(b"[2]", 1, token=3))
    journal = extraction.folder / ".journal.jsonl"
    whole = journal.read_bytes()
    for cut in range(len(whole) + 1):
        journal.write_bytes(whole[:cut])
        for number in (1, 2):
            (extraction.folder / f"{extraction.folder.name}-people-{number:06d}.json").write_bytes(b"[n]")
        (reopened,) = extractions(tmp_path)
        lines = whole[:cut].count(b"\n")
        assert len(reopened.journal) == lines
        assert len([path for path in extraction.folder.iterdir() if page_name(path.name)]) == lines
        assert reopened.position("people") == (False, [None, 2, 3][lines])
        assert journal.read_bytes() == b"".join(whole.splitlines(keepends=True)[:lines])


def test_an_extraction_killed_at_birth_leaves_nothing(tmp_path: Path) -> None:
    extraction = begin(tmp_path, 1, plan())
    (extraction.folder / ".plan.json").write_text('{"mode": "fu')
    assert extractions(tmp_path) == []
    assert not extraction.folder.exists()


def test_the_stale_limit_is_shorter_than_a_day() -> None:
    from pipelines.sources.remote.fetching import STALE_AFTER

    assert timedelta(hours=1) < STALE_AFTER < timedelta(days=1)
