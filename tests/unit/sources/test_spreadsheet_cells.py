"""What people open in a spreadsheet begins no formula, and what is read back is what was written."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.spreadsheet_cells import csv_text, guarded, guarded_frame, unguarded

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "\uff1d1", "'=1", "\ufeff=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(text: str):
    assert guarded(text) == "'" + text
    assert guarded_frame(pl.DataFrame({text: [text]})).rows() == [("'" + text,)]
    assert guarded_frame(pl.DataFrame({text: [text]})).columns == ["'" + text]


@pytest.mark.parametrize("value", ["a", "O'Brien", "", "'t Hooft", 5, -5.5, None])
def test_what_begins_no_formula_stays(value: object):
    assert guarded(value) == value


@given(st.text(alphabet="'=+-@\t\n a1", max_size=6))
def test_the_guard_comes_off_again(text: str):
    assert unguarded(guarded(text)) == text


def test_headers_and_cells_of_a_csv_are_guarded():
    read = list(csv.reader(io.StringIO(csv_text(["=h", "n"], [["@x", -1]]), newline="")))
    assert read == [["'=h", "n"], ["'@x", "-1"]]
