"""SAP SuccessFactors, OData v2: users, employments and the effective-dated EmpJob, every time slice of it.

Without `fromDate` EmpJob shows today's slice only; `paging=snapshot` keeps pages from shifting; the server's `__next` says where the next page is. Deleted slices show by their absence, so every read is a full one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.mapped_api import allowed, mapped_reader, mapped_reader_in_parts, own_mapping, shipped_mapping
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import reduced_page
from pipelines.sources.shared.authorization import authorized_client, needed
from pipelines.sources.shared.options import MAPPED_PEOPLE

MAPPING = shipped_mapping(__name__)
ALL_TIME = {"fromDate": "1900-01-01", "toDate": "9999-12-31"}
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "User": {"$filter": "status in 't','f'"},
    "EmpEmployment": ALL_TIME,
    "EmpJob": ALL_TIME,
}

read = mapped_reader(MAPPING)
read_in_parts = mapped_reader_in_parts(MAPPING)


def open_client(context: Context) -> RemoteClient:
    """A client of one tenant's OData host. Options: `base_url`, `access_token` (or `user` and `password`)."""
    base = needed(context.source_id, context.options, "base_url", "https://api2.successfactors.eu")
    return authorized_client(context, base, Accept="application/json")


def streams(context: Context) -> list[Stream]:
    """One stream an entity that the mapping reads."""
    mapping = own_mapping(MAPPING, {**context.options, "mapping": context.mapping, "source_id": context.source_id})
    return [
        _stream(entity, allowed(mapping, entity))
        for entity in dict.fromkeys(str(entry["match"]) for entry in mapping["files"])
    ]


def _stream(entity: str, fields: list[str]) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        question = {"$format": "json", **_asked(fields), "paging": "snapshot", **QUESTIONS.get(entity, {})}
        while True:
            answer = client.get(token) if token else client.get(f"odata/v2/{entity}", question)
            content = answer.json().get("d")
            if not isinstance(content, dict) or not isinstance(content.get("results"), list):
                raise SourceRefused(
                    f"Source {client.source_id}: {entity} came without d.results. Next step: check the address; it must end at the host."
                )
            token = content.get("__next") or None
            yield Page(reduced_page({"d": content}, "d.results", fields), len(content["results"]), token)
            if token is None:
                return

    return Stream(entity, pages)


def _asked(fields: list[str]) -> dict[str, str]:
    """The fields of the mapping; those of an object that another refers to (`mentorNav.userId`) come with that reference opened."""
    parents = dict.fromkeys(field.rpartition(".")[0].replace(".", "/") for field in fields if "." in field)
    expand = {"$expand": ",".join(parents)} if parents else {}
    return {"$select": ",".join(field.replace(".", "/") for field in fields), **expand}


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="successfactors",
    system="successfactors",
    read=read,
    tables=None,
    in_parts=read_in_parts,
    remote=SYSTEM,
    mapping=MAPPING,
    own_options=MAPPED_PEOPLE,
    documentation=Documentation(
        title="SAP SuccessFactors",
        kind="HRIS and directories",
        page="successfactors.md",
        brings="persons, identifiers, spells, job history",
        history="yes, EmpJob",
        changes="no, full",
        tested="replayed wire format",
        bad_data="server paging, open ends, NO_MANAGER, several slices a day, next link elsewhere",
        example=(
            "connector: successfactors\n"
            'options: {base_url: "https://api2.successfactors.eu", access_token: "${SF_TOKEN}"}\n'
        ),
    ),
)
