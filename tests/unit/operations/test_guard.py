"""Other web pages, other host names and reading requests can't do anything to Dagster."""

import asyncio
from typing import Any

import pytest

from pipelines.operations.guard import Guard, local_hosts

HOSTS = local_hosts(3000, ["dagster.example.org", " "])


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def answer(
    method: str = "POST", path: str = "/graphql", query: str = "", kind: str = "http", **headers: str
) -> list[dict]:
    sent: list[dict] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    given = {"host": "127.0.0.1:3000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    asyncio.run(Guard(inner, HOSTS)(scope, lambda: None, send))  # type: ignore[arg-type]
    return sent


def status(*args: Any, **kwargs: Any) -> int:
    return int(answer(*args, **kwargs)[0]["status"])


@pytest.mark.parametrize(
    "host", ["127.0.0.1:3000", "localhost:3000", "LOCALHOST:3000", "[::1]:3000", "dagster.example.org"]
)
def test_this_server_by_its_own_names_is_answered(host: str) -> None:
    assert status(host=host) == 200
    assert status(host=host, origin="http://localhost:3000") == 200
    assert status("GET", "/runs", host=host) == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1:3001", "localhost", ""])
def test_another_host_name_is_refused(host: str) -> None:
    assert status(host=host) == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:8501", "http://localhost:3000.evil.example"]
)
def test_a_request_from_another_page_is_refused(origin: str) -> None:
    assert status(origin=origin) == 403
    assert answer(kind="websocket", origin=origin)[0]["type"] == "websocket.close"


@pytest.mark.parametrize("query", ["query=mutation%7Bwipe%7D", "a=1&query=%7Bversion%7D"])
@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/prefix/graphql"])
def test_graphql_is_not_asked_by_address(path: str, query: str) -> None:
    assert status("GET", path, query) == 405


def test_a_link_from_elsewhere_opens_the_page_and_an_image_there_does_not() -> None:
    assert status("GET", "/runs", sec_fetch_site="cross-site", sec_fetch_mode="navigate") == 200
    assert status("GET", "/logo.svg", sec_fetch_site="cross-site", sec_fetch_mode="no-cors") == 403


def test_no_other_page_may_frame_it() -> None:
    headers = dict(answer("GET", "/")[0]["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    policy = headers[b"content-security-policy"].split(b"; ")
    assert b"frame-ancestors 'none'" in policy
    assert b"img-src 'self' data: blob:" in policy, "no text on a page loads a picture from elsewhere"
