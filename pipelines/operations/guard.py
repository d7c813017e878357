"""What a web page elsewhere must not do: an ASGI layer before Dagster's web server and before the dashboards.

Both have no sign-in and trust whoever reaches them. On localhost every page that is open in a browser can reach them too: by a name that resolves to 127.0.0.1, by a form, by an
image whose address holds a mutation. The guard lets through what names this server as host and, where a browser says where a request comes from, as its origin.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOCAL = ("127.0.0.1", "localhost", "[::1]")
# A picture in somebody's text (a goal, a topic, a name) would tell another host who reads which page, and when.
HEADERS = (
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"frame-ancestors 'none'; img-src 'self' data: blob:; media-src 'self' data: blob:; object-src 'none'",
    ),
    (b"referrer-policy", b"same-origin"),
)


def local_hosts(port: int, more: Iterable[str] = ()) -> frozenset[str]:
    """What the Host header of an allowed request may be: localhost with `port`, and `more` as an operator names them."""
    return frozenset(f"{name}:{port}" for name in LOCAL) | {host.strip().lower() for host in more if host.strip()}


@dataclass(frozen=True)
class Guard:
    """`app` behind the guard; `hosts` as `local_hosts` gives them."""

    app: App
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 or 405 in one sentence, or pass the request on."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        refused = refusal(scope, self.hosts)
        if refused is None:
            return await self.app(scope, receive, _with_headers(send))
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008, "reason": refused[1]})
        return await _answer(send, *refused)


def refusal(scope: Scope, hosts: frozenset[str]) -> tuple[int, str] | None:
    """Status and sentence for a request that must not pass; None where it may."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get("host", "").lower() not in hosts:
        return (
            403,
            "This server doesn't answer to that host name. Open it as localhost, or add the name to IMPACT_ALLOWED_HOSTS.",
        )
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() not in hosts:
        return 403, "Requests from other web pages are refused."
    if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
        return _refused_reading(scope, headers)
    return None


def _refused_reading(scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
    """A GET changes nothing, so it carries no query for GraphQL; nor does another page embed one."""
    if scope["path"].rstrip("/").endswith("graphql") and "query" in parse_qs(
        scope.get("query_string", b"").decode("latin-1")
    ):
        return 405, "GraphQL is asked by POST."
    if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
        return 403, "Requests from other web pages are refused."
    return None


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return answer


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
