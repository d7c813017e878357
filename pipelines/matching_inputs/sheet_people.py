"""Who stands in each row of a sheet: of two answers of one person the later one, and what is wrong where rows can't be told apart."""

import polars as pl

from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.heading_words import plain
from pipelines.matching_inputs.identities import Person, counts_answers, name_key, normal_mail
from pipelines.matching_inputs.sent_times import sending_order
from pipelines.matching_inputs.sheet_terms import ROW
from pipelines.matching_inputs.sheets import Sheet, cells_of

OF_ANSWERS = frozenset(
    "response_id responseid answer_id submission_id antwort_id id_de_la_reponse id_de_respuesta token network_id".split()
)
"""What a form's program calls the number that it gives each answer: two answers of one person have two."""


def people_of(sheet: Sheet, said: list[str]) -> tuple[list[Person], pl.DataFrame]:
    """Who stands in each row. Of two answers of one address the later one holds."""
    columns, rows = sheet.columns, sheet.rows
    mails = [normal_mail(text) for text in cells_of(rows, columns.mail)]
    numbers = cells_of(rows, columns.number)
    names = [
        " ".join(part for part in parts if part) or None
        for parts in zip(*(cells_of(rows, name) for name in columns.names), strict=True)
    ]
    names = names or [None] * rows.height
    numbered = columns.number is not None and not (any(mails) and counts_answers(numbers))
    if columns.number is not None and not numbered:
        said.append(
            f"{sheet.file}: {columns.number} counts the answers and names nobody; people are known by {columns.mail}."
        )
    labels = numbers if numbered else [None] * rows.height
    of_answers = columns.number is not None and plain(columns.number) in OF_ANSWERS and any(mails)
    numbers = [None] * rows.height if of_answers else labels
    shown = [mail and _shown(cell, mail) for cell, mail in zip(cells_of(rows, columns.mail), mails, strict=True)]
    people = [
        Person(sheet.side, row, label or mail_shown or name or "", mail, number, name)
        for row, label, mail_shown, number, mail, name in zip(
            rows[ROW], labels, shown, numbers, mails, names, strict=True
        )
    ]
    return _newest(sheet, people, said)


def _shown(cell: str | None, mail: str) -> str:
    """An address as it was written, without a name or marks around it."""
    return cell if cell is not None and cell.casefold() == mail else mail


def _newest(sheet: Sheet, people: list[Person], said: list[str]) -> tuple[list[Person], pl.DataFrame]:
    order = sending_order(cells_of(sheet.rows, sheet.columns.chosen.get("applied"))) or range(len(people))
    sent = [one for _, one in sorted(zip(order, people, strict=True), key=lambda both: both[0])]
    shared = _shared_mailboxes(people)
    last = {person.mail: person.row for person in sent if person.mail and not person.number}
    kept = [
        person
        for person in people
        if person.number or not person.mail or last[person.mail] == person.row or person.mail in shared
    ]
    gone = [person for person in people if person not in kept]
    if gone:
        count = len({person.mail for person in gone})
        rows = ", ".join(str(person.row) for person in gone[:5])
        said.append(
            f"{sheet.file}: {count} {'person' if count == 1 else 'people'} answered more than once; the last answer holds (left aside: row {rows})."
        )
    return kept, sheet.rows.filter(pl.col(ROW).is_in([person.row for person in kept]))


def _shared_mailboxes(people: list[Person]) -> set[str]:
    """Addresses under which people stand who share no word of their names: they are two people, and not one who answered twice."""
    names: dict[str, set[str]] = {}
    shared = set()
    for person in people:
        words = set(name_key(person.name or ""))
        before = names.setdefault(person.mail or "", words)
        if words and before and not words & before:
            shared.add(person.mail or "")
    return shared


def repeated(sheet: Sheet) -> list[str]:
    """Rows that name nobody, or somebody whom another row names."""
    problems = []
    seen: dict[str, int] = {}
    for person in sheet.people:
        if not person.label:
            problems.append(f"{sheet.file}, row {person.row}: id is empty. Next step: give the person an id.")
        elif _identity(person) in seen:
            problems.append(
                f"{sheet.file}, row {person.row}: the id {person.label!r} occurs twice (row {seen[_identity(person)]}). Next step: keep one row per person."
            )
        seen.setdefault(_identity(person), person.row)
    return problems


def _identity(person: Person) -> str:
    """What two rows of one person share: their id or address, or where they have a name alone, the name however it is spelled."""
    return folded(person.label) if person.mail or person.number else " ".join(name_key(person.label)) or person.label
