"""Rows that are struck through in a workbook."""

import io

import xlsxwriter

from pipelines.sources.records import SourceFile
from pipelines.sources.struck_rows import struck_rows
from pipelines.sources.workbooks import sheets_of


def workbook(write) -> SourceFile:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        write(book, book.add_worksheet("People"), book.add_format({"font_strikeout": True}))
    return SourceFile("people.xlsx", out.getvalue())


def struck(write) -> list[int]:
    file = workbook(write)
    return struck_rows(file, sheets_of(file)["People"])


def test_rows_are_counted_from_the_first_filled_one():
    def write(book, sheet, line):
        sheet.write_row(2, 1, ["Name", "Team"])
        sheet.write_row(3, 1, ["Ann", "Law"], line)
        sheet.write_row(4, 1, ["Bob", 7])

    assert struck(write) == [1]


def test_a_name_that_is_struck_through_within_its_cell_is_struck():
    def write(book, sheet, line):
        sheet.write_rich_string(0, 0, line, "Ann ", line, "Ash")
        sheet.write_rich_string(1, 0, "Bob ", line, "Bay")

    assert struck(write) == [0]


def test_one_struck_cell_among_many_is_a_correction_and_no_row():
    def write(book, sheet, line):
        sheet.write_row(0, 0, ["Ann", "Law", "Tax"])
        sheet.write(0, 1, "Law", line)
        sheet.write_row(1, 0, ["Bob", "Law", "Tax"])
        sheet.write(1, 0, "Bob", line)

    assert struck(write) == []


def test_empty_cells_of_a_struck_row_and_a_workbook_without_styles_say_nothing():
    def write(book, sheet, line):
        sheet.write_row(0, 0, ["Ann"])
        sheet.write_blank(1, 0, None, line)

    assert struck(write) == []
    assert struck_rows(SourceFile("x.xlsx", b"no zip"), sheets_of(workbook(write))["People"]) == []
