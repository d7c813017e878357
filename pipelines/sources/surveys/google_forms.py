"""Google Forms over its API: a form's questions and options, then its responses; questions by the id that the API gives them.

Reference: developers.google.com/workspace/forms/api. Choices come as their words, and so does what somebody wrote beside them: only the form's own options tell the two apart, so they are read first.
A form that nobody has answered has no list of responses at all. Who edits an answer keeps the response's id.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.json_pages import part, parts, scalar
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood, encoded, records_at
from pipelines.sources.shared.authorization import authorized_client
from pipelines.sources.shared.moments import moment
from pipelines.sources.shared.options import AUTHORIZED
from pipelines.sources.shared.surveys.catalogue import Survey, stream_name
from pipelines.sources.shared.surveys.choices import BETWEEN
from pipelines.sources.shared.surveys.pages import details, extract_of, held, streams_of
from pipelines.sources.shared.surveys.wide import Response, text_of

LARGEST_PAGE = 5000
OTHER = "other"
"""The choice of whoever wrote something of their own."""
ADDRESS = "respondentEmail"
TIMES = ("createTime", "lastSubmittedTime")


def open_client(context: Context) -> RemoteClient:
    """A client of the API. Options: `access_token` with the scopes `forms.body.readonly` and `forms.responses.readonly`."""
    return authorized_client(context, "https://forms.googleapis.com/v1")


def streams(context: Context) -> list[Stream]:
    """For every survey of the catalogue its questions and its responses."""
    return streams_of(context, _details, partial(_responses, context))


def _details(survey: Survey) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        content = client.get(_address(survey)).json()
        if "formId" not in content:
            raise NotUnderstood("it has no 'formId'")
        asked = dict(_questions(content))
        wording = {name: words for name, (words, _) in asked.items()}
        options = {name: known for name, (_, known) in asked.items() if known}
        yield Page(encoded({"wording": wording, "options": options}), len(wording))

    return Stream(_details_of(survey), pages)


def _details_of(survey: Survey) -> str:
    return stream_name(survey.source_survey_id) + "_details"


def _address(survey: Survey) -> str:
    return f"forms/{quote(str(survey.source_survey_id), safe='')}"


def _questions(form: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Id to the words of a question, and its options where it takes words beside them. A grid has a question a row."""
    for item in parts(form.get("items")):
        title, group = scalar(item.get("title")) or "", part(item.get("questionGroupItem"))
        grid = part(part(group.get("grid")).get("columns"))
        asked = [(part(part(item.get("questionItem")).get("question")), title)]
        asked += [(row, f"{title} {scalar(part(row.get('rowQuestion')).get('title')) or ''}".strip()) for row in parts(group.get("questions"))]  # fmt: skip
        for question, words in asked:
            if name := scalar(question.get("questionId")):
                yield name, (words, _options_beside_others(part(question.get("choiceQuestion")) or grid))


def _options_beside_others(choice: Mapping[str, Any]) -> list[str]:
    options = parts(choice.get("options"))
    if not any(option.get("isOther") for option in options):
        return []
    return [value for option in options if (value := scalar(option.get("value")))]


def _responses(context: Context, survey: Survey) -> Stream:
    asked = {question.question_id for question in survey.questions if question.kind != "text"}

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        known = part(json.loads(context.committed(_details_of(survey))[0]).get("options"))
        while True:
            question: dict[str, Any] = {"pageSize": LARGEST_PAGE, **({"pageToken": token} if token else {})}
            content = client.get(f"{_address(survey)}/responses", question).json()
            if "responses" not in content and set(content) - {"nextPageToken"}:
                raise NotUnderstood("it has no 'responses'")
            given = records_at(content, "responses") if "responses" in content else []
            rows = [_kept(response, survey, asked, known) for response in given]
            token = scalar(content.get("nextPageToken"))
            yield Page(encoded({"responses": rows}), len(rows), token)
            if token is None:
                return

    return Stream(stream_name(survey.source_survey_id), pages)


def _kept(
    response: Mapping[str, Any], survey: Survey, asked: set[str], options: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """A response with the asked questions alone, and its address only where the catalogue names it; free text stays behind."""
    names = (ADDRESS,) if survey.respondent and survey.respondent[0] == ADDRESS else ()
    own = {survey.respondent[0] if survey.respondent else None, None if survey.is_anonymous else survey.pair}
    answers = {
        str(name): _without_words(_values(answer), options.get(str(name)))
        for name, answer in part(response.get("answers")).items()
        if str(name) in asked or str(name) in own
    }
    return {**{name: response.get(name) for name in ("responseId", *TIMES, *names)}, "answers": answers}


def _values(answer: Any) -> list[str]:
    """All that was answered to a question: one value, or those of boxes that were ticked."""
    return [value for one in parts(part(part(answer).get("textAnswers")).get("answers")) if (value := scalar(one.get("value")))]  # fmt: skip


def _without_words(values: Sequence[str], options: Sequence[str] | None) -> list[str]:
    return list(values) if options is None else [value if value in options else OTHER for value in values]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The tables of the catalogue's surveys."""
    return extract_of(files, options, responses)


def responses(files: Sequence[SourceFile], survey: Survey) -> tuple[list[Response], dict[str, str]]:
    """The responses of one form."""
    kinds = {question.question_id: question.kind for question in survey.questions}
    found = []
    for file, number, row in held(files, survey, "responses", "responseId"):
        given = {str(name): [str(one) for one in values] for name, values in part(row.get("answers")).items() if isinstance(values, list)}  # fmt: skip
        created, last = (moment(row.get(name), "UTC") for name in TIMES)
        found.append(
            Response(
                response_id=text_of(row.get("responseId")),
                is_complete=True,  # the API gives what was submitted
                submitted=last or created,
                written=text_of(row.get(TIMES[1]) or row.get(TIMES[0])) or "no time",
                line=number,
                raw=f"{file}: response {number}",
                answers={name: _answer(values, kinds.get(name, "")) for name, values in given.items()},
                known={
                    ADDRESS: text_of(row.get(ADDRESS)),
                    **{name: ", ".join(values) for name, values in given.items()},
                },
            )
        )
    return found, details(files, survey).get("wording", {})


def _answer(values: Sequence[str], kind: str) -> str | None:
    if kind == "choice":
        return "".join(f"{BETWEEN}{value}" for value in values) or None
    return ", ".join(values) or None


SPEC = Connector(
    name="google_forms",
    system="google_forms",
    read=read,
    tables=SURVEYS,
    remote=RemoteSystem(open_client, streams),
    own_options=(*AUTHORIZED,),
    documentation=Documentation(
        title="Google Forms",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="no, full",
        tested="replayed wire format",
        bad_data="forms that nobody has answered, words beside the options, edited answers, grids, responses without id or time",
        example=(
            'connector: google_forms\nmapping: mappings/surveys.yaml\noptions: {access_token: "${GOOGLE_FORMS_TOKEN}"}\n'
        ),
    ),
)
