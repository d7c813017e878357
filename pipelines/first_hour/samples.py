"""Made-up organisations to try Add data with: their files as they would have them, and the answers that their owners would give."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from pipelines.first_hour.plan import PROGRAMME
from pipelines.first_hour.programme import key_of

SAMPLES: Mapping[str, str] = {
    "pairs_only": "A club: one list of 24 pairs",
    "company": "A company: HR list, pairs, meetings and a survey",
    "school": "A school: students, alumni as mentors, meetings",
}
GIVEN = "Ada Ben Chi Dana Eli Fay Gus Hana Ivo Jun Kai Lea Max Nia Oto Pia Quin Rui Sol Tess Uma Vic Wim Xena Yara Zoe".split()
FAMILY = "Amari Berg Costa Diaz Evans Fischer Garcia Haas Ito Jansen Khan Lopez Meyer Novak Okoye Park Rossi Silva Tanaka Weber".split()


def sample_files(name: str, today: date | None = None) -> tuple[dict[str, bytes], dict[str, str]]:
    """File name to content, and the answers about the programme. Raises `KeyError` for a name that isn't in `SAMPLES`. today: up to which the files go."""
    made = {"pairs_only": _pairs_only, "company": _company, "school": _school}[name]
    return made(Random(name), today or date.today())


def _names(count: int, random: Random) -> list[str]:
    every = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    return random.sample(every, count)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _answers(name: str, objective: str, who: str, cadence: str, months: str = "", owner: str = "") -> dict[str, str]:
    said = {"name": name, "objective": objective, "who": who, "cadence": cadence, "months": months, "owner": owner}
    return {key_of(PROGRAMME, what): value for what, value in said.items() if value}


def _pairs_only(random: Random, today: date) -> tuple[dict[str, bytes], dict[str, str]]:
    people = _names(42, random)
    rows = [
        (people[number], people[24 + number % 18], today - timedelta(days=20 + 14 * (number % 16)))
        for number in range(24)
    ]
    files = {"pairs.csv": _csv(("Mentee", "Mentor", "Start date"), rows)}
    return files, _answers("Club mentoring", "knowledge_transfer", "external", "none")


def _company(random: Random, today: date) -> tuple[dict[str, bytes], dict[str, str]]:
    count, couples = 160, 36
    names = _names(count, random)
    numbers = [str(4000 + place) for place in range(count)]
    staff, leavers = [], set(range(couples * 2, count, 7))
    for place, (number, name) in enumerate(zip(numbers, names, strict=True)):
        given, family = name.split()
        left = today - timedelta(days=random.randint(30, 500)) if place in leavers else ""
        reason = random.choice(("voluntary", "involuntary", "retirement")) if left else ""
        staff.append(
            (
                number,
                given,
                family,
                f"{given}.{family}.{number}@company.org".lower(),
                date(2015, 1, 1) + timedelta(days=random.randint(0, 2600)),
                left,
                reason,
                random.choice(("Sales", "Finance", "Research")),
                random.choice(("Porto", "Oslo")),
            )
        )
    pairs = [(numbers[k], numbers[couples + k], today - timedelta(days=330 - 4 * k), "active") for k in range(couples)]
    meetings = [
        (
            began + timedelta(days=14 + 30 * month + k % 9),
            mentee,
            mentor,
            "no show" if (k + month) % 11 == 0 else "held",
        )
        for k, (mentee, mentor, began, _) in enumerate(pairs)
        for month in range(12)
        if began + timedelta(days=14 + 30 * month + k % 9) < today and (k % 6 or month < 5)
    ]
    answers = [
        (
            today - timedelta(days=20 + k % 10),
            staff[k][3],
            "mentee" if k < couples else "mentor",
            random.choice((3, 4, 4, 5, 5)),
            random.choice((6, 7, 8, 9, 10)),
        )
        for k in range(2 * couples)
        if k % 5
    ]
    survey = (
        "Date",
        "Email",
        "Role",
        "How satisfied are you with the mentoring? (1 to 5)",
        "How likely are you to recommend it? (0 to 10)",
    )
    people = (
        "Staff number",
        "First name",
        "Last name",
        "Email",
        "Hire date",
        "Leaving date",
        "Reason for leaving",
        "Department",
        "Location",
    )
    files = {
        "people.csv": _csv(people, staff),
        "pairs.csv": _csv(("Mentee", "Mentor", "Start date", "Status"), pairs),
        "meetings.csv": _csv(("Date", "Mentee", "Mentor", "Status"), sorted(meetings)),
        "survey.csv": _csv(survey, answers),
    }
    said = _answers("Career partners", "career_development", "employee", "30", "12", "Head of learning")
    return files, {**said, "survey.csv||scale|1-5": "up 5"}


def _school(random: Random, today: date) -> tuple[dict[str, bytes], dict[str, str]]:
    students, alumni = _names(70, random)[:50], _names(30, random)
    alumni = [f"{name} (alumni)" for name in alumni]
    pairs = [(students[k], alumni[k % 30], today - timedelta(days=200 - 2 * k), "") for k in range(40)]
    meetings = [
        (began + timedelta(days=10 + 21 * month), student, mentor)
        for k, (student, mentor, began, _) in enumerate(pairs)
        for month in range(9)
        if began + timedelta(days=10 + 21 * month) < today and (k + month) % 4
    ]
    files = {
        "pairs.csv": _csv(("Mentee", "Mentor", "Start date"), [row[:3] for row in pairs]),
        "meetings.csv": _csv(("Date", "Mentee", "Mentor"), sorted(meetings)),
    }
    said = _answers("Students meet alumni", "career_development", "student", "14", "6", "Careers office")
    return files, {**said, "meetings.csv||held|": "held"}
