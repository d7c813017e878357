"""LimeSurvey over RemoteControl 2 (JSON-RPC): a session for a user, then the responses of each survey as one export, CSV in base64.

Wire format: api.limesurvey.org, remotecontrol_handle. Questions stand under their codes, answers as codes; times are those of the server, which names no zone. Errors come as `{"status": ...}` with HTTP 200.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from pipelines.sources.cleaning import LINE
from pipelines.sources.connector import SURVEYS, Connector, Documentation, Option
from pipelines.sources.delimited import read_delimited
from pipelines.sources.json_pages import part, scalar
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood, encoded
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.moments import moment, said
from pipelines.sources.shared.options import BASE_URL, PASSWORD, USER, ZONE
from pipelines.sources.shared.surveys.catalogue import Survey, stream_name
from pipelines.sources.shared.surveys.pages import extract_of, held, streams_of
from pipelines.sources.shared.surveys.wide import Response, text_of

NOBODY = "No Data, could not get max id."
"""What an active survey is told that nobody has answered."""
UNDATED = "1980-01-01 00:00:00"  # the submit date of surveys that keep no times
FIXED = ("id", "submitdate", "startdate")


class Session(RemoteClient):
    """A client that is logged in: calls carry its key, and the key is given back at the end."""

    key: str = ""

    def __exit__(self, *details: object) -> None:
        with suppress(SourceRefused, NotUnderstood):  # a session that isn't given back ends by itself
            if self.key:
                self.asked("release_session_key", self.key)
        super().__exit__(*details)

    def asked(self, method: str, *params: Any) -> Any:
        """The result of one call."""
        content = self.post("", {"method": method, "params": list(params), "id": 1}).json()
        if not isinstance(content, Mapping) or "result" not in content:
            raise NotUnderstood("it has no 'result'")
        return content["result"]


def open_client(context: Context) -> Session:
    """A session. Options: `base_url` (…/index.php/admin/remotecontrol), `user`, `password`."""
    options, source_id = context.options, context.source_id
    base = needed(source_id, options, "base_url", "https://survey.example.org/index.php/admin/remotecontrol")
    plain = {"Accept": "application/json"}
    return Session(source_id, base, budget=context.budget, secrets=context.secrets, headers=plain)


def streams(context: Context) -> list[Stream]:
    """The responses of every survey of the catalogue."""
    return streams_of(context, partial(_responses, context))


def _logged_in(context: Context, session: Session) -> str:
    if not session.key:
        user = needed(context.source_id, context.options, "user", "impact")
        result = session.asked(
            "get_session_key", user, needed(context.source_id, context.options, "password", "${LIMESURVEY_PASSWORD}")
        )
        if not isinstance(result, str):
            raise SourceRefused(
                f"Source {context.source_id}: LimeSurvey gave no session ({_status(result)}). Next step: check user and password, and that the JSON-RPC interface is switched on."
            )
        session.key = result
    return session.key


def _responses(context: Context, survey: Survey) -> Stream:
    def pages(session: Session, _plan: Plan, _token: Any) -> Iterator[Page]:
        key = _logged_in(context, session)
        result = session.asked("export_responses", key, survey.source_survey_id, "csv", None, "all", "code", "short")
        if isinstance(result, Mapping) and _status(result) == NOBODY:
            rows: list[dict[str, Any]] = []
        elif isinstance(result, str):
            rows = _rows(result, survey)
        else:
            raise SourceRefused(
                f"Source {context.source_id}: LimeSurvey doesn't export survey {survey.source_survey_id} ({_status(result)}). Next step: check `source_survey_id`, that the survey is active and that the user may export its responses."
            )
        yield Page(encoded({"responses": rows}), len(rows))

    return Stream(stream_name(survey.source_survey_id), pages)


def _status(result: Any) -> str:
    return scalar(part(result).get("status")) or "no reason told"


def _rows(export: str, survey: Survey) -> list[dict[str, Any]]:
    """The responses with the asked questions alone, free text left out. A line that can't be split keeps its place without an id, to be rejected."""
    try:
        data = base64.b64decode(export, validate=True)
    except (binascii.Error, ValueError):
        raise NotUnderstood("the export is not base64") from None
    try:
        text = read_delimited(SourceFile(f"survey {survey.source_survey_id}", data), required=("id", "submitdate"))
    except SourceRefused as refusal:
        raise NotUnderstood(str(refusal)) from None
    asked = [question.question_id for question in survey.questions if question.kind != "text"]
    known = [] if survey.is_anonymous else [survey.respondent[0] if survey.respondent else None, survey.pair]
    kept = [name for name in (*FIXED, *known, *asked) if name in text.rows.columns]
    numbered = [(row[LINE], {name: row[name] for name in kept}) for row in text.rows.iter_rows(named=True)]
    numbered += [(line, {"id": None}) for line in text.rejects["source_line"]]
    return [row for _, row in sorted(numbered, key=lambda entry: entry[0])]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """The tables of the catalogue's surveys. Raises `SourceRefused` where no zone is declared: the server's times name none."""
    zone = options.get("zone")
    return extract_of(files, options, partial(responses, None if zone is None else str(zone)))


def responses(zone: str | None, files: Sequence[SourceFile], survey: Survey) -> tuple[list[Response], dict[str, str]]:
    """The responses of one survey."""
    named = survey.zone or zone
    if named is None:
        raise SourceRefused(
            f"Survey {survey.survey_id}: LimeSurvey's times name no zone. Next step: add `zone: Europe/Berlin` (the server's) to the source's options or to the catalogue."
        )
    found = []
    for file, number, row in held(files, survey, "responses", "id"):
        written = said(scalar(row.get("submitdate")))
        is_undated = written == UNDATED
        started, ended = moment(row.get("startdate"), named), None if is_undated else moment(written, named)
        found.append(
            Response(
                response_id=text_of(row.get("id")),
                is_complete=written is not None,
                submitted=ended or (None if written else started),
                line=number,
                raw=f"{file}: response {number}",
                answers={question.question_id: text_of(row.get(question.question_id)) for question in survey.questions},
                known={name: text_of(value) for name, value in row.items()},
                seconds=(ended - started).total_seconds() if started and ended else None,
                written=None if is_undated else written,
            )
        )
    return found, {}


SPEC = Connector(
    name="limesurvey",
    system="limesurvey",
    read=read,
    remote=RemoteSystem(open_client, streams),
    tables=SURVEYS,
    own_options=(
        BASE_URL,
        USER,
        PASSWORD,
        Option(ZONE.name, ZONE.type, "IANA name of the zone of the server's clock"),
    ),
    documentation=Documentation(
        title="LimeSurvey",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="no, full",
        tested="replayed wire format",
        bad_data="surveys without times, partials, lines of another width, errors with status 200, sessions refused",
        example=(
            "connector: limesurvey\n"
            "mapping: mappings/surveys.yaml\n"
            'options: {base_url: "https://survey.example.org/index.php/admin/remotecontrol", user: impact, password: "${LIMESURVEY_PASSWORD}", zone: Europe/Berlin}\n'
        ),
    ),
)
