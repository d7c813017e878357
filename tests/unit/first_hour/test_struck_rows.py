"""Rows that somebody struck through: whether they count is asked, and what is left out is counted."""

import io

from xlsxwriter import Workbook

from pipelines.sources.records import SourceFile
from tests.unit.first_hour.made import answered, answered_rows, planned

ROWS = [
    ["Mentee", "Mentor", "Start"],
    ["Ann Ash", "Kim Kay", "2026-01-05"],
    ["Bob Bay", "Lou Loy", "2026-02-02"],
    ["Cem Cay", "Mia Moe", "2026-02-09"],
]
KEY = "pairs.xlsx|Pairs|struck|"


def pairs() -> SourceFile:
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        line = book.add_format({"font_strikeout": True})
        sheet = book.add_worksheet("Pairs")
        for place, row in enumerate(ROWS):
            sheet.write_row(place, 0, row, line if place == 2 else None)
    return SourceFile("pairs.xlsx", stream.getvalue())


def test_it_is_asked_whether_rows_that_are_struck_through_count():
    (asked,) = [one for one in planned(pairs()).open if one.key == KEY]
    assert asked.words == "1 row is struck through in “Pairs”, such as Bob Bay. Does it count?"


def test_what_is_left_out_is_not_loaded_and_counted_and_its_people_are_nobodys():
    given = {KEY: "out"}
    plan = answered(pairs(), given=given)
    (table,) = plan.tables
    assert table.rows == 2
    assert "1 row struck through" in table.left_out
    assert not any("Bob Bay" in question.words for question in plan.questions if question.key != KEY)
    assert answered_rows("pairs", "pairs", pairs(), given=given).height == 2


def test_what_counts_is_loaded_like_the_others():
    assert answered_rows("pairs", "pairs", pairs(), given={KEY: "count"}).height == 3
