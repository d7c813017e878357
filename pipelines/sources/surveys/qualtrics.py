"""Qualtrics response exports and distribution histories to surveys, questions, responses, answers and invitations.

The export has three header rows: names (may be renamed), question texts in the account's language, and `{"ImportId": ...}`, which is the stable key. The legacy
export has two (shared/reference/sources/SOURCES.md section 1.2). Free text is not loaded.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any

import polars as pl

from pipelines.sources.delimited import LINE, RAW, DelimitedText, normalised, read_delimited
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    merge,
    reference_expr,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.surveys.catalogue import Question, Survey, read_catalogue, text_hash

STAMP = "%Y-%m-%d %H:%M:%S"
SEEN_UNANSWERED = "-99"
NOT_KEPT = "(anonymous survey: the line is not kept)"
# Bits of Status [known]: 1 preview, 2 test, 4 imported, 8 spam, 16 offline; sums occur.
STATUS_WORDS = {"survey preview": "preview", "survey test": "test", "spam": "spam", "possible spam": "spam"}
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
KNOWN_IDS = frozenset(
    "startDate endDate status ipAddress progress duration finished recordedDate _recordId recipientLastName recipientFirstName recipientEmail "
    "externalDataReference locationLatitude locationLongitude distributionChannel userLanguage recipientName".split()
)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read every survey of the catalogue in `options["mapping"]`. Raises `SourceRefused`: file missing, question missing, scale changed."""
    mapping = options.get("mapping") or {}
    surveys = read_catalogue(mapping)
    invitations = mapping.get("invitations") or {}
    ending = str(invitations.get("match", "*_distribution.csv")).lstrip("*")
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    taken: set[str] = set()
    for survey in surveys:
        exports = [file for file in files if fnmatch(_base(file), survey.pattern) and not file.name.endswith(ending)]
        if not exports:
            raise SourceRefused(
                f"No file matches {survey.pattern!r} of survey {survey.survey_id}. Next step: export its responses as CSV into the source's folder, "
                "or take the survey out of the catalogue."
            )
        for file in exports:
            taken.add(file.name)
            batches.extend(_survey_batches(file, survey, findings))
            history = [other for other in files if _base(other) == _base(file).removesuffix(".csv") + ending]
            for other in history:
                taken.add(other.name)
                batches.append(_invitations(other, survey, invitations, options))
    findings.extend(
        Finding("file_not_mapped", "", file.name, "no survey of the catalogue matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.endswith(".csv")
    )
    return Extract(merge(batches), findings)


def _base(file: SourceFile) -> str:
    return file.name.rpartition("/")[2]


def _import_ids(file: SourceFile) -> tuple[DelimitedText, dict[str, str], dict[str, str], str | None]:
    """The export as text columns, ImportId to column, column to question text, and the zone that the third header row names."""
    text = read_delimited(file, header_rows=3)
    third = text.more_headers[1] if len(text.more_headers) > 1 else ()
    if third and third[0].lstrip().startswith("{"):
        ids: dict[str, str] = {}
        zone = None
        for column, cell in zip(text.header, third, strict=False):
            try:
                entry = json.loads(cell)
            except json.JSONDecodeError:
                continue
            choice = entry.get("choiceId")
            ids[f"{entry.get('ImportId', '')}_{choice}" if choice else str(entry.get("ImportId", ""))] = column
            zone = entry.get("timeZone", zone)
        return text, ids, dict(zip(text.header, text.more_headers[0], strict=False)), {"Z": "UTC"}.get(zone or "", zone)
    text = read_delimited(file, header_rows=2)
    words = text.more_headers[0] if text.more_headers else ()
    ids = {LEGACY_IDS.get(word, column): column for column, word in zip(text.header, words, strict=False)}
    return text, ids, dict(zip(text.header, words, strict=False)), None


def _survey_batches(file: SourceFile, survey: Survey, findings: list[Finding]) -> list[TableBatch]:
    text, ids, wording, zone = _import_ids(file)
    if text.rows.height + text.rejects.height == 0:
        raise SourceRefused(
            f"{file.name} has headers and no responses. Next step: export survey {survey.survey_id} again, or take it out of the catalogue."
        )
    if survey.is_anonymous:  # the raw line holds addresses; not even the vault may tie an answer to a person
        rejects = text.rejects.with_columns(pl.lit(NOT_KEPT).alias("raw_text"))
        text = replace(text, rows=text.rows.with_columns(pl.lit(NOT_KEPT).alias(RAW)), rejects=rejects)
    findings.extend(text.findings)
    recorded = "recordedDate" if "recordedDate" in ids else "endDate"
    needed = ["_recordId", "finished", "status", recorded, *(question.question_id for question in survey.questions)]
    missing = [name for name in needed if name not in ids]
    if missing:
        raise SourceRefused(
            f"{file.name}: required column with ImportId {', '.join(map(repr, missing))} is missing. Next step: export survey {survey.survey_id} with all fields, "
            "or correct the ids in the catalogue."
        )
    asked = {question.question_id for question in survey.questions}
    for import_id, column in ids.items():
        if import_id.startswith("QID") and import_id not in asked:
            findings.append(
                Finding(
                    "unknown_column",
                    "survey_answers",
                    f"{file.name}: {column} ({import_id})",
                    "the catalogue doesn't name it; it was dropped",
                )
            )
    responses = _responses(text, ids, survey, zone or survey.zone, recorded, findings)
    lines = responses.rows["source_line"]
    sound = text.rows.filter(pl.col(LINE).is_in(lines.implode()))
    answers = _answers(file.name, sound, ids, survey, text.rows.height - sound.height)
    definitions = [
        {
            "survey_id": survey.survey_id,
            "question_id": question.question_id,
            "stable_code": question.stable_code,
            "source_code": ids[question.question_id],
            "question_kind": question.kind,
            "construct": question.construct,
            "scale_min": question.scale_min,
            "scale_max": question.scale_max,
            "reverse_scored": question.is_reversed,
            "unit": question.unit,
            "text_hash": text_hash(wording.get(ids[question.question_id], "")),
            "source_record_id": f"{survey.survey_id}|{question.question_id}",
            "source_file": file.name,
            "raw_text": f"catalogue: {survey.survey_id} {question.question_id}",
        }
        for question in survey.questions
    ]
    header = {
        **survey.fields,
        "source_record_id": survey.survey_id,
        "source_file": file.name,
        "raw_text": f"catalogue: {survey.survey_id}",
    }
    surveys = TableBatch("surveys", rows_frame("surveys", [header]))
    return [surveys, TableBatch("survey_questions", rows_frame("survey_questions", definitions)), responses, answers]


def _clean(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def _find(names: Mapping[str, str], header: Sequence[str], wanted: str) -> str | None:
    """A column by ImportId or by its name in the first header row."""
    if wanted in names:
        return names[wanted]
    spelled = {normalised(name): name for name in header}
    return spelled.get(normalised(wanted))


def _responses(
    text: DelimitedText,
    ids: Mapping[str, str],
    survey: Survey,
    zone: str | None,
    recorded: str,
    findings: list[Finding],
) -> TableBatch:
    if zone is None:
        raise SourceRefused(f"{text.file}: its times name no zone. Next step: add `zone:` to the survey catalogue.")
    # 02:30 on the night when clocks go back occurs twice; the first is taken. 02:30 in spring doesn't exist and is rejected.
    local = _clean(ids[recorded]).str.to_datetime(STAMP, time_unit="us", strict=False)
    submitted = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    code = _clean(ids["status"])
    bits = code.cast(pl.Int64, strict=False)
    finished = _clean(ids["finished"]).str.to_lowercase().is_in(["1", "true", "yes"])
    status = (
        pl.when(bits.fill_null(0) & 1 > 0)
        .then(pl.lit("preview"))
        .when(bits.fill_null(0) & 2 > 0)
        .then(pl.lit("test"))
        .when(bits.fill_null(0) & 8 > 0)
        .then(pl.lit("spam"))
        .otherwise(code.str.to_lowercase().replace_strict(STATUS_WORDS, default=None, return_dtype=pl.String))
        .fill_null(pl.when(finished.fill_null(False)).then(pl.lit("complete")).otherwise(pl.lit("partial")))
    )
    person, pair = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    if survey.respondent is not None:
        column = _find(ids, text.header, survey.respondent[0])
        if column is None:
            raise SourceRefused(
                f"{text.file}: required column {survey.respondent[0]!r} (the respondent) is missing. Next step: export it, or declare the survey anonymous."
            )
        person = reference_expr(survey.respondent[1], pl.col(column))
    if survey.pair and not survey.is_anonymous:
        column = _find(ids, text.header, survey.pair)
        pair = _clean(column) if column else pair
    seconds = (
        _clean(ids["duration"]).cast(pl.Float64, strict=False) if "duration" in ids else pl.lit(None, dtype=pl.Float64)
    )
    response_id = _clean(ids["_recordId"])
    judged = text.rows.select(
        pl.lit(survey.survey_id).alias("survey_id"),
        response_id.alias("response_id"),
        status.alias("status"),
        submitted.alias("submitted_at"),
        person.alias("respondent_person_id"),
        pair.alias("pair_id"),
        seconds.alias("duration_s"),
        response_id.alias("source_record_id"),
        pl.lit(text.file).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
        pl.when(response_id.is_null())
        .then(pl.lit("missing_key|the response has no id"))
        .when(_clean(ids[recorded]).is_not_null() & submitted.is_null())
        .then(pl.lit(f"not_a_time|the time of submission is not a time in {zone}"))
        .alias("__bad"),
    )
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
    unknown = rows["respondent_person_id"].null_count() if survey.respondent is not None else 0
    if unknown:
        findings.append(
            Finding(
                "respondent_missing",
                "survey_responses",
                text.file,
                f"{unknown} of {rows.height} responses name no respondent",
            )
        )
    return TableBatch("survey_responses", conform(rows, "survey_responses"), pl.concat([text.rejects, rejects]))


def _answers(file: str, rows: pl.DataFrame, ids: Mapping[str, str], survey: Survey, of_rejected: int) -> TableBatch:
    """One record per response and question. Free text isn't loaded and counts as filtered.

    State: answered; skipped (seen, empty); not_shown where the export recodes seen-unanswered as -99 and the cell is empty, or where an unfinished
    response ends before the question.
    """
    loaded = [question for question in survey.questions if question.kind != "text"]
    counts = {
        "free text is not loaded": (len(survey.questions) - len(loaded)) * rows.height,
        "its response was rejected": of_rejected * len(survey.questions),
    }
    if not loaded or rows.is_empty():
        return TableBatch("survey_answers", rows_frame("survey_answers", []), filtered=filtered_frame(counts))
    finished = _clean(ids["finished"]).str.to_lowercase().is_in(["1", "true", "yes"]).fill_null(False)
    base = rows.with_columns(_clean(ids["_recordId"]).alias("__response"), finished.alias("__finished"))
    cells = pl.concat(
        base.select(
            "__response",
            "__finished",
            LINE,
            RAW,
            pl.lit(question.question_id).alias("question_id"),
            pl.lit(position, dtype=pl.Int64).alias("__position"),
            _clean(ids[question.question_id]).alias("__text"),
            pl.lit(question.kind == "choice").alias("__is_choice"),
            pl.lit(question.scale_min, dtype=pl.Float64).alias("__low"),
            pl.lit(question.scale_max, dtype=pl.Float64).alias("__high"),
        )
        for position, question in enumerate(loaded)
    ).sort(LINE, "__position")
    recodes = bool((cells["__text"] == SEEN_UNANSWERED).any())
    seen = pl.col("__text") == SEEN_UNANSWERED
    cells = cells.with_columns(
        pl.when(seen).then(None).otherwise(pl.col("__text")).alias("__answer"), seen.fill_null(False).alias("__seen")
    )
    last = pl.col("__position").filter(pl.col("__answer").is_not_null() | pl.col("__seen")).max().over(LINE)
    gone = ~pl.col("__finished") & (pl.col("__position") > last.fill_null(-1))
    cells = cells.with_columns(
        pl.when(pl.col("__answer").is_not_null())
        .then(pl.lit("answered"))
        .when(pl.col("__seen"))
        .then(pl.lit("skipped"))
        .when(gone | pl.lit(recodes))
        .then(pl.lit("not_shown"))
        .otherwise(pl.lit("skipped"))
        .alias("state"),
        pl.when(~pl.col("__is_choice")).then(pl.col("__answer").cast(pl.Float64, strict=False)).alias("value_num"),
    )
    choices = (
        cells.filter(pl.col("__is_choice"))
        .with_columns(pl.col("__answer").str.split(",").alias("value_code"))
        .explode("value_code")
    )
    numbers = cells.filter(~pl.col("__is_choice")).with_columns(pl.lit(None, dtype=pl.String).alias("value_code"))
    both = pl.concat([numbers, choices]).with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64).over(LINE, "question_id") + 1).alias("choice_seq"),
        pl.col("value_code").str.strip_chars(),
    )
    return _judged(file, both, survey, loaded, counts)


def _judged(
    file: str, cells: pl.DataFrame, survey: Survey, questions: Sequence[Question], counts: Mapping[str, int]
) -> TableBatch:
    """Split answers into rows and rejects; refuse the source where a question's scale has changed."""
    number = (
        ~pl.col("__is_choice") & pl.col("__answer").is_not_null() & ~pl.col("value_num").is_finite().fill_null(False)
    )
    outside = (pl.col("value_num") < pl.col("__low")) | (pl.col("value_num") > pl.col("__high"))
    cells = cells.with_columns(
        number.fill_null(False).alias("__no_number"), outside.fill_null(False).alias("__outside")
    )
    strays = cells.group_by("question_id", maintain_order=True).agg(
        pl.col("__outside").sum().alias("out"),
        (pl.col("state") == "answered").sum().alias("answered"),
        pl.col(LINE).filter(pl.col("__outside")).first().alias("line"),
    )
    scales = {question.question_id: question for question in questions}
    for question_id, out, answered, line in strays.iter_rows():
        if out > 1 and out > 0.01 * answered:
            question = scales[question_id]
            raise SourceRefused(
                f"{file}, line {line}: the scale of question {question.stable_code} ({question_id}) of survey {survey.survey_id} has changed: {out} of {answered} answers "
                f"lie outside {question.scale_min:g} to {question.scale_max:g}. Next step: correct the scale in the catalogue, or give the changed question a stable_code of its own."
            )
    bad = cells.filter(pl.col("__no_number") | pl.col("__outside"))
    rejects = rejects_frame(
        {
            "source_file": file,
            "source_line": row[LINE],
            "rule": "not_a_number" if row["__no_number"] else "outside_scale",
            "reason": f"the answer to {row['question_id']} is not a number"
            if row["__no_number"]
            else f"the answer {row['value_num']:g} to {row['question_id']} lies outside {row['__low']:g} to {row['__high']:g}",
            "remedy": "check the question's recode values in the survey tool and export again",
            "raw_text": row[RAW],
        }
        for row in bad.iter_rows(named=True)
    )
    rows = cells.filter(~pl.col("__no_number") & ~pl.col("__outside")).select(
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
    return TableBatch("survey_answers", conform(rows, "survey_answers"), rejects, filtered_frame(counts))


def _invitations(file: SourceFile, survey: Survey, spec: Mapping[str, Any], options: Mapping[str, Any]) -> TableBatch:
    """A distribution history: one row per invited person, the first sending; reminders are filtered. Who was invited is known even where who answered is not."""
    columns = {
        "person": "External Data Reference",
        "sent_at": "Sent Date",
        "status": "Status",
        **(spec.get("columns") or {}),
    }
    text = read_delimited(file, required=list(columns.values()))
    found = {key: str(_find({}, text.rows.columns, name)) for key, name in columns.items()}
    if survey.invited_as is None:
        raise SourceRefused(
            f"{file.name}: the catalogue doesn't say what identifies the invited. Next step: add `respondent: {{column, id_type}}` to it."
        )
    zone = survey.zone or options.get("zone") or "UTC"
    local = _clean(found["sent_at"]).str.to_datetime(str(spec.get("format", STAMP)), time_unit="us", strict=False)
    sent = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    undelivered = [
        str(word).casefold() for word in spec.get("not_delivered", ["Hard Bounce", "Soft Bounce", "Failure"])
    ]
    judged = text.rows.select(
        pl.lit(survey.survey_id).alias("survey_id"),
        reference_expr(survey.invited_as, pl.col(found["person"])).alias("person_id"),
        sent.alias("sent_at"),
        (~_clean(found["status"]).str.to_lowercase().is_in(undelivered)).fill_null(True).alias("is_delivered"),
        pl.lit(file.name).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    )
    bad = judged.filter(pl.col("person_id").is_null() | pl.col("sent_at").is_null())
    rejects = rejects_frame(
        {
            **row,
            "rule": "missing_key" if row["person_id"] is None else "not_a_time",
            "reason": "the invitation names no person"
            if row["person_id"] is None
            else f"the time of sending is not a time in {zone}",
            "remedy": "export the distribution history again with its contact fields",
        }
        for row in bad.iter_rows(named=True)
    )
    good = judged.filter(pl.col("person_id").is_not_null() & pl.col("sent_at").is_not_null()).sort(
        "sent_at", "source_line"
    )
    delivered = pl.col("is_delivered").any().over("survey_id", "person_id")
    first = good.with_columns(delivered).unique(["survey_id", "person_id"], keep="first", maintain_order=True)
    rows = conform(first.sort("source_line"), "survey_invitations")
    filtered = filtered_frame({"reminder or repeated sending": good.height - first.height})
    return TableBatch("survey_invitations", rows, pl.concat([text.rejects, rejects]), filtered)
