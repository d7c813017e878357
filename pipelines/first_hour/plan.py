"""All added files together: what each table is, whom the names mean, which programmes there are, what is still open, and the workspace that comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from pipelines.first_hour import kinds
from pipelines.first_hour.came_back import came_back
from pipelines.first_hour.circles import circles_in
from pipelines.first_hour.couples import come_together_again
from pipelines.first_hour.dates import certain_formats
from pipelines.first_hour.facts import Context, cohorts_of
from pipelines.first_hour.forms import understand_form
from pipelines.first_hour.numberings import told_apart
from pipelines.first_hour.people import (
    Persons,
    listed_in,
    persons_of,
)
from pipelines.first_hour.plan_sources import OF_LISTS, newest_first
from pipelines.first_hour.programme import key_of as programme_key
from pipelines.first_hour.programme import open_in_programme, programme_file
from pipelines.first_hour.questions import Answers, Option, Question, open_questions
from pipelines.first_hour.sheets import Sheet, Unread, sheets_of
from pipelines.first_hour.struck import OUT, struck_question
from pipelines.first_hour.understanding import Understood, date_headers, understand
from pipelines.sources.records import SourceFile

STALE_DAYS, STALE_PAIRS = 45, 365
"""Days after which a log or a list of people is asked about, and a list of pairs alone, which changes once a year."""
AS_OF, ZONE = "|as_of", "|zone"
PROGRAMME = "mentoring"


@dataclass
class Plan:
    """tables: every sheet that was understood as something. unknown: sheets of which nobody has said what they are. questions: all, answered or not."""

    tables: list[Understood] = field(default_factory=list)
    left_out: list[Sheet] = field(default_factory=list)
    unknown: list[Sheet] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    persons: Persons = field(default_factory=Persons)
    programmes: dict[str, str] = field(default_factory=dict)
    cohorts: dict[str, tuple[str, str]] = field(default_factory=dict)
    first_day: date | None = None
    newest: date | None = None
    answers: Answers = field(default_factory=dict)
    today: date = date.min
    given: frozenset[str] = frozenset()
    zone: str = "UTC"
    people: str = "people"
    one_number: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> list[Question]:
        """The questions without an answer."""
        return open_questions(self.questions, self.answers)

    @property
    def open_programmes(self) -> dict[str, list[str]]:
        """Programme to what nobody has said of it yet."""
        found = {one: open_in_programme(one, self.answers) for one in self.programmes if one not in self.given}
        return {one: words for one, words in found.items() if words}

    @property
    def problems(self) -> list[str]:
        """What stands in the way of a dry run besides open questions."""
        said = [*(one.words for one in self.unread), *(one.problem for one in self.tables if one.problem)]
        if self.tables and not any(one.kind == kinds.PAIRS for one in self.tables) and not self.given:
            said.append(
                "No table of pairs is among the files. Next step: add a list that says who mentors whom; two columns are enough."
            )
        return said

    @property
    def as_of(self) -> date:
        """The day up to which the files are complete."""
        return self.newest if self.answers.get(AS_OF) == "newest" and self.newest else self.today


def plan_of(
    files: Sequence[SourceFile],
    answers: Answers,
    *,
    today: date,
    zone: str,
    given: Mapping[str, str] | None = None,
    people: str = "people",
) -> Plan:
    """What the files come to. given: programmes that the workspace describes already, id to name. people: the id type of staff numbers there."""
    given = given or {}
    zone = answers.get(ZONE) or zone
    plan = Plan(answers=answers, today=today, given=frozenset(given), zone=zone)
    single = next(iter(given)) if len(given) == 1 else PROGRAMME
    opened = [list(sheets_of(file, today)) for file in files]
    tables = [[one for one in found if isinstance(one, Sheet)] for found in opened]
    told: dict[str, str] = {}
    tables = [[_paired(one, told) for one in sheets] for sheets in tables]
    context = Context(zone, today, people, single, _kind_of_people(answers), come_together_again(tables, answers))
    for found, sheets in zip(opened, tables, strict=True):
        plan.unread += [one for one in found if isinstance(one, Unread)]
        _understand_file(sheets, plan, context)
    for one in plan.tables:
        one.notes += [told[one.sheet.key]] if one.sheet.key in told else []
    _tell_which_holds(plan)
    asked, plan.one_number = came_back(plan.tables, answers)
    plan.questions += asked
    listed = {one.sheet.key: listed_in(one) for one in plan.tables if one.kind == kinds.PEOPLE}
    plan.tables = told_apart(plan.tables, listed, people)
    plan.people = people
    plan.persons = persons_of(plan.tables, answers)
    _programmes(plan, given, single)
    _days(plan)
    return plan


def _paired(sheet: Sheet, told: dict[str, str]) -> Sheet:
    """A table of circles as one of pairs, any other as it is. told: gets what is said, by the key of the table that is made."""
    circles = circles_in(sheet)
    if circles is None:
        return sheet
    told[circles.pairs.key] = circles.words
    return circles.pairs


def _kind_of_people(answers: Answers) -> str:
    return next(
        (value for key, value in answers.items() if key.startswith("programme|") and key.endswith("|who")), "employee"
    )


def _understand_file(sheets: Sequence[Sheet], plan: Plan, context: Context) -> None:
    known = {sheet.key: kinds.kind_of(sheet) for sheet in sheets}
    certain = frozenset[str]().union(
        *(certain_formats(sheet, date_headers(sheet, known[sheet.key] or "")) for sheet in sheets)
    )
    for sheet in sheets:
        kind = plan.answers.get(f"{sheet.key}|kind") or known[sheet.key]
        if kind is None:
            plan.unknown.append(sheet)
            plan.questions.append(kind_question(sheet))
        elif kind == kinds.LEFT_OUT:
            plan.left_out.append(sheet)
        else:
            one = (
                understand_form(sheet, plan.answers, context, certain)
                if kind == kinds.SURVEY
                else understand(_as_struck(sheet, plan), kind, plan.answers, context, certain)
            )
            plan.tables.append(one)
            plan.questions += [
                question for question in one.questions if question.key not in {known.key for known in plan.questions}
            ]
            if kind in (kinds.PAIRS, kinds.APPLICATIONS):
                plan.cohorts |= cohorts_of(sheet, kind, context)
                plan.programmes |= one.programmes or {context.programme: ""}


def _as_struck(sheet: Sheet, plan: Plan) -> Sheet:
    """The sheet with or without rows that are struck through, as somebody answers."""
    asked = struck_question(sheet)
    if asked is None:
        return sheet
    plan.questions.append(asked)
    return replace(sheet, without_struck=asked.answer(plan.answers) == OUT)


def kind_question(sheet: Sheet) -> Question:
    """What a row of a sheet is, with every kind to choose from."""
    options = tuple(Option(kind, words) for kind, words in kinds.A_ROW_IS.items())
    return Question(
        f"{sheet.key}|kind",
        f"What is a row of “{sheet.title}”?",
        options,
        f"Its columns are {', '.join(sheet.header[:8])}.",
    )


def _programmes(plan: Plan, given: Mapping[str, str], single: str) -> None:
    """A survey or a log alone belongs to the programme that is there."""
    if not plan.programmes and plan.tables:
        plan.programmes = {single: given.get(single, "")}
    plan.programmes = {
        one: given.get(one) or plan.answers.get(programme_key(one, "name")) or name
        for one, name in plan.programmes.items()
    }


def _days(plan: Plan) -> None:
    days = [day for one in plan.tables for day in (one.first_day, one.newest) if day]
    starts = [one.first_day for one in plan.tables if one.kind == kinds.PAIRS and one.first_day]
    past = [day for day in days if day <= plan.today]
    plan.first_day, plan.newest = min(starts or days, default=None), max(past, default=None)
    is_certain = not any("|date|" in question.key for question in plan.open)
    is_log = any(one.kind in (kinds.MEETINGS, kinds.SURVEY, kinds.PEOPLE, kinds.APPLICATIONS) for one in plan.tables)
    stale = timedelta(days=STALE_DAYS if is_log else STALE_PAIRS)
    if is_certain and plan.newest and plan.today - plan.newest > stale:
        said = f"{plan.newest.day} {plan.newest:%B %Y}"
        options = (
            Option("today", "Up to today", "Pairs without a meeting since then count as not meeting"),
            Option("newest", f"Up to {said}", f"Everything is counted as of {said}"),
        )
        plan.questions.append(
            Question(AS_OF, f"The newest date in these files is {said}. Up to which day are they complete?", options)
        )


def _tell_which_holds(plan: Plan) -> None:
    """Of several tables of one kind: which of them holds where they tell of the same."""
    for kind in OF_LISTS:
        tables = newest_first([one for one in plan.tables if one.kind == kind and one.mapping])
        if len(tables) > 1:
            newest, *older = tables
            titles = ", ".join(f"“{one.sheet.title}”" for one in older)
            newest.notes.append(
                f"where {titles} {'tells' if len(older) == 1 else 'tell'} of the same, this newer one holds"
            )


def programme_files(plan: Plan) -> dict[str, dict[str, Any]]:
    """Programme id to its file, for those that the workspace doesn't describe yet."""
    first = plan.first_day or plan.today
    found = {}
    for one in plan.programmes:
        if one in plan.given:
            continue
        cohorts = {cohort: name for cohort, (programme, name) in plan.cohorts.items() if programme == one}
        found[one] = programme_file(one, plan.answers, first_day=first, cohorts=cohorts or {f"{one}-all": "All pairs"})
    return found
