"""Logs and lists of pairs as people write them: lengths of time, clocks, several names in a cell, people who came back."""

import polars as pl
import pytest

from pipelines.first_hour.plan_sources import sources_of
from pipelines.first_hour.scales import construct_of, rated
from pipelines.first_hour.sheets import sheets_of
from pipelines.sources import mapped_files
from tests.unit.first_hour.made import TODAY, csv_file, planned

pytestmark = pytest.mark.slow

PAIRS = csv_file("pairs.csv", [["Mentor", "Mentee"], ["Ann Ames", "Bob Bell"], ["Cat Cole", "Dan Dorn"]])


def loaded(source: str, table: str, *files) -> pl.DataFrame:
    """The rows that the planned workspace loads into `table`."""
    made = sources_of(planned(*files))[source]
    extract = mapped_files.read(made.files, {"mapping": made.mapping, "source_id": source, "as_of": TODAY})
    return pl.concat([batch.rows for batch in extract.batches if batch.table == table])


def log(header: str, *lengths: str):
    rows = [[f"2026-02-{day:02}", "Ann Ames", "Bob Bell", length] for day, length in enumerate(lengths, start=1)]
    return csv_file("log.csv", [["Date", "Mentor", "Mentee", header], *rows])


@pytest.mark.parametrize(
    ("header", "lengths", "minutes"),
    [
        ("Duration", ["1h30", "90 min", "1:30", "45"], [90, 90, 90, 45]),
        ("Duration (hours)", ["1.5", "1", "45 min"], [90, 60, 45]),
        ("Dauer (Std)", ["1,5", "0,75"], [90, 45]),
        ("Hours", ["2", "0.5"], [120, 30]),
        ("Durée (min)", ["5", "10"], [5, 10]),
    ],
)
def test_a_length_of_time_is_read_in_its_own_unit(header: str, lengths: list[str], minutes: list[float]):
    rows = loaded("meetings", "session_participants", PAIRS, log(header, *lengths))
    mentors = rows.filter(pl.col("role") == "mentor").sort("session_id")
    assert mentors["minutes"].to_list() == minutes


def test_numbers_that_may_be_hours_as_well_as_minutes_are_not_read_and_that_is_said():
    plan = planned(PAIRS, log("Duration", "1", "2", "1.5"))
    told = next(one for one in plan.tables if one.kind == "meetings")
    assert any("hours or minutes" in note for note in told.notes)
    assert told.columns["Duration"][0] == "unused"
    rows = loaded("meetings", "session_participants", PAIRS, log("Duration", "1", "2", "1.5"))
    assert rows["minutes"].null_count() == rows.height == 6


def test_clocks_of_two_kinds_and_a_meeting_over_midnight_are_read():
    rows = [["2/13/2026", "2:30 pm", "3:15 pm"], ["2/14/2026", "9 AM", "10 AM"], ["2/15/2026", "11:30 PM", "12:15 AM"]]
    file = csv_file(
        "log.csv",
        [["Date", "Start time", "End time", "Mentor", "Mentee"], *([*row, "Ann Ames", "Bob Bell"] for row in rows)],
    )
    sessions = loaded("meetings", "sessions", PAIRS, file).sort("scheduled_start_at")
    lengths = (sessions["scheduled_end_at"] - sessions["scheduled_start_at"]).dt.total_minutes()
    assert lengths.to_list() == [45, 60, 45]


@pytest.mark.parametrize(
    ("cells", "people"),
    [
        (["Bob Bell, Dan Dorn and Eve Eck", "Fay Fox"], ["Bob Bell", "Dan Dorn", "Eve Eck", "Fay Fox"]),
        (["Bell, Bob; Dorn, Dan", "Fox, Fay"], ["Bell, Bob", "Dorn, Dan", "Fox, Fay"]),
        (["Bob Bell & Dan Dorn", "Fay Fox"], ["Bob Bell", "Dan Dorn", "Fay Fox"]),
        (["Bob Bell\nDan Dorn", "Fay Fox"], ["Bob Bell", "Dan Dorn", "Fay Fox"]),
        (["López Díaz, Ana María", "Sanz Sol, Leo"], ["López Díaz, Ana María", "Sanz Sol, Leo"]),
        (["a@x.org, b@x.org", "c@x.org"], ["a@x.org", "b@x.org", "c@x.org"]),
    ],
)
def test_a_cell_with_several_mentees_is_a_pair_for_each(cells: list[str], people: list[str]):
    file = csv_file("pairs.csv", [["Mentor", "Mentees"], *([f"Mentor M{n}", cell] for n, cell in enumerate(cells))])
    members = loaded("pairs", "pair_members", file).filter(pl.col("role") == "mentee")
    assert [person.partition(":")[2] for person in members["person_id"]] == people
    assert loaded("pairs", "pairs", file)["pair_id"].n_unique() == len(people)


def test_a_list_with_a_line_an_employment_has_one_row_a_person():
    file = csv_file(
        "hr.csv",
        [
            ["Employee ID", "Last name", "Hire date", "Termination date"],
            ["1", "Ames", "2018-01-01", "2019-06-30"],
            ["1", "Ames", "2022-03-01", ""],
            ["2", "Bell", "2021-01-01", ""],
        ],
    )
    people = loaded("people", "persons", PAIRS, file)
    assert people.filter(pl.col("person_id") == "people:1")["termination_date"].to_list() == [None]
    assert loaded("people", "employment_spells", PAIRS, file).height == 3
    assert not any("quarantined" in note for one in planned(PAIRS, file).tables for note in one.notes)


@pytest.mark.parametrize("word", ["ongoing", "still going", "laufend", "en cours", "-", "TBD"])
def test_a_word_for_no_last_day_yet_is_none_and_no_pair_has_ended(word: str):
    file = csv_file(
        "pairs.csv",
        [["Mentor", "Mentee", "Start", "End"], ["Ann Ames", "Bob Bell", "15/01/2026", word], ["Cat Cole", "Dan Dorn", "20/01/2026", "15/07/2026"]],
    )  # fmt: skip
    pairs = loaded("pairs", "pairs", file)
    assert pairs["actual_end_date"].drop_nulls().len() == 1
    assert pairs["status"].to_list() == ["active", "active"]  # until its owner has said how the ended one ended
    question = next(one for one in planned(file).questions if "|ended|" in one.key)
    assert question.words.startswith("1 pair has")


def test_two_who_were_a_pair_twice_are_no_log_of_meetings():
    rows = [["Ann Ames", "Bob Bell", "2025-01-15", "2025-07-15"], ["Ann Ames", "Bob Bell", "2026-01-20", ""]]
    plan = planned(csv_file("pairs.csv", [["Mentor", "Mentee", "Start", "End"], *rows]))
    assert [one.kind for one in plan.tables] == ["pairs"]
    assert plan.tables[0].rows == 2


def test_scores_beside_a_name_make_nobody_an_employee():
    scores = csv_file("scores.csv", [["Name", "Before", "After"], ["Bob Bell", "2", "4"], ["Dan Dorn", "3", "5"]])
    plan = planned(PAIRS, scores)
    assert [sheet.title for sheet in plan.unknown] == ["scores.csv"]


@pytest.mark.parametrize(
    ("question", "answers", "values"),
    [
        ("Wie zufrieden sind Sie?", ["Sehr zufrieden", "Eher unzufrieden", "Teils/teils"], [5, 2, 3]),
        ("Das Mentoring hilft mir?", ["Trifft zu", "Trifft eher nicht zu", "Trifft nicht zu"], [4, 2, 1]),
        ("I am heard?", ["Agree", "Somewhat agree", "Strongly agree", "Disagree"], [6, 5, 7, 2]),
        ("Êtes-vous satisfait(e) ?", ["Très satisfait(e)", "Plutôt insatisfaite", "Satisfait"], [5, 2, 4]),
        ("Êtes-vous soutenu(e) ?", ["Tout à fait d'accord", "Pas du tout d'accord", "Plutôt d'accord"], [5, 1, 4]),
        ("¿Está satisfecho?", ["Muy satisfecho", "Poco satisfecha", "Ni satisfecho ni insatisfecho"], [5, 2, 3]),
        ("¿Se siente apoyado?", ["Totalmente de acuerdo", "En desacuerdo", "De acuerdo"], [5, 2, 4]),
    ],
)
def test_answers_in_words_are_numbers_in_four_languages(question: str, answers: list[str], values: list[float]):
    rows = [[f"2026-03-0{day} 10:00:00", answer] for day, answer in enumerate(answers, start=1)]
    (sheet,) = sheets_of(csv_file("form.csv", [["Timestamp", question], *rows]))
    scale = rated(sheet, question)
    assert scale is not None
    assert [scale.values[answer] for answer in answers] == values


@pytest.mark.parametrize(
    ("question", "measures"),
    [
        ("Je fais confiance à mon mentor", "relationship_quality"),
        ("Confío en mi mentora", "relationship_quality"),
        ("Ich vertraue meinem Mentor", "relationship_quality"),
        ("J'ai gagné en confiance en moi", "skill_confidence"),
        ("Tengo más confianza en mis capacidades", "skill_confidence"),
    ],
)
def test_trust_in_the_mentor_is_not_confidence_in_oneself(question: str, measures: str):
    assert construct_of(question) == measures


def test_words_of_having_left_without_a_day_are_kept_and_told():
    file = csv_file(
        "hr.csv",
        [["Employee ID", "Hire date", "Employee status"], ["1", "2020-01-15", "Active"], ["2", "2021-01-15", "LOA"], ["3", "2021-01-15", "Terminated"]],
    )  # fmt: skip
    assert loaded("people", "persons", PAIRS, file)["status"].to_list() == ["active", "leave", "inactive"]
    notes = [note for one in planned(PAIRS, file).tables for note in one.notes]
    assert any("1 person has left" in note and "isn’t counted as staff" in note for note in notes)
