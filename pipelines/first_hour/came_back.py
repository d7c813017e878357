"""People who left and came back under another staff number: one list has them twice, and only its owner knows that they are one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from pipelines.first_hour import kinds
from pipelines.first_hour.dates import written
from pipelines.first_hour.names import plain_name
from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.understanding import Understood
from pipelines.sources.mapped_files.header_words import recognised
from pipelines.sources.mapped_files.written_times import read_by

MAILS = ("email_work", "email_personal")
ONE, TWO = "one", "two"


def came_back(tables: Sequence[Understood], answers: Answers) -> tuple[list[Question], dict[str, str]]:
    """A question for each list in which somebody seems to stand under two numbers, and, where they are one, the earlier numbers to the last."""
    questions, same = [], dict[str, str]()
    for one in tables:
        twice = _twice(one.sheet, answers) if one.kind == kinds.PEOPLE and one.mapping else []
        if twice:
            question = _question(one.sheet, twice)
            questions.append(question)
            if question.answer(answers) == ONE:
                same |= {number: numbers[-1] for _, numbers in twice for number in numbers[:-1]}
    return questions, same


def _question(sheet: Sheet, twice: Sequence[tuple[str, list[str]]]) -> Question:
    name, numbers = twice[0]
    people = "1 person seems" if len(twice) == 1 else f"{len(twice):,} people seem"
    options = (
        Option(ONE, "One person each, who left and came back", "What is known under either number is theirs"),
        Option(TWO, "Different people"),
    )
    words = f"{people} to stand under two numbers in “{sheet.title}”, such as {name} ({' and '.join(numbers)}). Are they one person each?"
    return Question(
        f"{sheet.key}|came_back|",
        words,
        options,
        "The address is the same, or the first employment ended before the second began.",
    )


def _twice(sheet: Sheet, answers: Answers) -> list[tuple[str, list[str]]]:
    """Names with the numbers under which they stand, the last one last: of one address, or of one whole name whose employments follow each other."""
    found = recognised("persons", sheet.header)
    number, names = found.get("person_id"), kinds.name_columns(sheet.header)
    if number is None:
        return []
    first, last = (_days(sheet, found.get(name), answers) for name in ("latest_hire_date", "termination_date"))
    by_key: dict[str, list[int]] = defaultdict(list)
    mails = [found[name] for name in MAILS if name in found]
    for at, row in enumerate(sheet.rows.select(*mails, *names).iter_rows()):
        mail = next((cell.strip().casefold() for cell in row[: len(mails)] if cell and "@" in cell), None)
        name = plain_name(" ".join(part for part in row[len(mails) :] if part))
        by_key[mail or name].append(at)
        if mail and name:
            by_key[name].append(at)
    numbers = sheet.rows[number].str.strip_chars().to_list()
    shown = [" ".join(part for part in row if part) for row in sheet.rows.select(*names).iter_rows()] if names else [""]
    result: dict[tuple[str, ...], str] = {}
    for key, lines in by_key.items():
        ordered = sorted(lines, key=lambda at: first.get(at) or date.min)
        known = list(dict.fromkeys(numbers[at] for at in ordered if numbers[at]))
        is_one_name = " " in key and _follow(ordered, first, last)
        if len(known) > 1 and ("@" in key or is_one_name):
            result.setdefault(tuple(known), shown[ordered[0]] if names else key)
    return [(name, list(known)) for known, name in result.items()]


def _follow(rows: Sequence[int], first: Mapping[int, date], last: Mapping[int, date]) -> bool:
    """Whether each employment ended before the next began."""
    return all(one in last and other in first and last[one] <= first[other] for one, other in pairwise(rows))


def _days(sheet: Sheet, header: str | None, answers: Answers) -> Mapping[int, date]:
    """Row to the day in a column, where it can be read."""
    if header is None or not sheet.values(header).len():
        return {}
    days: dict[int, date] = {}
    for pattern in written(sheet, header, answers).formats:
        read = read_by(sheet.rows[header].str.strip_chars(), pattern).dt.date().to_list()
        days = {**{at: day for at, day in enumerate(read) if day is not None}, **days}
    return days
