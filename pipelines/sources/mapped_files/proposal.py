"""A first mapping for a file that nobody has described yet: what its headers suggest, and what only its owner can know, asked in words.

Nothing that changes results is decided here. A date whose format isn't certain gets none, and the mapping refuses to load until somebody writes it; levels get no rank; a value that
isn't a word of the contract gets no meaning. What is taken for granted is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.contracts import BY_NAME
from pipelines.sources.mapped_files.column_proposals import Notes
from pipelines.sources.mapped_files.columns_read import in_the_file
from pipelines.sources.mapped_files.decided import Decided
from pipelines.sources.mapped_files.draft import Draft
from pipelines.sources.mapped_files.file_layout import Layout, both_marks, decimal_mark, thousands_doubt
from pipelines.sources.mapped_files.groups import GROUPS
from pipelines.sources.mapped_files.header_words import folded, recognised
from pipelines.sources.mapped_files.left_out import ask_about_unused, tell_of_employment
from pipelines.sources.mapped_files.several_people import separators_in
from pipelines.sources.records import SourceFile, SourceRefused

IDENTITY: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "persons": (("person_id",), ("email_work",), ("email_personal",)),
    "job_history": (("person_id", "valid_from"),),
    "pairs": (("pair_id",), ("actual_start_date", "status")),
    "sessions": (("session_id",), ("pair_id", "scheduled_start_at"), ("scheduled_start_at", "mentor", "mentee")),
    "applications": (("application_id",), ("person_id", "submitted_at"), ("person_id", "decision")),
    "survey_invitations": (("person_id", "sent_at"),),
    "person_measures": (("person_id", "measure"),),
    "productivity_readings": (("person_id", "threshold"),),
    "goals": (("goal_id",),),
    "milestones": (("pair_id", "milestone"),),
    "costs": (("item", "amount"),),
}
"""Columns without which a file isn't taken for such a table, as alternatives. `impact map --table` asks for none of them."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    "persons": ("employment_spells", "job_history"),
    "pairs": ("pair_members",),
    "sessions": ("pair_members", "session_participants"),
}
OF_FURTHER_FORMS = tuple(
    map(
        folded,
        "aikaleima|tidstämpel|tidsstempel|sygnatura czasowa|zaman damgası|タイムスタンプ|回答日時|时间戳记|时间戳|提交时间|타임스탬프".split(
            "|"
        ),
    )
)
"""When a form was answered, in Finnish, Swedish, Norwegian, Danish, Polish, Turkish, Japanese, Chinese and Korean."""
OF_A_FORM = frozenset(OF_FURTHER_FORMS) | frozenset(
    "timestamp|zeitstempel|horodateur|marca temporal|informazioni cronologiche|tijdstempel|carimbo de data hora|submitted at|start date|respondent id|completion time|fertigstellungszeit|abschlusszeit|heure de fin|hora de finalizacion|ora di completamento|submitdate|date submitted|submit date utc|recorded date|recordeddate|response id".split(
        "|"
    )
)
"""Headers that a form's own columns have, folded."""
SURVEYS_KNOW = 3  # headers of a table of answers that mean something elsewhere too: a time, an address, a name


@dataclass
class Proposal:
    """A mapping as far as it goes, and the questions that are open. `fits`: how many headers were recognised."""

    mapping: dict[str, Any]
    notes: Notes = field(default_factory=Notes)
    unused: list[str] = field(default_factory=list)
    table: str = ""
    fits: int = 0

    @property
    def questions(self) -> list[str]:
        """What only the file's owner knows; the mapping waits for the answers."""
        return self.notes.questions


def propose(
    file: SourceFile,
    layout: Layout,
    *,
    table: str | None = None,
    source_id: str = "my_source",
    zone: str | None = None,
    decided: Decided | None = None,
) -> Proposal:
    """The mapping of `file` to `table`, or to what its headers fit best; with `decided`, to the tables that come with `table` too.

    Raises `SourceRefused` where the headers fit nothing.
    """
    if table and table not in BY_NAME:
        raise SourceRefused(f"There is no table {table!r}. Next step: use one of {', '.join(BY_NAME)}.")
    header = layout.header
    chosen = table or _best_table(file, layout)
    draft = Draft(layout, source_id, zone, decided)
    if (table is None or decided is not None) and chosen in GROUPS:
        GROUPS[chosen](draft)
    else:
        draft.add(chosen)
    key = draft.key(chosen)
    found = Proposal({}, draft.notes, table=chosen, fits=len(draft.used))
    found.notes.taken[:0] = layout.taken
    found.unused = [name for name in header if name not in draft.used]
    ask_about_unused(draft, found.unused)
    if chosen == "persons":
        tell_of_employment(draft)
    form = {**layout.form, **({"zone": zone} if zone else {})}
    mark = next((mark for column in draft.numbers if (mark := decimal_mark(draft.values(column)))), None)
    _ask_about_thousands(draft)
    if mark:
        form["decimal"] = mark
        found.notes.tell("numbers are written with a decimal comma")
    split = _several_people(draft)
    entry = {
        "match": file.name,
        **({"key": key} if key else {}),
        "required": in_the_file(sorted(draft.used, key=header.index), layout.entry),
        **layout.entry,
        **({"split": split} if split else {}),
        **({"repeats": draft.repeats} if draft.repeats else {}),
        **({"ignore": found.unused} if found.unused else {}),
        "tables": draft.tables,
    }
    found.mapping = {"format": form, "files": [entry]}
    return found


def _ask_about_thousands(draft: Draft) -> None:
    """Columns whose numbers may be thousands (`1.234`): read with the other decimal mark, they are quarantined until somebody has said, and not worth a thousandth."""
    doubts = {name: doubt for name in draft.numbers if (doubt := thousands_doubt(draft.values(name))) is not None}
    for name, (mark, example) in doubts.items():
        draft.notes.ask(
            f"is {example} in {name!r} more than a thousand? Then write `thousands: {mark!r}` beside its `number:`, else `decimal: {mark!r}`; until then these numbers are quarantined",
            f"“{name}”: {example} may be more than a thousand or a fraction, so rows with such a number wait in the list to mend; write it without the mark",
        )
    for column in (column for spec in draft.tables for column in spec["columns"].values()):
        if column.get("number") and column.get("from") in draft.numbers:
            column.update(both_marks(draft.values(column["from"])))
        if column.get("number") and column.get("from") in doubts:
            column["decimal"] = "," if doubts[column["from"]][0] == "." else "."


def _several_people(draft: Draft) -> dict[str, list[str]]:
    """Header of mentees or mentors to what parts the people in one of its cells."""
    found = {header: marks for header in draft.sides().values() if (marks := separators_in(draft.values(header)))}
    for header in found:
        draft.notes.tell(f"cells of {header!r} that name several people are read as a row for each (`split:`)")
    return found


def _best_table(file: SourceFile, layout: Layout) -> str:
    """The table whose columns (with those of the tables that come with it) are named most often."""
    header = layout.header
    found = {}
    for table in IDENTITY:
        columns = recognised(table, header)
        members = recognised("pair_members", header) if table == "sessions" else {}
        if any({*columns, *members} >= set(needed) for needed in IDENTITY[table]):
            beside = {name for other in BESIDE.get(table, ()) for name in recognised(other, header).values()}
            found[table] = len({*columns.values(), *beside})
    if looks_like_a_survey(header) and max(found.values(), default=0) <= SURVEYS_KNOW:
        raise SourceRefused(
            f"{file.name} looks like the answers to a survey (its headers are questions). Surveys aren't mapped column by column but described in a catalogue. "
            "Next step: impact init --with survey_files, and see docs/sources/surveys.md; of the handbook's own forms `impact forms` has written the catalogue, and Add data knows them by itself."
        )
    if not found:
        raise SourceRefused(
            f"{file.name}: its headers fit no table ({', '.join(header)}). Next step: say with --table what a row is, for example --table persons; the mapping is then yours to fill in."
        )
    best = max(found, key=lambda table: found[table])
    return "job_history" if best == "persons" and _is_a_history(layout) else best


def _is_a_history(layout: Layout) -> bool:
    """Whether rows are states of a job: they have a first day, and people come more than once or nothing about the person stands beside it."""
    jobs, persons = recognised("job_history", layout.header), recognised("persons", layout.header)
    if not {"person_id", "valid_from"} <= jobs.keys():
        return False
    repeats = layout.text.rows[jobs["person_id"]].is_duplicated().any()
    return repeats or not persons.keys() - {"person_id", "status"}


def looks_like_a_survey(header: Sequence[str]) -> bool:
    """Whether headers are questions, or one is and a form's own time stands beside it."""
    questions = [name for name in header if name.rstrip().endswith("?") or len(name) > 30]
    return len(questions) >= 2 or (bool(questions) and any(folded(name) in OF_A_FORM for name in header))
