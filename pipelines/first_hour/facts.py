"""What each kind of table must say besides its columns: of which programme its rows are, whether a log holds held meetings only, how ended pairs ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.first_hour import kinds
from pipelines.first_hour.applications import role_column, role_of_all
from pipelines.first_hour.endings import endings
from pipelines.first_hour.failed_meetings import failing_columns, failures
from pipelines.first_hour.ids import slug
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.column_proposals import holds_mail
from pipelines.sources.mapped_files.groups import HASHED
from pipelines.sources.mapped_files.header_words import recognised

EVERY = "all"


@dataclass(frozen=True)
class Context:
    """What is known besides the sheet.

    zone: of its times. today: the day of asking. people: the id type of staff numbers. programme: id of the programme where no column names it. person_kind: what the people of a list are.
    pairs_by_start: whether two come together again in some table, so that pairs are told apart by their first day too.
    """

    zone: str
    today: date
    people: str = "people"
    programme: str = "mentoring"
    person_kind: str = "employee"
    pairs_by_start: bool = False


@dataclass
class Facts:
    """constants, columns: as `Decided` takes them. specs: `table.column` to an entry of the mapping that no header gives by itself. holds: facts that the source holds completely."""

    constants: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str | None] = field(default_factory=dict)
    specs: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    programmes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    meets_again: bool | None = None


def facts_of(
    sheet: Sheet,
    kind: str,
    answers: Answers,
    context: Context,
    formats: Mapping[str, Any],
    said: Mapping[str, str | None],
) -> Facts:
    """The facts of a sheet of `kind`. formats: header to the format of its dates, as far as they are certain. said: `table.column` to the heading that its owner named."""
    facts = Facts()
    if kind == kinds.PAIRS:
        _programme(sheet, "pairs", context, facts)
        endings(sheet, answers, context, formats, said, facts)
    elif kind == kinds.APPLICATIONS:
        _programme(sheet, "applications", context, facts)
        _application(sheet, answers, facts)
    elif kind == kinds.MEETINGS:
        facts.columns["sessions.programme_id"] = None
        facts.constants["sessions.scheduled_tz"] = context.zone
        _held(sheet, answers, facts)
        _again(sheet, answers, facts)
    elif kind == kinds.PEOPLE:
        _people(sheet, answers, context, facts)
    return facts


def _programme(sheet: Sheet, table: str, context: Context, facts: Facts) -> None:
    """Programme and intake of each row: by their columns, else the one programme with all in one intake."""
    found = recognised(table, sheet.header)
    programme, cohort = found.get("programme_id"), found.get("cohort_id")
    if programme is None:
        facts.constants[f"{table}.programme_id"] = context.programme
    else:
        names = sheet.values(programme).unique().sort().to_list()
        facts.programmes = {slug(name): name for name in names}
        facts.specs[f"{table}.programme_id"] = {"from": programme, "map": {name: slug(name) for name in names}}
    if cohort is not None:
        parts = [part for part in (programme, cohort) if part]
        facts.specs[f"{table}.cohort_id"] = {"template": " / ".join(f"{{{part}}}" for part in parts)}
    elif programme is not None:
        ids = {name: f"{slug(name)}-{EVERY}" for name in facts.programmes.values()}
        facts.specs[f"{table}.cohort_id"] = {"from": programme, "map": ids}
    else:
        facts.constants[f"{table}.cohort_id"] = f"{context.programme}-{EVERY}"


def cohorts_of(sheet: Sheet, kind: str, context: Context) -> dict[str, tuple[str, str]]:
    """Cohort id to its programme and name, as the sheet's rows name them."""
    found = recognised(kinds.TABLE_OF[kind], sheet.header)
    programme, cohort = found.get("programme_id"), found.get("cohort_id")
    if cohort is None:
        ids = [slug(name) for name in sheet.values(programme).unique()] if programme else [context.programme]
        return {f"{one}-{EVERY}": (one, "All pairs") for one in ids}
    named = sheet.rows.select([part for part in (programme, cohort) if part]).drop_nulls().unique(maintain_order=True)
    rows = [[cell.strip() for cell in row] for row in named.iter_rows()]
    return {" / ".join(row): (slug(row[0]) if programme else context.programme, row[-1]) for row in rows if all(row)}


def _held(sheet: Sheet, answers: Answers, facts: Facts) -> None:
    if "status" in recognised("sessions", sheet.header):
        return
    failed = failing_columns(sheet)
    if failed:
        named = " and ".join(f"“{name}”" for name in failed)
        words = f"{named} {'says' if len(failed) == 1 else 'say'} which of these {sheet.rows.height:,} meetings didn’t take place. Did all others?"
    else:
        words = f"Are these {sheet.rows.height:,} meetings all meetings that took place?"
    question = Question(
        f"{sheet.key}|held|",
        words,
        (
            Option(
                "held",
                "Yes, all others took place" if failed else "Yes, only meetings that took place are written down",
            ),
            Option("unknown", "No, or nobody knows", "They are loaded, and count as meetings nobody has confirmed"),
        ),
        "No column says so.",
    )
    facts.questions.append(question)
    others = question.answer(answers) or "unknown"
    facts.constants["sessions.status"] = others
    state: dict[str, Any] = {"const": others}
    for name in reversed(failed):
        state = {"from": name, "map": dict(failures(sheet, name)), "otherwise": state}
    if failed:
        facts.specs["sessions.status"] = state


def _again(sheet: Sheet, answers: Answers, facts: Facts) -> None:
    """Lines that tell of the same two at the same time: only their owner knows whether they met twice."""
    found = recognised("sessions", sheet.header)
    who = [found["pair_id"]] if "pair_id" in found else list(kinds.roles(sheet).values())
    when = [found[name] for name in ("scheduled_start_at", "start_time") if name in found]
    if "session_id" in found or not who or not when:
        return
    lines = sheet.rows.select(*when, *who).drop_nulls()
    again = lines.height - lines.n_unique()
    if again:
        question = Question(
            f"{sheet.key}|again|",
            f"{again:,} {'line tells' if again == 1 else 'lines tell'} of the same two {'at the same time' if len(when) > 1 else 'on the same day'} as another. Did they meet more than once?",
            (
                Option("own", "Yes, each line is a meeting of its own"),
                Option("same", "No, a meeting was written down twice", "It counts once"),
            ),
        )
        facts.questions.append(question)
        facts.meets_again = question.answer(answers) == "own"


def _application(sheet: Sheet, answers: Answers, facts: Facts) -> None:
    found = recognised("applications", sheet.header)
    names = kinds.name_columns(sheet.header)
    person = found.get("person_id") or next((name for name in sheet.header if holds_mail(sheet.values(name))), None)
    person = person or (names[0] if len(names) == 1 else None)
    facts.columns["applications.person_id"] = person
    if "application_id" not in found and person and "submitted_at" in found:
        facts.specs["applications.application_id"] = {"template": f"{HASHED}{{{person}}} {{{found['submitted_at']}}}"}
        _twice(sheet, person, facts)
    role, all_of = role_column(sheet)[0], role_of_all(sheet)
    if "role_sought" not in found and role:
        facts.columns["applications.role_sought"] = role
    elif "role_sought" not in found and all_of:
        facts.constants["applications.role_sought"] = all_of
        facts.notes.append(f"everybody applies as {all_of}, by what the table is called")
    elif "role_sought" not in found:
        options = (
            Option("mentee", "A mentor: they apply as mentees"),
            Option("mentor", "Mentees: they apply as mentors"),
        )
        question = Question(f"{sheet.key}|role|", "What do these people apply for?", options, "No column says so.")
        facts.questions.append(question)
        facts.constants["applications.role_sought"] = question.answer(answers) or "mentee"
    decided = found.get("decision")
    undecided = sheet.rows.height - sheet.values(decided).len() if decided else 0
    if undecided:
        facts.notes.append(
            f"{undecided:,} without a word in “{decided}” {'counts' if undecided == 1 else 'count'} as open"
        )
    if decided is None:
        facts.constants["applications.decision"] = "pending"
        facts.notes.append("no column says how applications were decided, so all count as open")


def _twice(sheet: Sheet, person: str, facts: Facts) -> None:
    """Say that somebody applied more than once: each application is kept, and rates count each person once."""
    who = sheet.values(person).str.to_lowercase()
    again = who.filter(who.is_duplicated()).n_unique()
    if again:
        facts.notes.append(
            f"{again:,} {'person has' if again == 1 else 'people have'} applied more than once; every application is kept, and rates count each person once"
        )


def _people(sheet: Sheet, answers: Answers, context: Context, facts: Facts) -> None:
    found = recognised("persons", sheet.header)
    if "person_kind" not in found or sheet.values(found["person_kind"]).is_empty():
        facts.constants["persons.person_kind"] = context.person_kind
    if "valid_from" not in recognised("job_history", sheet.header):
        facts.constants |= {
            "job_history.valid_from": context.today,
            "job_history.change_action": "unknown",
            "job_history.change_action_basis": "assumed",
        }
    if not {"person_id", "email_work", "email_personal"} & found.keys():
        names = kinds.name_columns(sheet.header)
        facts.columns["persons.person_id"] = names[0] if len(names) == 1 else None
    left = found.get("termination_date")
    if left is not None and sheet.values(left).is_empty():
        question = Question(
            f"{sheet.key}|leavers|{left}",
            f"“{left}” is empty for everybody. Has nobody left, or are people taken off this list when they leave?",
            (
                Option("nobody", "Nobody has left"),
                Option("taken_off", "They are taken off the list", "Retention is shown as not measured"),
            ),
        )
        facts.questions.append(question)
        if question.answer(answers) == "nobody":
            facts.holds.append("leavers")
