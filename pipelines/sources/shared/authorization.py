"""The two ways in which most systems know a caller: HTTP Basic and a bearer token, from options that hold secrets by reference."""

import base64
from collections.abc import Mapping
from typing import Any

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.fetching import Context


def authorization(source_id: str, options: Mapping[str, Any]) -> dict[str, str]:
    """The `Authorization` header from `access_token`, or from `user` and `password`. Raises `SourceRefused` where neither is given."""
    if options.get("access_token"):
        return {"Authorization": f"Bearer {options['access_token']}"}
    if options.get("user") and options.get("password"):
        pair = f"{options['user']}:{options['password']}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    raise SourceRefused(
        f"Source {source_id}: neither `access_token` nor `user` and `password`. Next step: write `access_token: ${{NAME}}` and export NAME."
    )


def authorized_client(context: Context, usual: str, *, timeout_seconds: float = 120.0, **headers: str) -> RemoteClient:
    """A client that is known by `authorization`, of the option `base_url` or the system's `usual` address; `headers` with underscores for hyphens."""
    known = {
        **authorization(context.source_id, context.options),
        **{n.replace("_", "-"): v for n, v in headers.items()},
    }
    return RemoteClient(
        context.source_id,
        str(context.options.get("base_url", usual)),
        budget=context.budget,
        secrets=context.secrets,
        headers=known,
        timeout_seconds=timeout_seconds,
    )


def needed(source_id: str, options: Mapping[str, Any], name: str, example: str) -> str:
    """A required option as text. Raises `SourceRefused`."""
    if not options.get(name):
        raise SourceRefused(
            f"Source {source_id}: `{name}` is missing. Next step: add it to the source's options, for example {example}."
        )
    return str(options[name])


def needed_names(context: Context, name: str, whose: str) -> list[str]:
    """A required list of whom or what a system is asked for, as texts. Raises `SourceRefused`."""
    found = [str(one) for one in context.options.get(name) or []]
    if not found:
        raise SourceRefused(f"Source {context.source_id} names no `{name}`. Next step: list {whose}.")
    return found
