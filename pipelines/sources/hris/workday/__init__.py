"""Workday, Report-as-a-Service: one advanced report, asked for as JSON, one row per worker with the job history as a group within it.

The report's aliases are the tenant's own: the shipped mapping names the ones that docs/sources/workday.md asks for, and `columns:` of the source renames them. There are no
pages and no cursor, so the report is read whole, in pieces by a prompt where it is large (`prompts:` is a list of prompt sets, each one a page).
"""

from collections.abc import Iterator
from typing import Any

from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.mapped_api import allowed, mapped_reader, mapped_reader_in_parts, own_mapping, shipped_mapping
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import reduced_page
from pipelines.sources.shared.authorization import authorized_client, needed
from pipelines.sources.shared.options import MAPPED_PEOPLE

MAPPING = shipped_mapping(__name__)
STREAM = "workers"

read = mapped_reader(MAPPING)
read_in_parts = mapped_reader_in_parts(MAPPING)


def open_client(context: Context) -> RemoteClient:
    """A client of the tenant's host. Options: `base_url`, `report` (tenant/owner/name), `user` and `password` of the integration user, or `access_token`."""
    base = needed(context.source_id, context.options, "base_url", "https://wd3-impl-services1.workday.com")
    return authorized_client(context, base, timeout_seconds=1900, Accept="application/json")


def streams(context: Context) -> list[Stream]:
    """The report, one page per set of prompts."""
    mapping = own_mapping(MAPPING, {**context.options, "mapping": context.mapping, "source_id": context.source_id})
    fields = allowed(mapping, STREAM)
    report = needed(context.source_id, context.options, "report", "tenant/owner/Mentoring_Workers")
    prompts: list[dict[str, Any]] = list(context.options.get("prompts") or [{}])

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        for place in range(int(token or 0), len(prompts)):
            content = client.get(f"ccx/service/customreport2/{report}", {"format": "json", **prompts[place]}).json()
            if not isinstance(content.get("Report_Entry"), list):
                raise SourceRefused(
                    f"Source {client.source_id}: the report came without Report_Entry. Next step: enable it as a web service, format JSON."
                )
            following = place + 1 if place + 1 < len(prompts) else None
            yield Page(
                reduced_page(content, "Report_Entry", fields), len(content["Report_Entry"]), following, part=str(place)
            )

    return [Stream(STREAM, pages)]


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="workday",
    system="workday",
    read=read,
    tables=None,
    in_parts=read_in_parts,
    remote=SYSTEM,
    mapping=MAPPING,
    own_options=(
        *MAPPED_PEOPLE,
        Option("prompts", "list", "sets of prompts; each is a page of a large report"),
        Option("report", "text", "`tenant/owner/report`"),
    ),
    documentation=Documentation(
        title="Workday (RaaS)",
        kind="HRIS and directories",
        page="workday.md",
        brings="persons, identifiers, spells, job history",
        history="where the report has it",
        changes="no, full",
        tested="replayed wire format",
        bad_data="absent fields, workers without key, report in pieces",
        example=(
            "connector: workday\n"
            'options: {base_url: "https://wd3-services1.workday.com", report: tenant/owner/Mentoring_Workers, user: "${WORKDAY_USER}", password: "${WORKDAY_PASSWORD}"}\n'
        ),
    ),
)
