"""Responses as text columns under the ids of their questions, checked against the catalogue, whichever tool they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import polars as pl

from pipelines.sources.cleaning import RAW
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.records import Finding, SourceRefused
from pipelines.sources.shared.surveys.catalogue import Survey

STAMP = "%Y-%m-%d %H:%M:%S"
NOT_KEPT = "(anonymous survey: the line is not kept)"


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


def cleaned(column: str) -> pl.Expr:
    """The column trimmed; null where it is empty."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def column_named(wanted: str, header: Sequence[str]) -> str | None:
    """A column by its name in the first header row, however it is capitalised."""
    return {normalised(name): name for name in header}.get(normalised(wanted))
