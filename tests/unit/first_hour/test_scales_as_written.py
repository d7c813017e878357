"""Answers on scales as forms write them: words beside numbers, ends in the question, stars, halves, what says nothing."""

import pytest

from pipelines.first_hour.plan_sources import sources_of
from pipelines.first_hour.scales import Rated, rated
from pipelines.first_hour.sheets import sheets_of
from pipelines.sources.surveys import files as survey_files
from tests.unit.first_hour.made import answered, answered_rows, csv_file, planned

pytestmark = pytest.mark.slow


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


def form(question: str, *answers: str):
    rows = [[f"2026-03-0{day} 10:00:00", f"p{day}@x.org", "Mentee", answer] for day, answer in enumerate(answers, start=1)]  # fmt: skip
    return csv_file("form.csv", [["Timestamp", "Email", "I am a", question], *rows])


def numbers(*files, **more) -> list[float]:
    return answered_rows("survey", "survey_answers", *files, **more).sort("source_line")["value_num"].to_list()


@pytest.mark.parametrize(
    ("question", "answers", "values"),
    [
        ("Quanto è soddisfatto?", ["Molto soddisfatto", "Soddisfatta", "Neutrale", "Insoddisfatto"], [5, 4, 3, 2]),
        ("Il mentoring mi aiuta", ["Né d'accordo né in disaccordo", "D’accordo", "Totalmente d'accordo"], [3, 4, 5]),
        ("Quanto aiuta?", ["Per niente", "Poco", "Abbastanza", "Molto"], [1, 2, 3, 4]),
        ("Hoe tevreden bent u?", ["Zeer tevreden", "Neutraal", "Ontevreden"], [5, 3, 2]),
        ("A mentoria ajuda?", ["Concordo totalmente", "Não concordo nem discordo", "Discordo"], [5, 3, 2]),
        ("Hur nöjd är du?", ["Mycket nöjd", "Varken eller", "Missnöjd"], [5, 3, 2]),
        ("Jak bardzo?", ["Bardzo zadowolony", "Nie mam zdania", "Niezadowolona"], [5, 3, 2]),
        ("How was it?", ["😀", "🙂", "😐", "☹️", "😡"], [5, 4, 3, 2, 1]),
        ("How was it?", ["5 😀", "4 🙂", "3️⃣"], [5, 4, 3]),
        ("How helpful?", ["Extremely helpful", "Somewhat helpful", "Not at all helpful"], [5, 3, 1]),
        ("How was it?", ["Excellent", "Very good", "Good", "Fair", "Poor"], [5, 4, 3, 2, 1]),
        ("Useful? (0-100)", ["80", "95", "100"], [80, 95, 100]),
        ("Useful? (1-5)", ["٥", "４", "3"], [5, 4, 3]),
    ],
)
def test_answers_in_further_languages_pictures_and_digits_are_numbers(question, answers, values):
    assert numbers(form(question, *answers)) == values


def test_a_scale_of_which_only_the_middle_is_missing_is_asked_about():
    file = form("It helps", "Strongly agree", "Agree", "Disagree", "Strongly disagree")
    (question,) = [one for one in planned(file).open if "|scale|" in one.key]
    assert [option.words[:7] for option in question.options] == ["4 steps", "5 steps"]
    assert numbers(file) == [4, 3, 2, 1]
    assert numbers(file, given={question.key: question.options[1].value}) == [5, 4, 2, 1]


def test_a_question_with_the_middle_answers_for_the_others_of_its_form():
    rows = [["Strongly agree", "Agree"], ["Agree", "Neutral"], ["Disagree", "Disagree"], ["Strongly disagree", "Agree"]]
    lines = [[f"2026-03-0{day} 10:00:00", "Mentee", *row] for day, row in enumerate(rows, start=1)]
    plan = planned(csv_file("form.csv", [["Timestamp", "I am a", "It helps", "We meet"], *lines]))
    assert [one.words for one in plan.open if "|scale|" in one.key] == []


def test_a_middle_that_nobody_chose_is_said():
    (table,) = planned(form("It helps", "Strongly agree", "Agree", "Agree")).tables
    assert any("“neutral” among them, which nobody chose" in note for note in table.notes)


def test_numbers_and_words_of_one_scale_go_together_whichever_end_is_the_best():
    file = form("How satisfied are you? (1-5)", "5", "4", "Very satisfied", "satisfied", "3")
    (question,) = [one for one in planned(file).open if "|scale|" in one.key]
    assert numbers(file, given={question.key: "up 5"}) == [5, 4, 5, 4, 3]
    assert numbers(file, given={question.key: "down 5"}) == [5, 4, 1, 2, 3]


@pytest.mark.parametrize("answers", [("5", "4", "4-5", "3"), ("Yes", "No", "Partly", "Yes")])
def test_a_form_whose_answers_no_scale_has_is_no_list_of_people(answers: tuple[str, ...]):
    plan = planned(form("Useful", *answers))
    assert [sheet.title for sheet in plan.unknown] == ["form.csv"]


def test_answers_that_are_nearly_on_a_scale_are_said():
    plan = planned(form("How useful was it?", "5", "4", "4-5", "3", "2"), **{"form.csv||kind": "survey"})
    assert any("“4-5” is no step of a scale" in note for table in plan.tables for note in table.notes)


def test_the_second_row_of_headings_of_surveymonkey_is_no_answer():
    rows = [["Respondent ID", "End Date", "Email Address", "How satisfied are you with mentoring?"], ["", "", "", "Response"]]  # fmt: skip
    rows += [[f"11{day}", f"2026-03-0{day} 10:00:00", f"p{day}@x.org", "Satisfied"] for day in range(1, 5)]
    assert numbers(csv_file("sm.csv", rows)) == [4, 4, 4, 4]


def test_times_in_utc_are_those_and_an_answer_is_of_when_it_was_sent():
    header = ["#", "How satisfied are you with mentoring?", "Start Date (UTC)", "Submit Date (UTC)"]
    rows = [[f"a{day}", day, f"2026-03-0{day} 23:50:00", f"2026-03-0{day} 23:59:00"] for day in range(1, 4)]
    sent = answered_rows("survey", "survey_responses", csv_file("tf.csv", [header, *rows]))["submitted_at"]
    assert {f"{time:%H:%M}" for time in sent} == {"23:59"}


def test_satisfaction_on_four_steps_is_said_to_be_a_question_of_its_own():
    words = ["sehr zufrieden", "zufrieden", "unzufrieden", "sehr unzufrieden"]
    notes = [note for table in answered(form("Wie zufrieden bist du?", *words)).tables for note in table.notes]
    assert any("asked from 1 to 4; satisfaction is measured on five steps" in note for note in notes)
