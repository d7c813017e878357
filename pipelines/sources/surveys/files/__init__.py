"""Survey responses in any table (CSV, XLSX, Parquet): Google Forms, SurveyMonkey's export, or a tool of one's own.

The catalogue's `layout:` says where a response's id, time and state stand; question ids are the headers. Google Forms has no id of a response, so the line itself names it:
two lines alike are one response. SurveyMonkey's export has two header rows, whose words are joined by " | ".
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatch
from hashlib import sha256
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.conversions import as_list
from pipelines.sources.delimited import DelimitedText, read_delimited
from pipelines.sources.delimited_head import normalised
from pipelines.sources.parquet import read_parquet
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    rows_frame,
)
from pipelines.sources.shared.moments import said
from pipelines.sources.shared.surveys.batches import finished, survey_batches
from pipelines.sources.shared.surveys.catalogue import Question, Survey, read_catalogue
from pipelines.sources.shared.surveys.export import checked
from pipelines.sources.shared.surveys.overlapping import NewerResponses
from pipelines.sources.shared.surveys.wide import Response, export_of, options_between
from pipelines.sources.spreadsheets import read_spreadsheet
from pipelines.sources.surveys.files.layouts import BETWEEN_OPTIONS, as_named, layout_of
from pipelines.sources.times import without_midnight
from pipelines.sources.times.declared import declared_instant, refuse_other_order

OF_NONE = "of none of the surveys of its file (`where:`)"
SAYS_NOTHING = ("open-ended response", "response")


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Every survey of the catalogue. Raises `SourceRefused`: file missing, question missing, time format or zone not declared, scale changed."""
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    catalogue = read_catalogue(options.get("mapping") or {})
    taken: set[str] = set()
    of_none = LinesOfNoSurvey()
    for survey in catalogue:
        found = [file for file in files if fnmatch(file.name.rpartition("/")[2], survey.pattern)]
        if not found and survey.may_be_empty:
            findings.append(Finding("no_responses_yet", "surveys", survey.survey_id, "its export isn't there yet"))
            continue
        if not found:
            raise SourceRefused(
                f"No file matches {survey.pattern!r} of survey {survey.survey_id}. Next step: put its export into the source's folder."
            )
        newer = NewerResponses(found)
        for file in newer.exports:
            taken.add(file.name)
            text, layout = as_named(_text(file, survey), survey, layout_of(survey))
            if survey.may_be_empty and text.rows.height + text.rejects.height == 0:
                findings.append(
                    Finding("no_responses_yet", "surveys", survey.survey_id, f"{file.name} holds headers alone")
                )
                continue
            every = text.rows[LINE]
            text = _of_its_role(text, survey, layout)
            of_none.look(file.name, every, text.rows[LINE])
            export = export_of(
                file.name, _responses(text, survey, layout), survey, _wording(text), extra=_others(text, survey, layout)
            )
            findings.extend(text.findings)
            told, older = newer.without_older(survey_batches(checked(export, survey, findings), survey, findings))
            newer.end_file()
            batches.extend(told)
            findings.extend(older)
            if text.rejects.height:
                batches.append(TableBatch("survey_responses", batches[-2].rows.clear(), text.rejects))
    batches.extend(of_none.batches())
    findings.extend(
        Finding("file_not_mapped", "", file.name, "no survey of the catalogue matches it; it was not read")
        for file in files
        if file.name not in taken
    )
    return finished(batches, catalogue, findings)


class LinesOfNoSurvey:
    """Lines of a file that `where` of none of its surveys names: they are counted as left out."""

    def __init__(self) -> None:
        self._left: dict[str, pl.Series] = {}

    def look(self, file: str, lines: pl.Series, chosen: pl.Series) -> None:
        """Take note of the lines of a file that one more survey has left."""
        left = self._left.get(file, lines)
        self._left[file] = left.filter(~left.is_in(chosen.implode()))

    def batches(self) -> list[TableBatch]:
        """The counts, file by file."""
        return [
            TableBatch(
                "survey_responses", rows_frame("survey_responses", []), filtered=filtered_frame({OF_NONE: left.len()})
            )
            for left in self._left.values()
            if left.len()
        ]


def _text(file: SourceFile, survey: Survey) -> DelimitedText:
    """The file's text. Its header is the line that holds the time of submission, by whichever of the tool's names comes first."""
    layout = layout_of(survey)
    first, *others = as_list(layout["submitted_at"])
    try:
        return _read_text(file, layout, str(first))
    except SourceRefused as refused:
        for name in others:
            with suppress(SourceRefused):
                return _read_text(file, layout, str(name))
        raise refused


def _read_text(file: SourceFile, layout: Mapping[str, Any], submitted_at: str) -> DelimitedText:
    required = (submitted_at,)
    rows = int(layout.get("header_rows", 1))
    if file.name.lower().endswith(".parquet"):
        return read_parquet(file, required=required)
    if file.name.lower().endswith(".xlsx"):
        text = read_spreadsheet(
            file, required=required, sheet=layout.get("sheet", 0), header_rows=rows, keep_unnamed=rows > 1
        )
        return _joined_headers(text) if rows > 1 else text
    text = read_delimited(
        file,
        required=required,
        delimiter=str(layout["delimiter"]) if layout.get("delimiter") else None,
        encoding=layout.get("encoding"),
        header_rows=rows,
        keep_unnamed=rows > 1,
    )
    return _joined_headers(text) if rows > 1 else text


def _joined_headers(text: DelimitedText) -> DelimitedText:
    """Both header rows in one name; a question's name is carried on over its empty cells."""
    second = text.more_headers[0] if text.more_headers else ()
    names: dict[str, str] = {}
    question = ""
    for place, name in enumerate(text.header):
        is_empty = name.startswith("__unnamed_")
        question = question if is_empty else name
        part = second[place].strip() if place < len(second) else ""
        names[name] = question if not part or part.casefold() in SAYS_NOTHING else f"{question} | {part}"
    renamed = _unique(names)
    rows = text.rows.rename(renamed)
    return DelimitedText(text.file, tuple(renamed.values()), (), rows, text.rejects, text.findings)


def _unique(names: Mapping[str, str]) -> dict[str, str]:
    """Joined names, a repeated one with its number."""
    taken: dict[str, str] = {}
    for column, joined in names.items():
        number = sum(name == joined or name.startswith(f"{joined} (") for name in taken.values())
        taken[column] = joined if not number else f"{joined} ({number + 1})"
    return taken


def _wording(text: DelimitedText) -> dict[str, str]:
    """The header is the question's own words."""
    return {name: name for name in text.rows.columns if name not in (LINE, RAW)}


def _others(text: DelimitedText, survey: Survey, layout: Mapping[str, Any]) -> list[str]:
    own = {str(value) for value in layout.values() if isinstance(value, str)}
    own |= {name for name in (survey.respondent[0] if survey.respondent else None, survey.pair) if name}
    return [
        name
        for name in _wording(text)
        if name not in own and normalised(name) not in ("ip address", "email address", "username")
    ]


def _instants(survey: Survey, layout: Mapping[str, Any]) -> pl.Expr:
    """When each response was sent: by the first of `times` that reads it; days alone are read at `at`."""
    written = pl.col(str(layout["submitted_at"])).str.strip_chars()
    at = f" {layout['at']}" if layout.get("at") else ""
    days = without_midnight(written) + at if at else written
    read = [
        declared_instant(days, f"{pattern} %H:%M" if at else str(pattern), layout["zone"], f"Survey {survey.survey_id}")
        for pattern in as_list(layout["times"])
    ]
    return pl.coalesce(read)


def _of_its_role(text: DelimitedText, survey: Survey, layout: Mapping[str, Any]) -> DelimitedText:
    """The lines that `where` names (column to values, or to `{not: values}`); the others belong to another survey of the same file, or are none."""
    rows = text.rows
    for name, allowed in (layout.get("where") or {}).items():
        if name not in rows.columns:
            raise SourceRefused(
                f"{text.file}: required column {name!r} is missing (`where` of survey {survey.survey_id}). Next step: export it with that column."
            )
        left_out = allowed.get("not") if isinstance(allowed, Mapping) else None
        listed = pl.col(name).str.strip_chars().fill_null("").is_in([str(v) for v in as_list(left_out or allowed)])
        rows = rows.filter(~listed if left_out else listed)
    return replace(text, rows=rows)


def _responses(text: DelimitedText, survey: Survey, layout: Mapping[str, Any]) -> list[Response]:
    found = []
    complete = {str(word).casefold() for word in as_list(layout.get("complete_values"))}
    missing = [question.question_id for question in survey.questions if question.question_id not in text.rows.columns]
    if missing:
        raise SourceRefused(
            f"{text.file}: required column {', '.join(map(repr, missing))} is missing. Next step: export survey {survey.survey_id} with all questions, or correct the catalogue: "
            "a question's id is its header."
        )
    at_column = text.rows[str(layout["submitted_at"])]
    refuse_other_order(at_column.to_list(), [str(one) for one in as_list(layout["times"])], f"The times of {text.file}")
    between = _between_options(text, survey, layout)
    instants = text.rows.select(_instants(survey, layout)).to_series()
    for row, submitted in zip(text.rows.iter_rows(named=True), instants, strict=True):
        stated = str(row.get(str(layout.get("status", ""))) or "").strip().casefold()
        written = said(row.get(str(layout["submitted_at"]))) or ""
        is_undated = bool(written) and written == layout.get("undated")
        own_id = str(row.get(str(layout.get("response_id", ""))) or "").strip()
        found.append(
            Response(
                response_id=own_id
                or (sha256(row[RAW].encode()).hexdigest()[:24] if not layout.get("response_id") else None),
                # A tool without a status gives no time to what was never submitted.
                is_complete=stated in complete if complete else bool(written),
                submitted=None if is_undated else submitted,
                line=row[LINE],
                raw=row[RAW],
                written=None if is_undated else written or None,
                answers={
                    question.question_id: _answer(row, question, between[question.question_id])
                    for question in survey.questions
                },
                known={
                    name: row.get(name)
                    for name in (survey.respondent[0] if survey.respondent else "", survey.pair or "")
                    if name
                },
            )
        )
    return found


def _between_options(text: DelimitedText, survey: Survey, layout: Mapping[str, Any]) -> dict[str, str]:
    """By question what stands between the options that somebody chose: as the layout says, else a comma. Google's own download has semicolons, its sheet commas."""
    declared = layout.get(BETWEEN_OPTIONS)
    if declared or layout.get("tool") != "google_forms":
        return {question.question_id: str(declared or ",") for question in survey.questions}
    return {
        question.question_id: ";"
        if text.rows[question.question_id].str.contains(r";\S").any()
        and not any(";" in option for option in (*question.options, *question.codes))
        else ","
        for question in survey.questions
    }


def _answer(row: Mapping[str, Any], question: Question, between: str) -> str | None:
    answer = row[question.question_id]
    return options_between(answer, between) if question.kind == "choice" and between != "," else answer


SPEC = Connector(
    name="survey_files",
    system="survey_files",
    read=read,
    tables=SURVEYS,
    documentation=Documentation(
        title="Google Forms, SurveyMonkey or any table of responses",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="no",
        tested="files made from documentation",
        bad_data="same line twice, two header rows, undeclared times, reworded questions",
        example=("connector: survey_files\npath: exports/forms\nmapping: mappings/forms.yaml\n"),
    ),
)
