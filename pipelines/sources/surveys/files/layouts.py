"""How each tool's export names a response's id, its time and its state, in the languages of the tool; and whose column is whose where a header was written otherwise."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.conversions import as_list
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.records import SourceRefused
from pipelines.sources.shared.surveys.catalogue import Survey

BETWEEN_OPTIONS = "between_options"
"""What stands between the options that somebody chose, where it is no comma."""
LAYOUTS: Mapping[str, Mapping[str, Any]] = {
    "google_forms": {
        "submitted_at": (
            "Timestamp",
            "Zeitstempel",
            "Horodateur",
            "Marca temporal",
            "Informazioni cronologiche",
            "Tijdstempel",
            "Carimbo de data/hora",
        )
    },
    "surveymonkey": {
        "response_id": (
            "Respondent ID",
            "Teilnehmer-ID",
            "Befragten-ID",
            "ID du répondant",
            "ID de encuestado",
            "Identificador del encuestado",
        ),
        "submitted_at": (
            "Date Modified",
            "Änderungsdatum",
            "Datum geändert",
            "Date de modification",
            "Fecha de modificación",
        ),
        "header_rows": 2,
        "times": "%m/%d/%Y %I:%M:%S %p",
    },
    "microsoft_forms": {
        "response_id": ("ID", "Id"),
        "submitted_at": (
            "Completion time",
            "Fertigstellungszeit",
            "Abschlusszeit",
            "Heure de fin",
            "Hora de finalización",
            "Ora di completamento",
            "Tijd van voltooien",
            "Hora de conclusão",
        ),
        BETWEEN_OPTIONS: ";",
    },
    "limesurvey": {
        "response_id": (
            "id",
            "id. Response ID",
            "id. Antwort ID",
            "id. Antwort-ID",
            "id. ID de la réponse",
            "id. ID de respuesta",
            "Response ID",
            "Antwort ID",
            "Antwort-ID",
            "ID de la réponse",
            "ID de respuesta",
            "ID risposta",
        ),
        "submitted_at": (
            "submitdate",
            "submitdate. Date submitted",
            "submitdate. Datum Abgeschickt",
            "submitdate. Date de soumission",
            "submitdate. Fecha de envío",
            "Date submitted",
            "Datum Abgeschickt",
            "Date de soumission",
            "Fecha de envío",
            "Data invio",
        ),
        "times": "%Y-%m-%d %H:%M:%S",
        "undated": "1980-01-01 00:00:00",  # what LimeSurvey writes where a survey keeps no times
    },
    "typeform": {
        "response_id": ("#",),
        "submitted_at": ("Submit Date (UTC)",),
        "status": "Response Type",
        "complete_values": "completed",
        "times": "%Y-%m-%d %H:%M:%S",
        "zone": "UTC",
    },
    "own": {},
}
_SPELLED = {"submitted_at", "response_id", "status"}
_QUOTES = str.maketrans("’‘´`“”„«»", '\'\'\'\'"""""')
_CODE_AND_WORDS = re.compile(r"^([a-z][a-z0-9_]*(?:\[[a-z0-9_]+\])*)\. \S")
_NUMBER = re.compile(r"^(q|f|frage|question|pregunta)?\s?\d{1,3}\s?[.):]\s*")


def layout_of(survey: Survey) -> dict[str, Any]:
    """The layout of a survey's file: its tool's, with what the catalogue says otherwise. Raises `SourceRefused` where something isn't declared."""
    kind = str(survey.layout.get("tool", "own"))
    if kind not in LAYOUTS:
        raise SourceRefused(
            f"Survey {survey.survey_id}: the layout's tool {kind!r} isn't known; known are {', '.join(LAYOUTS)}. Next step: correct `layout:`."
        )
    layout = {**LAYOUTS[kind], **survey.layout}
    layout["zone"] = layout.get("zone") or survey.zone
    missing = [name for name in ("times", "zone", "submitted_at") if not layout.get(name)]
    if missing:
        raise SourceRefused(
            f"Survey {survey.survey_id}: the layout lacks {', '.join(missing)}. Times follow the account's own format and zone and are never guessed. "
            'Next step: add for example `layout: {tool: google_forms, times: "%d/%m/%Y %H:%M:%S"}` and `zone:` to the catalogue.'
        )
    return {**layout, "zone": str(layout["zone"])}


def as_named(text: DelimitedText, survey: Survey, layout: Mapping[str, Any]) -> tuple[DelimitedText, dict[str, Any]]:
    """The text with the catalogue's names for its columns, and the layout with the one name that each part of it has here.

    A header in other case, with curly quotation marks, a star for `required` or a number before it is the same question, as long as only one is.
    """
    header = [name for name in text.rows.columns if name not in (LINE, RAW)]
    here = {**layout, **{part: _first_of(layout[part], header) for part in _SPELLED & layout.keys()}}
    own = [here.get("submitted_at"), here.get("response_id"), here.get("status"), *(layout.get("where") or {})]
    own += [survey.respondent[0] if survey.respondent else None, survey.pair]
    wanted = [str(name) for name in own if name] + [question.question_id for question in survey.questions]
    return replace(text, rows=text.rows.rename(_same(wanted, header))), here


def _first_of(names: Any, header: Iterable[str]) -> str:
    present = {_plain(name) for name in header}
    return next((str(name) for name in as_list(names) if _plain(str(name)) in present), str(as_list(names)[0]))


def _same(wanted: Iterable[str], header: Iterable[str]) -> dict[str, str]:
    """Header to the wanted name that it spells otherwise."""
    missing = [name for name in dict.fromkeys(wanted) if name not in header]
    free = [name for name in header if name not in wanted]
    found: dict[str, str] = {}
    for form in (_plain, _unnumbered, _code_alone):
        for name in missing:
            alike = [other for other in free if other not in found and form(other) == form(name)]
            if name not in found.values() and len(alike) == 1:
                found[alike[0]] = name
    return found


def _plain(name: str) -> str:
    return normalised(name).translate(_QUOTES).rstrip("* ").strip()


def _code_alone(name: str) -> str:
    """A header of code and words as LimeSurvey writes both, by its code: `submitdate. Date submitted`."""
    found = _CODE_AND_WORDS.match(_plain(name))
    return found[1] if found else _plain(name)


def _unnumbered(name: str) -> str:
    return _NUMBER.sub("", _plain(name))
