"""Salesforce: objects by SOQL over REST, for alumni and programmes that are kept in a CRM. What is asked for is what the mapping reads.

Wire format: developer.salesforce.com, REST API, Query and Query More Results. An answer holds up to 2,000 records, `done`, and the address of the next batch; times end in `+0000`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.json_pages import part, scalar
from pipelines.sources.mapped_api import allowed, mapped_reader, mapped_reader_in_parts, own_mapping, shipped_mapping
from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.client import RemoteClient, RemoteRefused
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, StartOver, Stream
from pipelines.sources.remote.reduction import NotUnderstood, records_at, reduced_page
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.options import ACCESS_TOKEN, BASE_URL, COLUMNS, REHIRE_DAYS, ZONE

MAPPING = shipped_mapping(__name__)
VERSION = "v60.0"
GONE = "INVALID_QUERY_LOCATOR"  # what an address of a next batch is told that has run out
_NAME = re.compile(r"^[A-Za-z]\w*(\.[A-Za-z]\w*)*$", re.ASCII)

read = mapped_reader(MAPPING)
read_in_parts = mapped_reader_in_parts(MAPPING)


def open_client(context: Context) -> RemoteClient:
    """A client of one org's own domain. Options: `base_url`, and `access_token` or `client_id` and `client_secret` (client credentials flow)."""
    options = context.options
    base = needed(context.source_id, options, "base_url", "https://arbor.my.salesforce.com")
    token = {"value": options.get("access_token")}

    def headers(renew: bool) -> dict[str, str]:
        if token["value"] is None or (renew and options.get("client_secret")):
            token["value"] = _token(context, base)
        return {"Authorization": f"Bearer {token['value']}", "Accept": "application/json"}

    return RemoteClient(context.source_id, base, budget=context.budget, secrets=context.secrets, headers=headers)


def _token(context: Context, base: str) -> str:
    source_id, options = context.source_id, context.options
    form = {
        "grant_type": "client_credentials",
        "client_id": needed(source_id, options, "client_id", "3MVG9..."),
        "client_secret": needed(source_id, options, "client_secret", "${SALESFORCE_SECRET}"),
    }
    plain = {"Accept": "application/json"}
    with RemoteClient(source_id, base, budget=context.budget, secrets=context.secrets, headers=plain) as client:
        content = client.request("POST", "services/oauth2/token", data=form).json()
    token = scalar(part(content).get("access_token"))
    if token is None:
        raise SourceRefused(
            f"Source {source_id}: Salesforce gave no token. Next step: check the connected app: its client credentials flow must be switched on and run as a user."
        )
    return token


def streams(context: Context) -> list[Stream]:
    """One stream per object that the mapping reads."""
    mapping = own_mapping(MAPPING, {**context.options, "mapping": context.mapping, "source_id": context.source_id})
    return [
        _object(context, name, allowed(mapping, name))
        for name in dict.fromkeys(str(entry["match"]) for entry in mapping["files"])
    ]


def _object(context: Context, name: str, fields: list[str]) -> Stream:
    version = str(context.options.get("api_version") or VERSION)
    soql = _soql(context, name, fields)

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        following = token
        came = sum(len(json.loads(page)["records"]) for page in context.committed(name)) if token else 0
        while True:
            content = _batch(client, version, soql, following)
            records = records_at(content, "records")
            came += len(records)
            following = _next(content)
            total = content.get("totalSize")
            if not isinstance(total, int):
                raise NotUnderstood("it has no 'totalSize'")
            if following is None and came != total:
                raise StartOver(f"{came:,} of {total:,} records of {name} came")
            page = reduced_page(content, "records", fields)
            yield Page(page, len(records), following, total=total)
            if following is None:
                return

    return Stream(name, pages)


def _soql(context: Context, name: str, fields: list[str]) -> str:
    """The query for an object. Names come from the mapping and go into the query, so only names are let in; a condition is the workspace's own."""
    bad = [word for word in (name, *fields) if not _NAME.match(word)]
    if bad:
        raise SourceRefused(
            f"Source {context.source_id}: {', '.join(map(repr, bad))} is no name of a Salesforce object or field. Next step: write API names, such as Contact and Account.Name."
        )
    where: Mapping[str, Any] = context.options.get("where") or {}
    condition = f" WHERE {where[name]}" if where.get(name) else ""
    return f"SELECT {', '.join(fields)} FROM {name}{condition}"


def _batch(client: RemoteClient, version: str, soql: str, following: str | None) -> Mapping[str, Any]:
    try:
        if following is None:
            return client.get(f"services/data/{version}/query", {"q": soql}).json()
        return client.get(following).json()
    except RemoteRefused as refusal:
        if following is not None and GONE in refusal.body:
            raise StartOver("Salesforce no longer knows the batch") from None
        raise


def _next(content: Mapping[str, Any]) -> str | None:
    """The address of the next batch; None where the answer is the last. Raises `NotUnderstood` where it says neither."""
    if content.get("done") is True:
        return None
    following = scalar(content.get("nextRecordsUrl"))
    if following is None:
        raise NotUnderstood("it is neither 'done' nor has it a 'nextRecordsUrl'")
    return following


SPEC = Connector(
    name="salesforce",
    system="salesforce",
    read=read,
    in_parts=read_in_parts,
    remote=RemoteSystem(open_client, streams),
    tables=None,
    mapping=MAPPING,
    own_options=(
        BASE_URL,
        ACCESS_TOKEN,
        Option("client_id", "text", "consumer key of the connected app"),
        Option("client_secret", "secret", "its secret; `access_token` takes the place of both"),
        Option("api_version", "text", "version of the REST API (`v60.0`)"),
        Option("where", "table", 'a condition per object, in SOQL: `{Contact: "Alumni__c = true"}`'),
        COLUMNS,
        REHIRE_DAYS,
        ZONE,
    ),
    documentation=Documentation(
        title="Salesforce",
        kind="HRIS and directories",
        page="salesforce.md",
        brings="persons, identifiers of contacts; any, by mapping",
        history="where the objects have it",
        changes="no, full",
        tested="replayed wire format",
        bad_data="batches that run out, lists cut short, null parents, contacts without address, sessions that end",
        example=(
            "connector: salesforce\n"
            'options: {base_url: "https://arbor.my.salesforce.com", client_id: 3MVG9abc, client_secret: "${SALESFORCE_SECRET}", where: {Contact: "Alumni__c = true"}}\n'
        ),
    ),
)
