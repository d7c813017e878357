"""OneRoster 1.2 over REST: students (or all users) by limit and offset, with the meaning of the CSV form.

Standard: 1EdTech, OneRoster Rostering Service 1.2, REST/JSON binding. A user's roles stand within the user; `X-Total-Count` says how many there are, where it is sent.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.hris.oneroster import CLASS_YEAR, DEGREE, NOBODY, OPTIONS, READ, TABLES, batches_of
from pipelines.sources.json_pages import page_of, page_records, part, parts, scalar
from pipelines.sources.json_paths import as_text, value_at
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.records import (
    REJECT_SCHEMA,
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    merge,
    rejects_frame,
)
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at, reduced_page
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.offsets import offset_pages
from pipelines.sources.shared.options import ACCESS_TOKEN, BASE_URL, PAGE_SIZE
from pipelines.sources.shared.people import refuse_nobody

STREAM = "users"
EMPTY = "the register lists nobody; if it has people, check the scope of the client"
PAGE = 100
SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"
ROLE = ("role", "beginDate", "endDate")


def open_client(context: Context) -> RemoteClient:
    """A client of one service. Options: `base_url` up to and with the version, and `access_token`, or `token_url`, `client_id` and `client_secret`."""
    options = context.options
    base = needed(context.source_id, options, "base_url", "https://sis.example.org/ims/oneroster/rostering/v1p2")
    token = {"value": options.get("access_token")}

    def headers(renew: bool) -> dict[str, str]:
        if token["value"] is None or (renew and options.get("client_secret")):
            token["value"] = _token(context)
        return {"Authorization": f"Bearer {token['value']}", "Accept": "application/json"}

    return RemoteClient(context.source_id, base, budget=context.budget, secrets=context.secrets, headers=headers)


def _token(context: Context) -> str:
    """A token for reading, by the client credentials of OAuth 2 (the standard's security framework)."""
    source_id, options = context.source_id, context.options
    address = needed(source_id, options, "token_url", "https://sis.example.org/token")
    pair = f"{needed(source_id, options, 'client_id', 'abc')}:{needed(source_id, options, 'client_secret', '${ROSTER_SECRET}')}"
    basic = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    with RemoteClient(source_id, address, budget=context.budget, secrets=context.secrets, headers=basic) as client:
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        content = client.request("POST", address, data=form).json()
    token = scalar(part(content).get("access_token"))
    if token is None:
        raise SourceRefused(
            f"Source {source_id}: {address} gave no token. Next step: check `client_id`, the secret and that the client may read rosters."
        )
    return token


def streams(context: Context) -> list[Stream]:
    """The students, or all users where another kind of people is asked for."""
    options = context.options
    name = "students" if str(options.get("person_kind", "student")) == "student" else "users"
    size = max(2, int(options.get("page_size") or PAGE))
    kept = [*READ, *(f"roles.{field}" for field in ROLE), *_own(options).values()]

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        def ask(offset: int) -> tuple[int | None, list[dict[str, Any]]]:
            question = {"limit": size, "offset": offset, "sort": "sourcedId", "orderBy": "asc"}
            answer = client.get(name, question)
            total = answer.headers.get("x-total-count", "")
            return int(total) if total.strip().isdigit() else None, records_at(answer.json(), "users")

        for users, following, total in offset_pages(ask, _key, size, token):
            yield Page(reduced_page({"users": users}, "users", kept), len(users), following, total=total)

    return [Stream(STREAM, pages)]


def _key(user: Mapping[str, Any]) -> str:
    return scalar(user.get("sourcedId")) or encoded(user).decode()


def _own(options: Mapping[str, Any]) -> dict[str, str]:
    """The columns whose place the workspace may name."""
    return {
        "class_year": str(options.get("class_year", CLASS_YEAR)),
        "degree": str(options.get("degree", DEGREE)),
    }


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Persons, identifiers and, on request, enrolments. Raises `SourceRefused`."""
    pages = newest_pages(files)[STREAM]
    if not pages:
        raise SourceRefused(
            f"Source {options['source_id']}: nothing has been fetched yet. Next step: run `impact fetch`."
        )
    batches = merge(batch for page in pages for batch in _batches(page, options))
    persons = next(batch for batch in batches if batch.table == "persons")
    if (
        persons.rows_in == 0
    ):  # a register before its first year may be empty; a client whose scope is missing sees the same
        return Extract(batches, [Finding("nobody_listed", "persons", str(options["source_id"]), EMPTY)])
    refuse_nobody(str(options["source_id"]), persons, remedy=NOBODY)
    return Extract(batches, [])


def _batches(page: SourceFile, options: Mapping[str, Any]) -> list[TableBatch]:
    records, broken = page_records(page, page_of(page), "users")
    text = partial(_text, page.name)
    columns = [*READ, *_own(options).values()]
    users = text(
        columns, [(number, user, {name: value_at(user, name) for name in columns}) for number, user in records]
    )
    roles = text(
        ["userSourcedId", *ROLE],
        [
            (number, user, {"userSourcedId": user.get("sourcedId"), **role})
            for number, user in records
            for role in _roles(user)
        ],
    )
    batches = batches_of(users, roles, options)
    refused = TableBatch("persons", batches[0].rows.clear(), rejects_frame(broken))
    return merge([*batches, refused])


def _roles(user: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The user's roles; version 1.1 has one, without days."""
    return parts(user.get("roles")) or ([{"role": user["role"]}] if scalar(user.get("role")) else [])


def _text(
    file: str, columns: Sequence[str], rows: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]]
) -> DelimitedText:
    """Records as the text that the CSV form would hold."""
    data: dict[str, list[str | None]] = {name: [as_text(values.get(name)) for _, _, values in rows] for name in columns}
    frame = pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String())).with_columns(
        pl.Series(LINE, [number for number, _, _ in rows], dtype=pl.Int64),
        pl.Series(RAW, [encoded(record).decode() for _, record, _ in rows], dtype=pl.String),
    )
    return DelimitedText(file, tuple(columns), (), frame, pl.DataFrame(schema=REJECT_SCHEMA), [])


SPEC = Connector(
    name="oneroster",
    system="oneroster",
    read=read,
    remote=RemoteSystem(open_client, streams),
    tables=TABLES,
    own_options=(
        BASE_URL,
        ACCESS_TOKEN,
        Option("token_url", "text", "where a token is asked for with `client_id` and `client_secret`"),
        Option("client_id", "text", "the client's id"),
        Option("client_secret", "secret", "its secret; `access_token` takes the place of all three"),
        PAGE_SIZE,
        *OPTIONS,
    ),
    documentation=Documentation(
        title="OneRoster, student register over REST",
        kind="HRIS and directories",
        page="oneroster.md",
        brings="persons, identifiers, spells",
        history="roles",
        changes="no, full",
        tested="replayed wire format",
        bad_data="lists without total, people who leave in mid-read, passwords, truth values as text, roles of two kinds",
        example=(
            "connector: oneroster\n"
            'options: {base_url: "https://sis.example.org/ims/oneroster/rostering/v1p2", token_url: "https://sis.example.org/token", client_id: impact, client_secret: "${ROSTER_SECRET}", zone: Europe/Berlin}\n'
        ),
    ),
)
