"""Together's Reports API: whole reports as CSV within JSON, one call each, read by the source's own mapping.

Help centre: help.togetherplatform.com, Reports API. It documents the calls and no column, so `match:` of the mapping is the last part of a report's address (`userReport`) and the columns are the tenant's.
At most one call a minute is allowed, else the key is revoked; a report is whole, there are no pages and no changes.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from pipelines.sources.connector import Connector, Documentation, Option
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.mapped_files.columns_read import columns_read
from pipelines.sources.mapped_files.formats import whole_text
from pipelines.sources.mapped_files.mapping import form_of, mapping_of, needs_all_rows
from pipelines.sources.mapped_files.texts import MatchedText, mapped, mapped_in_parts
from pipelines.sources.records import Extract, FileOnDisk, SourceFile, SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.options import BASE_URL, REHIRE_DAYS, ZONE

PAUSE = 60.0  # seconds between two calls, by the vendor's rule
BASE = "https://api.togetherplatform.com"


def open_client(context: Context) -> RemoteClient:
    """A client that is known by three headers. A refused call is tried again no sooner than after the vendor's minute."""
    options, source_id = context.options, context.source_id
    context.budget.policy = replace(context.budget.policy, first_wait=2 * PAUSE, longest_wait=4 * PAUSE)
    headers = {
        "organization-id": needed(source_id, options, "organization_id", "as Together supplies it"),
        "client-id": needed(source_id, options, "client_id", "as Together supplies it"),
        "api-key": needed(source_id, options, "api_key", "${TOGETHER_KEY}"),
        "Content-Type": "application/json",
    }
    base = str(options.get("base_url", BASE))
    return RemoteClient(source_id, base, budget=context.budget, secrets=context.secrets, headers=headers)


def streams(context: Context) -> list[Stream]:
    """One stream per report that the mapping names."""
    mapping = _mapping(context.source_id, context.mapping)
    names = dict.fromkeys(str(entry["match"]) for entry in mapping["files"])
    return [_report(name, context, [entry for entry in mapping["files"] if entry["match"] == name]) for name in names]


def _mapping(source_id: str, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    if not mapping.get("files"):
        raise SourceRefused(
            f"Source {source_id}: Together's reports need a mapping, since their columns aren't documented. Next step: download each report once, begin with `impact map FILE`, and write "
            "the last part of its address (`userReport`) as `match:`."
        )
    return mapping_of({"mapping": mapping})


def _report(name: str, context: Context, entries: Sequence[Mapping[str, Any]]) -> Stream:
    wanted = {normalised(column) for entry in entries for column in columns_read(entry)}
    organisation = quote(str(context.options.get("organization_id")), safe="")

    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        if client.calls:
            context.budget.sleep(PAUSE)
        content = client.get(f"public/{organisation}/reports/export/{quote(name, safe='')}").json()
        report = content.get("report")
        if not isinstance(report, str):
            raise NotUnderstood("it has no text 'report'")
        data, rows = reduced_report(report, wanted)
        yield Page(data, rows, suffix="csv")

    return Stream(name, pages)


def reduced_report(report: str, wanted: set[str]) -> tuple[bytes, int]:
    """The report with the `wanted` columns alone, and how many records it has. A record of another width keeps its place, to be rejected, and loses its content.

    Raises `NotUnderstood` for a text without a header or with none of the columns: it would be an empty report.
    """
    lines = [line for line in csv.reader(io.StringIO(report.lstrip("\ufeff"), newline="")) if line]
    header = lines[0] if lines else []
    kept = [place for place, name in enumerate(header) if normalised(name) in wanted]
    if not kept:
        raise NotUnderstood(f"the report has none of the mapping's columns; its first line begins with {header[:5]}")
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    for line in lines:
        fits = len(line) == len(header)
        writer.writerow([line[place] for place in kept] if fits else _misfit(line, header, kept))
    return written.getvalue().encode(), len(lines) - 1


def _misfit(line: Sequence[str], header: Sequence[str], kept: Sequence[int]) -> list[str]:
    words = f"(a record of {len(line)} values below {len(header)} headers; its content isn't kept)"
    return [words, *[""] * len(kept)]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The reports by the mapping. Raises `SourceRefused` where one that it names hasn't been fetched."""
    mapping, texts = _texts(files, options)
    return mapped(texts, mapping, options, [], first_file=texts[0].file)


def read_in_parts(files: Sequence[FileOnDisk], options: Mapping[str, Any]) -> Iterator[Extract] | None:
    """The same, report by report; None where the mapping needs all rows at once."""
    mapping, texts = _texts(files, options)
    if needs_all_rows(mapping):
        return None
    return mapped_in_parts(texts, mapping, options, [], first_file=texts[0].file)


def _texts(files: Sequence[SourceFile], options: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[MatchedText]]:
    source_id = str(options.get("source_id"))
    mapping = _mapping(source_id, options.get("mapping") or {})
    pages = newest_pages(files)
    texts = []
    for entry in mapping["files"]:
        found = pages[str(entry["match"])]
        if not found:
            raise SourceRefused(
                f"Source {source_id}: nothing has been fetched for {entry['match']!r}. Next step: run `impact fetch`."
            )
        texts.append(MatchedText(entry, found[0].name, partial(_text, found[0], entry, form_of(entry, mapping))))
    return mapping, texts


def _text(file: SourceFile, entry: Mapping[str, Any], form: Mapping[str, Any]) -> list[DelimitedText]:
    return [whole_text(file, entry, {**form, "delimiter": ",", "encoding": "utf-8", "kind": "csv"})]


SPEC = Connector(
    name="together",
    system="together",
    read=read,
    in_parts=read_in_parts,
    remote=RemoteSystem(open_client, streams),
    tables=None,
    own_options=(
        Option("organization_id", "text", "the organisation's id, as Together supplies it"),
        Option("client_id", "text", "the client's id, as Together supplies it"),
        Option("api_key", "secret", "the key, as Together supplies it"),
        BASE_URL,
        ZONE,
        REHIRE_DAYS,
    ),
    documentation=Documentation(
        title="Together",
        kind="Mentoring platforms",
        page="together.md",
        brings="any, by mapping",
        changes="no, full",
        tested="replayed wire format; the columns of the reports aren't public",
        bad_data="a record of another width, line breaks within a value, reports without a known column, revoked keys",
        example=(
            "connector: together\n"
            "mapping: mappings/together.yaml\n"
            'options: {organization_id: "123", client_id: abc, api_key: "${TOGETHER_KEY}", zone: America/Toronto}\n'
        ),
    ),
)
