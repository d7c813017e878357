"""A response export as text columns under their ImportIds, checked against the catalogue.

The export has three header rows: names (may be renamed), question texts in the account's language, and `{"ImportId": ...}`, which is the stable key. The
legacy export has two.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import polars as pl

from pipelines.sources.delimited import RAW, DelimitedText, normalised, read_delimited
from pipelines.sources.delimited_parts import PART, delimited_parts, encoding_of
from pipelines.sources.records import FileOnDisk, Finding, SourceFile, SourceRefused
from pipelines.sources.surveys.catalogue import Survey

STAMP = "%Y-%m-%d %H:%M:%S"
NOT_KEPT = "(anonymous survey: the line is not kept)"
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


@dataclass(frozen=True)
class ResponseExport:
    """One export: `columns` is ImportId to column, `wording` column to question text, `zone` the one that the third header row names.

    extra: ImportIds of further questions, where they can't be told by their names.
    """

    text: DelimitedText
    columns: Mapping[str, str]
    wording: Mapping[str, str]
    zone: str | None
    extra: frozenset[str] = frozenset()

    @property
    def recorded(self) -> str:
        """ImportId of the time of submission; the legacy export has only the end."""
        return "recordedDate" if "recordedDate" in self.columns else "endDate"


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


def checked(export: ResponseExport, survey: Survey, findings: list[Finding]) -> ResponseExport:
    """`export` where it has what the catalogue needs, without its lines where the survey is anonymous. Raises `SourceRefused`."""
    if export.text.rows.height + export.text.rejects.height == 0:
        refuse_empty(export.text.file, survey)
    findings.extend(export.text.findings)
    findings.extend(check_columns(export, survey))
    return without_lines(export) if survey.is_anonymous else export


def refuse_empty(file: str, survey: Survey) -> NoReturn:
    """Raise `SourceRefused` for an export without a response."""
    raise SourceRefused(
        f"{file} has headers and no responses. Next step: export survey {survey.survey_id} again, or take it out of the catalogue."
    )


def check_columns(export: ResponseExport, survey: Survey) -> list[Finding]:
    """A finding for every question that the catalogue doesn't name. Raises `SourceRefused` where a column is missing that it needs."""
    text = export.text
    needed = [
        "_recordId",
        "finished",
        "status",
        export.recorded,
        *(question.question_id for question in survey.questions),
    ]
    missing = [name for name in needed if name not in export.columns]
    if missing:
        raise SourceRefused(
            f"{text.file}: required column with ImportId {', '.join(map(repr, missing))} is missing. Next step: export survey {survey.survey_id} with all fields, "
            "or correct the ids in the catalogue."
        )
    asked = {question.question_id for question in survey.questions}
    return [
        Finding(
            "unknown_column",
            "survey_answers",
            f"{text.file}: {column} ({import_id})",
            "the catalogue doesn't name it; it was dropped",
        )
        for import_id, column in export.columns.items()
        if (import_id.startswith("QID") or import_id in export.extra) and import_id not in asked
    ]


def without_lines(export: ResponseExport) -> ResponseExport:
    """The export without its raw lines: they hold addresses, and not even the vault may tie an answer to a person."""
    unknown = pl.lit(NOT_KEPT)
    rejects = export.text.rejects.with_columns(unknown.alias("raw_text"))
    return replace(
        export, text=replace(export.text, rows=export.text.rows.with_columns(unknown.alias(RAW)), rejects=rejects)
    )


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
        except json.JSONDecodeError:
            continue
        choice = entry.get("choiceId")
        ids[f"{entry.get('ImportId', '')}_{choice}" if choice else str(entry.get("ImportId", ""))] = column
        zone = entry.get("timeZone", zone)
    wording = dict(zip(text.header, text.more_headers[0], strict=False))
    return ResponseExport(text, ids, wording, {"Z": "UTC"}.get(zone or "", zone))


def _legacy(text: DelimitedText) -> ResponseExport:
    words = text.more_headers[0] if text.more_headers else ()
    ids = {LEGACY_IDS.get(word, column): column for column, word in zip(text.header, words, strict=False)}
    return ResponseExport(text, ids, dict(zip(text.header, words, strict=False)), None)


def cleaned(column: str) -> pl.Expr:
    """The column trimmed; null where it is empty."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def column_named(wanted: str, header: Sequence[str]) -> str | None:
    """A column by its name in the first header row, however it is capitalised."""
    return {normalised(name): name for name in header}.get(normalised(wanted))
