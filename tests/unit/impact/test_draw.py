"""Places by lot: the same list and seed give the same places on any machine, every unit has the same chance, and a receipt proves it."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.impact.draw import DrawRefused, draw, draw_starts, read_receipt, verify


def applicants(count: int = 40, sites: int = 5) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": [f"p{n:03d}" for n in range(count)],
            "site": [f"site {n % sites}" for n in range(count)],
            "level": [("junior", "senior")[n % 3 == 0] for n in range(count)],
        }
    )


def test_a_rank_is_what_sha256sum_says_of_seed_and_unit() -> None:
    rows, _ = draw(applicants(), 7, "4 8 15 16 23 42", unit="person_id")
    by_hand = sorted(rows["person_id"], key=lambda name: hashlib.sha256(f"4 8 15 16 23 42:{name}".encode()).hexdigest())
    assert set(rows.filter(pl.col("arm") == "mentoring")["person_id"]) == set(by_hand[:7])
    waiting = rows.filter(pl.col("arm") == "control").sort("waiting_place")["person_id"].to_list()
    assert waiting == by_hand[7:]


@given(st.integers(2, 60), st.data())
def test_every_place_is_given_and_each_stratum_gets_its_share(count: int, data: st.DataObject) -> None:
    people = applicants(count)
    seats = data.draw(st.integers(1, count - 1))
    rows, receipt = draw(
        people, seats, data.draw(st.text(min_size=1).filter(str.strip)), unit="person_id", strata=["site", "level"]
    )
    assert (rows["arm"] == "mentoring").sum() == seats == sum(drawn for _, drawn in receipt.places.values())
    assert rows["person_id"].to_list() == people["person_id"].to_list()
    for units, drawn in receipt.places.values():
        assert abs(drawn - seats * units / count) < 1


@given(st.permutations(range(30)))
def test_the_order_of_the_list_changes_nothing(order: list[int]) -> None:
    people = applicants(30)
    _, receipt = draw(people, 11, "seed", unit="person_id", strata=["level"])
    _, shuffled = draw(people[list(order)], 11, "seed", unit="person_id", strata=["level"])
    assert receipt == shuffled


def test_over_many_seeds_everybody_has_the_same_chance() -> None:
    got = Counter()
    for seed in range(1500):
        rows, _ = draw(applicants(), 10, str(seed), unit="person_id", strata=["level"])
        got.update(rows.filter(pl.col("arm") == "mentoring")["person_id"])
    shares = [got[name] / 1500 for name in applicants()["person_id"]]
    # places of a stratum: 10 times 14 / 40 = 3.5, so 3 or 4 by lot of the remainders
    assert min(shares) > 0.25 - 4.5 * (0.25 * 0.75 / 1500) ** 0.5
    assert max(shares) < 0.25 + 4.5 * (0.25 * 0.75 / 1500) ** 0.5 + 0.04


def test_a_site_is_drawn_as_a_whole() -> None:
    rows, receipt = draw(applicants(), 2, "seed", unit="site")
    assert rows.group_by("site").agg(pl.col("arm").n_unique())["arm"].max() == 1
    assert receipt.units == 5
    assert rows.filter(pl.col("arm") == "mentoring")["site"].n_unique() == 2


REFUSED = [
    ({"seats": 0}, "at least one place"),
    ({"seats": 40}, "fewer places than units"),
    ({"seed": " "}, "needs a seed"),
    ({"unit": "plant"}, "no column plant"),
    ({"strata": ["team"]}, "no column team"),
    ({"unit": "site", "strata": ["level"], "seats": 2}, "stands in two strata"),
]


@pytest.mark.parametrize(("asked", "told"), REFUSED)
def test_what_cannot_be_drawn_says_what_would_be_right(asked: dict, told: str) -> None:
    with pytest.raises(DrawRefused, match=told):
        draw(applicants(), **{"seats": 5, "seed": "s", "unit": "person_id", **asked})


def test_who_has_no_stratum_is_not_left_out_in_silence() -> None:
    people = applicants().with_columns(level=pl.when(pl.col("person_id") != "p003").then(pl.col("level")))
    with pytest.raises(DrawRefused, match="1 of 40 rows have no level"):
        draw(people, 5, "s", unit="person_id", strata=["level"])


def test_a_receipt_verifies_its_own_list_and_no_other() -> None:
    people = applicants()
    _, receipt = draw(people, 12, "seed", unit="person_id", strata=["level"])
    again = read_receipt(json.loads(json.dumps(receipt.as_json())))
    assert again == receipt
    assert verify(people.sample(fraction=1, shuffle=True, seed=1), again) == []
    assert "41 units now, 40 then" in verify(applicants(41), again)[0]
    swapped = people.with_columns(person_id=pl.col("person_id").replace("p001", "friend"))
    assert "as many units, but not the same" in verify(swapped, again)[0]
    with pytest.raises(DrawRefused, match="another method"):
        read_receipt({**receipt.as_json(), "method": "dice"})


def run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["draw", *words])
    return found.exit_code, found.output


def test_a_draw_from_a_spreadsheet_writes_arms_and_a_receipt_without_names(tmp_path: Path) -> None:
    sheet = tmp_path / "applicants.csv"
    applicants().with_columns(name=pl.format("Person {}", "person_id")).write_csv(sheet)
    code, said = run(str(sheet), "--seats", "12", "--seed", "2026-11-28: 4 8 15", "--strata", "level")
    assert code == 0, said
    drawn = pl.read_csv(tmp_path / "applicants_drawn.csv")
    assert drawn["assigned_arm"].value_counts().sort("assigned_arm").rows() == [("control", 28), ("mentoring", 12)]
    receipt = tmp_path / "applicants_drawn.csv.receipt.json"
    assert "p001" not in receipt.read_text()
    assert run(str(sheet), "--verify", str(receipt)) == (
        0,
        "Verified: this list and seed give exactly the places of the receipt.\n",
    )
    code, said = run(str(sheet), "--seats", "12", "--seed", "another")
    assert code == 1
    assert "repeated until it pleases" in said


def test_a_list_that_names_somebody_twice_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "applicants.csv"
    pl.concat([applicants(), applicants(1)]).write_csv(sheet)
    code, said = run(str(sheet), "--seats", "12", "--seed", "s")
    assert code == 1
    assert "p000 stands twice in the column person_id" in said
    assert run(str(tmp_path / "none.csv"), "--seats", "1", "--seed", "s")[0] == 1
    assert "needs --seed, and --seats" in run(str(sheet))[1]


TWICE = [
    pl.DataFrame({"application_id": ["a1", "a2", "a3", "a4"], "person_id": ["p1", "p2", "p1", "p3"]}),
    pl.DataFrame({"application_id": ["a1", "a2", "a3", "a4"], "E-Mail": ["a@x.org", "A@x.org ", "b@x.org", "c@x.org"]}),
    pl.DataFrame({"person_id": ["p1", "P1", "p2", "p3"]}),
]


@pytest.mark.parametrize("people", TWICE)
def test_nobody_has_two_lots_whatever_else_tells_the_rows_apart(tmp_path: Path, people: pl.DataFrame) -> None:
    """Two applications of one person were two lots, and could end in both arms."""
    people.write_csv(tmp_path / "list.csv")
    code, said = run(str(tmp_path / "list.csv"), "--seats", "2", "--seed", "x")
    assert code == 1
    assert "two lots" in said
    assert not list(tmp_path.glob("*receipt*"))


def test_a_site_that_is_written_in_two_ways_is_one() -> None:
    people = pl.DataFrame({"person_id": ["p1", "p2", "p3", "p4"], "site": ["North", "north", "South", "East"]})
    with pytest.raises(DrawRefused, match="North and north differ in nothing but capitals"):
        draw(people, 2, "x", unit="site")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_everybody_gets_one_start_and_each_start_its_units(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 9), min_size=2, max_size=4))
    people = pl.DataFrame(
        {"id": [f"p{i}" for i in range(sum(sizes))], "team": [f"t{i % 3}" for i in range(sum(sizes))]}
    )
    starts = [(f"s{place}", size) for place, size in enumerate(sizes)]
    rows, made = draw_starts(people, starts, "4 8 15", unit="id", strata=("team",))
    assert rows["start"].value_counts().sort("start").rows() == starts
    assert rows["id"].to_list() == people["id"].to_list()
    again = read_receipt(json.loads(json.dumps(made.as_json())))
    assert verify(people, again) == []


def test_another_seed_gives_other_starts_than_a_receipt_says() -> None:
    people = pl.DataFrame({"id": [f"p{i}" for i in range(60)]})
    _, made = draw_starts(people, [("a", 30), ("b", 30)], "4 8 15", unit="id")
    assert verify(people, replace(made, seed="another")) == [
        "this seed and list give other places than the receipt says"
    ]


def test_the_first_start_is_the_draw_of_as_many_places() -> None:
    people = pl.DataFrame({"id": [f"p{i}" for i in range(30)]})
    starts, _ = draw_starts(people, [("a", 10), ("b", 10), ("c", 10)], "seed", unit="id")
    places, _ = draw(people, 10, "seed", unit="id")
    assert (
        starts.filter(pl.col("start") == "a")["id"].to_list()
        == places.filter(pl.col("arm") == "mentoring")["id"].to_list()
    )


def test_starts_that_leave_somebody_without_one_are_refused() -> None:
    people = pl.DataFrame({"id": ["a", "b", "c"]})
    for starts, told in ([("x", 1), ("y", 1)], "take 2 units and the list has 3"), ([("x", 3)], "at least two starts"), ([("x", 1), ("x", 2)], "a name of its own"), ([("x", 0), ("y", 3)], "each start somebody"):  # fmt: skip
        with pytest.raises(DrawRefused, match=told):
            draw_starts(people, starts, "seed", unit="id")


def test_a_staggered_rollout_is_drawn_and_verified_from_the_command_line(tmp_path: Path) -> None:
    asked, drawn = tmp_path / "asked.csv", tmp_path / "drawn.csv"
    asked.write_text("person_id,cohort_id\n" + "".join(f"p{i},open\n" for i in range(12)), encoding="utf-8")
    words = [str(asked), "--start", "spring=6", "--start", "autumn = 6", "--seed", "4 8", "--out", str(drawn)]
    assert run(*words)[0] == 0
    assert set(pl.read_csv(drawn)["cohort_id"]) == {"spring", "autumn"}
    assert run(str(asked), "--verify", f"{drawn}.receipt.json")[0] == 0
    assert "can't be read" in run(str(asked), "--start", "spring", "--seed", "x")[1]
    assert "--seats or" in run(str(asked), "--start", "a=6", "--seats", "6", "--seed", "x")[1]
