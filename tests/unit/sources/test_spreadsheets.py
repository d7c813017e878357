"""Spreadsheets: text only, and bounded before they are opened."""

import io
import zipfile

import pytest
import xlsxwriter

from pipelines.sources.cleaning import LINE
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.spreadsheets import check_unfolded_size, read_spreadsheet


def workbook(rows) -> SourceFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Alumni")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SourceFile("alumni.xlsx", out.getvalue())


def test_the_header_is_found_under_a_title_and_ids_stay_text():
    text = read_spreadsheet(
        workbook([["Alumni directory"], ["Alumni ID", "Class year"], ["00012", 2019], ["118612345678", 43864]]),
        required=("Alumni ID",),
        sheet="Alumni",
    )
    assert text.rows.select("Alumni ID", "Class year").rows() == [("00012", "2019"), ("118612345678", "43864")]
    assert text.rows[LINE].to_list() == [3, 4]


def test_a_missing_column_or_sheet_is_refused_by_name():
    with pytest.raises(SourceRefused, match=r"alumni\.xlsx: required column 'Degree' is missing"):
        read_spreadsheet(workbook([["Alumni ID"], ["1"]]), required=("Degree",))
    with pytest.raises(SourceRefused, match=r"alumni\.xlsx can't be read as a spreadsheet"):
        read_spreadsheet(workbook([["Alumni ID"], ["1"]]), sheet="Elsewhere")


def test_an_archive_that_unfolds_beyond_the_bound_is_never_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", b"0" * 3_000_000)
    with pytest.raises(SourceRefused, match="unfolds to more than 2 MB"):
        check_unfolded_size(SourceFile("bomb.xlsx", out.getvalue()), limit=2 * 1024 * 1024)


@pytest.mark.parametrize("data", [b"", b"no zip at all"])
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(SourceRefused, match=r"x\.xlsx"):
        read_spreadsheet(SourceFile("x.xlsx", data))
