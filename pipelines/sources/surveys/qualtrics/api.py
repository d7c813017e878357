"""Qualtrics v3: responses exported as CSV, the same bytes that the download in the browser gives, so the same reader reads them.

An export is asked for, made, and fetched as a zip. Of its columns those that identify somebody (address, place, name) are taken out before anything is written, all but the one that the
catalogue names as the respondent; of an anonymous survey that one too.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.sources.connector import SURVEYS, Connector, Documentation, Option
from pipelines.sources.records import Extract, Finding, SourceFile, SourceRefused, TableBatch
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import NotUnderstood
from pipelines.sources.shared.authorization import needed
from pipelines.sources.shared.options import BASE_URL
from pipelines.sources.shared.surveys.batches import finished, survey_batches
from pipelines.sources.shared.surveys.catalogue import Survey, stream_name
from pipelines.sources.shared.surveys.pages import remote_surveys
from pipelines.sources.spreadsheets import check_unfolded_size
from pipelines.sources.surveys.qualtrics.export import read_export
from pipelines.sources.text_encodings import decode

KEPT_IDS = ("_recordId", "finished", "status", "recordedDate", "endDate", "duration")
ASKED_ZONE = "UTC"
POLLS = 120
LONGEST_POLL = 20.0
UNFOLDED_LIMIT = 1800 * 1024 * 1024


def open_client(context: Context) -> RemoteClient:
    """A client of one data centre. Options: `base_url` (https://<datacenter>.qualtrics.com) and `api_key`."""
    base = needed(context.source_id, context.options, "base_url", "https://fra1.qualtrics.com")
    key = needed(context.source_id, context.options, "api_key", "${QUALTRICS_TOKEN}")
    return RemoteClient(
        context.source_id,
        base,
        budget=context.budget,
        secrets=context.secrets,
        headers={"X-API-TOKEN": key},
        timeout_seconds=600,
    )


def streams(context: Context) -> list[Stream]:
    """One export a survey of the catalogue."""
    return [_export(survey) for survey in remote_surveys(context.source_id, context.mapping)]


def _export(survey: Survey) -> Stream:
    def pages(client: RemoteClient, _plan: Plan, _token: Any) -> Iterator[Page]:
        path = f"API/v3/surveys/{survey.source_survey_id}/export-responses"
        asked = {"format": "csv", "useLabels": False, "seenUnansweredRecode": -99, "timeZone": ASKED_ZONE}
        progress = client.post(path, asked).json()["result"]["progressId"]
        content = client.get(f"{path}/{_made(client, path, progress)}/file").content
        data, rows = reduced_export(_unzipped(client, content), survey)
        yield Page(data, rows, suffix="csv")

    return Stream(stream_name(survey.source_survey_id), pages)


def _made(client: RemoteClient, path: str, progress: str) -> str:
    """Wait until the export is made; its file's id."""
    for attempt in range(POLLS):
        result = client.get(f"{path}/{progress}").json()["result"]
        if result["status"] == "complete":
            return str(result["fileId"])
        if result["status"] == "failed":
            raise SourceRefused(
                f"Source {client.source_id}: Qualtrics could not make the export of {path.split('/')[3]}. Next step: run again; if it fails again, export it by hand."
            )
        client.budget.sleep(min(LONGEST_POLL, 1.0 + attempt))
    raise SourceRefused(
        f"Source {client.source_id}: the export of {path.split('/')[3]} isn't ready after {POLLS} looks. Next step: run again."
    )


def _unzipped(client: RemoteClient, content: bytes) -> bytes:
    check_unfolded_size(SourceFile(f"{client.source_id} export.zip", content), UNFOLDED_LIMIT)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.namelist()
        if not members:
            raise NotUnderstood("the archive of the export is empty")
        return archive.read(members[0])


def reduced_export(data: bytes, survey: Survey) -> tuple[bytes, int]:
    """The export's CSV with the columns that a table takes, and the number of responses. Free text is no answer and stays behind."""
    rows = _records(SourceFile("the export", data))
    if len(rows) < 3:
        return data, 0
    questions = {question.question_id for question in survey.questions}
    identifying = {
        name
        for name in (survey.respondent[0] if survey.respondent else None, survey.pair)
        if name and not survey.is_anonymous
    }
    kept = []
    for place, cell in enumerate(rows[2]):
        entry = _import_id(cell)
        name = f"{entry.get('ImportId')}_{entry['choiceId']}" if entry.get("choiceId") else str(entry.get("ImportId"))
        if name in KEPT_IDS or name in questions or name in identifying or rows[0][place] in identifying:
            kept.append(place)
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\n")
    for row in rows:
        writer.writerow([row[place] if place < len(row) else "" for place in kept])
    return output.getvalue().encode(), len(rows) - 3


def _records(file: SourceFile) -> list[list[str]]:
    """The export's records with its headers. Raises `SourceRefused` for what is no text."""
    return list(csv.reader(io.StringIO(decode(file), newline="")))


def _import_id(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Every survey of the catalogue; one that nobody has answered yet is told, not refused."""
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    catalogue = remote_surveys(str(options.get("source_id")), options.get("mapping") or {})
    for survey in catalogue:
        found = [file for file in files if f"-{stream_name(survey.source_survey_id)}-" in file.name]
        if not found:
            raise SourceRefused(
                f"Source {options.get('source_id')}: survey {survey.survey_id} hasn't been fetched. Next step: run `impact fetch`."
            )
        for file in found:
            if len(_records(file)) <= 3:
                findings.append(
                    Finding("survey_empty", "survey_responses", survey.survey_id, "nobody has answered it yet")
                )
                continue
            export = read_export(file, survey, findings)
            batches.extend(survey_batches(replace(export, zone=export.zone or ASKED_ZONE), survey, findings))
    return finished(batches, catalogue, findings)


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="qualtrics_api",
    system="qualtrics",
    read=read,
    tables=SURVEYS,
    remote=SYSTEM,
    own_options=(
        BASE_URL,
        Option("api_key", "secret", "a token of Qualtrics"),
    ),
    documentation=Documentation(
        title="Qualtrics",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers",
        changes="no, full",
        tested="genuine export behind a local server",
        bad_data="slow and failed exports, identifying columns",
        example=(
            "connector: qualtrics_api\n"
            "mapping: mappings/surveys.yaml\n"
            'options: {base_url: "https://fra1.qualtrics.com", api_key: "${QUALTRICS_TOKEN}"}\n'
        ),
    ),
)
