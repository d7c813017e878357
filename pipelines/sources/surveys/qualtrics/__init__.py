"""Qualtrics response exports and distribution histories to surveys, questions, responses, answers and invitations.

A survey is read where the catalogue names it; a history lies beside its export under the same name.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

from pipelines.sources.records import Extract, Finding, SourceFile, SourceRefused, TableBatch, merge
from pipelines.sources.surveys.catalogue import Survey, read_catalogue
from pipelines.sources.surveys.qualtrics.answers import survey_answers
from pipelines.sources.surveys.qualtrics.export import ResponseExport, read_export
from pipelines.sources.surveys.qualtrics.invitations import survey_invitations
from pipelines.sources.surveys.qualtrics.questions import survey_questions, surveys
from pipelines.sources.surveys.qualtrics.responses import survey_responses
from pipelines.sources.surveys.rewording import reworded


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read every survey of the catalogue in `options["mapping"]`. Raises `SourceRefused`: file missing, question missing, scale changed."""
    mapping = options.get("mapping") or {}
    catalogue = read_catalogue(mapping)
    invitations = mapping.get("invitations") or {}
    ending = str(invitations.get("match", "*_distribution.csv")).lstrip("*")
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    taken: set[str] = set()
    for survey in catalogue:
        exports = [file for file in files if fnmatch(_base(file), survey.pattern) and not file.name.endswith(ending)]
        if not exports:
            raise SourceRefused(
                f"No file matches {survey.pattern!r} of survey {survey.survey_id}. Next step: export its responses as CSV into the source's folder, "
                "or take the survey out of the catalogue."
            )
        for file in exports:
            taken.add(file.name)
            batches.extend(survey_batches(read_export(file, survey, findings), survey, findings))
            history = [other for other in files if _base(other) == _base(file).removesuffix(".csv") + ending]
            for other in history:
                taken.add(other.name)
                batches.append(survey_invitations(other, survey, invitations, options))
    findings.extend(
        Finding("file_not_mapped", "", file.name, "no survey of the catalogue matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.endswith(".csv")
    )
    return finished(batches, catalogue, findings)


def finished(batches: list[TableBatch], catalogue: list[Survey], findings: list[Finding]) -> Extract:
    """The tables of a survey source, with the questions whose wording differs between surveys that are compared."""
    tables = merge(batches)
    return Extract(tables, [*findings, *reworded(tables, catalogue)])


def survey_batches(export: ResponseExport, survey: Survey, findings: list[Finding]) -> list[TableBatch]:
    """Survey, questions, responses and answers of one export that was checked against the catalogue."""
    responses = survey_responses(export, survey, findings)
    answers = survey_answers(export, survey, responses.rows)
    return [surveys(survey, export.text.file), survey_questions(survey, export), responses, answers]


def _base(file: SourceFile) -> str:
    return file.name.rpartition("/")[2]
