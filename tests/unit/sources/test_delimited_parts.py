"""Text in parts: whatever the file holds, the parts together are what the whole file gives."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.sources import delimited_parts as parts_module
from pipelines.sources.delimited import read_delimited
from pipelines.sources.delimited_parts import delimited_parts, encoding_of
from pipelines.sources.records import FileOnDisk, SourceFile

LINES = st.sampled_from(
    ["1,a,b", "2,ü,ß", '3,"x,y",z', '4,"opens', 'closes",z', '5,"a ""b"" c",d', "6,too,many,fields", "7,few", "", "   ", '8,stray"quote,x', '9,a"b,"c']
)  # fmt: skip


def whole_and_parts(path: Path, text: str, ending: str, part: int):
    path.write_bytes(("id,one,two\n" + text).replace("\n", ending).encode())
    file = FileOnDisk("f.csv", path)
    encoding = encoding_of(path)
    assert encoding is not None
    found = list(delimited_parts(file, encoding=encoding, required=("id",), part=part))
    return read_delimited(SourceFile("f.csv", path.read_bytes()), required=("id",)), found


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.lists(LINES, max_size=60),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(12, 300),
)
def test_parts_hold_the_rows_and_rejects_of_the_whole_file_with_their_line_numbers(
    tmp_path_factory, lines, ending, part
):
    path = tmp_path_factory.getbasetemp() / "f.csv"
    whole, found = whole_and_parts(path, "\n".join(lines), ending, part)
    assert_frame_equal(pl.concat([one.rows for one in found]), whole.rows)
    rejects = pl.concat([one.rejects for one in found])
    assert sorted(rejects.rows()) == sorted(whole.rejects.rows())


def test_a_long_file_is_really_cut_and_a_record_over_several_lines_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(parts_module, "MAX_RECORD_LINES", 5)
    lines = [f"{n},a,b" for n in range(200)]
    lines[50] = '50,"one\ntwo\nthree",b'
    whole, found = whole_and_parts(tmp_path / "f.csv", "\n".join(lines), "\n", 30)
    assert len(found) > 20
    assert_frame_equal(pl.concat([one.rows for one in found]), whole.rows)
    assert "one\ntwo\nthree" in whole.rows["one"].to_list()


def test_what_counts_over_a_whole_file_is_not_read_in_parts(tmp_path):
    for name, data in {
        "utf16": "id,x\n1,ü\n".encode("utf-16"),
        "mojibake": "id,x\n1,Ã¼\n".encode(),
        "sep": b"sep=;\nid;x\n1;2\n",
        "blank": b" \n\n",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert encoding_of(tmp_path / name) is None, name
    (tmp_path / "cp1252").write_bytes("id,x\n1,ü\n".encode("cp1252"))
    assert encoding_of(tmp_path / "cp1252") == "cp1252"
