"""SurveyMonkey v3: a survey's description (texts, weights of choices) and its responses in bulk, by date of change.

Answers come as ids only. A choice is worth its weight, never its position, since positions move when choices are added. Draft and private apps have 500 calls a day, so between full reads only
changed responses are asked for.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.json_pages import part, parts, scalar
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import CHANGES, Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at
from pipelines.sources.shared.authorization import authorized_client
from pipelines.sources.shared.moments import moment, unread
from pipelines.sources.shared.options import AUTHORIZED
from pipelines.sources.shared.surveys.catalogue import Survey, stream_name
from pipelines.sources.shared.surveys.pages import details, extract_of, held, streams_of
from pipelines.sources.shared.surveys.wide import Response, text_of

OVERLAP = timedelta(minutes=10)
PREVIEWS = ("preview", "survey_preview", "edit")
LARGEST_PAGE = 100
RECOMMENDATION = range(11)
THIRDS = {"-100", "0", "100"}
_LABEL = re.compile(r"^\D*?(\d{1,3})\b\D*$")


def open_client(context: Context) -> RemoteClient:
    """A client of the API. Options: `access_token`; `base_url` for accounts in the EU or Canada."""
    return authorized_client(context, "https://api.surveymonkey.com/v3")


def streams(context: Context) -> list[Stream]:
    """For every survey of the catalogue its description and its responses."""
    return streams_of(context, _details, _responses)


def _details(survey: Survey) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        content = client.get(f"surveys/{survey.source_survey_id}/details").json()
        wording: dict[str, str] = {}
        weights: dict[str, Any] = {}
        numbers: dict[str, int] = {}
        not_applicable: list[str] = []
        for question in _questions(content):
            name, answers = scalar(question.get("id")), part(question.get("answers"))
            if name is None:
                continue
            heading = next((scalar(one.get("heading")) for one in parts(question.get("headings"))), None) or ""
            wording[name] = heading
            rows = ((scalar(row.get("id")), scalar(row.get("text")) or "") for row in parts(answers.get("rows")))
            wording.update({f"{name}_{row}": f"{heading} {text}" for row, text in rows if row})
            choices = {
                f"{name}|{choice}": one for one in parts(answers.get("choices")) if (choice := scalar(one.get("id")))
            }
            weights.update({choice: one.get("weight") for choice, one in choices.items()})
            numbers.update(_numbers(choices))
            not_applicable += [choice for choice, one in choices.items() if one.get("is_na")]
        told = {"wording": wording, "weights": weights, "numbers": numbers, "not_applicable": not_applicable}
        yield Page(encoded(told), len(wording))

    return Stream(stream_name(survey.source_survey_id) + "_details", pages)


def _numbers(choices: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The numbers that the choices of a question are labelled with, where all of them are: `10`, `10 - Extremely likely`."""
    labels = {name: _LABEL.search(str(one.get("text") or "")) for name, one in choices.items() if not one.get("is_na")}
    found = {name: int(label[1]) for name, label in labels.items() if label}
    return found if len(found) == len(labels) else {}


def _questions(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Of all pages of a survey or of a response; a page that was left has none."""
    return (question for page in parts(content.get("pages")) for question in parts(page.get("questions")))


def _responses(survey: Survey) -> Stream:
    asked = {question.question_id.partition("_")[0]: question.kind for question in survey.questions}
    stream = stream_name(survey.source_survey_id)

    def pages(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        page = int(token or 1)
        question: dict[str, Any] = {"per_page": LARGEST_PAGE, "sort_by": "date_modified", "sort_order": "ASC"}
        if plan.mode == CHANGES and plan.cursor.get(stream):
            since = datetime.fromisoformat(plan.cursor[stream]) - OVERLAP
            question["start_modified_at"] = since.strftime("%Y-%m-%dT%H:%M:%S")
        while True:
            content = client.get(f"surveys/{survey.source_survey_id}/responses/bulk", {**question, "page": page}).json()
            rows = [_kept(row, survey, asked) for row in records_at(content, "data")]
            more = bool((content.get("links") or {}).get("next"))
            page += 1
            yield Page(
                encoded({"data": rows}),
                len(rows),
                page if more else None,
                {stream: plan.started_at},
            )
            if not more:
                return

    return Stream(stream, pages)


def _kept(row: Mapping[str, Any], survey: Survey, asked: Mapping[str, str]) -> dict[str, Any]:
    """A response without address and network address, with the asked questions alone; free text stays behind."""
    kept = {name: row.get(name) for name in ("id", "response_status", "collection_mode", "date_modified", "total_time")}
    if not survey.is_anonymous:
        declared = [name for name in (survey.respondent[0] if survey.respondent else None, survey.pair) if name]
        own = part(row.get("custom_variables"))
        kept |= {name: row.get(name) for name in ("recipient_id", "email_address") if name in declared}
        kept["custom_variables"] = {
            name: value for name, value in own.items() if f"custom_variables.{name}" in declared
        }
    kept["questions"] = [
        {
            "id": question["id"],
            "answers": [
                {name: value for name, value in answer.items() if name != "text" or not _is_free_text(answer)}
                for answer in parts(question.get("answers"))
                if asked[str(question["id"])] != "text"
            ],
        }
        for question in _questions(row)
        if str(question.get("id")) in asked
    ]
    return kept


def _is_free_text(answer: Mapping[str, Any]) -> bool:
    """Words beside the choices (`other_id`): a choice of one's own, or a comment. Without it a text is the answer itself: a number that somebody typed."""
    return answer.get("other_id") is not None


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The tables of the catalogue's surveys."""
    return extract_of(files, options, responses)


def responses(files: Sequence[SourceFile], survey: Survey) -> tuple[list[Response], dict[str, str]]:
    """The responses of one survey. A question's id is the tool's, with `_` and the row's id where it has rows."""
    told = details(files, survey)
    not_applicable = set(told.get("not_applicable") or ())
    weights = _worths(part(told.get("weights")), part(told.get("numbers")), not_applicable)
    kinds = {question.question_id: question.kind for question in survey.questions}
    found = []
    for file, number, row in held(files, survey, "data", "id"):
        answers: dict[str, str | None] = {}
        for question in parts(row.get("questions")):
            for answer in parts(question.get("answers")):
                name = str(question.get("id")) + (f"_{answer['row_id']}" if answer.get("row_id") else "")
                is_choice = kinds.get(name) == "choice"
                if _is_free_text(answer) and not is_choice:
                    continue  # a comment on a rating
                if f"{question.get('id')}|{answer.get('choice_id')}" in not_applicable and not is_choice:
                    continue  # "not applicable" is no answer, whatever weight it was given
                value = _value(str(question.get("id")), answer, weights, kinds.get(name, ""))
                several = answers.get(name)
                answers[name] = f"{several},{value}" if several is not None and kinds.get(name) == "choice" else value
        changed = moment(row.get("date_modified"), "UTC")
        known = {name: text_of(row.get(name)) for name in ("recipient_id", "email_address")}
        known |= {
            f"custom_variables.{name}": text_of(value) for name, value in part(row.get("custom_variables")).items()
        }
        found.append(
            Response(
                response_id=text_of(row.get("id")),
                is_complete=row.get("response_status") == "completed",
                submitted=changed,
                written=unread(row.get("date_modified"), changed),
                line=number,
                raw=f"{file}: response {number}",
                answers=answers,
                known=known,
                status="survey preview" if row.get("collection_mode") in PREVIEWS else "",
                seconds=row.get("total_time"),
            )
        )
    return found, dict(part(told.get("wording")))


def _worths(
    weights: Mapping[str, Any], numbers: Mapping[str, Any], not_applicable: Container[str]
) -> Mapping[str, Any]:
    """What each choice is worth. The weights of a recommendation (0 to 10) say which third of the score it falls into (-100, 0, 100) and not what was chosen: there the choice's own number counts, else its place."""
    by_question: dict[str, list[str]] = {}
    for name in weights:
        if name not in not_applicable:
            by_question.setdefault(name.partition("|")[0], []).append(name)
    worth = dict(weights)
    for names in by_question.values():
        if len(names) == len(RECOMMENDATION) and {text_of(weights[name]) for name in names} == THIRDS:
            worth |= {name: numbers.get(name, place) for place, name in zip(RECOMMENDATION, names, strict=True)}
    return worth


def _value(question: str, answer: Mapping[str, Any], weights: Mapping[str, Any], kind: str) -> str | None:
    if _is_free_text(answer):
        return "other"
    if answer.get("text") not in (None, ""):
        return str(answer["text"])
    choice = text_of(answer.get("choice_id"))
    if choice is None or kind == "choice":
        return choice
    weight = weights.get(f"{question}|{choice}")
    return choice if weight is None else text_of(weight)


SYSTEM = RemoteSystem(open_client, streams, incremental=True)


SPEC = Connector(
    name="surveymonkey",
    system="surveymonkey",
    read=read,
    tables=SURVEYS,
    remote=SYSTEM,
    own_options=(*AUTHORIZED,),
    documentation=Documentation(
        title="SurveyMonkey",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="start_modified_at, weekly full",
        tested="replayed wire format",
        bad_data="previews, weights, matrix rows, partials",
        example=(
            "connector: surveymonkey\n"
            "mapping: mappings/surveys.yaml\n"
            'options: {access_token: "${SURVEYMONKEY_TOKEN}"}\n'
        ),
    ),
)
