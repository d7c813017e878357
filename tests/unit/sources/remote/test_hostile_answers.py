"""What a system answers when something is wrong with it: whatever comes, the fetch ends in one sentence with the next step, without a secret, and keeps no broken page."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.connectors import CONNECTORS, remote_names
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote import client
from pipelines.sources.remote.fetching import sample
from pipelines.sources.remote.secrets import Secrets
from tests.remote_runs import NOW, fetched, read_back
from tests.servers.http import Answer, Call, serving

SECRET = "very-secret-value-1"
PARTS_OF_SECRETS = (
    SECRET[:6],
    *(base64.b64encode(f"{user}:{SECRET}".encode()).decode()[6:20] for user in ("u", "hr", "c")),
)
ENVIRONMENT = {"THE_SECRET": SECRET}
MENTORING = {
    "zone": "Europe/Berlin",
    "window": {"from": "2026-10-01", "to": "2026-10-31"},
    "mentoring": {"summary": "(?i)mentoring"},
}
KEY = "${THE_SECRET}"
SURVEY = {
    "respondent": {"column": "pid", "id_type": "employee_number"},
    "surveys": [
        {
            "survey_id": "s", "source_survey_id": "SV_1", "programme_id": "p", "name": "n", "instrument": "i", "wave": "post", "wave_no": 1, "respondent_role": "mentee",
            "anonymity": "identified", "min_group_size": 5, "questions": {"q1": {"stable_code": "c", "question_kind": "csat", "scale_min": 1, "scale_max": 5}},
        }
    ],
}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "bamboohr_api": {"api_key": KEY, "level_field": "customJobLevel"},
    "hibob": {"user": "u", "password": KEY},
    "successfactors": {"access_token": KEY},
    "workday": {"user": "u", "password": KEY, "report": "tenant/owner/Mentoring"},
    "scim": {"access_token": KEY, "zone": "UTC"},
    "caldav": {"user": "hr", "password": KEY, **MENTORING},
    "google_calendar": {"access_token": KEY, "calendars": ["m@example.org"], **MENTORING},
    "msgraph_calendar": {"access_token": KEY, "mailboxes": ["m@example.org"], **MENTORING},
    "zoom": {"account_id": "a", "client_id": "c", "client_secret": KEY, "users": ["m@example.org"], **MENTORING},
    "qualtrics_api": {"api_key": KEY},
    "surveymonkey": {"access_token": KEY},
    "typeform": {"access_token": KEY},
    "google_forms": {"access_token": KEY},
    "limesurvey": {"user": "u", "password": KEY, "zone": "UTC"},
    "oneroster": {"client_id": "c", "client_secret": KEY},
    "salesforce": {"client_id": "c", "client_secret": KEY},
    "personio": {"client_id": "c", "client_secret": KEY},
    "teams": {"access_token": KEY, "organizers": ["o-1"], **MENTORING},
    "together": {"organization_id": "o", "client_id": "c", "api_key": KEY},
}
PEOPLE = {
    "files": [
        {
            "match": "userReport",
            "key": "id",
            "tables": [{"table": "persons", "columns": {"person_id": {"from": "id", "reference": "x"}}}],
        }
    ]
}
MAPPINGS: dict[str, Any] = {
    **dict.fromkeys(("qualtrics_api", "surveymonkey", "typeform", "limesurvey", "google_forms"), SURVEY),
    "together": PEOPLE,
}


def echo(call: Call) -> bytes:
    """What the caller sent, as a careless server prints it, the decoded credentials too."""
    sent = json.dumps(dict(call.headers))
    basic = call.headers.get("authorization", "").removeprefix("Basic ")
    with suppress(ValueError):
        sent += base64.b64decode(basic, validate=True).decode()
    return sent.encode()


ANSWERS: dict[str, Callable[[Call], Answer]] = {
    "nothing": lambda call: Answer(b""),
    "a sign-in page": lambda call: Answer(b"<!DOCTYPE html><html><body>Please sign in</body></html>", headers={"Content-Type": "text/html"}),
    "JSON that is cut off": lambda call: Answer(b'{"data": [{"id": "1", "na'),
    "null": lambda call: Answer(b"null"),
    "a number": lambda call: Answer(b"7"),
    "a text": lambda call: Answer(b'"ok"'),
    "an empty list": lambda call: Answer([]),
    "an empty object": lambda call: Answer({}),
    "a list of texts": lambda call: Answer(["a", "b"]),
    "lists of nothing": lambda call: Answer({name: [None, 7, "x"] for name in NAMES}),
    "objects for lists": lambda call: Answer({name: {"x": {"y": None}} for name in NAMES}),
    "texts for everything": lambda call: Answer(dict.fromkeys((*NAMES, "access_token"), "x")),
    "an error with status 200": lambda call: Answer({"error": {"code": "COE0", "message": f"no permission {echo(call).decode()}"}}),
    "a short error with status 200": lambda call: Answer({"ok": False, "error": "invalid_auth"}),
    "bytes that are no text": lambda call: Answer(b"\xff\xfe\x00\x81\x82" * 9),
    "401": lambda call: Answer(echo(call), 401),
    "403": lambda call: Answer(echo(call), 403),
    "404": lambda call: Answer(b"<html>not found</html>", 404),
    "500 for ever": lambda call: Answer(echo(call), 500),
    "503 for ever": lambda call: Answer(b"", 503, {"Retry-After": "9"}),
    "a redirect to another host": lambda call: Answer(b"", 302, {"Location": "https://evil.example/take"}),
    "a redirect to nowhere": lambda call: Answer(b"", 302),
    "a redirect in a circle": lambda call: Answer(b"", 302, {"Location": call.path}),
    "more than fits": lambda call: Answer(b'{"data": "' + b"x" * 20_000 + b'"}'),
}  # fmt: skip
NAMES = (
    "data", "results", "value", "items", "d", "employees", "Report_Entry", "Resources", "responses", "meetings", "participants", "pages", "rows", "values", "people", "result", "_links", "meta",
    "paging", "links", "aggregations", "events", "fields",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _a_small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LARGEST_ANSWER", 10_000)


def test_every_system_over_http_is_tried() -> None:
    assert set(OPTIONS) == remote_names() - {"sql"}


@pytest.mark.parametrize("connector", OPTIONS)
def test_whatever_a_system_answers_ends_in_one_sentence_with_the_next_step(connector: str, tmp_path: Path) -> None:
    mapping = MAPPINGS.get(connector)
    taken = set()
    with serving(ANSWERS["nothing"]) as server:
        for name, behaviour in ANSWERS.items():
            server.behaviour = behaviour
            options = {
                **OPTIONS[connector],
                "base_url": server.url,
                "token_url": f"{server.url}/token",
                "retry": {"attempts": 2},
            }
            said: list[str] = []
            try:
                fetched(connector, tmp_path / name, options, environment=ENVIRONMENT, mapping=mapping, said=said)
                taken.add(name)
                read_back(connector, tmp_path / name, {**options, "mapping": mapping, "as_of": date(2026, 11, 2)})
            except SourceRefused as refused:
                words = str(refused)
                assert "Next step: " in words, name
                assert "\n" not in words, name
                assert len(words) < 1_000, name
                assert not any(part in words + "".join(said) for part in PARTS_OF_SECRETS), name
            assert not any(
                SECRET.encode() in path.read_bytes() for path in (tmp_path / name).rglob("*.*") if path.is_file()
            )
    assert taken <= {"an empty list", "an empty object"}, (
        "what isn't the documented answer must not count as an empty one"
    )


@pytest.mark.parametrize("name", ["an error with status 200", "a short error with status 200"])
@pytest.mark.parametrize("connector", ["successfactors", "hibob", "msgraph_calendar", "typeform", "google_forms"])
def test_an_error_with_status_200_is_told_in_the_systems_words(connector: str, name: str, tmp_path: Path) -> None:
    with serving(ANSWERS[name]) as server:
        options = {**OPTIONS[connector], "base_url": server.url, "token_url": f"{server.url}/token"}
        with pytest.raises(SourceRefused, match=r"answered with an error: .*(no permission|invalid_auth)"):
            fetched(connector, tmp_path, options, environment=ENVIRONMENT, mapping=MAPPINGS.get(connector))


@pytest.mark.parametrize("name", ["nothing", "a sign-in page", "401", "an empty object"])
def test_a_try_without_loading_says_the_same(name: str, tmp_path: Path) -> None:
    with serving(ANSWERS[name]) as server, pytest.raises(SourceRefused, match="Next step: "):
        options = {**OPTIONS["hibob"], "base_url": server.url}
        sample(
            CONNECTORS["hibob"].remote,
            "hris",
            tmp_path,
            options,
            Secrets(ENVIRONMENT),
            now=lambda: NOW,
            sleep=lambda seconds: None,
        )


def test_what_was_read_before_a_broken_answer_is_kept_and_not_read_again(tmp_path: Path) -> None:
    """HiBob's people come whole, the first history is cut off; the next run asks for the histories alone."""
    people = {"employees": [{"id": "1", "firstName": "Ada"}]}
    broken = True

    def answer(call: Call) -> Answer:
        if call.path.endswith("/search"):
            return Answer(people)
        return Answer(b'{"results": [') if broken else Answer({"results": []})

    with serving(answer) as server:
        options = {**OPTIONS["hibob"], "base_url": server.url}
        with pytest.raises(SourceRefused, match="invalid JSON"):
            fetched("hibob", tmp_path, options, environment=ENVIRONMENT)
        broken = False
        fetched("hibob", tmp_path, options, environment=ENVIRONMENT)
        assert sum(call.path.endswith("/search") for call in server.calls) == 1
