"""The dashboards as a web server: the pages, and beside them `/healthz`, `/metrics` (for monitoring; a browser gets the page Metrics there) and the links by which somebody declines messages."""

import os
import sys
from collections import Counter
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope
from streamlit import config

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboards.access.doors import outbox_of_server
from dashboards.access.gate import Gate, auth_secrets
from dashboards.access.who import access_now, needs_sign_in
from dashboards.administration.desk import health_here
from dashboards.loading_ahead import load_ahead
from pipelines.access.settings import AccessRefused
from pipelines.messages.kinds import CATEGORIES
from pipelines.messages.opt_out import PATH, LinkRefused, read_token
from pipelines.messages.outbox import OutboxUnreachable
from pipelines.operations.guard import Guard, local_hosts
from pipelines.operations.health import metrics
from pipelines.operations.logs import configure

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em;color:#1f2933}button{font:inherit;padding:.5em 1em}"


def healthz(_: Request) -> Response:
    """200 while readers see a release, with what is wrong in words; 503 where they see none."""
    found = health_here(datetime.now(UTC))
    problems = [problem.words for problem in found.problems]
    if found.release is None:
        return JSONResponse({"status": "unavailable", "problems": problems or ["Nothing is published yet."]}, 503)
    status = "degraded" if problems else "ok"
    return JSONResponse({"status": status, "problems": problems, "release": found.release.release_id, "as_of": f"{found.release.as_of}"})  # fmt: skip


def prometheus(_: Request) -> Response:
    """Last runs, age of release and sources, quarantine, and messages by state."""
    now = datetime.now(UTC)
    try:
        messages = Counter(message.state for message in outbox_of_server().messages())
    except OutboxUnreachable:
        messages = Counter()
    return Response(metrics(health_here(now), now, messages), media_type=PROMETHEUS)


def unsubscribe(request: Request) -> Response:
    """A GET asks and changes nothing, since mail scanners follow links; a POST (RFC 8058: without sign-in, in one click) keeps the opt-out."""
    try:
        outbox = outbox_of_server()
        recipient, category = read_token(outbox.secret(), request.path_params["token"])
        words = CATEGORIES[category]
        if request.method == "POST":
            outbox.opt_out(recipient, category, datetime.now(UTC), by="link")
            return _page(f"You will get no more {words}.", "<p>To undo it, write to your programme team.</p>")
    except LinkRefused as refused:
        return _page("This didn't work.", f"<p>{escape(str(refused))}</p>", 404)
    except OutboxUnreachable:
        return _page("This doesn't work now.", "<p>Please try again in an hour, or write to your programme team.</p>", 503)  # fmt: skip
    return _page(f"No more {words}?", '<form method="post"><button type="submit">Unsubscribe</button></form>')


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """title is text, body HTML."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>{escape(title)}</title><style>{STYLE}</style>'  # fmt: skip
    page = f'<!doctype html><html lang="en"><head>{head}</head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>'
    return HTMLResponse(page, status)


def _guard() -> Middleware:
    """Own host names only: localhost with the port, and what an operator names. Streamlit keeps a list of its own for its connection to the browser; a name holds for both."""
    more = [host.strip() for host in os.environ.get("IMPACT_ALLOWED_HOSTS", "").split(",") if host.strip()]
    own = access_now().host if needs_sign_in() else None
    more += [own] if own else []
    names = [str(urlsplit(f"//{host}").hostname) for host in more]
    config.set_option("server.allowedHosts", [*config.get_option("server.allowedHosts"), *names])
    return Middleware(Guard, hosts=local_hosts(config.get_option("server.port"), more))


class ForPrograms(Route):
    """A route that browsers pass by: a page has the same address, and they ask for HTML where programs don't."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        accepted = Headers(scope=scope).get("accept", "") if scope["type"] == "http" else ""
        return (Match.NONE, {}) if "text/html" in accepted else super().matches(scope)


ROUTES = [
    Route("/healthz", healthz),
    ForPrograms("/metrics", prometheus),
    Route(PATH + "{token}", unsubscribe, methods=["GET", "POST"]),
]
configure(os.environ.get("IMPACT_LOG", ""))
try:
    SECRETS = auth_secrets()
    LAYERS = [_guard(), Middleware(Gate)]
except AccessRefused as refused:
    sys.exit(f"The dashboards don't start: {refused}")
load_ahead()
app = st.App(Path(__file__).with_name("streamlit_app.py"), routes=ROUTES, middleware=LAYERS, secrets=SECRETS)
