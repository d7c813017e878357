"""The catalogue of a survey source: which file is which survey, and what each question measures on which scale."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.contracts.files.survey_catalogue import SurveyCatalogue
from pipelines.contracts.files.words import faults, told
from pipelines.sources.records import SourceRefused

SURVEY_FIELDS = (
    "survey_id programme_id cohort_id name instrument wave wave_no months_since_start respondent_role anonymity min_group_size opened_date closed_date milestone"
).split()
REQUIRED = "survey_id programme_id name instrument wave wave_no respondent_role anonymity min_group_size".split()


@dataclass(frozen=True)
class Question:
    """One question of a survey, keyed by the source's stable id (ImportId). `values`: what an answer in words is worth, for tools that export labels; `codes`: what a chosen option is called; `options`: all that can be chosen, where they are named."""

    question_id: str
    stable_code: str
    kind: str
    construct: str | None
    scale_min: float | None
    scale_max: float | None
    is_reversed: bool
    unit: str | None
    values: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    @property
    def is_wide_scale(self) -> bool:
        """Whether it is answered on a scale of more than two steps."""
        low, high = self.scale_min, self.scale_max
        return self.kind not in ("choice", "text") and low is not None and high is not None and high - low > 1


@dataclass(frozen=True)
class Survey:
    """One survey of the catalogue. `respondent` is (column, id_type); None where nobody may be known.

    `source_survey_id` is the tool's own id, `layout` says how a file without a known format is laid out.
    `same`: further spellings of who answered, to the one that is kept.
    `invited_as` is the id_type of the persons in distribution histories: who was invited may be known even where who answered may not.
    """

    pattern: str
    fields: Mapping[str, Any]
    questions: tuple[Question, ...]
    respondent: tuple[str, str] | None
    invited_as: str | None
    pair: str | None
    zone: str | None
    source_survey_id: str | None = None
    layout: Mapping[str, Any] = field(default_factory=dict)
    may_be_empty: bool = False
    same: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody may be tied to a response."""
        return self.fields["anonymity"] == "anonymous"

    @property
    def survey_id(self) -> str:
        return str(self.fields["survey_id"])


def read_catalogue(mapping: Mapping[str, Any]) -> list[Survey]:
    """Read the mapping of a survey source.

    Raises `SourceRefused` where a survey lacks a field, a question set is unknown, or one stable code has two scales: answers on unequal scales can't be
    compared before and after.
    """
    if not mapping.get("surveys"):
        raise SourceRefused(
            "The survey catalogue names no surveys. Next step: list them under `surveys:` in the source's mapping file."
        )
    wrong = faults(SurveyCatalogue, mapping)
    if wrong:
        raise SourceRefused(
            f"The survey catalogue: {told(wrong)}. Next step: correct it (docs/reference/survey-catalogues.md)."
        )
    surveys = [_survey(entry, mapping) for entry in mapping["surveys"]]
    scales: dict[str, tuple[Survey, Question]] = {}
    for survey in surveys:
        for question in survey.questions:
            other_survey, other = scales.setdefault(question.stable_code, (survey, question))
            if (other.scale_min, other.scale_max) != (question.scale_min, question.scale_max):
                raise SourceRefused(
                    f"The scale of question {question.stable_code} changes: {_scale(other)} in survey {other_survey.survey_id}, {_scale(question)} in survey "
                    f"{survey.survey_id} ({question.question_id}). Next step: give the changed question a stable_code of its own, so that unequal scales are never compared."
                )
    return surveys


def _scale(question: Question) -> str:
    return f"{_short(question.scale_min)} to {_short(question.scale_max)}"


def _short(value: float | None) -> str:
    return "open" if value is None else f"{value:g}"


def _survey(entry: Mapping[str, Any], mapping: Mapping[str, Any]) -> Survey:
    name = entry.get("survey_id", "without survey_id")
    missing = [field for field in REQUIRED if entry.get(field) in (None, "")]
    source_survey_id = entry.get("source_survey_id")
    pattern = entry.get("file", entry.get("match")) or (
        f"*-{stream_name(source_survey_id)}-*" if source_survey_id else None
    )
    if missing or not pattern:
        raise SourceRefused(
            f"Survey {name}: {', '.join(missing or ['file (or source_survey_id)'])} is missing in the catalogue. Next step: add it to the source's mapping file."
        )
    given = entry.get("respondent", mapping.get("respondent"))
    id_type = str(given.get("id_type", given.get("reference", "email"))) if given else None
    respondent = None
    if given and id_type and entry["anonymity"] != "anonymous":
        respondent = (str(given["column"]), id_type)
    fields = {field: entry.get(field) for field in SURVEY_FIELDS}
    questions = tuple(_question(key, spec, name) for key, spec in _questions(entry, mapping, name).items())
    return Survey(
        str(pattern),
        fields,
        questions,
        respondent,
        id_type,
        entry.get("pair"),
        entry.get("zone", mapping.get("zone")),
        None if source_survey_id is None else str(source_survey_id),
        {**(mapping.get("layout") or {}), **(entry.get("layout") or {})},
        bool(entry.get("may_be_empty", False)),
        {str(written): str(kept) for written, kept in ((given or {}).get("same") or {}).items()},
    )


def stream_name(source_survey_id: Any) -> str:
    """The tool's id of a survey as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_]", "_", str(source_survey_id))


def _questions(entry: Mapping[str, Any], mapping: Mapping[str, Any], survey: str) -> dict[str, Mapping[str, Any]]:
    given = entry.get("questions") or {}
    if isinstance(given, Mapping):
        return dict(given)
    found: dict[str, Mapping[str, Any]] = {}
    for name in given:
        if name not in (mapping.get("question_sets") or {}):
            raise SourceRefused(
                f"Survey {survey} names the question set {name!r}, which the catalogue lacks. Next step: add it under `question_sets:`."
            )
        found.update(mapping["question_sets"][name])
    return found


def _question(key: str, spec: Mapping[str, Any], survey: str) -> Question:
    kind = spec.get("question_kind", spec.get("kind"))
    if not spec.get("stable_code") or not kind:
        raise SourceRefused(
            f"Survey {survey}, question {key}: stable_code or question_kind is missing. Next step: add it to the catalogue."
        )
    low, high = spec.get("scale_min", spec.get("min")), spec.get("scale_max", spec.get("max"))
    return Question(
        question_id=str(key),
        stable_code=str(spec["stable_code"]),
        kind=str(kind),
        construct=spec.get("construct"),
        scale_min=None if low is None else float(low),
        scale_max=None if high is None else float(high),
        is_reversed=bool(spec.get("reverse_scored", spec.get("reverse", False))),
        unit=spec.get("unit"),
        values={str(label): float(value) for label, value in (spec.get("values") or {}).items()},
        codes={str(label): str(code) for label, code in (spec.get("codes") or {}).items()},
        options=tuple(str(option) for option in spec.get("options") or ()),
    )


def text_hash(text: str) -> str:
    """First 16 hex digits of SHA-256 over the wording, blanks collapsed; a changed wording between waves shows."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]
