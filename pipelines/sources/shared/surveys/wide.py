"""Responses of any tool as the wide export that the survey reader takes: a row a response, a column a question, under fixed names for what every tool has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.json_pages import written
from pipelines.sources.records import REJECT_SCHEMA, Finding
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.choices import (
    BETWEEN,
    choices_of,
    told_of_days,
    told_of_own_words,
    told_of_rare_options,
)
from pipelines.sources.shared.surveys.export import STAMP, ResponseExport
from pipelines.sources.shared.surveys.written_answers import folded_answer

FIXED = ("_recordId", "finished", "status", "recordedDate", "duration")
COMPLETE, PARTIAL = "1", "0"


@dataclass(frozen=True)
class Response:
    """One submission. answers: question id to the answer's text. known: what may name the respondent or the pair, by the tool's name for it.

    status: empty, or one of "survey preview", "survey test", "spam". submitted: UTC; None where `written`, the time as the tool gives it, can't be read.
    """

    response_id: str | None
    is_complete: bool
    submitted: datetime | None
    line: int
    raw: str
    answers: Mapping[str, str | None]
    known: Mapping[str, str | None] = field(default_factory=dict)
    status: str = ""
    seconds: float | None = None
    written: str | None = None


def export_of(
    file: str, responses: Iterable[Response], survey: Survey, wording: Mapping[str, str], *, extra: Iterable[str] = ()
) -> ResponseExport:
    """The responses as an export in UTC. `wording`: question id to its text. `extra`: questions that the tool has and the catalogue lacks."""
    questions = {question.question_id: question for question in survey.questions}
    known = [name for name in (survey.respondent[0] if survey.respondent else None, survey.pair) if name]
    columns: dict[str, list[str | None]] = {name: [] for name in (*FIXED, *known, *questions)}
    lines: list[int] = []
    raws: list[str] = []
    responses = list(responses)
    chosen = {
        name: [response.answers.get(name) for response in responses]
        for name, question in questions.items()
        if question.kind == "choice"
    }
    choices = {name: choices_of(questions[name], answers) for name, answers in chosen.items()}
    for response in responses:
        columns["_recordId"].append(response.response_id)
        columns["finished"].append(COMPLETE if response.is_complete else PARTIAL)
        columns["status"].append(response.status)
        columns["recordedDate"].append(_stamp(response))
        columns["duration"].append(_duration(response.seconds))
        for name in known:
            columns[name].append(response.known.get(name))
        for name, question in questions.items():
            answer = response.answers.get(name)
            columns[name].append(choices[name].of(answer) if name in choices else _worth(answer, question.values))
        lines.append(response.line)
        raws.append(response.raw)
    rows = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String())).with_columns(
        pl.Series(LINE, lines, dtype=pl.Int64), pl.Series(RAW, raws, dtype=pl.String)
    )
    findings = [
        *told_of_own_words(file, survey.questions, choices),
        *told_of_days(file, survey.questions, chosen),
        *told_of_rare_options(file, survey.questions, chosen),
        *_unanswered(file, survey, responses, wording),
    ]
    text = DelimitedText(file, tuple(columns), (), rows, pl.DataFrame(schema=REJECT_SCHEMA), findings)
    unknown = frozenset(extra) - questions.keys()
    names = {name: name for name in (*columns, *sorted(unknown))}
    return ResponseExport(text, names, {name: wording.get(name, "") for name in names}, "UTC", unknown)


def _unanswered(file: str, survey: Survey, responses: Sequence[Response], wording: Mapping[str, str]) -> list[Finding]:
    """Questions that nobody answers and that the tool doesn't list: they may have been taken out, and nobody skipped them."""
    detail = f"none of {len(responses):,} {'response answers' if len(responses) == 1 else 'responses answers'} it: the survey may no longer ask it, or its id in the catalogue is wrong"
    return [
        Finding("question_absent", "survey_answers", f"{file}: {question.question_id}", detail)
        for question in survey.questions
        if question.kind != "text"
        and question.question_id not in wording
        and not any(response.answers.get(question.question_id) for response in responses)
    ]


def _stamp(response: Response) -> str | None:
    """When it was sent, in UTC. A time that can't be read in its own zone (an hour that spring skips) mustn't be read as one of UTC: it gets a mark that no time has."""
    if response.submitted is not None:
        return response.submitted.strftime(STAMP)
    return None if response.written is None else f"? {response.written}"


def _duration(seconds: Any) -> str | None:
    """How long it took; not known where a clock was set back meanwhile, or where the tool tells something else than a length."""
    try:
        told = float(seconds)
    except (TypeError, ValueError):
        return None
    return str(told) if isfinite(told) and told >= 0 else None


def _worth(answer: str | None, values: Mapping[str, float]) -> str | None:
    """An answer in words as the number that the catalogue gives it; an unknown word stays, and is rejected as no number."""
    if answer is None or not values:
        return answer
    folded = {folded_answer(label): value for label, value in values.items()}
    value = folded.get(folded_answer(answer))
    return answer if value is None else f"{value:g}"


def options_between(answer: str | None, mark: str) -> str | None:
    """The chosen options of an answer, split at a tool's own mark, as `survey_answers` takes them."""
    options = [option.strip() for option in (answer or "").split(mark) if option.strip()]
    return "".join(f"{BETWEEN}{option}" for option in options) or None


def text_of(value: Any) -> str | None:
    """A JSON value as an answer's text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    return written(value) if isinstance(value, str | int | float) else str(value)
