"""From an export to `survey_answers`: what was answered, what was seen and skipped, what was never shown. Free text is not loaded."""

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.records import (
    TableBatch,
    conform,
    filtered_frame,
    rejected,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.shared.surveys.catalogue import Question, Survey
from pipelines.sources.shared.surveys.choices import BETWEEN, chosen
from pipelines.sources.shared.surveys.export import ResponseExport, cleaned
from pipelines.sources.shared.surveys.whole_export import SEEN_UNANSWERED, WholeExport
from pipelines.sources.shared.surveys.written_answers import written_answers
from pipelines.sources.truth_words import TRUE_WORDS


def survey_answers(export: ResponseExport, survey: Survey, responses: pl.DataFrame, whole: WholeExport) -> TableBatch:
    """One record per loaded response and question. Free text isn't loaded and counts as filtered, as do the answers of a rejected response.

    whole: what was counted over all of the export of which this is a part, or all.
    """
    rows = export.text.rows.filter(pl.col(LINE).is_in(responses["source_line"].implode()))
    loaded = [question for question in survey.questions if question.kind != "text"]
    counts = {
        "free text is not loaded": (len(survey.questions) - len(loaded)) * rows.height,
        "its response was rejected": (export.text.rows.height - rows.height) * len(survey.questions),
    }
    if not loaded or rows.is_empty():
        return TableBatch("survey_answers", rows_frame("survey_answers", []), filtered=filtered_frame(counts))
    cells = _with_states(_cells(rows, export.columns, loaded), recodes=whole.recodes)
    answers = _with_codes(_with_choices(_of_named_options(cells, loaded)), loaded).with_columns(
        _is_no_number().fill_null(False).alias("__no_number"), _is_outside().fill_null(False).alias("__outside")
    )
    rejects = _rejects(export.text.file, answers)
    given = _rows(export.text.file, answers, survey)
    return TableBatch("survey_answers", conform(given, "survey_answers"), rejects, filtered_frame(counts))


def _cells(rows: pl.DataFrame, ids: Mapping[str, str], questions: Sequence[Question]) -> pl.DataFrame:
    """One row per response and question, in the order of lines and questions, with the text of the cell."""
    finished = cleaned(ids["finished"]).str.to_lowercase().is_in(TRUE_WORDS).fill_null(False)
    base = rows.with_columns(cleaned(ids["_recordId"]).alias("__response"), finished.alias("__finished"))
    return written_answers(base, ["__response", "__finished", LINE, RAW], ids, questions).sort(LINE, "__position")


def _with_states(cells: pl.DataFrame, *, recodes: bool) -> pl.DataFrame:
    """`state`: answered; skipped (seen, empty); not_shown where the export recodes seen-unanswered as -99 and the cell is empty, or where an
    unfinished response ends before the question.
    """
    seen = pl.col("__text") == SEEN_UNANSWERED
    cells = cells.with_columns(
        pl.when(seen).then(None).otherwise(pl.col("__text")).alias("__answer"), seen.fill_null(False).alias("__seen")
    )
    last = pl.col("__position").filter(pl.col("__answer").is_not_null() | pl.col("__seen")).max().over(LINE)
    gone = ~pl.col("__finished") & (pl.col("__position") > last.fill_null(-1))
    return cells.with_columns(
        pl.when(pl.col("__answer").is_not_null())
        .then(pl.lit("answered"))
        .when(pl.col("__seen"))
        .then(pl.lit("skipped"))
        .when(gone | pl.lit(recodes))
        .then(pl.lit("not_shown"))
        .otherwise(pl.lit("skipped"))
        .alias("state"),
        pl.when(~pl.col("__is_choice") & pl.col("__answer").is_not_null()).then("__number").alias("value_num"),
    )


def _of_named_options(cells: pl.DataFrame, questions: Sequence[Question]) -> pl.DataFrame:
    """Answers to questions whose options are named, by these options: whatever tool wrote them, an option may hold a comma and all else is `other`."""
    for question in questions:
        if question.kind == "choice" and question.options:
            named = pl.col("__answer").map_batches(partial(chosen, question=question), return_dtype=pl.String())
            is_asked = pl.col("question_id") == question.question_id
            cells = cells.with_columns(pl.when(is_asked).then(named).otherwise("__answer").alias("__answer"))
    return cells


def _with_choices(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per chosen option, numbered by `choice_seq`; a number is its question's only one."""
    numbers = cells.filter(~pl.col("__is_choice")).with_columns(
        pl.lit(None, dtype=pl.String).alias("value_code"), pl.lit(1, dtype=pl.Int64).alias("choice_seq")
    )
    choices = (
        cells.filter(pl.col("__is_choice"))
        .with_columns(_options(pl.col("__answer")).alias("value_code"))
        .explode("value_code")
        .with_columns(
            pl.col("value_code").str.strip_chars(),
            (pl.int_range(pl.len(), dtype=pl.Int64).over(LINE, "question_id") + 1).alias("choice_seq"),
        )
    )
    return pl.concat([numbers, choices])


def _options(answer: pl.Expr) -> pl.Expr:
    """The chosen options: between `BETWEEN` where the tool's own mark was read as that, else between commas."""
    marked = answer.str.strip_chars_start(BETWEEN).str.split(BETWEEN)
    return pl.when(answer.str.starts_with(BETWEEN)).then(marked).otherwise(answer.str.split(","))


def _with_codes(answers: pl.DataFrame, questions: Sequence[Question]) -> pl.DataFrame:
    """Options by the names that the catalogue gives them; others as the tool has them."""
    named = {f"{one.question_id}\0{label}": code for one in questions for label, code in one.codes.items()}
    if not named:
        return answers
    told = pl.concat_str("question_id", pl.lit("\0"), "value_code")
    return answers.with_columns(
        told.replace_strict(named, default=pl.col("value_code"), return_dtype=pl.String).alias("value_code")
    )


def _is_no_number() -> pl.Expr:
    return ~pl.col("__is_choice") & pl.col("__answer").is_not_null() & ~pl.col("value_num").is_finite().fill_null(False)


def _is_outside() -> pl.Expr:
    return (pl.col("value_num") < pl.col("__low")) | (pl.col("value_num") > pl.col("__high"))


def _rejects(file: str, answers: pl.DataFrame) -> pl.DataFrame:
    bad = answers.filter(pl.col("__no_number") | pl.col("__outside"))
    return rejects_frame(
        rejected(
            file,
            row[LINE],
            "not_a_number" if row["__no_number"] else "outside_scale",
            f"the answer to {row['question_id']} is not a number"
            if row["__no_number"]
            else f"the answer {row['value_num']:g} to {row['question_id']} lies outside {row['__low']:g} to {row['__high']:g}",
            "check the question's recode values in the survey tool and export again",
            row[RAW],
        )
        for row in bad.iter_rows(named=True)
    )


def _rows(file: str, answers: pl.DataFrame, survey: Survey) -> pl.DataFrame:
    return answers.filter(~pl.col("__no_number") & ~pl.col("__outside")).select(
        pl.lit(survey.survey_id).alias("survey_id"),
        pl.col("__response").alias("response_id"),
        "question_id",
        "choice_seq",
        "value_num",
        "value_code",
        "state",
        pl.concat_str("__response", pl.lit("|"), "question_id", pl.lit("|"), "choice_seq").alias("source_record_id"),
        pl.lit(file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    )
