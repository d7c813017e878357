"""What a table would load: its columns used, not used and never loaded, the mapping under which it is read, and the questions that are open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.first_hour import kinds
from pipelines.first_hour.applications import matched_by, with_open_decisions
from pipelines.first_hour.columns import meaning_of, never_loaded, would_give
from pipelines.first_hour.dates import Written, holds_dates, unread_note, written
from pipelines.first_hour.doubts import doubts, further_days, marked_as_left, unread_days
from pipelines.first_hour.dropped_out import leaving_days
from pipelines.first_hour.facts import Context, Facts, facts_of
from pipelines.first_hour.finishing import finished
from pipelines.first_hour.main_columns import main_days, standing
from pipelines.first_hour.questions import Answers, Option, Question, open_questions
from pipelines.first_hour.rows_told import gone_without_a_day, nobody_named
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.spread import counting_column, counting_sentence, spread_columns, spread_sentence
from pipelines.first_hour.values import Meant, meant
from pipelines.sources import mapped_files
from pipelines.sources.mapped_files.columns_read import columns_read, entries_of
from pipelines.sources.mapped_files.decided import Decided
from pipelines.sources.mapped_files.header_words import ROLES, recognised
from pipelines.sources.mapped_files.proposal import propose
from pipelines.sources.records import SourceRefused

TABLES: Mapping[str, tuple[str, ...]] = {
    kinds.PAIRS: ("pairs", "pair_members"),
    kinds.PEOPLE: ("persons", "employment_spells", "job_history"),
    kinds.MEETINGS: ("sessions", "session_participants"),
    kinds.APPLICATIONS: ("applications",),
}
STARTS = ("actual_start_date", "latest_hire_date", "scheduled_start_at")
MOST_TOPICS = 12
"""More different topics than these are sentences, and sentences are never loaded."""
USED, UNUSED, NEVER = "used", "unused", "never"


@dataclass
class Understood:
    """What is known of one sheet.

    columns: header to its use (used, unused, never) and why. mapping: a whole mapping file; None while it can't be read. rows, unreadable: of its main table.
    left_out: in words. notes: what is taken for granted. holds: facts of which the source holds all. programmes: id to name, where a column names them.
    """

    sheet: Sheet
    kind: str
    questions: list[Question] = field(default_factory=list)
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    mapping: dict[str, Any] | None = None
    rows: int = 0
    unreadable: int = 0
    first_rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    holds: list[str] = field(default_factory=list)
    programmes: dict[str, str] = field(default_factory=dict)
    first_day: date | None = None
    newest: date | None = None
    latest_start: date | None = None


def understand(
    sheet: Sheet, kind: str, answers: Answers, context: Context, certain: frozenset[str] = frozenset()
) -> Understood:
    """What `sheet` means as a table of `kind`. Surveys are understood in `forms.py`. certain: formats of dates that other columns of the same file show."""
    found = Understood(sheet, kind)
    columns = _who_is_who(sheet, kind, answers, found)
    days, questions = main_days(sheet, kind, answers)
    stands, more = standing(sheet, kind, answers)
    columns |= days | stands
    found.questions += [*questions, *more]
    left = leaving_days(sheet) if kind == kinds.PAIRS else []
    dates = _dates(sheet, kind, answers, certain, [*days.values(), *left])
    formats = {header: one.format for header, one in dates.items() if one.format}
    facts = facts_of(sheet, kind, answers, context, formats, columns)
    meanings = meant(sheet, TABLES[kind], answers, {**columns, **facts.columns})
    found.questions += [question for one in dates.values() for question in one.questions]
    found.questions += meanings.questions + facts.questions
    found.holds, found.programmes, found.notes = facts.holds, facts.programmes, facts.notes
    found.notes += [note for name, one in dates.items() if (note := unread_note(sheet, name, one))]
    dropped = frozenset(
        {*_not_for_loading(sheet), *meanings.dropped, *(h for h, one in dates.items() if not one.format)}
    )
    decided = Decided(
        {**columns, **facts.columns},
        formats,
        meanings.values,
        facts.constants,
        dropped,
        by_name=True,
        pairs_by_start=context.pairs_by_start,
        meets_again=facts.meets_again,
    )
    _read(sheet, kind, decided, meanings, facts, context, answers, found)
    _account_for_columns(found, meanings, dates, answers)
    _tell_spread(sheet, kind, found)
    found.notes += doubts(sheet, kind, found.latest_start, context.today)
    unused = [name for name, (use, _) in found.columns.items() if use == UNUSED]
    found.notes += marked_as_left(sheet, unused) if kind == kinds.PAIRS else []
    found.notes += further_days(sheet, unused) if dates and kind == kinds.PAIRS else []
    found.notes += [] if dates else unread_days(sheet, unused)
    return found


def _tell_spread(sheet: Sheet, kind: str, found: Understood) -> None:
    """Meetings in columns of their own: a list of pairs is read without them, a log has nothing else."""
    columns = [name for name in spread_columns(sheet) if found.columns[name][0] == UNUSED]
    counting = counting_column(sheet) if kind == kinds.MEETINGS and found.mapping is None else None
    if not (columns or counting) or kind not in (kinds.PAIRS, kinds.MEETINGS):
        return
    said = spread_sentence(sheet, columns) if columns else counting_sentence(sheet, str(counting))
    if kind == kinds.PAIRS:
        found.notes.append(said)
    elif found.mapping is None:
        others = f"choose “{kinds.KINDS[kinds.PAIRS]}” for it if nothing else says who mentors whom, or “{kinds.KINDS[kinds.LEFT_OUT]}”"
        found.problem = f"{said}; or {others}."


def _who_is_who(sheet: Sheet, kind: str, answers: Answers, found: Understood) -> dict[str, str | None]:
    """Which columns name mentee and mentor, asked where the headings don't say."""
    numbered = kind == kinds.MEETINGS and "pair_id" in recognised("sessions", sheet.header)
    if kind not in (kinds.PAIRS, kinds.MEETINGS) or numbered:
        return {}
    known = kinds.roles(sheet)
    by_heading = recognised("pair_members", sheet.header)
    said: dict[str, str | None] = {
        f"pair_members.{role}": header for role, header in known.items() if role not in by_heading
    }
    for role in ROLES:
        if role not in known:
            taken = {*known.values(), *said.values()}
            question = _which_column(sheet, role, [name for name in sheet.header if name not in taken])
            found.questions.append(question)
            said[f"pair_members.{role}"] = question.answer(answers)
    return said


def _which_column(sheet: Sheet, role: str, headers: list[str]) -> Question:
    naming = [name for name in headers if sheet.values(name).len() and not holds_dates(sheet, name)]
    options = tuple(
        Option(name, name, f"such as {', '.join(sheet.values(name).unique(maintain_order=True).head(3))}")
        for name in naming
    )
    return Question(f"{sheet.key}|column|{role}", f"Which column names the {role}?", options, "No heading says so.")


def _dates(
    sheet: Sheet, kind: str, answers: Answers, certain: frozenset[str], said: Collection[str]
) -> dict[str, Written]:
    named = date_headers(sheet, kind) | set(said)
    return {name: written(sheet, name, answers, certain) for name in sheet.header if name in named}


def date_headers(sheet: Sheet, kind: str) -> set[str]:
    """The filled columns of days or times that a kind knows."""
    if kind not in TABLES:
        return set()
    named = {
        header
        for table in TABLES[kind]
        for name, header in recognised(table, sheet.header).items()
        if name in BY_NAME[table].business_schema and BY_NAME[table].column(name).type in ("date", "instant")
    }
    return {name for name in named if sheet.values(name).len()}


def _not_for_loading(sheet: Sheet) -> set[str]:
    topic = recognised("sessions", sheet.header).get("topic")
    sentences = {topic} if topic and sheet.values(topic).n_unique() > MOST_TOPICS else set()
    return {name for name in sheet.header if never_loaded(name)} | sentences


def _read(
    sheet: Sheet,
    kind: str,
    decided: Decided,
    meanings: Meant,
    facts: Facts,
    context: Context,
    answers: Answers,
    found: Understood,
) -> None:
    """The mapping, and what it makes of the rows."""
    try:
        proposal = propose(
            sheet.file,
            sheet.layout,
            table=kinds.TABLE_OF[kind],
            source_id=context.people,
            zone=context.zone,
            decided=decided,
        )
        done = finished(sheet, proposal, facts.specs, meanings.left_out)
        found.left_out, found.notes = done.left_out, [*found.notes, *done.notes]
        if done.missing:
            found.problem = None if open_questions(found.questions, answers) else done.missing
            return
        found.mapping = with_open_decisions(done.mapping) if kind == kinds.APPLICATIONS else done.mapping
        extract = mapped_files.read([sheet.file], {"mapping": found.mapping, "source_id": context.people})
    except SourceRefused as refused:
        found.problem = str(refused)
        return
    batches = [batch for batch in extract.batches if batch.table == kinds.TABLE_OF[kind]]
    found.rows = sum(batch.rows.height for batch in batches)
    lines = {line for batch in extract.batches for line in batch.rejects["source_line"].to_list()}
    found.unreadable = len(lines)
    found.first_rows = batches[0].rows.head(5) if batches else pl.DataFrame()
    found.notes += gone_without_a_day(extract.batches)
    if kind == kinds.PAIRS:
        found.left_out += nobody_named(batches)
    note_days(found, [batch.rows for batch in batches], context.today)


def _starts(frame: pl.DataFrame) -> list[date]:
    """The last first day, or meeting, of a table."""
    last = [frame[name].cast(pl.Date).max() for name in STARTS if name in frame.columns]
    return [day for day in last if isinstance(day, date)]


def note_days(found: Understood, frames: list[pl.DataFrame], today: date) -> None:
    """The first and the last day up to today that the rows tell of; what is planned tells of no day on which anything was written."""
    days: list[date] = []
    for frame in frames:
        for name, dtype in frame.schema.items():
            if not dtype.is_temporal() or name.startswith("planned"):
                continue
            past = frame[name].filter(frame[name].cast(pl.Date) <= today)
            values = (frame[name].min(), past.max())
            days += [
                value.date() if isinstance(value, datetime) else value for value in values if isinstance(value, date)
            ]
    starts = [frame["actual_start_date"].min() for frame in frames if "actual_start_date" in frame.columns]
    found.newest = max(days, default=None)
    found.latest_start = max((day for frame in frames for day in _starts(frame)), default=None)
    found.first_day = min((day for day in starts if isinstance(day, date)), default=min(days, default=None))


def _account_for_columns(found: Understood, meanings: Meant, dates: Mapping[str, Written], answers: Answers) -> None:
    """Every header of the sheet, once."""
    entries = found.mapping["files"][0] if found.mapping else {"tables": []}
    used = set(columns_read(entries)) if found.mapping else set()
    names = set(kinds.name_columns(found.sheet.header)) if found.kind == kinds.PEOPLE else set()
    by_header = _meanings(entries)
    for header in found.sheet.header:
        if (why := never_loaded(header)) is not None:
            found.columns[header] = (NEVER, why)
        elif header in dates and dates[header].waits(answers):
            found.columns[header] = (USED, "a day, once you have said how it is written")
        elif header in by_header:
            found.columns[header] = (USED, by_header[header])
        elif header in names:
            found.columns[header] = (USED, "recognises people whom other files name")
        elif header in used:
            found.columns[header] = (USED, "tells the rows apart")
        elif found.sheet.values(header).is_empty():
            found.columns[header] = (UNUSED, "it is empty in this file")
        elif header in meanings.dropped:
            found.columns[header] = (UNUSED, meanings.dropped[header])
        elif header in dates and not dates[header].format:
            found.columns[header] = (UNUSED, "its dates can’t be read")
        elif found.kind == kinds.APPLICATIONS and matched_by(header):
            found.columns[header] = (UNUSED, "proposals of pairs are made from it: `impact match` reads this table")
        else:
            found.columns[header] = (UNUSED, would_give(header))


def _meanings(entry: Mapping[str, Any]) -> dict[str, str]:
    """Header to what it is used for, by the first column that it fills."""
    found: dict[str, str] = {}
    for spec in entry["tables"]:
        role = spec["columns"].get("role", {}).get("const")
        for name, column in ((name, one) for name, of in spec["columns"].items() for one in entries_of(of)):
            header = column.get("from")
            if isinstance(header, str) and "filled" not in column:
                found.setdefault(header, meaning_of(str(role)) if name == "person_id" and role else meaning_of(name))
    for spec in entry["tables"]:  # who somebody is says more than that it tells rows apart
        role, person = spec["columns"].get("role", {}).get("const"), spec["columns"].get("person_id", {}).get("from")
        if role and isinstance(person, str):
            found[person] = meaning_of(str(role))
    return found
