"""HiBob: people by search, work and lifecycle history by cursor.

There is no changed-since filter, so every read is a full one (apidocs.hibob.com). Machine-readable values are read, never the human-readable ones, whose
dates follow the format of the calling user.
"""

from collections.abc import Iterator
from typing import Any

from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.mapped_api import allowed, mapped_reader, mapped_reader_in_parts, own_mapping, shipped_mapping
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import records_at, reduced_page
from pipelines.sources.shared.authorization import authorized_client
from pipelines.sources.shared.options import MAPPED_PEOPLE

MAPPING = shipped_mapping(__name__)
PEOPLE = "people"
LARGEST_PAGE = 200
# The search names fields by category; what stands at the top of a record is in the category root.
TOP_LEVEL = "root"

read = mapped_reader(MAPPING)
read_in_parts = mapped_reader_in_parts(MAPPING)


def open_client(context: Context) -> RemoteClient:
    """A client of api.hibob.com. Options: `user` (service user's id) and `password` (its token), or `access_token`."""
    return authorized_client(context, "https://api.hibob.com", Accept="application/json")


def streams(context: Context) -> list[Stream]:
    """People, then each history that the mapping reads."""
    mapping = own_mapping(MAPPING, {**context.options, "mapping": context.mapping, "source_id": context.source_id})
    names = list(dict.fromkeys(str(entry["match"]) for entry in mapping["files"]))
    return [
        _people(allowed(mapping, name)) if name == PEOPLE else _history(name, allowed(mapping, name)) for name in names
    ]


def _people(fields: list[str]) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        asked = [field if "." in field else f"{TOP_LEVEL}.{field}" for field in fields]
        content = client.post("v1/people/search", {"fields": asked, "filters": [], "showInactive": True}).json()
        employees = [_values(record) for record in records_at(content, "employees")]
        yield Page(reduced_page({"employees": employees}, "employees", fields), len(employees))

    return Stream(PEOPLE, pages)


def _values(record: dict[str, Any]) -> dict[str, Any]:
    """A record as nested fields, also where the answer names them by slashed paths: {"/work/title": {"value": ...}}."""
    nested: dict[str, Any] = {name: value for name, value in record.items() if not name.startswith("/")}
    for name, value in record.items():
        if not name.startswith("/"):
            continue
        *parents, last = [part for part in name.split("/") if part and part != TOP_LEVEL]
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value.get("value") if isinstance(value, dict) else value
    return nested


def _history(table: str, fields: list[str]) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        while True:
            question = {"limit": LARGEST_PAGE, **({"cursor": token} if token else {})}
            content = client.get(f"v1/bulk/people/{table}", question).json()
            if content.get("errors"):
                raise SourceRefused(
                    f"Source {client.source_id}: {len(content['errors'])} people's {table} history is forbidden. Next step: give the service user access to everyone, with histories."
                )
            rows = [row for entry in records_at(content, "results") for row in _rows(entry)]
            token = (content.get("response_metadata") or {}).get("next_cursor") or None
            yield Page(reduced_page({"results": rows}, "results", fields), len(rows), token)
            if token is None:
                return

    return Stream(table, pages)


def _rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """History rows one by one: they come flat, or under `values` of their employee."""
    if isinstance(entry.get("values"), list):
        # A row that is none keeps its place without its employee, and is rejected, alone.
        return [
            {"employeeId": entry.get("employeeId"), **row} if isinstance(row, dict) else {} for row in entry["values"]
        ]
    return [entry]


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="hibob",
    system="hibob",
    read=read,
    tables=None,
    in_parts=read_in_parts,
    remote=SYSTEM,
    mapping=MAPPING,
    own_options=MAPPED_PEOPLE,
    documentation=Documentation(
        title="HiBob",
        kind="HRIS and directories",
        page="hibob.md",
        brings="persons, identifiers, spells, job history",
        history="yes",
        changes="no, full",
        tested="replayed wire format",
        bad_data="both documented shapes, forbidden histories",
        example=('connector: hibob\noptions: {user: "${HIBOB_USER}", password: "${HIBOB_TOKEN}"}\n'),
    ),
)
