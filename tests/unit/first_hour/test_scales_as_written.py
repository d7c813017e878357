"""Answers on scales as forms write them: words beside numbers, ends in the question, stars, halves, what says nothing."""

import pytest

from pipelines.first_hour.plan import sources_of
from pipelines.first_hour.scales import Rated, rated
from pipelines.first_hour.sheets import sheets_of
from pipelines.sources.surveys import files as survey_files
from tests.unit.first_hour.made import answered, csv_file, planned


def scale(header: str, *answers: str) -> Rated | None:
    (sheet,) = sheets_of(csv_file("form.csv", [["Timestamp", header], *(["2026-02-01 10:00", one] for one in answers)]))
    return rated(sheet, header)


@pytest.mark.parametrize(
    ("header", "answers", "direction"),
    [
        ("Satisfied?", ["1 = very satisfied", "3", "5 = very dissatisfied"], "down"),
        ("Satisfied?", ["1 - Very dissatisfied", "3 - Neutral", "5 - Very satisfied"], "up"),
        ("Zufrieden?", ["1 (sehr zufrieden)", "2 (zufrieden)", "5 (sehr unzufrieden)"], "down"),
        ("Satisfait ?", ["Tout à fait d'accord (1)", "D'accord (2)", "Pas du tout d'accord (5)"], "down"),
        ("Muy útil", ["1: Totalmente de acuerdo", "4: En desacuerdo", "5"], "down"),
        ("Satisfied? (1 = very satisfied, 5 = not at all)", ["1", "2", "5"], "down"),
        ("Rate it: poor (1) to excellent (5)", ["1", "2", "5"], "up"),
        ("Welche Schulnote geben Sie?", ["1", "2", "6"], "down"),
        ("How was it?", ["⭐⭐⭐⭐⭐", "⭐", "⭐⭐"], "up"),
        ("Satisfied?", ["1", "3", "5"], None),
        ("Satisfied?", ["1 - first", "3", "5 - last"], None),
    ],
)
def test_which_end_is_the_best_is_taken_from_the_words_beside_the_numbers_and_else_asked(
    header: str, answers: list[str], direction: str | None
):
    found = scale(header, *answers)
    assert found is not None
    assert found.direction == direction


@pytest.mark.parametrize(
    ("header", "answers", "ends"),
    [
        ("How was it?", ["4", "N/A", "2", "5", "Prefer not to say"], (1, 5)),
        ("Zufrieden?", ["4,5", "3", "1,5"], (1, 5)),
        ("How was it?", ["4/5", "2/5", "3/5"], (1, 5)),
        ("How sure are you?", ["80%", "100%", "55 %"], (0, 100)),
        ("Welche Schulnote geben Sie?", ["1", "2", "3"], (1, 6)),
        ("Wie war es?", ["1", "2", "6"], (1, None)),
        ("How many times did you meet?", ["1", "2", "5"], None),
        ("Hours together", ["1.5", "2", "5"], None),
        ("How long?", ["3 months", "6 months", "9 months"], None),
    ],
)
def test_a_scale_is_told_from_counts_and_lengths_whatever_form_its_answers_have(
    header: str, answers: list[str], ends: tuple[int, int | None] | None
):
    found = scale(header, *answers)
    assert (None if found is None else (found.low, found.high)) == ends


def test_an_answer_about_numbers_does_not_turn_questions_answered_in_words():
    """One question of numbers is said to have 1 as its best answer; the words of the other say by themselves which end is which."""
    rows = [["2026-02-01 10:00", "1", "Very satisfied"], ["2026-02-02 10:00", "5", "Satisfied"], ["2026-02-03 10:00", "2", "Neutral"]]  # fmt: skip
    form = csv_file("form.csv", [["Timestamp", "How was it?", "Are you satisfied?"], *rows])
    plan = answered(form, given={"form.csv||scale|1-5": "down 5"})
    (survey,) = sources_of(plan)["survey"].mapping["surveys"]
    assert {name: entry.get("reverse_scored", False) for name, entry in survey["questions"].items()} == {
        "How was it?": True,
        "Are you satisfied?": False,
    }


@pytest.mark.parametrize("stamp", ["2026/03/01 9:10:11 AM GMT+1", "2026/03/01 9:10:11 PM GMT-5"])
def test_the_stamps_of_a_google_form_are_times(stamp: str):
    rows = [[stamp, str(answer), str(answer)] for answer in (1, 3, 5)]
    form = csv_file("form.csv", [["Timestamp", "Was it useful to you?", "Would you come again?"], *rows])
    (table,) = planned(form).tables
    assert (table.kind, table.problem) == ("survey", None)


def test_a_form_of_one_question_is_a_survey_and_no_list_of_people():
    rows = [["3/13/26 9:10", f"3/13/26 9:1{n}", "anonymous", "", "Mentor", str(n)] for n in (1, 3, 5)]
    head = ["Start time", "Completion time", "Email", "Name", "I am a", "How satisfied are you overall?"]
    (table,) = planned(csv_file("form.csv", [head, *rows])).tables
    assert (table.kind, table.problem) == ("survey", None)


@pytest.mark.parametrize("header", ["I trust my mentor", "My mentor was well prepared"])
def test_a_form_of_one_statement_is_a_survey_and_no_list_of_people(header: str):
    words = ["Strongly agree", "Agree", "Disagree", "Strongly disagree"]
    rows = [[f"2026-02-0{n} 10:00", f"{n}@x.org", word] for n, word in enumerate(words, start=1)]
    (table,) = planned(csv_file("form.csv", [["Timestamp", "Email Address", header], *rows])).tables
    assert (table.kind, table.problem) == ("survey", None)


def test_who_answers_as_both_counts_for_neither_and_is_counted():
    roles = ["Mentee", "Mentor", "Mentee", "Both"]
    rows = [[f"2026-02-0{n} 10:00", f"{n}@x.org", role, str(n)] for n, role in enumerate(roles, start=1)]
    form = csv_file("form.csv", [["Timestamp", "Email", "I took part as", "How satisfied are you?"], *rows])
    made = sources_of(answered(form))["survey"]
    assert sorted(one["respondent_role"] for one in made.mapping["surveys"]) == ["mentee", "mentor"]
    responses = survey_files.read(made.files, {"mapping": made.mapping}).batch("survey_responses")
    assert (responses.rows.height, responses.filtered["rows"].sum()) == (3, 1)


def test_an_export_with_qualtrics_ids_below_its_headings_is_told_how_to_be_read():
    ids = ['{"ImportId":"recordedDate"}', '{"ImportId":"QID1"}']
    rows = [["Recorded Date", "How was it?"], ids, ["2026-02-01 10:00:00", "4"]]
    plan = planned(csv_file("q.csv", [["RecordedDate", "Q1"], *rows]))
    assert [one.file for one in plan.unread] == ["q.csv"]
    assert "Qualtrics" in plan.problems[0]
