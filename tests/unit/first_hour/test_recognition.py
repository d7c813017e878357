"""Every tab is recognised by itself; what only its owner knows is asked, and nothing else."""

from datetime import date

import pytest

from pipelines.first_hour import kinds
from pipelines.first_hour.plan_sources import sources_of
from pipelines.first_hour.sheets import check_size, sheets_of
from pipelines.sources.records import SourceFile, SourceRefused
from tests.unit.first_hour.made import answered, csv_file, messy, planned, workbook

pytestmark = pytest.mark.slow

PAIRS = [
    ["Mentee", "Mentor", "Start"],
    *([f"a{n}@firm.org", f"b{n}@firm.org", f"2026-0{1 + n % 8}-1{n % 9}"] for n in range(12)),
]


def kinds_of(*files: SourceFile) -> dict[str, str]:
    plan = planned(*files)
    return {one.sheet.title: one.kind for one in plan.tables}


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        (kinds.PAIRS, ["Mentee", "Mentor", "Start date"], ["a{n}@x.org", "b{n}@x.org", "2026-01-{d}"]),
        (kinds.PAIRS, ["Mentor name", "Mentee name"], ["Ada Berg{n}", "Bo Costa{n}"]),
        (kinds.PAIRS, ["E-Mail Mentor", "E-Mail Mentee", "Beginn"], ["b{n}@x.de", "a{n}@x.de", "{d}.01.2026"]),
        (kinds.MEETINGS, ["Date", "Mentee", "Mentor", "Topic"], ["2026-01-{d}", "a@x.org", "b@x.org", "goals"]),
        (kinds.MEETINGS, ["Pair ID", "Meeting date", "Status"], ["p{n}", "2026-01-{d}", "held"]),
        (kinds.PEOPLE, ["Employee ID", "First name", "Last name", "DateofHire", "Termination Date"], ["{n}", "Ada", "Berg", "2020-01-{d}", ""]),
        (kinds.PEOPLE, ["Name", "Department"], ["Ada Berg {n}", "Sales"]),
        (kinds.SURVEY, ["Timestamp", "How useful was it?", "Would you do it again?"], ["2026-01-{d} 10:00:00", "4", "5"]),
        (kinds.SURVEY, ["Date", "Q1", "Q2", "Q3"], ["2026-01-{d}", "4", "{r}", "5"]),
        (kinds.APPLICATIONS, ["Email", "Role", "Submitted", "Decision"], ["a{n}@x.org", "mentee", "2026-01-{d}", "accepted"]),
    ],
)  # fmt: skip
def test_a_table_is_recognised_by_its_headings(kind: str, header: list[str], row: list[str]) -> None:
    rows = [[cell.format(n=n, d=10 + n, r=1 + n % 5) for cell in row] for n in range(12)]
    assert kinds_of(csv_file("export.csv", [header, *rows])) == {"export.csv": kind}


def test_each_tab_of_a_workbook_is_taken_by_itself_and_notes_are_left_out_in_silence() -> None:
    plan = planned(messy())
    assert [(one.sheet.title, one.kind, one.rows) for one in plan.tables] == [
        ("Pairs 2026", "pairs", 40),
        ("Meetings", "meetings", 196),
    ]
    assert plan.unread == []
    assert plan.tables[0].left_out == ["what stands above the headings", "1 blank row", "the total at the end"]
    assert plan.tables[1].unreadable == 4


def test_every_column_is_accounted_for_once_and_private_ones_are_never_loaded() -> None:
    pairs = planned(messy()).tables[0]
    assert list(pairs.columns) == pairs.sheet.header
    assert {name: use for name, (use, _) in pairs.columns.items()} == {
        "Mentee": "used", "Mentor": "used", "Start": "used", "Ended": "used", "Room": "unused", "Salary band": "never", "Birthday": "never",
    }  # fmt: skip
    written = str(sources_of(answered(messy())))
    assert "from': 'Salary" not in written
    assert "from': 'Notes" not in written


def test_day_or_month_is_asked_only_where_every_row_fits_both() -> None:
    both = planned(
        csv_file(
            "pairs.csv",
            [["Mentee", "Mentor", "Start"], ["a@x.org", "b@x.org", "3/4/2025"], ["c@x.org", "d@x.org", "5/6/2025"]],
        )
    )
    question = both.open[0]
    assert question.words == "Is 3/4/2025 in “Start” 3 April, or 4 March?"
    assert [option.words for option in question.options] == ["3 April 2025 (day first)", "4 March 2025 (month first)"]
    told = planned(
        csv_file(
            "pairs.csv",
            [["Mentee", "Mentor", "Start"], ["a@x.org", "b@x.org", "3/4/2025"], ["c@x.org", "d@x.org", "5/16/2025"]],
        )
    )
    assert not [one for one in told.questions if "|date|" in one.key]
    assert told.tables[0].mapping["files"][0]["tables"][0]["columns"]["actual_start_date"] == {
        "from": "Start",
        "date": "%m/%d/%Y",
    }


def test_a_tab_whose_dates_are_certain_answers_for_the_others_of_the_same_workbook() -> None:
    assert not [question for question in planned(messy()).questions if "|date|" in question.key]


def test_a_column_of_real_dates_and_typed_ones_is_read_in_both_ways() -> None:
    rows = [
        ["Mentee", "Mentor", "Start"],
        *([f"a{n}@x.org", f"b{n}@x.org", f"2026-01-{10 + n}" if n % 2 else f"{13 + n}/01/2026"] for n in range(10)),
    ]
    pairs = planned(csv_file("pairs.csv", rows)).tables[0]
    assert (pairs.rows, pairs.unreadable) == (10, 0)


def test_a_heading_that_names_nobody_is_asked_about() -> None:
    plan = planned(
        csv_file(
            "list.csv",
            [["Mentor", "Learner", "Start"], *([f"m{n}@x.org", f"l{n}@x.org", f"2026-01-{10 + n}"] for n in range(5))],
        )
    )
    assert [question.words for question in plan.open] == ["Which column names the mentee?"]
    done = answered(plan.tables[0].sheet.file)
    assert (done.tables[0].rows, done.open) == (5, [])


def test_an_unknown_table_is_asked_about_and_can_be_left_out() -> None:
    file = csv_file("lunch.csv", [["Dish", "Price"], ["Soup", "4"], ["Pie", "7"]])
    question = planned(file).open[0]
    assert question.words == "What is a row of “lunch.csv”?"
    assert planned(file, **{question.key: "none"}).left_out[0].title == "lunch.csv"


def test_usual_words_for_a_state_are_known_and_others_are_asked_about_one_by_one() -> None:
    rows = [
        ["Mentee", "Mentor", "Start", "Status"],
        *(
            [f"a{n}@x.org", f"b{n}@x.org", f"2026-01-{10 + n}", ("Ongoing", "Finished", "Parked")[n % 3]]
            for n in range(9)
        ),
    ]
    file = csv_file("pairs.csv", rows)
    question = planned(file).open[0]
    assert question.words == "What does “Parked” in “Status” mean?"
    without = planned(file, **{question.key: "leave_out"}).tables[0]
    assert (without.rows, without.left_out) == (6, ["rows whose “Status” is Parked"])


def test_an_end_without_a_word_how_it_ended_is_asked_about_and_never_taken_for_completed() -> None:
    rows = [
        ["Mentee", "Mentor", "Start", "End"],
        *([f"a{n}@x.org", f"b{n}@x.org", "2026-01-10", "2026-05-20" if n % 2 else ""] for n in range(6)),
    ]
    plan = planned(csv_file("pairs.csv", rows))
    assert plan.open[0].words == "3 pairs have a date in “End”. Did they end as planned?"
    assert plan.tables[0].mapping["files"][0]["tables"][0]["columns"]["status"] == {
        "from": "End",
        "filled": "active",
        "default": "active",
    }


def test_an_end_that_lies_ahead_is_a_planned_end() -> None:
    rows = [
        ["Mentee", "Mentor", "Start", "End"],
        *([f"a{n}@x.org", f"b{n}@x.org", "2026-01-10", "2027-01-20"] for n in range(6)),
    ]
    columns = planned(csv_file("pairs.csv", rows)).tables[0].mapping["files"][0]["tables"][0]["columns"]
    assert columns["planned_end_date"] == {"from": "End", "date": "%Y-%m-%d"}
    assert "actual_end_date" not in columns


def test_old_files_are_asked_up_to_which_day_they_are_complete() -> None:
    old = answered(
        csv_file("pairs.csv", [["Mentee", "Mentor", "Start"], ["a@x.org", "b@x.org", "2025-03-14"]]),
        given={"|as_of": "newest"},
    )
    assert next(question.words for question in old.questions if question.key == "|as_of").startswith(
        "The newest date in these files is 14 March 2025."
    )
    assert old.as_of == date(2025, 3, 14)
    assert not any(
        question.key == "|as_of"
        for question in planned(csv_file("pairs.csv", [*PAIRS[:1], ["a@x.org", "b@x.org", "2026-10-20"]])).questions
    )


@pytest.mark.parametrize("name", ["list.pdf", "list.xls", "list.docx"])
def test_files_of_other_kinds_are_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(SourceRefused, match=r"save it as \.xlsx or \.csv"):
        check_size(name, 100)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(SourceRefused, match="larger than 50 MB"):
        check_size("list.csv", 51 * 1024**2)


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\x00\x01\x02\x03", b"one\ntwo\nthree\n", b"Mentee,Mentor\n"])
def test_broken_and_empty_files_are_told_and_take_nothing_down(data: bytes) -> None:
    name = "list.xlsx" if data[:2] == b"PK" else "list.csv"
    found = list(sheets_of(SourceFile(name, data)))
    assert all("Next step" in one.words for one in found)  # type: ignore[union-attr]
    assert len(found) == 1


def test_two_columns_are_enough() -> None:
    plan = answered(
        csv_file(
            "pairs.csv",
            [
                ["Mentee", "Mentor"],
                *([f"Ada Be{n}rg".replace(str(n), "x" * (n + 1)), f"Bo C{'o' * (n + 1)}sta"] for n in range(4)),
            ],
        )
    )
    assert (plan.tables[0].rows, plan.problems, plan.open) == (4, [], [])


def test_names_in_other_scripts_are_people_as_well() -> None:
    rows = [
        ["Mentee", "Mentor", "Start"],
        ["佐藤 花子", "鈴木 一郎", "2026-01-10"],
        ["ليلى حداد", "أحمد صالح", "2026-01-11"],
        ["İpek Işık", "Çağla Öz", "2026-01-12"],
    ]
    pairs = answered(workbook("組み合わせ.xlsx", {"ペア": rows})).tables[0]
    assert (pairs.kind, pairs.rows, pairs.unreadable) == ("pairs", 3, 0)
