"""The web server's part of signing in: what must not be configured, cookies that end with the session, and files that are for who has a role only."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import cookie_parser
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboards.access.who import ENDED, access_now, needs_sign_in
from pipelines.access.principal import NoRole, Principal, SignInNeeded, principal_of
from pipelines.access.provider import read_provider, refuse_exposed
from pipelines.access.settings import AccessRefused, AccessSettings
from pipelines.operations.guard import App, Message, Receive, Scope, Send

PERSONAL = ("/media/", "/_stcore/upload_file")
"""Addresses of files that pages offer or take: whoever asks must have a role, whatever they know."""

AGENT = "/_stcore/agent/"
REFUSED_OPTIONS = ("server.enableAgentApi", "server.trustedUserHeaders")
"""By the first a program opens pages without a browser, by the second a header says who somebody is."""


def auth_secrets() -> Mapping[str, Any] | None:
    """What Streamlit's sign-in reads, from the environment alone and never from a file; None without `access:`. Raises AccessRefused, also for what would undo a sign-in."""
    for option in REFUSED_OPTIONS:
        if config.get_option(option):
            raise AccessRefused(f"`{option}` would let programs in beside the sign-in. Next step: remove it from Streamlit's configuration.")  # fmt: skip
    access = access_now() if needs_sign_in() else None
    refuse_exposed(config.get_option("server.address"), access)
    if access is None or access.sign_in == "proxy":
        return None
    provider = read_provider(os.environ)
    config.set_option("server.cookieSecret", provider.cookie_secret)
    return {"auth": provider.as_streamlit_secrets(access)}


@dataclass(frozen=True)
class Gate:
    """`app` behind the gate: no agent's addresses, no files for strangers, cookies that end when the session does."""

    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 or 403, or pass the request on."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not needs_sign_in():
            return await (_answer(send, 404, "Not found") if path.startswith(AGENT) else self.app(scope, receive, send))
        if path.startswith(AGENT):
            return await _answer(send, 404, "Not found")
        try:
            access = access_now()
            if path.startswith(PERSONAL):
                _principal(scope, access)
        except (SignInNeeded, NoRole, AccessRefused):
            if path.startswith(PERSONAL):
                return await _answer(send, 403, "Sign in first.")
            return await self.app(scope, receive, send)
        return await self.app(scope, receive, _with_short_cookies(send, access))


def _principal(scope: Scope, access: AccessSettings) -> Principal:
    """Who asks for a file. Raises SignInNeeded, NoRole."""
    return principal_of(_claims(scope), access, datetime.now(UTC), ENDED)


def _claims(scope: Scope) -> Mapping[str, Any]:
    """What the signed cookie says; empty where there is none or it isn't ours."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    cookies = cookie_parser(headers.get("cookie", ""))
    secret = config.get_option("server.cookieSecret")

    def signed(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies[name].encode("latin-1")) if name in cookies else None

    try:
        return dict(json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}"))
    except (ValueError, TypeError):
        return {}


def _with_short_cookies(send: Send, access: AccessSettings) -> Send:
    """Streamlit's cookies live 30 days; these end with the session, and over https only."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [_shortened(name, value, access) for name, value in message.get("headers", [])]
        await send(message)

    return answer


def _shortened(name: bytes, value: bytes, access: AccessSettings) -> tuple[bytes, bytes]:
    if name.lower() != b"set-cookie" or not value.startswith(b"_streamlit"):
        return name, value
    parts = [part.strip() for part in value.decode("latin-1").split(";")]
    kept = [_limited(part, round(access.session_hours * 3600)) for part in parts]
    if access.is_https and "secure" not in (part.lower() for part in kept):
        kept.append("Secure")
    return name, "; ".join(kept).encode("latin-1")


def _limited(part: str, seconds: int) -> str:
    key, _, age = part.partition("=")
    return f"Max-Age={min(int(age), seconds)}" if key.lower() == "max-age" and age.isdigit() else part


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
