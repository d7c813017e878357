"""Typeform: a form's responses, newest first, backwards by token; questions by `ref`, which survives a copy of the form.

An unanswered question is absent from the answers. A number, a rating and a scale come as numbers; a choice comes as its label, and the catalogue's `values:` says what it is worth.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.json_pages import part, parts, scalar
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood, encoded, records_at
from pipelines.sources.shared.authorization import authorized_client
from pipelines.sources.shared.moments import moment, unread
from pipelines.sources.shared.options import AUTHORIZED
from pipelines.sources.shared.surveys.catalogue import Survey, stream_name
from pipelines.sources.shared.surveys.pages import details, extract_of, held, streams_of
from pipelines.sources.shared.surveys.wide import Response, text_of

LARGEST_PAGE = 1000
OTHER = "other"
"""The choice of whoever wrote something of their own."""

TEXTS = ("text", "email", "url", "file_url", "phone_number")


def open_client(context: Context) -> RemoteClient:
    """A client of the API. Options: `access_token`; `base_url` for accounts in the EU."""
    return authorized_client(context, "https://api.typeform.com")


def streams(context: Context) -> list[Stream]:
    """For every survey of the catalogue its questions' titles and its responses."""
    return streams_of(context, _details, _responses)


def _details(survey: Survey) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        content = client.get(f"forms/{survey.source_survey_id}").json()
        wording = {
            name: scalar(question.get("title")) or "" for question in _questions(content) if (name := _name(question))
        }
        yield Page(encoded({"wording": wording}), len(wording))

    return Stream(stream_name(survey.source_survey_id) + "_details", pages)


def _questions(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for question in parts(node.get("fields")):
        yield question
        yield from _questions(part(question.get("properties")))


def _name(question: Mapping[str, Any]) -> str | None:
    """What the catalogue calls a question: its `ref`, else its id."""
    return scalar(question.get("ref")) or scalar(question.get("id"))


def _responses(survey: Survey) -> Stream:
    asked = {question.question_id for question in survey.questions if question.kind != "text"}

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        while True:
            question: dict[str, Any] = {"page_size": LARGEST_PAGE, "response_type": "partial,completed"}
            if token:
                question["before"] = token
            content = client.get(f"forms/{survey.source_survey_id}/responses", question).json()
            items = records_at(content, "items")
            rows = [_kept(item, survey, asked) for item in items]
            token = _last_token(items) if len(items) == LARGEST_PAGE else None
            yield Page(encoded({"items": rows}), len(rows), token)
            if token is None:
                return

    return Stream(stream_name(survey.source_survey_id), pages)


def _last_token(items: Sequence[Mapping[str, Any]]) -> str:
    """Where the next page begins: behind the last response that has a token. Raises `NotUnderstood` where none has, since the list would end there unnoticed."""
    tokens = (scalar(item.get("token")) for item in reversed(items))
    found = next((token for token in tokens if token), None)
    if found is None:
        raise NotUnderstood("no response of a full page has a 'token'")
    return found


def _kept(item: Mapping[str, Any], survey: Survey, asked: set[str]) -> dict[str, Any]:
    """A response without browser and network data, with the asked questions alone; free text stays behind."""
    names = [survey.respondent[0]] if survey.respondent else []
    names += [survey.pair] if survey.pair and not survey.is_anonymous else []
    hidden = {name.removeprefix("hidden.") for name in names}
    return {
        "token": item.get("token"),
        "landed_at": item.get("landed_at"),
        "submitted_at": item.get("submitted_at"),
        "response_type": item.get("response_type"),
        "hidden": {name: value for name, value in part(item.get("hidden")).items() if name in hidden},
        "answers": [
            _without_words(answer)
            for answer in parts(item.get("answers"))
            if _name(part(answer.get("field"))) in asked and answer.get("type") not in TEXTS
        ],
    }


def _without_words(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what somebody wrote beside the choices: that they did is kept."""
    kind = str(answer.get("type"))
    value = answer.get(kind)
    if not isinstance(value, Mapping):
        return dict(answer)
    return {
        **answer,
        kind: {name: OTHER if name == "other" else part for name, part in value.items() if part is not None},
    }


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The tables of the catalogue's surveys."""
    return extract_of(files, options, responses)


def responses(files: Sequence[SourceFile], survey: Survey) -> tuple[list[Response], dict[str, str]]:
    """The responses of one form."""
    found = []
    on_a_scale = {one.question_id for one in survey.questions if one.is_wide_scale and not one.values}
    for file, number, item in held(files, survey, "items", "token"):
        answers = {
            name: _value(answer, is_on_a_scale=name in on_a_scale)
            for answer in parts(item.get("answers"))
            if (name := _name(part(answer.get("field"))))
        }
        started, ended = moment(item.get("landed_at"), "UTC"), moment(item.get("submitted_at"), "UTC")
        is_complete = item.get("response_type", "completed") == "completed" and ended is not None
        found.append(
            Response(
                response_id=text_of(item.get("token")),
                is_complete=is_complete,
                submitted=ended or started,
                written=unread(item.get("submitted_at"), ended or started),
                line=number,
                raw=f"{file}: response {number}",
                answers=answers,
                known={f"hidden.{name}": text_of(value) for name, value in part(item.get("hidden")).items()}
                | {name: text_of(value) for name, value in part(item.get("hidden")).items()},
                seconds=(ended - started).total_seconds() if started and ended and is_complete else None,
            )
        )
    return found, details(files, survey).get("wording", {})


def _value(answer: Mapping[str, Any], *, is_on_a_scale: bool) -> str | None:
    value = answer.get(str(answer.get("type")))
    if isinstance(value, bool) and is_on_a_scale:
        return str(value).lower()  # a yes is no 1 of 5
    if isinstance(value, Mapping):
        # pages that an earlier version landed may hold the words of `other`
        chosen = [*(value.get("labels") or [value.get("label")]), OTHER if value.get("other") else None]
        return ",".join(_code(label) for label in chosen if label is not None) or None
    return text_of(value)


def _code(label: Any) -> str:
    """A choice in the list of those that were made, whose commas part them."""
    return str(label).replace(",", ";")


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="typeform",
    system="typeform",
    read=read,
    tables=SURVEYS,
    remote=SYSTEM,
    own_options=(*AUTHORIZED,),
    documentation=Documentation(
        title="Typeform",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="no, full",
        tested="replayed wire format",
        bad_data="absent answers, labels, partials, hidden fields",
        example=('connector: typeform\nmapping: mappings/surveys.yaml\noptions: {access_token: "${TYPEFORM_TOKEN}"}\n'),
    ),
)
