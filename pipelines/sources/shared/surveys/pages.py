"""Surveys that were fetched page by page: which responses hold, and the surveys of the catalogue that name the tool's id."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.sources.json_pages import page_of, page_records, scalar
from pipelines.sources.records import (
    Extract,
    Finding,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    rows_frame,
)
from pipelines.sources.remote.extraction import page_name
from pipelines.sources.remote.fetching import Context, Stream
from pipelines.sources.shared.surveys.batches import finished, survey_batches
from pipelines.sources.shared.surveys.catalogue import Survey, read_catalogue, stream_name
from pipelines.sources.shared.surveys.export import checked
from pipelines.sources.shared.surveys.wide import Response, export_of

CHANGED_SINCE = "a later record of the same response holds"
Record = tuple[str, int, dict[str, Any]]
"""File, number in it, record."""


def remote_surveys(source_id: str, mapping: Mapping[str, Any]) -> list[Survey]:
    """The surveys of the catalogue. Raises `SourceRefused` where one lacks the tool's id."""
    catalogue = read_catalogue(mapping)
    for survey in catalogue:
        if survey.source_survey_id is None:
            raise SourceRefused(
                f"Source {source_id}: survey {survey.survey_id} has no `source_survey_id`. Next step: add the tool's own id of it to the catalogue."
            )
    return catalogue


def streams_of(context: Context, *lists: Callable[[Survey], Stream]) -> list[Stream]:
    """The `lists` of every survey of the catalogue, survey by survey."""
    return [of_survey(survey) for survey in remote_surveys(context.source_id, context.mapping) for of_survey in lists]


def held(files: Sequence[SourceFile], survey: Survey, records: str, key: str) -> Iterator[Record]:
    """The records of a survey's pages; one that was changed since counts as its last page has it, in the place of the first. What is no record is an empty one, which is rejected for its id."""
    last: dict[Any, Record] = {}
    for file in _pages_of(files, survey):
        listed, broken = page_records(file, page_of(file), records)
        numbered = [*listed, *((int(one["source_line"]), {}) for one in broken)]
        for number, record in sorted(numbered, key=lambda one: one[0]):
            last[scalar(record.get(key)) or (file.name, number)] = (file.name, number, dict(record))
    yield from last.values()


def _pages_of(files: Sequence[SourceFile], survey: Survey) -> list[SourceFile]:
    """The pages of a survey's responses, oldest first."""
    stream = stream_name(survey.source_survey_id)
    named = [(name, file) for file in files if (name := page_name(file.name)) and name.stream == stream]
    return [file for _, file in sorted(named, key=lambda found: (found[0].extraction, found[0].page))]


def _listed(pages: Iterable[SourceFile]) -> int:
    """How many records the pages list, the same one as often as it comes."""
    return sum(len(value) for page in pages for value in page_of(page).values() if isinstance(value, list))


def details(files: Sequence[SourceFile], survey: Survey) -> dict[str, Any]:
    """The newest page of the survey's own description; empty where there is none."""
    stream = stream_name(survey.source_survey_id) + "_details"
    named = [(name, file) for file in files if (name := page_name(file.name)) and name.stream == stream]
    return dict(page_of(max(named, key=lambda found: found[0].extraction)[1])) if named else {}


Responses = Callable[[Sequence[SourceFile], Survey], tuple[list[Response], dict[str, str]]]
"""Responses of one survey, and the wording of its questions by their ids."""


def extract_of(files: Sequence[SourceFile], options: Mapping[str, Any], responses_of: Responses) -> Extract:
    """The tables of all surveys of the catalogue from their pages. A survey that nobody has answered yet is told, not refused."""
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    catalogue = remote_surveys(str(options.get("source_id")), options.get("mapping") or {})
    for survey in catalogue:
        pages = _pages_of(files, survey)
        if not pages:
            raise SourceRefused(
                f"Source {options.get('source_id')}: nothing has been fetched for survey {survey.survey_id}. Next step: run `impact fetch`."
            )
        responses, wording = responses_of(files, survey)
        if not responses:
            findings.append(Finding("survey_empty", "survey_responses", survey.survey_id, "nobody has answered it yet"))
            continue
        wording = {name: words for name, text in wording.items() if (words := scalar(text))}
        export = checked(export_of(pages[0].name, responses, survey, wording, extra=wording), survey, findings)
        batches.extend(survey_batches(export, survey, findings))
        again = filtered_frame({CHANGED_SINCE: _listed(pages) - len(responses)})
        batches.append(TableBatch("survey_responses", rows_frame("survey_responses", []), filtered=again))
    return finished(batches, catalogue, findings)
