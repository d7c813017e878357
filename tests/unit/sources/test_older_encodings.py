"""Texts of an old Mac and of Windows, told apart by their words, and titles above the headers of a report."""

import pytest

from pipelines.sources.mapped_files.file_layout import layout_of
from pipelines.sources.mapped_files.older_encodings import older_encoding
from pipelines.sources.records import SourceFile

WORDS = [
    "Müller",
    "José",
    "Zoë Groß",
    "Åsa Öberg",
    "L’Hôpital",
    "François – Lyon",
]  # a lone ñ of a Mac is Windows' dash


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("word", WORDS)
def test_letters_are_read_as_the_system_wrote_them(word: str, encoding: str):
    assert older_encoding(f"id;name\n1;{word}\n2;Ann\n".encode(encoding)).startswith(encoding[:2])


def test_a_text_without_a_clear_word_is_taken_for_windows():
    assert older_encoding(b"id;name\n1;Anna\x92s\n") == "cp1252"


def test_short_lines_above_the_headers_of_a_report_are_titles():
    rows = [f"{n},Ann Lee,Employee,03/15/2020" for n in range(3)]
    text = "\n".join(["All Workers", "Organization,ACME", "", "Employee ID,Worker,Worker Type,Hire Date", *rows])
    layout = layout_of(SourceFile("workers.csv", text.encode()))
    assert (layout.header[0], layout.text.rows.height) == ("Employee ID", 3)
