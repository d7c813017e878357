"""What the environment says of the identity provider, and whether the dashboards may listen where they are told to."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pipelines.access.settings import LOOPBACK, AccessRefused, AccessSettings

NAMES = ("IMPACT_OIDC_METADATA_URL", "IMPACT_OIDC_CLIENT_ID", "IMPACT_OIDC_CLIENT_SECRET", "IMPACT_COOKIE_SECRET")
FILE = "IMPACT_ACCESS"
"""Names the workspace file to a dashboard server; it reads `access:` of it at each question."""

LEAST_SECRET = 32
ANY_TENANT = ("common", "organizations", "consumers")
"""Microsoft's addresses at which anybody's own directory signs people in, with whatever address it likes."""


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider and this product's registration with it."""

    metadata_url: str
    client_id: str
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)

    def as_streamlit_secrets(self, access: AccessSettings) -> dict[str, Any]:
        """The section `auth` that Streamlit's sign-in reads."""
        return {
            "redirect_uri": f"{access.public_url}/oauth2callback",
            "cookie_secret": self.cookie_secret,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": self.metadata_url,
            "client_kwargs": {"scope": "openid email profile", "prompt": access.prompt},
        }


def read_provider(environment: Mapping[str, str]) -> Provider:
    """Raises AccessRefused where something is missing, weak, or would let anybody in; the message shows no value."""
    missing = [name for name in NAMES if not environment.get(name)]
    if missing:
        raise AccessRefused(f"`access:` needs {', '.join(missing)} in the environment. Next step: take them from your identity provider (docs/guides/access.md); `openssl rand -hex 32` makes IMPACT_COOKIE_SECRET.")  # fmt: skip
    url, identifier, secret, cookie = (environment[name] for name in NAMES)
    if len(cookie) < LEAST_SECRET:
        raise AccessRefused(f"IMPACT_COOKIE_SECRET is shorter than {LEAST_SECRET} characters, so that sign-ins could be forged. Next step: make one with `openssl rand -hex 32`.")  # fmt: skip
    _check_metadata(url)
    return Provider(url, identifier, secret, cookie)


def _check_metadata(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise AccessRefused("IMPACT_OIDC_METADATA_URL isn't an https address. Next step: write the provider's address that ends in /.well-known/openid-configuration.")  # fmt: skip
    is_microsoft = (parts.hostname or "").endswith("microsoftonline.com")
    if is_microsoft and parts.path.strip("/").split("/")[0].lower() in ANY_TENANT:
        raise AccessRefused("IMPACT_OIDC_METADATA_URL is Microsoft's address for any organisation, where others can claim your addresses. Next step: write your directory's id in its place.")  # fmt: skip


def is_loopback(address: str | None) -> bool:
    """Whether only this computer reaches a server that listens there. None and empty mean everywhere."""
    if not address:
        return False
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def refuse_exposed(address: str | None, access: AccessSettings | None) -> None:
    """Raises AccessRefused for an address that others reach where nobody has to sign in."""
    if access is None and not is_loopback(address):
        raise AccessRefused(
            f"The dashboards would answer on {address or 'every address'} without a sign-in, with lists of single people among the pages. Next step: write `access:` into the workspace file "
            "(docs/guides/access.md; `access: {sign_in: proxy}` where a proxy signs people in), or listen on 127.0.0.1."
        )
