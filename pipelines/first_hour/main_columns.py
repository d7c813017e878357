"""What a list says little without, a pair's first and last day and how it stands, somebody's first day here: asked about where a column may hold it and no heading says so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.first_hour import kinds
from pipelines.first_hour.columns import never_loaded
from pipelines.first_hour.dates import holds_dates, holds_months
from pipelines.first_hour.dropped_out import leaving_columns
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.spread import counting_column, spread_columns
from pipelines.first_hour.values import MOST_ASKED, says_state
from pipelines.sources.mapped_files.header_words import folded, recognised

NONE = "|none"
"""No heading is written so."""


_STANDS = re.compile(
    r"\b(status|state|still|active|ongoing|live|aktiv|laufend|actif|active|activ[oa]|attiv[oa]|zustand|stand|statut|etat|estado|situacion|stato|tila|durum|outcome)\b"
)
"""A heading that may say how a pair stands."""


@dataclass(frozen=True)
class MainDay:
    """A column of days that is asked about. like: what its heading must say to be asked about at all; None where any column of days may be it."""

    table: str
    column: str
    words: str
    like: re.Pattern[str] | None = None


ASKED: Mapping[str, Sequence[MainDay]] = {
    kinds.PAIRS: (
        MainDay("pairs", "actual_start_date", "the first day of each pair"),
        MainDay(
            "pairs",
            "actual_end_date",
            "the last day of each pair",
            re.compile(
                r"\b(end\w*|unmatch\w*|conclu\w*|terminat\w*|dissol\w*|ceas\w*|clos\w*|finish\w*|complet\w*|sign(ed)? off|until|till|to|stop\w*|drop\w*|exit|left|withdr\w*|bis|ende|beendet|abschluss|abgeschlossen|abbruch|fin|jusqu\w*|cloture|fecha de cierre|cierre|hasta|fine|tot|slut|loppu)\b"
            ),
        ),
    ),
    kinds.MEETINGS: (MainDay("sessions", "scheduled_start_at", "the day of each meeting"),),
    kinds.PEOPLE: (
        MainDay(
            "persons",
            "latest_hire_date",
            "the first day of each person here",
            re.compile(
                r"\b(start\w*|join\w*|since|began|begin|entry|entered|hired?|commenc\w*|enlist\w*|enrol\w*|engaged|appointed|eintritt\w*|seit|beginn|depuis|entree|debut|desde|ingreso|inizio|sinds|fra|od|ab)\b"
            ),
        ),
        MainDay(
            "persons",
            "termination_date",
            "the last day of each person here",
            re.compile(
                r"\b(left|leav\w*|exit|discharg\w*|resign\w*|terminat\w*|ceas\w*|retire\w*|until|austritt\w*|ausgetreten|ausgeschieden|bis|sortie|depart|baja|salida|cese|uscita|hasta|tot|slut)\b"
            ),
        ),
    ),
}


def main_days(sheet: Sheet, kind: str, answers: Answers) -> tuple[dict[str, str], list[Question]]:
    """`table.column` to the heading that somebody says fills it, and the questions about those that no heading says."""
    said: dict[str, str] = {}
    questions: list[Question] = []
    if kind == kinds.MEETINGS and (counting_column(sheet) or spread_columns(sheet)):
        return said, questions  # meetings that are counted, or spread over columns, have no column of days
    known = recognised(kinds.TABLE_OF[kind], sheet.header) if kind in ASKED else {}
    free = [name for name in sheet.header if name not in known.values() and not never_loaded(name)]
    for one in ASKED.get(kind, ()):
        options = [name for name in free if name not in said.values() and _may_be(sheet, name, one)]
        if one.column in known or not options:
            continue
        question = _question(sheet, one, options)
        questions.append(question)
        answer = question.answer(answers)
        if answer is None:
            break  # the last day is asked about once the first is known
        if answer != NONE:
            said[f"{one.table}.{one.column}"] = answer
    return said, questions


def standing(sheet: Sheet, kind: str, answers: Answers) -> tuple[dict[str, str], list[Question]]:
    """The column that says how each pair stands, as somebody says, and the question: a state that is left aside makes every pair go on."""
    if kind != kinds.PAIRS or "status" in (known := recognised("pairs", sheet.header)):
        return {}, []
    free = [name for name in sheet.header if name not in known.values() and not never_loaded(name)]
    options = [name for name in free if _may_stand(sheet, name)]
    if not options:
        return {}, []
    words = f"Which column of “{sheet.title}” says how each pair stands?"
    question = Question(
        f"{sheet.key}|column|status",
        words,
        (
            *(Option(name, name, f"such as {sheet.values(name)[0]}") for name in options),
            Option(NONE, "None of them", "A pair goes on then until its last day"),
        ),
        "No heading says so.",
    )
    answer = question.answer(answers)
    return ({} if answer in (None, NONE) else {"pairs.status": str(answer)}), [question]


def _may_stand(sheet: Sheet, name: str) -> bool:
    values = sheet.values(name).unique()
    is_state = all(says_state("pairs", "status", value) for value in values)
    return 0 < values.len() <= MOST_ASKED and (is_state or bool(_STANDS.search(folded(name))))


def _may_be(sheet: Sheet, name: str, one: MainDay) -> bool:
    if one.column == "actual_end_date" and name in leaving_columns(sheet):
        return False  # it ends those pairs early, whatever ends the others
    is_like = one.like is None or bool(one.like.search(folded(name)))
    return is_like and (holds_dates(sheet, name) or holds_months(sheet, name))


def _question(sheet: Sheet, one: MainDay, headers: Sequence[str]) -> Question:
    options = [Option(name, name, f"such as {sheet.values(name)[0]}") for name in headers]
    return Question(
        f"{sheet.key}|column|{one.column}",
        f"Which column of “{sheet.title}” holds {one.words}?",
        (*options, Option(NONE, "None of them", "What rests on it isn’t measured")),
        "No heading says so.",
    )
