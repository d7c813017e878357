"""Lines are counted in one way: what a reader calls line 7 is line 7 for whoever erases or corrects it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.erasure.delimited_records import records_of
from pipelines.sources.cleaning import LINE
from pipelines.sources.delimited import read_delimited
from pipelines.sources.records import SourceFile
from pipelines.sources.text_lines import lines_of, lines_with_ends


@pytest.mark.parametrize("mark", ["\u2028", "\u0085", "\x0b", "\x1c", "\x0c"])
def test_an_erased_record_is_the_one_that_was_read_whatever_letters_stand_above_it(mark: str) -> None:
    text = f"No,Name\n1,Ana{mark}Maria\n2,Bo\n"
    read = read_delimited(SourceFile("people.csv", text.encode()), required=["No"]).rows
    erased = {line: cells[0] for line, _, cells in records_of(text)}
    assert [erased[line] for line in read[LINE]] == read["No"].to_list()


@given(st.text(alphabet="ab,\r\n\u2028\x0b"))
def test_lines_with_their_ends_are_the_text_and_as_many_as_without(text: str) -> None:
    assert "".join(lines_with_ends(text)) == text
    assert len(lines_with_ends(text)) == len(lines_of(text)) - (lines_of(text)[-1] == "")
