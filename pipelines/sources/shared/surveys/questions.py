"""The catalogue's account of a survey and its questions, with the wording that the export shows."""

from pipelines.sources.records import TableBatch, rows_frame
from pipelines.sources.shared.surveys.catalogue import Survey, text_hash
from pipelines.sources.shared.surveys.export import ResponseExport


def surveys(survey: Survey, file: str) -> TableBatch:
    """One row: the survey as the catalogue declares it."""
    header = {
        **survey.fields,
        "source_record_id": survey.survey_id,
        "source_file": file,
        "raw_text": f"catalogue: {survey.survey_id}",
    }
    return TableBatch("surveys", rows_frame("surveys", [header]))


def survey_questions(survey: Survey, export: ResponseExport) -> TableBatch:
    """One row per question of the catalogue; `text_hash` shows when what was asked has changed."""
    definitions = [
        {
            "survey_id": survey.survey_id,
            "question_id": question.question_id,
            "stable_code": question.stable_code,
            "source_code": export.columns[question.question_id],
            "question_kind": question.kind,
            "construct": question.construct,
            "scale_min": question.scale_min,
            "scale_max": question.scale_max,
            "reverse_scored": question.is_reversed,
            "unit": question.unit,
            "text_hash": text_hash(export.wording.get(export.columns[question.question_id], "")),
            "source_record_id": f"{survey.survey_id}|{question.question_id}",
            "source_file": export.text.file,
            "raw_text": f"catalogue: {survey.survey_id} {question.question_id}",
        }
        for question in survey.questions
    ]
    return TableBatch("survey_questions", rows_frame("survey_questions", definitions))
