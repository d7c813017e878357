"""From an export to `survey_responses`: who answered, when, and whether the response counts as complete."""

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.conversions import one_spelling
from pipelines.sources.records import Finding, SourceRefused, TableBatch, conform, reference_expr, rejects_frame
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.export import STAMP, ResponseExport, cleaned, column_named
from pipelines.sources.times.declared import declared_instant
from pipelines.sources.truth_words import TRUE_WORDS
from pipelines.zones import zone_of_people

# Bits of Status [known]: 1 preview, 2 test, 4 imported, 8 spam, 16 offline; sums occur.
STATUS_WORDS = {"survey preview": "preview", "survey test": "test", "spam": "spam", "possible spam": "spam"}


def survey_responses(export: ResponseExport, survey: Survey) -> TableBatch:
    """One row per response with an id and a readable time of submission."""
    judged = _judged(export, survey)
    bad = judged.filter(pl.col("__bad").is_not_null())
    rejects = rejects_frame(
        {
            **row,
            "rule": row["__bad"].partition("|")[0],
            "reason": row["__bad"].partition("|")[2],
            "remedy": "export the survey again, without editing the file",
        }
        for row in bad.iter_rows(named=True)
    )
    rows = judged.filter(pl.col("__bad").is_null())
    return TableBatch("survey_responses", conform(rows, "survey_responses"), pl.concat([export.text.rejects, rejects]))


def respondents_missing(survey: Survey, file: str, unknown: int, responses: int) -> list[Finding]:
    """A finding where some of an export's responses name nobody although the survey isn't anonymous."""
    if survey.respondent is None or not unknown:
        return []
    detail = f"{unknown} of {responses} responses name no respondent"
    return [Finding("respondent_missing", "survey_responses", file, detail)]


def _judged(export: ResponseExport, survey: Survey) -> pl.DataFrame:
    """Every response; `__bad` says under which rule and in which words one is rejected."""
    ids = export.columns
    zone = export.zone or survey.zone
    if zone is None:
        raise SourceRefused(
            f"{export.text.file}: its times name no zone. Next step: add `zone:` to the survey catalogue."
        )
    # 02:30 on the night when clocks go back occurs twice; the first is taken. 02:30 in spring doesn't exist and is rejected.
    submitted = declared_instant(cleaned(ids[export.recorded]), STAMP, zone, export.text.file)
    seconds = (
        cleaned(ids["duration"]).cast(pl.Float64, strict=False) if "duration" in ids else pl.lit(None, dtype=pl.Float64)
    )
    response_id = cleaned(ids["_recordId"])
    return export.text.rows.select(
        pl.lit(survey.survey_id).alias("survey_id"),
        response_id.alias("response_id"),
        _status(export).alias("status"),
        submitted.alias("submitted_at"),
        pl.lit(zone_of_people(survey.layout.get("zone"), survey.zone, zone), dtype=pl.String).alias("recorded_tz"),
        _respondent(export, survey).alias("respondent_person_id"),
        _pair(export, survey).alias("pair_id"),
        seconds.alias("duration_s"),
        response_id.alias("source_record_id"),
        pl.lit(export.text.file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
        pl.when(response_id.is_null())
        .then(pl.lit("missing_key|the response has no id"))
        .when(cleaned(ids[export.recorded]).is_not_null() & submitted.is_null())
        .then(pl.lit(f"not_a_time|the time of submission is not a time in {zone}"))
        .alias("__bad"),
    )


def _status(export: ResponseExport) -> pl.Expr:
    code = cleaned(export.columns["status"])
    bits = code.cast(pl.Int64, strict=False)
    finished = cleaned(export.columns["finished"]).str.to_lowercase().is_in(TRUE_WORDS)
    return (
        pl.when(bits.fill_null(0) & 1 > 0)
        .then(pl.lit("preview"))
        .when(bits.fill_null(0) & 2 > 0)
        .then(pl.lit("test"))
        .when(bits.fill_null(0) & 8 > 0)
        .then(pl.lit("spam"))
        .otherwise(code.str.to_lowercase().replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String))
        .fill_null(pl.when(finished.fill_null(False)).then(pl.lit("complete")).otherwise(pl.lit("partial")))
    )


def _respondent(export: ResponseExport, survey: Survey) -> pl.Expr:
    """The person's reference; null where the survey is anonymous."""
    if survey.respondent is None:
        return pl.lit(None, dtype=pl.String)
    name, id_type = survey.respondent
    column = _column(export, name)
    if column is None:
        raise SourceRefused(
            f"{export.text.file}: required column {name!r} (the respondent) is missing. Next step: export it, or declare the survey anonymous."
        )
    written = one_spelling(pl.col(column), survey.same) if survey.same else pl.col(column)
    return reference_expr(id_type, written)


def _pair(export: ResponseExport, survey: Survey) -> pl.Expr:
    column = _column(export, survey.pair) if survey.pair and not survey.is_anonymous else None
    return cleaned(column) if column else pl.lit(None, dtype=pl.String)


def _column(export: ResponseExport, wanted: str) -> str | None:
    """A column by ImportId or by its name in the first header row."""
    if wanted in export.columns:
        return export.columns[wanted]
    return column_named(wanted, export.text.header)
