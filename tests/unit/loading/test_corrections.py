"""Corrected lines take the place of refused ones, and end by themselves when the source changes."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.loading.corrections import Correction, CorrectionRefused, corrected, corrections_of, record_corrections
from pipelines.sources.parquet import read_parquet
from pipelines.sources.records import SourceFile
from pipelines.sources.spreadsheets import read_spreadsheet

pytestmark = pytest.mark.slow


def correction(line: int, raw: str, text: str, file: str = "a.csv") -> Correction:
    return Correction("hris", file, line, raw, text)


def test_a_corrected_line_is_read_in_the_place_of_the_refused_one() -> None:
    files = [SourceFile("a.csv", "id;name\r\n1;Müller\r\n;Stone\r\n3;Lee\r\n".encode("cp1252"))]
    done, applied = corrected(files, [correction(3, ";Stone", "2;Stone")])
    assert (applied, done[0].data) == (1, "id;name\r\n1;Müller\r\n2;Stone\r\n3;Lee\r\n".encode("cp1252"))


def test_a_record_of_several_lines_is_replaced_whole() -> None:
    files = [SourceFile("a.csv", b'id,note\n1,"two\nlines"\n2,x\n')]
    done, applied = corrected(files, [correction(2, '1,"two\nlines"', "1,one")])
    assert (applied, done[0].data) == (1, b"id,note\n1,one\n2,x\n")


def test_a_line_that_the_source_changed_meanwhile_is_left_alone() -> None:
    files = [SourceFile("a.csv", b"id\n1\n2\n")]
    assert corrected(files, [correction(2, "7", "8")]) == (files, 0)


@given(st.lists(st.text(alphabet="abc;\x85\u2028 ", max_size=6), min_size=1, max_size=8), st.data())
def test_other_lines_keep_their_bytes(lines: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    text = "\n".join(lines) + "\n"
    done, applied = corrected([SourceFile("a.csv", text.encode())], [correction(place + 1, lines[place], "new")])
    assert applied == 1
    assert done[0].data.decode().split("\n") == [*lines[:place], "new", *lines[place + 1 :], ""]


def test_a_later_correction_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    record_corrections(tmp_path, [correction(3, "x", "y")])
    record_corrections(tmp_path, [correction(3, "x", "z")])
    assert [entry.corrected_text for entry in corrections_of(tmp_path, "hris")] == ["z"]
    assert (tmp_path / "hris.json").stat().st_mode & 0o077 == 0


def test_records_that_cant_be_replaced_one_by_one_are_corrected_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(CorrectionRefused, match="correct them in the system"):
        record_corrections(tmp_path, [correction(3, "BEGIN:VEVENT", "BEGIN:VEVENT", file="mentor.ics")])


def workbook(*sheets: list[list[object]]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    stream = BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def test_a_row_of_a_spreadsheet_is_corrected_on_its_sheet_and_all_else_is_read_as_before() -> None:
    notes = [["Notes"], ["nothing"]]
    file = SourceFile(
        "a.xlsx",
        workbook(notes, [["People"], ["id", "", "hired"], [1, None, date(2020, 1, 31)], [2, "x", "2020-02-30"]]),
    )
    before = read_spreadsheet(file, required=("id",), sheet="Sheet2").rows
    assert before["__raw"][1] == "2\tx\t2020-02-30"
    wanted = correction(before["__line"][1], "2\tx\t2020-02-30", "2\tx\t2020-02-29", file="a.xlsx")
    done, applied = corrected([file], [wanted])
    after = read_spreadsheet(done[0], required=("id",), sheet="Sheet2").rows
    assert applied == 1
    assert after.rows()[0] == before.rows()[0]
    assert after["hired"].to_list() == [before["hired"][0], "2020-02-29"]
    assert read_spreadsheet(done[0]).rows.rows() == read_spreadsheet(file).rows.rows()
    too_few = correction(before["__line"][1], "2\tx\t2020-02-30", "2\t2020-02-29", file="a.xlsx")
    assert corrected([file], [too_few]) == ([file], 0)


@given(
    rows=st.lists(
        st.tuples(
            st.integers(), st.dates(), st.text(alphabet="abü ", max_size=4), st.none() | st.floats(allow_nan=False)
        ),
        min_size=1,
        max_size=6,
    ),
    data=st.data(),
)
def test_a_corrected_row_of_a_parquet_file_reads_as_corrected_and_the_others_as_before(
    rows: list, data: st.DataObject
) -> None:
    schema = {"n": pl.Int64, "day": pl.Date, "word": pl.String, "share": pl.Float64}
    frame = pl.DataFrame(
        [row for row in rows if abs(row[0]) < 2**62] or [(1, date(2020, 1, 1), "", None)], schema=schema, orient="row"
    )
    file = SourceFile("a.parquet", parquet(frame.with_columns(pl.lit([1]).alias("nested"))))
    before = read_parquet(file).rows
    place = data.draw(st.integers(0, frame.height - 1))
    raw = before["__raw"][place]
    cells = ["not a number", *raw.split("\t")[1:]]
    done, applied = corrected([file], [correction(place + 1, raw, "\t".join(cells), file="a.parquet")])
    after = read_parquet(done[0]).rows
    assert applied == 1
    assert after["n"][place] == "not a number"
    others = pl.int_range(pl.len()) != place
    assert after.filter(others).equals(before.filter(others))
    assert after.drop("n", "__raw").equals(before.drop("n", "__raw"))
    assert read_parquet(done[0]).findings == read_parquet(file).findings


def test_a_record_of_a_json_page_is_corrected_at_its_place() -> None:
    page = {"data": [{"id": 1, "day": "x"}, {"id": 1, "day": "x"}], "more": {"next": None}}
    file = SourceFile("p.json", json.dumps(page).encode())
    done, applied = corrected([file], [correction(2, '{"id":1,"day":"x"}', '{"id":1,"day":"y"}', file="p.json")])
    assert applied == 1
    assert json.loads(done[0].data)["data"] == [{"id": 1, "day": "x"}, {"id": 1, "day": "y"}]
    elsewhere = correction(7, '{"id":1,"day":"x"}', "{}", file="p.json")
    assert corrected([file], [elsewhere]) == ([file], 0), "which of the two can't be told"
    assert corrected([file], [correction(1, '{"id":1,"day":"x"}', "no json", file="p.json")]) == ([file], 0)


def test_a_correction_of_a_broken_file_is_left_for_its_reader_to_refuse() -> None:
    for name in ("a.xlsx", "a.parquet", "a.json"):
        file = SourceFile(name, b"cut o")
        assert corrected([file], [correction(1, "x", "y", file=name)]) == ([file], 0)
