"""BambooHR over its API: employees by page, `jobInfo` and `employmentStatus` whole or, between full reads, for the people who changed.

Wire format: the vendor's OpenAPI (documentation.bamboohr.com). A changed person comes with all rows of the table and the rows have no id, so they replace
the person's rows; employees are always listed whole, since only a whole list shows who is gone.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pipelines.sources.connector import PEOPLE, Connector, Documentation, Option
from pipelines.sources.hris.bamboohr import OPTIONS, extract
from pipelines.sources.json_pages import page_of, part
from pipelines.sources.json_records import RecordPage, read_records
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from pipelines.sources.remote.client import RemoteClient, RemoteRefused
from pipelines.sources.remote.extraction import CHANGES, Page, PageName, Plan, page_name
from pipelines.sources.remote.fetching import Context, RemoteSystem, StartOver, Stream
from pipelines.sources.remote.reduction import encoded, records_at, reduced_page
from pipelines.sources.shared.options import (
    ACCESS_TOKEN,
    BASE_URL,
    PAGE_SIZE,
)

TABLES = ("jobInfo", "employmentStatus")
OVERLAP = timedelta(minutes=10)  # changes are asked for from a little before the last read: clocks differ
EMPLOYEE_FIELDS = "workEmail homeEmail hireDate reportsToId".split()
KEPT_OF_EMPLOYEES = (
    "employeeId id employeeNumber firstName lastName preferredName displayName workEmail homeEmail status hireDate originalHireDate terminationDate country "
    "reportsToId supervisorId supervisorEId lastChanged _restrictedFields"
).split()
KEPT_OF_TABLES = (
    "id employeeId date location division department jobTitle jobCode jobFamily reportsTo employmentType fte employmentStatus terminationTypeId terminationType "
    "terminationReasonId"
).split()


def open_client(context: Context) -> RemoteClient:
    """A client of one company's BambooHR. Options: `company` or `base_url`, and `api_key` (Basic) or `access_token` (OAuth)."""
    options = context.options
    base = options.get("base_url") or f"https://{options.get('company', '')}.bamboohr.com"
    if options.get("access_token"):
        authorization = f"Bearer {options['access_token']}"
    elif options.get("api_key"):
        authorization = "Basic " + base64.b64encode(f"{options['api_key']}:x".encode()).decode()
    else:
        raise SourceRefused(
            f"Source {context.source_id}: no `api_key` and no `access_token`. Next step: write `api_key: ${{NAME}}` and export NAME."
        )
    headers = {"Authorization": authorization, "Accept": "application/json"}
    return RemoteClient(context.source_id, str(base), budget=context.budget, secrets=context.secrets, headers=headers)


def streams(context: Context) -> list[Stream]:
    """Employees, then both tables."""
    options = context.options
    extra = [str(options[name]) for name in ("zone_field", "consent_field", "languages_field") if options.get(name)]
    extra += [str(field) for field in (options.get("demographics") or {}).values()]
    jobs = [str(options.get(name, default)) for name, default in (("level_field", "level"), ("fte_field", "fte"))]
    jobs.append(str(options.get("employment_type_field", "employmentType")))

    def employees(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        dataset = options.get("dataset")
        pages = _dataset_pages(client, dataset, token) if dataset else _employee_pages(client, options, extra, token)
        for content, rows, following in pages:
            yield Page(reduced_page(content, "data", [*KEPT_OF_EMPLOYEES, *extra]), rows, following)

    def table(name: str) -> Stream:
        def pages(client: RemoteClient, plan: Plan, _token: Any) -> Iterator[Page]:
            yield _table_page(client, plan, name, [*KEPT_OF_TABLES, *jobs])

        return Stream(name, pages)

    return [Stream("employees", employees), *(table(name) for name in TABLES)]


def _employee_pages(
    client: RemoteClient, options: Mapping[str, Any], extra: list[str], token: Any
) -> Iterator[tuple[dict[str, Any], int, Any]]:
    while True:
        params = {
            "page[limit]": int(options.get("page_size", 250)),
            "fields": ",".join([*EMPLOYEE_FIELDS, *extra]),
            "sort": "employeeId",
        }
        if token:
            params["page[after]"] = token
        try:
            content = client.get("api/v1/employees", params).json()
        except RemoteRefused as refusal:
            if refusal.status == 400 and "BadPage" in refusal.body:
                raise StartOver("someone at the edge of a page was changed while it was read") from None
            raise
        for record in records_at(content, "data"):
            record.setdefault("supervisorId", record.get("reportsToId"))
        token = ((content.get("meta") or {}).get("page") or {}).get("nextCursor") or None
        yield content, len(content.get("data", [])), token
        if token is None:
            return


def _dataset_pages(
    client: RemoteClient, dataset: Mapping[str, Any], token: Any
) -> Iterator[tuple[dict[str, Any], int, Any]]:
    """`dataset: {name, fields: {our field: its field}}`; the tenant's own field names, seen under /api/v1_2/datasets/<name>/fields."""
    ours: Mapping[str, str] = dataset["fields"]
    order = ours.get("employeeId") or ours["id"]
    page = int(token or 1)
    while True:
        body = {"fields": list(ours.values()), "orderBy": f"{order} asc", "page": page, "pageSize": 1000}
        content = client.post(f"api/v2/datasets/{dataset.get('name', 'employee')}/data", body).json()
        records = [
            {name: part(entry.get("fields")).get(theirs) for name, theirs in ours.items()}
            for entry in records_at(content, "data")
        ]
        page += 1
        more = page <= int((content.get("meta") or {}).get("totalPages", 1))
        yield {"data": records}, len(records), page if more else None
        if not more:
            return


def _table_page(client: RemoteClient, plan: Plan, table: str, kept: list[str]) -> Page:
    cursor = {"since": (plan.started - OVERLAP).isoformat()}
    if plan.mode == CHANGES:
        content = client.get(f"api/v1/employees/changed/tables/{table}", {"since": plan.cursor["since"]}).json()
        people = content.get("employees") or {}  # PHP writes an empty object as a list
        changed = {
            str(person): {"rows": json.loads(reduced_page({"data": part(entry).get("rows", [])}, "data", kept))["data"]}
            for person, entry in (people.items() if isinstance(people, dict) else ())
        }
        data = encoded({"table": table, "employees": changed})
        return Page(data, sum(len(entry["rows"]) for entry in changed.values()), cursor=cursor)
    records = client.get(f"api/v1/employees/all/tables/{table}").json()
    if not isinstance(records, list):
        raise SourceRefused(
            f"Source {client.source_id}: table {table} came as no list. Next step: check that the key's user may see the Job tab of everyone."
        )
    return Page(reduced_page({"data": records}, "data", kept), len(records), cursor=cursor)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The canonical tables from landed pages. Raises `SourceRefused` where a table was never read."""
    pages = sorted(
        ((name, file) for file in files if (name := page_name(file.name))),
        key=lambda found: (found[0].extraction, found[0].page),
    )
    if not pages:
        raise SourceRefused(
            f"Source {options['source_id']}: nothing has been fetched yet. Next step: run `impact fetch`."
        )
    newest = max(name.extraction for name, _ in pages)
    employees = [
        _page(file, read_records(file))
        for name, file in pages
        if name.stream == "employees" and name.extraction == newest
    ]
    return extract(employees, _replaced(pages, "jobInfo"), _replaced(pages, "employmentStatus"), options)


def _page(file: SourceFile, records: list[dict[str, Any]]) -> RecordPage:
    return RecordPage(file.name, tuple(enumerate(records, start=1)))


def _replaced(pages: list[tuple[PageName, SourceFile]], table: str) -> list[RecordPage]:
    """The rows of `table` that hold: a person's rows are those of the last extraction that brought the person."""
    held: list[tuple[int, RecordPage]] = []
    last_told: dict[str, int] = {}
    for name, file in pages:
        if name.stream != table:
            continue
        content = page_of(file)
        if name.mode == CHANGES:
            last_told.update(dict.fromkeys(part(content.get("employees")), name.extraction))
        held.append((name.extraction, _page(file, read_records(file))))
    return [
        RecordPage(
            page.name,
            tuple(
                (number, record)
                for number, record in page.records
                if last_told.get(str(record.get("employeeId")), extraction) == extraction
            ),
        )
        for extraction, page in held
    ]


SYSTEM = RemoteSystem(open_client, streams, incremental=True)


SPEC = Connector(
    name="bamboohr_api",
    system="bamboohr",
    read=read,
    tables=PEOPLE,
    remote=SYSTEM,
    own_options=(
        BASE_URL,
        ACCESS_TOKEN,
        PAGE_SIZE,
        Option("api_key", "secret", "a key of BambooHR; `access_token` takes its place"),
        Option("company", "text", "the name before `.bamboohr.com`; `base_url` takes its place"),
        Option(
            "dataset",
            "table",
            "people from a dataset in the place of the employee list: `{name, fields: {our field: its field}}`",
        ),
        *OPTIONS,
    ),
    documentation=Documentation(
        title="BambooHR",
        kind="HRIS and directories",
        page="bamboohr.md",
        brings="persons, identifiers, spells, job history",
        history="yes",
        changes="changed tables, weekly full",
        tested="stateful server held to the vendor's OpenAPI file",
        bad_data="429, 503, BadPage, forbidden field, changed rows without id, gone people",
        example=(
            "connector: bamboohr_api\n"
            'options: {company: arbor, api_key: "${BAMBOOHR_KEY}", level_field: customJobLevel}\n'
        ),
    ),
)
