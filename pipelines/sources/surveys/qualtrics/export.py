"""A response export as text columns under their ImportIds, checked against the catalogue.

The export has three header rows: names (may be renamed), question texts in the account's language, and `{"ImportId": ...}`, which is the stable key. The
legacy export has two.
"""

import json
from collections.abc import Iterator

from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.delimited_parts import PART, delimited_parts, encoding_of
from pipelines.sources.records import FileOnDisk, Finding, SourceFile
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.export import ResponseExport, checked
from pipelines.sources.times.zones import iana_name

LEGACY_IDS = {
    "ResponseID": "_recordId",
    "Status": "status",
    "Finished": "finished",
    "StartDate": "startDate",
    "EndDate": "endDate",
    "ExternalDataReference": "externalDataReference",
    "EmailAddress": "recipientEmail",
    "IPAddress": "ipAddress",
    "Name": "recipientName",
}


def read_export(file: SourceFile, survey: Survey, findings: list[Finding]) -> ResponseExport:
    """Read the export of `survey`. Raises `SourceRefused` where it holds no response or lacks a column that the catalogue needs."""
    return checked(unchecked_export(file), survey, findings)


def read_export_in_parts(file: FileOnDisk, *, part: int = PART) -> Iterator[ResponseExport]:
    """The export in parts of about `part` characters, in the order of its lines, not yet checked."""
    encoding = encoding_of(file.path)
    if encoding is None:
        yield unchecked_export(file)
        return
    first = next(delimited_parts(file, encoding=encoding, header_rows=3, part=part))
    rows, as_export = (3, _with_import_ids) if _has_import_ids(first) else (2, _legacy)
    for text in delimited_parts(file, encoding=encoding, header_rows=rows, part=part):
        yield as_export(text)


def unchecked_export(file: SourceFile) -> ResponseExport:
    """The export at once, under its ImportIds, or under the columns' names where it is a legacy one."""
    text = read_delimited(file, header_rows=3)
    return _with_import_ids(text) if _has_import_ids(text) else _legacy(read_delimited(file, header_rows=2))


def _has_import_ids(text: DelimitedText) -> bool:
    third = text.more_headers[1] if len(text.more_headers) > 1 else ()
    return bool(third) and third[0].lstrip().startswith("{")


def _with_import_ids(text: DelimitedText) -> ResponseExport:
    ids: dict[str, str] = {}
    zone = None
    for column, cell in zip(text.header, text.more_headers[1], strict=False):
        try:
            entry = json.loads(cell)
        except (json.JSONDecodeError, RecursionError):
            continue
        if not isinstance(entry, dict):
            continue
        choice = entry.get("choiceId")
        ids[f"{entry.get('ImportId', '')}_{choice}" if choice else str(entry.get("ImportId", ""))] = column
        zone = entry.get("timeZone", zone)
    wording = dict(zip(text.header, text.more_headers[0], strict=False))
    return ResponseExport(text, ids, wording, {"Z": "UTC"}.get(zone or "", iana_name(zone or "") or zone))


def _legacy(text: DelimitedText) -> ResponseExport:
    words = text.more_headers[0] if text.more_headers else ()
    ids = {LEGACY_IDS.get(word, column): column for column, word in zip(text.header, words, strict=False)}
    return ResponseExport(text, ids, dict(zip(text.header, words, strict=False)), None)
