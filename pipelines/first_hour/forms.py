"""The export of a form: when, who, as whom, and what each question measures, as the catalogue of a survey source."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.counted import counted
from pipelines.first_hour import kinds
from pipelines.first_hour.applications import role_column
from pipelines.first_hour.asked_twice import of_before
from pipelines.first_hour.columns import is_free_text, never_loaded
from pipelines.first_hour.dates import Written, holds_dates, written
from pipelines.first_hour.facts import Context
from pipelines.first_hour.finishing import marked_examples
from pipelines.first_hour.form_scales import as_the_others, is_open, measured_questions, measures, scale_questions
from pipelines.first_hour.handbook_forms import HandbookForm, handbook_form
from pipelines.first_hour.ids import slug
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.scales import Rated, is_satisfaction, numbers_answers, rated, unrated_note
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.understanding import NEVER, UNUSED, USED, Understood, note_days
from pipelines.first_hour.word_steps import passes_a_middle
from pipelines.matching_inputs.headers import MAILS
from pipelines.matching_inputs.heading_words import plain
from pipelines.sources.mapped_files.column_proposals import holds_mail
from pipelines.sources.mapped_files.decided import NAMES
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.mapped_files.proposal import OF_FURTHER_FORMS
from pipelines.sources.records import SourceRefused
from pipelines.sources.surveys import files as survey_files

TIMES = (
    "timestamp",
    "completion time",
    "submitted at",
    "submitted",
    "submitdate",
    "submit date utc",
    "submit date",
    "recorded date",
    "date submitted",
    "end date",
    "start time",
    "date",
    "zeitstempel",
    "horodateur",
    "marca temporal",
    *OF_FURTHER_FORMS,
)
NUMBERS = (
    "employee id",
    "employee number",
    "staff no",
    "staff number",
    "personalnummer",
    "matricule",
    "student id",
    "student number",
    "matrikelnummer",
    "matrikel nr",
    "matricola",
    "numero etudiant",
    "numero de alumno",
    "legajo",
    "person id",
)
NOON = "12:00"
_IN_UTC = re.compile(r"\b(UTC|GMT)\b")
SENTENCE = 25  # letters of an answer from which on a column holds sentences


def understand_form(
    sheet: Sheet, answers: Answers, context: Context, certain: frozenset[str] = frozenset()
) -> Understood:
    """What the export of a form would load: `mapping` is a survey catalogue."""
    found = Understood(sheet, kinds.SURVEY)
    time = _time_column(sheet)
    if time is None:
        found.problem = f"{sheet.title}: no column says when people answered. Next step: export the form with its times, or add a column “Date”."
        found.columns = dict.fromkeys(sheet.header, (UNUSED, "waits for a column of dates"))
        return found
    when = written(sheet, time, answers, certain)
    known = handbook_form(sheet, context.people) or HandbookForm()
    who = known.who or _respondent(sheet, context)
    by_role, roles = (None, {known.role: []}) if known.role else role_column(sheet)
    earlier = of_before(sheet.header)
    rated_columns = _rated_columns(sheet, {time, who[0] if who else None, by_role, *known.items, *earlier})
    found.questions += when.questions
    if sheet.struck:
        found.notes.append(f"{counted(len(sheet.struck), 'answer')} struck through and read like the others")
    found.questions += scale_questions(sheet, rated_columns)
    role_question = None if by_role or known.role else _role_question(sheet)
    if role_question:
        found.questions.append(role_question)
        said = role_question.answer(answers)
        roles = {said: []} if said else {}
    _account(sheet, found, time, who, by_role, rated_columns)
    found.columns |= {name: (USED, known.words_of(name)) for name in known.items}
    found.columns |= {
        name: (UNUSED, f"asks how it was before what “{now}” asks; together they would be neither")
        for name, now in earlier.items()
    }
    if earlier:
        found.notes.append(
            f"{counted(len(earlier), 'question')} such as “{next(iter(earlier))}” looked back on how it was before and {'isn’t' if len(earlier) == 1 else 'aren’t'} measured; answers given before the programme, as a survey of their own, would show the change"
        )
    unrated = (name for name, (use, _) in found.columns.items() if use == UNUSED)
    found.notes += [note for name in unrated if (note := unrated_note(sheet, name))]
    found.notes += [
        f"“{name}” is read on a scale of {len(scale.steps)} steps, “{scale.steps[len(scale.steps) // 2]}” among them, which nobody chose"
        for name, scale in rated_columns.items()
        if not scale.others and passes_a_middle(scale.steps, scale.values)
    ]
    if not rated_columns and not known.items:
        found.problem = f"{sheet.title}: no column holds answers on a scale, so nothing of it can be measured."
    elif when.formats and roles and not is_open(sheet, rated_columns, answers):
        found.mapping = _catalogue(sheet, time, when, who, by_role, roles, rated_columns, answers, context, known)
        found.notes += _other_satisfaction(found.mapping["surveys"][0]["questions"])
        _count(sheet, found, context.today)
    return found


def _other_satisfaction(questions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is said of questions about satisfaction that aren't asked on five steps."""
    return [
        f"“{name}” is asked from {entry['scale_min']} to {entry['scale_max']}; satisfaction is measured on five steps, so it is kept as a question of its own"
        for name, entry in questions.items()
        if is_satisfaction(name)
        and "construct" not in entry
        and entry["question_kind"] == "scale_item"
        and entry["scale_max"] - entry["scale_min"] != 4
    ]


def _time_column(sheet: Sheet) -> str | None:
    by_folded = {folded(name): name for name in reversed(sheet.header)}
    named = [by_folded[word] for word in TIMES if word in by_folded and holds_dates(sheet, by_folded[word])]
    return named[0] if named else next((name for name in sheet.header if holds_dates(sheet, name)), None)


def _respondent(sheet: Sheet, context: Context) -> tuple[str, str] | None:
    """The column that names who answered, and its id type; None where the form is anonymous."""
    for name in sheet.header:
        if (plain(name) in MAILS or "mail" in folded(name)) and holds_mail(sheet.values(name)):
            return name, "email"
    for name in sheet.header:
        if folded(name) in NUMBERS and sheet.values(name).len():
            return name, context.people
    names = kinds.name_columns(sheet.header)
    return (names[0], NAMES) if len(names) == 1 and sheet.values(names[0]).len() else None


def _rated_columns(sheet: Sheet, taken: set[str | None]) -> dict[str, Rated]:
    found = {}
    for name in sheet.header:
        if name in taken or never_loaded(name) or numbers_answers(name):
            continue
        scale = rated(sheet, name)
        if scale is not None:
            found[name] = scale
    return as_the_others(found)


def _role_question(sheet: Sheet) -> Question:
    options = (Option("mentee", "Mentees"), Option("mentor", "Mentors"))
    return Question(f"{sheet.key}|role|", "Who answered this form?", options, "No column says so.")


def _catalogue(
    sheet: Sheet,
    time: str,
    when: Written,
    who: tuple[str, str] | None,
    role_column: str | None,
    roles: Mapping[str, list[str]],
    columns: Mapping[str, Rated],
    answers: Answers,
    context: Context,
    known: HandbookForm,
) -> dict[str, Any]:
    """The catalogue: one survey a role."""
    has_hour = all(re.search(r"%[HI+]", pattern) for pattern in when.formats)
    layout: dict[str, Any] = {"submitted_at": time, "times": when.format, **({} if has_hour else {"at": NOON})}
    form = {**sheet.layout.form, **sheet.layout.entry}
    layout |= {name: form[name] for name in ("delimiter", "encoding", "header_rows") if name in form}
    if sheet.tab is not None:
        layout["sheet"] = sheet.tab
    name = slug(sheet.title.rpartition(".")[0] or sheet.title) or "survey"
    surveys = []
    for role, words in roles.items():
        left_out = {header: {"not": cells} for header, cells in marked_examples(sheet).items()}
        chosen = {**left_out, **({role_column: words} if role_column else {})}
        where = {"layout": {"where": chosen}} if chosen else {}
        surveys.append(
            {
                "file": sheet.file.name,
                "survey_id": f"{name}-{role}s",
                "programme_id": context.programme,
                "name": f"{sheet.title.rpartition('.')[0] or sheet.title}, {role}s",
                "instrument": name,
                "wave": "pulse",
                "wave_no": 1,
                "respondent_role": role,
                "anonymity": "identified" if who else "anonymous",
                "min_group_size": 5,
                **known.survey(role, context.programme),
                **where,
                "questions": measured_questions(sheet, columns, answers) | known.questions,
            }
        )
    person = {"respondent": {"column": who[0], "id_type": who[1]}} if who else {}
    zone = "UTC" if re.search(r"\b(utc|gmt)\b", folded(time)) or _IN_UTC.search(time) else context.zone
    return {"layout": layout, "zone": zone, **person, "surveys": surveys}


def _account(
    sheet: Sheet,
    found: Understood,
    time: str,
    who: tuple[str, str] | None,
    role_column: str | None,
    columns: Mapping[str, Rated],
) -> None:
    """Every header, once."""
    for name in sheet.header:
        if name == time:
            found.columns[name] = (USED, "when it was answered")
        elif who and name == who[0]:
            found.columns[name] = (USED, "who answered; stored as a pseudonym")
        elif name == role_column:
            found.columns[name] = (USED, "mentee or mentor")
        elif name in columns:
            found.columns[name] = (USED, measures(name, columns[name]))
        elif (why := never_loaded(name)) is not None or is_free_text(name) or _is_text(sheet, name):
            found.columns[name] = (NEVER, why or "free text never leaves your file")
        else:
            found.columns[name] = (UNUSED, "holds no answers on a scale")


def _is_text(sheet: Sheet, name: str) -> bool:
    values = sheet.values(name)
    return values.len() > 0 and values.str.len_chars().sum() > SENTENCE * values.len()


def _count(sheet: Sheet, found: Understood, today: date) -> None:
    try:
        extract = survey_files.read([sheet.file], {"mapping": found.mapping})
    except SourceRefused as refused:
        found.problem, found.mapping = str(refused), None
        return
    batches = [batch for batch in extract.batches if batch.table == "survey_responses"]
    found.rows = sum(batch.rows.height for batch in batches)
    note_days(found, [batch.rows for batch in batches], today)
    found.unreadable = sum(batch.rejects.height for batch in batches)
    shown = [name for name, (use, _) in found.columns.items() if use == USED]
    found.first_rows = sheet.rows.select(pl.col(shown)).head(5)
