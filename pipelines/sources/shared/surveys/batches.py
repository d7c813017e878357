"""From one export to its tables: survey, questions, responses and answers, and what is only known of all of them."""

from pipelines.sources.records import Extract, Finding, TableBatch, merge
from pipelines.sources.shared.surveys.answers import survey_answers
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.export import ResponseExport
from pipelines.sources.shared.surveys.questions import survey_questions, surveys
from pipelines.sources.shared.surveys.responses import respondents_missing, survey_responses
from pipelines.sources.shared.surveys.rewording import reworded
from pipelines.sources.shared.surveys.whole_export import WholeExport


def survey_batches(export: ResponseExport, survey: Survey, findings: list[Finding]) -> list[TableBatch]:
    """Survey, questions, responses and answers of one export that was checked against the catalogue. Raises `SourceRefused` where a scale has changed."""
    whole = WholeExport(survey, export.text.file)
    whole.count(export)
    whole.refuse_changed_scales()
    findings += whole.told_of_scales()
    responses = survey_responses(export, survey)
    unknown = responses.rows["respondent_person_id"].null_count()
    findings += respondents_missing(survey, export.text.file, unknown, responses.rows.height)
    answers = survey_answers(export, survey, responses.rows, whole)
    return [surveys(survey, export.text.file), survey_questions(survey, export), responses, answers]


def finished(batches: list[TableBatch], catalogue: list[Survey], findings: list[Finding]) -> Extract:
    """The tables of a survey source, with the questions whose wording differs between surveys that are compared."""
    tables = merge(batches)
    return Extract(tables, [*findings, *reworded(tables, catalogue)])
