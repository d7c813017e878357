"""Small files as people keep them, for the tests of Add data."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from xlsxwriter import Workbook

from pipelines.first_hour.plan import Plan, plan_of
from pipelines.first_hour.plan_sources import sources_of
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceFile

TODAY = date(2026, 10, 31)
ABOUT = {"name": "Sales mentoring", "objective": "career_development", "who": "employee", "cadence": "30"}
ABOUT_PROGRAMME = {f"programme|mentoring|{what}": value for what, value in ABOUT.items()}


def csv_file(name: str, rows: Sequence[Sequence[object]]) -> SourceFile:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return SourceFile(name, text.getvalue().encode())


def workbook(name: str, tabs: Mapping[str, Sequence[Sequence[object]]]) -> SourceFile:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for tab, rows in tabs.items():
            sheet = book.add_worksheet(tab)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return SourceFile(name, stream.getvalue())


def planned(*files: SourceFile, **answers: str) -> Plan:
    """What the files come to, with no answer or with those given as `answers={...}`."""
    return plan_of(files, answers, today=TODAY, zone="Europe/Berlin")


def answered(*files: SourceFile, given: Mapping[str, str] | None = None, first: bool = True) -> Plan:
    """The plan once its questions are answered: as given, else with the first option; the programme's too."""
    answers = {**ABOUT_PROGRAMME, **(given or {})}
    for _ in range(4):
        plan = plan_of(files, answers, today=TODAY, zone="Europe/Berlin")
        if not (plan.open and first):
            return plan
        answers |= {question.key: question.options[0].value for question in plan.open}
    return plan_of(files, answers, today=TODAY, zone="Europe/Berlin")


def answered_rows(source: str, table: str, *files: SourceFile, given: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The rows that a source of the workspace loads into `table`, once every question is answered."""
    made = sources_of(answered(*files, given=given))[source]
    options = {"mapping": made.mapping, "source_id": source, "as_of": TODAY}
    extract = CONNECTORS[made.connector].read(list(made.files), options)
    return pl.concat([batch.rows for batch in extract.batches if batch.table == table])


def messy(path: Path | None = None) -> SourceFile:
    """A workbook as it grows: a title, blank rows, a total, capitals, accents, M/D/YYYY, two tabs, and dates in words."""
    pairs: list[list[object]] = [
        ["Mentoring programme, list of pairs"],
        ["last change: October"],
        [],
        ["Mentee", "Mentor", "Start", "Ended", "Room", "Salary band", "Birthday"],
    ]
    meetings: list[list[object]] = [["Date", "Mentee", "Mentor", "Notes"]]
    for number in range(40):
        mentee, mentor = f"Zoë {letters(number)} Yılmaz", f"José {letters(number // 2)} Köhler"
        if number == 20:
            pairs.append([])
        ended = "" if number % 4 else f"10/{1 + number % 12}/2025"
        pairs.append(
            [
                mentee,
                mentor.upper() if number % 7 == 3 else mentor,
                f"{1 + number % 9}/{1 + number % 12}/2025",
                ended,
                "R1",
                "B",
                "1980",
            ]
        )
        for month in range(5):
            when = (
                "last week"
                if (number, month) in ((3, 1), (9, 2), (21, 0), (30, 4))
                else f"{3 + month}/{1 + (number * 7) % 28}/2025"
            )
            meetings.append([when, mentee, mentor, "talked about the move"])
    pairs.append(["Total", 40])
    file = workbook(
        "mentoring 2026.xlsx", {"Pairs 2026": pairs, "Meetings": meetings, "Notes": [["remember to ask Lena"]]}
    )
    if path is not None:
        path.write_bytes(file.data)
    return file


def letters(number: int) -> str:
    """A family name of letters only, another for each number and alike no other."""
    syllables = ("ba", "ko", "lu", "mi", "ne", "ro", "sa", "ti", "vu", "ze")
    return (
        syllables[number % 10] + syllables[(number // 10 + number) % 10] + syllables[(3 * number) % 10 + 0]
    ).capitalize() + "nov" * (number % 3 + 1)
