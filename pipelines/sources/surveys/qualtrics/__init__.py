"""Qualtrics response exports and distribution histories to surveys, questions, responses, answers and invitations.

A survey is read where the catalogue names it; a history lies beside its export under the same name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, Generic, TypeVar

from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.mapped_files.newest import newest_first
from pipelines.sources.records import Extract, FileOnDisk, Finding, SourceFile, SourceRefused, TableBatch, merge
from pipelines.sources.shared.options import ZONE
from pipelines.sources.shared.surveys.batches import finished, survey_batches
from pipelines.sources.shared.surveys.catalogue import Survey, read_catalogue
from pipelines.sources.shared.surveys.overlapping import NewerResponses
from pipelines.sources.shared.surveys.rewording import reworded
from pipelines.sources.surveys.qualtrics.export import read_export
from pipelines.sources.surveys.qualtrics.invitations import survey_invitations
from pipelines.sources.surveys.qualtrics.parts import export_in_parts

PART = 1 << 20  # characters of an export read at a time: each of its cells becomes a row
_File = TypeVar("_File", bound=SourceFile)


@dataclass(frozen=True)
class _Delivery(Generic[_File]):
    """What came for one survey: an export of it and the distribution histories beside it."""

    survey: Survey
    export: _File
    histories: tuple[_File, ...]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read every survey of the catalogue in `options["mapping"]`. Raises `SourceRefused`: file missing, question missing, scale changed."""
    mapping = options.get("mapping") or {}
    catalogue = read_catalogue(mapping)
    findings: list[Finding] = []
    batches: list[TableBatch] = []
    deliveries = _deliveries(files, catalogue, mapping)
    newer = _newer(deliveries)
    for one in deliveries:
        told, older = newer[one.survey.survey_id].without_older(
            survey_batches(read_export(one.export, one.survey, findings), one.survey, findings)
        )
        newer[one.survey.survey_id].end_file()
        batches.extend(told)
        findings.extend(older)
        batches.extend(_invitations(one, mapping, options))
    return finished(batches, catalogue, [*findings, *_not_mapped(files, deliveries)])


def read_in_parts(files: Sequence[FileOnDisk], options: Mapping[str, Any], *, part: int = PART) -> Iterator[Extract]:
    """What `read` gives, as extracts of bounded size. Every export is read twice: first for what holds of it as a whole."""
    mapping = options.get("mapping") or {}
    catalogue = read_catalogue(mapping)
    deliveries = _deliveries(files, catalogue, mapping)
    questions: list[TableBatch] = []
    newer = _newer(deliveries)
    for one in deliveries:
        for extract in export_in_parts(one.export, one.survey, part=part):
            questions += [batch for batch in extract.batches if batch.table in ("surveys", "survey_questions")]
            batches, older = newer[one.survey.survey_id].without_older(extract.batches)
            yield Extract(batches, [*extract.findings, *older])
        newer[one.survey.survey_id].end_file()
        yield Extract(_invitations(one, mapping, options), [])
    yield Extract([], [*_not_mapped(files, deliveries), *reworded(merge(questions), catalogue)])


def _deliveries(files: Sequence[_File], catalogue: list[Survey], mapping: Mapping[str, Any]) -> list[_Delivery[_File]]:
    ending = _ending_of_histories(mapping)
    found = []
    for survey in catalogue:
        exports = [file for file in files if fnmatch(_base(file), survey.pattern) and not file.name.endswith(ending)]
        if not exports:
            raise SourceRefused(
                f"No file matches {survey.pattern!r} of survey {survey.survey_id}. Next step: export its responses as CSV into the source's folder, "
                "or take the survey out of the catalogue."
            )
        for file in newest_first(exports, []):
            histories = (other for other in files if _base(other) == _base(file).removesuffix(".csv") + ending)
            found.append(_Delivery(survey, file, tuple(histories)))
    return found


def _newer(deliveries: Sequence[_Delivery[Any]]) -> dict[str, NewerResponses]:
    """By survey what its newer exports tell."""
    exports = defaultdict[str, list[SourceFile]](list)
    for one in deliveries:
        exports[one.survey.survey_id].append(one.export)
    return {survey: NewerResponses(files) for survey, files in exports.items()}


def _ending_of_histories(mapping: Mapping[str, Any]) -> str:
    return str((mapping.get("invitations") or {}).get("match", "*_distribution.csv")).lstrip("*")


def _invitations(one: _Delivery[Any], mapping: Mapping[str, Any], options: Mapping[str, Any]) -> list[TableBatch]:
    return [
        survey_invitations(history, one.survey, mapping.get("invitations") or {}, options) for history in one.histories
    ]


def _not_mapped(files: Sequence[SourceFile], deliveries: Sequence[_Delivery[Any]]) -> list[Finding]:
    taken = {file.name for one in deliveries for file in (one.export, *one.histories)}
    return [
        Finding("file_not_mapped", "", file.name, "no survey of the catalogue matches it; it was not read")
        for file in files
        if file.name not in taken and file.name.endswith(".csv")
    ]


def _base(file: SourceFile) -> str:
    return file.name.rpartition("/")[2]


SPEC = Connector(
    name="qualtrics_files",
    system="qualtrics",
    read=read,
    tables=SURVEYS | {"survey_invitations"},
    in_parts=read_in_parts,
    own_options=(ZONE,),
    documentation=Documentation(
        title="Qualtrics, CSV",
        kind="Surveys",
        page="surveys.md",
        brings="surveys, questions, responses, answers, invitations",
        changes="no",
        tested="genuine exports, current and legacy",
        bad_data="three header rows, preview and spam, partials, changed scales",
        example=("connector: qualtrics_files\npath: exports/surveys\nmapping: mappings/surveys.yaml\n"),
    ),
)
