"""Who asks: made anew at each question, from Streamlit's sign-in and from the workspace file as it is now."""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from pipelines.access.account import decider
from pipelines.access.principal import Principal, Refused, local_principal, principal_of, viewer
from pipelines.access.provider import FILE, is_loopback
from pipelines.access.settings import AccessRefused, AccessSettings, read_access

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")
"""Headers by which a proxy says that somebody else asks through it."""

ENDED: dict[str, float] = {}
"""Mark of a principal to the moment of the newest sign-in that was ended: a copy of its cookie, or another window, opens nothing any more."""


def needs_sign_in() -> bool:
    """Whether this server was started with `access:`."""
    return bool(os.environ.get(FILE))


def access_now() -> AccessSettings:
    """`access:` as the workspace file says now. Raises AccessRefused."""
    return read_access(Path(os.environ[FILE]))


def current_principal() -> Principal:
    """Who asks. Raises SignInNeeded, NoRole, and AccessRefused where the workspace file can't be read."""
    if needs_sign_in():
        return principal_of(claims(), access_now(), datetime.now(UTC), ENDED)
    return local_principal(decider()) if asks_from_here(headers()) else viewer()


def claims() -> Mapping[str, Any]:
    """What the identity provider said of who is signed in; empty where nobody is."""
    found = st.user.to_dict()
    return found if found.get("is_logged_in") else {}


def headers() -> Mapping[str, str]:
    """Of the request that opened the page's connection; empty where pages run without a server."""
    return dict(st.context.headers)


def asks_from_here(named: Mapping[str, str]) -> bool:
    """Whether a request came from this computer by its own name and not through a proxy. Without a Host there was no request at all: the server refuses those."""
    told = {name.lower(): value for name, value in named.items()}
    host = urlsplit(f"//{told.get('host', '')}").hostname
    return (host is None or is_loopback(host)) and not any(name.lower() in told for name in FORWARDED)


def actor() -> str:
    """Under which name a decision is kept: who signed in, or what `decider` claims."""
    return current_principal().known_as


def as_text(address: str) -> str:
    """An address for a text in Markdown, which would make a link of it."""
    return address.replace("@", "\\@")


def sign_out() -> None:
    """End this sign-in in every window, and Streamlit's with it."""
    with suppress(Refused, AccessRefused):
        principal, issued = current_principal(), float(claims().get("iat", 0))
        ENDED[principal.who] = max(ENDED.get(principal.who, 0.0), issued)
    st.logout()


def draw_again_if_refused() -> None:
    """For a dialog, which is drawn alone: whoever isn't let in any more gets the whole page, which says so."""
    try:
        current_principal()
    except (Refused, AccessRefused):
        st.rerun()
