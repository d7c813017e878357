"""Wishes in people's own words: read as what mentors offer, with figures on labelled phrases, and nothing read into what has nothing in common."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.matching_inputs.cells import count, folded, listed
from pipelines.matching_inputs.free_text import Reader, synonyms
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.zones import offset_hours
from tests.bench.wishes import figures

LABELLED: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "labelled_wishes.yaml").read_text(encoding="utf-8"))


def read_all(field: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    block = LABELLED[field]
    reader = Reader(block["offered"], synonyms())
    readings = [(str(wish), right, reader.read(str(wish))) for wish, right in block["wishes"].items()]
    return [(wish, right, reading.meant if reading else ()) for wish, right, reading in readings]


def test_labelled_wishes_are_read_as_what_they_mean() -> None:
    read = [one for field in ("leading", "engineering", "care") for one in read_all(field)]
    assert len(read) >= 75
    first = sum(meant[:1] == (right,) for _, right, meant in read)
    among = sum(right in meant for _, right, meant in read)
    wrong = sum(bool(meant) and right not in meant for _, right, meant in read)
    by_word = sum(folded(wish) == folded(str(right)) for wish, right, _ in read)
    assert by_word == 0, "none is the offered word itself"
    assert first / len(read) >= 0.9, [one for one in read if one[2][:1] != (one[1],)]
    assert among / len(read) >= 0.92
    assert wrong / len(read) <= 0.03, [one for one in read if one[2] and one[1] not in one[2]]


def test_wishes_that_chose_nothing_are_read_far_more_often_than_by_their_words_and_seldom_wrongly() -> None:
    ours, words = (figures("held_out", way) for way in ("letters and synonyms (the product)", "TF-IDF of words"))
    assert ours["wishes"] >= 120
    assert ours["at_1"] >= 0.7
    assert ours["at_1"] >= words["at_1"] + 0.2
    assert ours["wrong"] <= 0.03


def test_what_has_nothing_in_common_is_read_as_nothing() -> None:
    assert [meant for _, _, meant in read_all("nothing")] == [()] * 8


def test_a_list_of_ones_own_is_read_beside_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("- [wound care, VAC therapy]\n")
    own = synonyms(tmp_path / "own.yaml")
    reading = Reader(["Wound care"], own).read("vac therapy")
    assert reading is not None
    assert reading.meant == ("Wound care",)
    assert own["pm"] == "project management"
    (tmp_path / "own.yaml").write_text("pm: project management\n")
    with pytest.raises(SheetRefused, match="list of lists"):
        synonyms(tmp_path / "own.yaml")


@given(words=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6))
def test_an_offered_word_is_never_read_as_another(words: list[str]) -> None:
    reader = Reader(words, synonyms())
    assert all(reader.read(word) is None for word in words if folded(word))


@pytest.mark.parametrize(
    ("cells", "lists"),
    [
        (["a, b", "b,c"], [["a", "b"], ["b", "c"]]),
        (["a;b;", "c"], [["a", "b"], ["c"]]),
        (["plan, budget; sql", "plan, budget", "sql, python"], [["plan, budget", "sql"], ["plan, budget"], ["sql", "python"]]),
        (["A | a ", None], [["A"], []]),
    ],
)  # fmt: skip
def test_lists_are_parted_as_their_column_parts_them(cells: list[str | None], lists: list[list[str]]) -> None:
    assert listed(cells) == lists


@pytest.mark.parametrize(
    ("text", "seats"),
    [("2", 2), ("2.0", 2), ("Up to 3", 3), ("3+", 3), ("1-2", 2), ("two mentees", 2), ("none", 0), ("0", 0)],
)
def test_seats_are_read_as_people_write_them(text: str, seats: int) -> None:
    assert count(text) == seats


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "5000", "030 1234567"])
def test_what_is_no_number_of_seats_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=""):
        count(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Berlin", 1), ("berlin", 1), ("Europe/Berlin", 1), ("PST", -8), ("(UTC+01:00) Amsterdam", 1), ("(UTC) Dublin", 0), ("+0530", 5.5), ("UTC+2", 2), ("-3:30", -3.5),
        ("+5.5", 5.5), ("W. Europe Standard Time", 1), ("New York", -5), ("GMT", 0),
    ],
)  # fmt: skip
def test_zones_are_read_as_people_write_them(text: str, hours: float) -> None:
    from datetime import date

    assert offset_hours(text, date(2026, 1, 15)) == hours
