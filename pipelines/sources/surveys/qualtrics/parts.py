"""One export to its tables part by part, for exports that are large."""

from collections.abc import Iterator

from pipelines.sources.records import Extract, FileOnDisk, Finding
from pipelines.sources.shared.surveys.answers import survey_answers
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.export import ResponseExport, check_columns, refuse_empty, without_lines
from pipelines.sources.shared.surveys.questions import survey_questions, surveys
from pipelines.sources.shared.surveys.responses import respondents_missing, survey_responses
from pipelines.sources.shared.surveys.whole_export import WholeExport
from pipelines.sources.surveys.qualtrics.export import read_export_in_parts


def export_in_parts(file: FileOnDisk, survey: Survey, *, part: int) -> Iterator[Extract]:
    """The batches of one export, part by part. Raises `SourceRefused` before the first where the export as a whole can't be used."""
    whole = WholeExport(survey, file.name)
    findings: list[Finding] = []
    again: list[ResponseExport] | None = None
    for number, export in enumerate(read_export_in_parts(file, part=part)):
        again = [export] if number == 0 else None  # one that is no larger than a part is read once
        findings += export.text.findings  # they stand in the first part
        has_records = export.text.rows.height + export.text.rejects.height > 0
        if has_records and whole.records == 0:
            findings += check_columns(export, survey)
        whole.count(export)
    if whole.records == 0:
        refuse_empty(file.name, survey)
    whole.refuse_changed_scales()
    findings += whole.told_of_scales()
    unknown = number_of_responses = 0
    for number, read_part in enumerate(again or read_export_in_parts(file, part=part)):
        export = without_lines(read_part) if survey.is_anonymous else read_part
        responses = survey_responses(export, survey)
        unknown += responses.rows["respondent_person_id"].null_count()
        number_of_responses += responses.rows.height
        answers = survey_answers(export, survey, responses.rows, whole)
        head = [surveys(survey, file.name), survey_questions(survey, export)] if number == 0 else []
        yield Extract([*head, responses, answers], findings if number == 0 else [])
    yield Extract([], respondents_missing(survey, file.name, unknown, number_of_responses))
