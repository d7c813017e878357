"""A strict reader: nothing guessed, nothing padded, nothing lost."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import read_delimited
from pipelines.sources.records import SourceFile, SourceRefused


def read(data: bytes, **options):
    return read_delimited(SourceFile("people.csv", data), **options)


def test_a_short_row_is_refused_with_its_line_and_never_padded():
    text = read(b"id,name,town\n1,Ada,Rome\n2,Bo\n3,Cy,Oslo\n")
    assert text.rows["id"].to_list() == ["1", "3"]
    reject = text.rejects.row(0, named=True)
    assert (reject["source_line"], reject["rule"], reject["raw_text"]) == (3, "number_of_fields", "2,Bo")
    assert reject["reason"] == "line 3 has 2 fields, the header has 3"


def test_one_short_row_does_not_collapse_the_file_to_one_column():
    body = "".join(f"{i},a,b,c,d\n" for i in range(300))
    text = read(f"id,p,q,r,s\n{body}7,short\n".encode())
    assert text.header == ("id", "p", "q", "r", "s")
    assert (text.rows.height, text.rejects.height) == (300, 1)


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert read(b"\xef\xbb\xbfid,name\n1,Ada\n").header == ("id", "name")


def test_lines_that_end_in_carriage_returns_alone_are_lines():
    text = read(b"id,name\r1,Ada\r2,Bo\r")
    assert text.rows["name"].to_list() == ["Ada", "Bo"]
    assert text.rows[LINE].to_list() == [2, 3]


def test_the_sep_line_of_excel_names_the_delimiter():
    assert read(b'"sep=;"\nid;name\n1;Ada\n').rows["name"].to_list() == ["Ada"]


def test_a_byte_order_mark_does_not_hide_the_sep_line():
    assert read(b"\xef\xbb\xbfsep=;\nid;name\n1;Ada\n").rows["name"].to_list() == ["Ada"]


def test_a_preamble_is_skipped_until_the_required_names_stand_in_one_line():
    text = read(b"Master list of Arbor\nas of 31.10.2026\n\nID,Name\n1,Ada\n", required=["id", "name"])
    assert text.rows["ID"].to_list() == ["1"]
    assert text.rows[LINE].to_list() == [5]


def test_declared_cp1252_is_read_and_utf8_wins_where_it_fits():
    assert read("id;Straße\n1;Grün\n".encode("cp1252"), encoding="cp1252", delimiter=";").rows["Straße"].to_list() == [
        "Grün"
    ]
    assert read("id;Straße\n1;Grün\n".encode(), encoding="cp1252", delimiter=";").rows["Straße"].to_list() == ["Grün"]


def test_mojibake_is_repaired_and_said():
    text = read("id,name\n1,MÃ¼ller\n2,SÃO PAULO\n".encode())
    assert text.rows["name"].to_list() == ["Müller", "SÃO PAULO"]
    assert [finding.kind for finding in text.findings] == ["mojibake"]


def test_quoted_fields_may_hold_separators_quotes_and_line_breaks():
    text = read(b'id,note\n1,"two\nlines, one field"\n2,"say ""hi"""\n3,plain\n')
    assert text.rows["note"].to_list() == ["two\nlines, one field", 'say "hi"', "plain"]
    assert text.rows[LINE].to_list() == [2, 4, 5]


def test_an_unclosed_quotation_mark_costs_one_row_and_not_the_rest_of_the_file():
    text = read(b'id,note\n1,"never closed\n2,b\n3,c\n4,"fine"\n5,d"e\n')
    assert text.rows["id"].to_list() == ["2", "3", "4", "5"]
    assert text.rejects["rule"].to_list() == ["quotation_mark"]


def test_two_more_header_rows_are_kept_apart_from_the_rows():
    text = read(b'Q1,Q2\n"What is\nit?",Why?\n{"ImportId":"a"},b\n1,2\n', header_rows=3)
    assert text.more_headers[0] == ("What is\nit?", "Why?")
    assert text.rows["Q1"].to_list() == ["1"]


@pytest.mark.parametrize("data", [b"", b"  \n \n"])
def test_an_empty_file_is_refused_by_name(data):
    with pytest.raises(SourceRefused, match=r"people\.csv is empty\. Next step"):
        read(data)


def test_a_missing_required_column_is_named_with_file_and_next_step():
    with pytest.raises(SourceRefused, match=r"people\.csv: required column 'hired' is missing.*Next step"):
        read(b"id,name\n1,Ada\n", required=["id", "hired"])


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(SourceRefused, match="is not text"):
        read(b"id,\x81\x8d\n")


@pytest.mark.slow
@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_every_line_with_content_is_a_row_or_a_reject_whatever_the_bytes(garbage):
    try:
        text = read(b"id,name\n" + garbage)
    except SourceRefused:
        return
    numbers = [*text.rows[LINE].to_list(), *text.rejects["source_line"].to_list()]
    assert len(numbers) == len(set(numbers))
    kept = "\n".join([*text.rows[RAW].to_list(), *text.rejects["raw_text"].to_list()])
    decoded = None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            decoded = (b"id,name\n" + garbage).decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    lines = decoded.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:] if decoded else []
    if not text.findings:
        # a line of separators alone has no content, nor has the mark with which DOS ended a file
        assert sum(len(line) for line in lines if re.search(r"[^\s,\x1a]", line)) <= len(kept)


@pytest.mark.slow
@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.text(alphabet='ab,"\n ü', max_size=6), st.text(alphabet='xy,"\n', max_size=6)),
        min_size=1,
        max_size=8,
    )
)
def test_what_a_csv_writer_writes_is_read_back_as_it_was(rows):
    written = pl.DataFrame({"id": [a + "1" for a, _ in rows], "name": [b for _, b in rows]}).write_csv(
        quote_style="always"
    )
    text = read(written.encode())
    assert text.rows.select("id", "name").rows() == [(a + "1", b) for a, b in rows]
    assert text.rejects.is_empty()
