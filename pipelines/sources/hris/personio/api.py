"""Personio over its API (v1): a token for client id and secret, then all employees by limit and offset."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from pipelines.sources.json_pages import part, scalar
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood, records_at, reduced_page
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.offsets import offset_pages

LARGEST_PAGE = 100  # by the vendor's rule since 2025
NAMED = ("subcompany", "office", "department")
PLAIN = "id first_name preferred_name last_name email status position employment_type hire_date contract_end_date termination_date last_modified_at".split()
KEPT = [
    "type",
    *(f"attributes.{name}.value" for name in PLAIN),
    *(f"attributes.{name}.value.attributes.name" for name in NAMED),
    "attributes.supervisor.value.attributes.id.value",
]


def open_client(context: Context) -> RemoteClient:
    """A client of api.personio.de. Options: `client_id`, `client_secret`."""
    base = str(context.options.get("base_url", "https://api.personio.de/v1"))
    token: dict[str, str] = {}

    def headers(renew: bool) -> dict[str, str]:
        if renew or "value" not in token:
            token["value"] = _token(context, base)
        return {"Authorization": f"Bearer {token['value']}", "Accept": "application/json"}

    return RemoteClient(context.source_id, base, budget=context.budget, secrets=context.secrets, headers=headers)


def _token(context: Context, base: str) -> str:
    """A token of the credentials, good for a day."""
    source_id, options = context.source_id, context.options
    body = {
        "client_id": needed(source_id, options, "client_id", "papi-abc"),
        "client_secret": needed(source_id, options, "client_secret", "${PERSONIO_SECRET}"),
    }
    plain = {"Accept": "application/json"}
    with RemoteClient(source_id, base, budget=context.budget, secrets=context.secrets, headers=plain) as client:
        content = client.post("auth", body).json()
    token = scalar(part(part(content).get("data")).get("token"))
    if token is None:
        raise SourceRefused(
            f"Source {source_id}: Personio gave no token. Next step: check client id and secret of the API credentials."
        )
    return token


def streams(context: Context) -> list[Stream]:
    """All employees. Pages overlap by one, so that somebody who moves to another page while the list is read is not lost: the list is re-read then."""
    size = max(2, min(int(context.options.get("page_size") or LARGEST_PAGE), LARGEST_PAGE))
    level = [f"attributes.{context.options['level_field']}.value"] if context.options.get("level_field") else []

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        for people, following, total in offset_pages(partial(_employees, client, size), _id, size, token):
            data = reduced_page({"data": people}, "data", [*KEPT, *level])
            yield Page(data, len(people), following, total=total)

    return [Stream("employees", pages)]


def _employees(client: RemoteClient, size: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """How many employees there are, and those of one page."""
    content = client.get("company/employees", {"limit": size, "offset": offset}).json()
    total = part(content.get("metadata")).get("total_elements")
    if not isinstance(total, int):
        raise NotUnderstood("it has no 'metadata.total_elements'")
    return total, records_at(content, "data")


def _id(person: dict[str, Any]) -> str:
    return scalar(part(part(person.get("attributes")).get("id")).get("value")) or ""


SYSTEM = RemoteSystem(open_client, streams, keeps_snapshots=True)
