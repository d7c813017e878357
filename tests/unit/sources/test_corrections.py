"""Corrected lines take the place of refused ones, and end by themselves when the source changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.corrections import Correction, CorrectionRefused, corrected, corrections_of, record_corrections
from pipelines.sources.records import SourceFile


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


def test_records_that_are_no_lines_are_corrected_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(CorrectionRefused, match="correct them in the system"):
        record_corrections(tmp_path, [correction(3, "{}", "{}", file="employees.json")])
