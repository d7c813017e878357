"""What people said becomes the files that engineers edit; what they didn't say isn't in them."""

from datetime import date

import polars as pl
import pytest
import yaml

from pipelines.first_hour.intake import Intake
from pipelines.first_hour.mending import held_by_sheet, mend
from pipelines.first_hour.names import (
    CONFIRMED,
    EXACT,
    NOBODY,
    OPEN,
    SPELLED,
    Listed,
    key_of,
    plain_name,
    resolve,
    spellings,
)
from pipelines.first_hour.plan import plan_of, programme_files
from pipelines.first_hour.plan_sources import sources_of
from pipelines.first_hour.programme import goal_of, missing_letters
from pipelines.first_hour.samples import SAMPLES, sample_files
from pipelines.first_hour.sheets import Unread, sheets_of
from pipelines.first_hour.templates import FIELDS, TEMPLATES, template
from pipelines.first_hour.writing import new_workspace, write_trial, write_workspace
from pipelines.loading.corrections import corrections_of
from pipelines.sources import mapped_files
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.surveys import files as survey_files
from tests.unit.first_hour.made import ABOUT_PROGRAMME, TODAY, answered, csv_file, messy, planned, workbook

pytestmark = pytest.mark.slow

LIST = [
    Listed("1", "Lena Köhler"),
    Listed("2", "Ayşe Yılmaz"),
    Listed("3", "Tom Brown"),
    Listed("4", "Tom Brown"),
    Listed("5", "Jonathan Smith"),
]
HR = [
    ["Employee ID", "First name", "Last name", "Hire date"],
    *([number, *name.split(), "2020-01-15"] for number, name in ((one.person, one.name) for one in LIST)),
]


@pytest.mark.parametrize(
    ("written", "how", "person"),
    [
        ("Lena Köhler", EXACT, "1"),
        ("KÖHLER, Lena", SPELLED, "1"),
        ("ayse yilmaz", SPELLED, "2"),
        ("Dr. Lena Kohler", SPELLED, "1"),
        ("Tom Brown", OPEN, None),
        ("Jonathon Smith", OPEN, None),
        ("Somebody Else", NOBODY, None),
    ],
)
def test_a_name_is_taken_only_where_it_can_mean_one_person_of_the_list(
    written: str, how: str, person: str | None
) -> None:
    found = resolve([written], LIST, {})[0]
    assert (found.how, found.person) == (how, person)


def test_what_only_resembles_somebody_waits_for_a_yes_and_may_be_nobody() -> None:
    asked = resolve(["Jonathon Smith"], LIST, {})[0]
    assert [one.name for one in asked.suggestions] == ["Jonathan Smith"]
    assert resolve(["Jonathon Smith"], LIST, {key_of("Jonathon Smith"): "5"})[0].how == CONFIRMED
    assert resolve(["Jonathon Smith"], LIST, {key_of("Jonathon Smith"): ""})[0].how == NOBODY


def test_without_a_list_capitals_and_accents_are_one_person_and_a_typo_is_asked_about() -> None:
    found = spellings(["Lena Köhler", "LENA KOHLER", "Jonathan Smith", "Jonathon Smith"], {})
    assert found.same == {"LENA KOHLER": "Lena Köhler"}
    assert found.alike == (("Jonathan Smith", "Jonathon Smith"),)
    one = spellings(["Jonathan Smith", "Jonathon Smith"], {key_of("Jonathon Smith=Jonathan Smith"): "yes"})
    assert one.same == {"Jonathon Smith": "Jonathan Smith"}


def test_turkish_and_nordic_letters_fold_to_the_same_name() -> None:
    assert plain_name("Işıl ÇAĞLAR") == plain_name("isil caglar")
    assert plain_name("Søren Ødegaard") == plain_name("SOREN ODEGAARD")


def test_confirmed_names_become_identifiers_of_people_on_the_list() -> None:
    pairs = csv_file(
        "pairs.csv",
        [
            ["Mentee", "Mentor", "Start"],
            ["Köhler, Lena", "Ayse Yilmaz", "2026-10-01"],
            ["Jonathan Smith", "Nobody Known", "2026-10-02"],
        ],
    )
    plan = answered(csv_file("people.csv", HR), pairs)
    names = sources_of(plan)["names"]
    extract = mapped_files.read(names.files, {"mapping": names.mapping})
    rows = extract.batch("person_identifiers").rows.select("person_id", "id_value").rows()
    assert sorted(rows) == [
        ("people:1", "name:Köhler, Lena"),
        ("people:2", "name:Ayse Yilmaz"),
        ("people:5", "name:Jonathan Smith"),
    ]
    assert [one.written for one in plan.persons.nobody] == ["Nobody Known"]


def test_a_programme_says_what_was_said_and_nothing_else() -> None:
    told = programme_files(
        answered(messy(), given={"programme|mentoring|cadence": "none", "programme|mentoring|months": "9"})
    )["mentoring"]
    assert told["name"] == "Sales mentoring"
    assert told["mission"] == "Not stated."
    assert "cadence_days" not in told
    assert "planned_sessions" not in told
    assert "end_date" not in told["cohorts"][0]
    agreed = programme_files(answered(messy(), given={"programme|mentoring|months": "9"}))["mentoring"]
    assert (agreed["cadence_days"], agreed["planned_sessions"]) == (30, 9)


def test_a_goal_names_the_letters_that_are_missing_and_enters_only_whole() -> None:
    said = {
        "goal_statement": "Nine of ten are satisfied",
        "goal_metric": "csat_mentee",
        "goal_baseline": "70",
        "goal_target": "90",
    }
    keyed = {f"programme|mentoring|{what}": value for what, value in said.items()}
    goal = goal_of("mentoring", {**ABOUT_PROGRAMME, **keyed})
    assert goal is not None
    assert missing_letters(goal) == ["S", "M", "A", "T"]
    assert "goal: specific (S)" in answered(messy(), given=keyed).open_programmes["mentoring"]
    rest = {
        "goal_baseline_date": "2026-01-01",
        "goal_due": "2027-06-30",
        "goal_because": "It did elsewhere",
        "owner": "Head of learning",
    }
    whole = {**keyed, **{f"programme|mentoring|{what}": value for what, value in rest.items()}}
    assert programme_files(answered(messy(), given=whole))["mentoring"]["goals"][0]["direction"] == "increase"


SURVEY = [
    ["Timestamp", "Email", "Role", "How useful was it?", "Would you recommend it? (0-10)", "We trust each other", "Anything else?"],
    *([f"2026-09-{10 + n} 10:00:00", f"a{n}@x.org", ("Mentee", "Mentor")[n % 2], 1 + n % 5, n, ("Agree", "Strongly agree")[n % 2], "more time, please"] for n in range(10)),
]  # fmt: skip


def test_a_form_becomes_a_survey_a_role_and_only_the_scale_is_asked_about() -> None:
    file = csv_file("answers.csv", SURVEY)
    assert [question.words for question in planned(file).open] == ["In “How useful was it?”, what do 1 and 5 mean?"]
    source = sources_of(answered(file))["survey"]
    extract = survey_files.read(source.files, {"mapping": source.mapping})
    assert extract.batch("surveys").rows["respondent_role"].to_list() == ["mentor", "mentee"]
    assert extract.batch("survey_responses").rows.height == 10
    kinds = (
        extract.batch("survey_questions")
        .rows.select("stable_code", "question_kind", "construct")
        .unique()
        .sort("stable_code")
        .rows()
    )
    assert kinds == [
        ("csat.overall", "csat", None),
        ("recommendation", "recommendation", None),
        ("we_trust_each_other_1_5", "scale_item", "relationship_quality"),
    ]
    assert "more time" not in str(source.mapping)


def test_where_1_is_the_best_answers_are_turned_round() -> None:
    source = sources_of(answered(csv_file("answers.csv", SURVEY), given={"answers.csv||scale|1-5": "down 5"}))["survey"]
    assert source.mapping["surveys"][0]["questions"]["How useful was it?"]["reverse_scored"] is True


def test_a_scale_whose_end_nobody_chose_is_asked_about() -> None:
    rows = [
        ["Timestamp", "Was it useful to you?", "Was it worth the time?"],
        *([f"2026-09-{10 + n} 10:00:00", 1 + n % 4, 2 + n % 3] for n in range(9)),
    ]
    question = next(one for one in planned(csv_file("answers.csv", rows)).open if "|scale|" in one.key)
    assert [option.words for option in question.options] == [
        "1 is the worst, 4 the best",
        "1 is the best, 4 the worst",
        "1 is the worst, 5 the best",
        "1 is the best, 5 the worst",
    ]


def test_when_everybody_answers_5_the_scale_still_goes_to_5() -> None:
    rows = [
        ["Date", "Was it useful to you?", "Was it worth the time?"],
        *([f"2026-09-{10 + n}", 5, 5] for n in range(9)),
    ]
    survey = next(one for one in answered(csv_file("answers.csv", rows)).tables)
    assert (survey.kind, survey.rows) == ("survey", 9)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_comes_back_recognised_and_its_examples_are_refused(name: str) -> None:
    blank = list(sheets_of(SourceFile(f"{name}.xlsx", template(name))))
    assert [type(one) for one in blank] == [Unread]
    assert "examples only" in blank[0].words  # type: ignore[union-attr]
    headings = [one.heading for one in FIELDS[name]]
    own = [
        [str(value or "").removeprefix("EXAMPLE ") for value in row]
        for row in zip(*(one.examples for one in FIELDS[name]), strict=True)
    ]
    marked = [[str(value or "") for value in row] for row in zip(*(one.examples for one in FIELDS[name]), strict=True)]
    filled = answered(workbook(f"{name}.xlsx", {TEMPLATES[name]: [headings, *marked, *own]})).tables[0]
    assert (filled.kind, filled.rows, filled.unreadable) == (name, 3, 0)
    assert not [use for use, _ in filled.columns.values() if use != "used"]


def test_a_template_explains_itself_and_bounds_what_is_written() -> None:
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(template("pairs"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'type="list"' in sheet
    assert 'type="date"' in sheet
    assert "How to fill this in" in SourceFileText(template("pairs"))


def SourceFileText(data: bytes) -> str:  # noqa: N802
    from pipelines.sources.spreadsheets import sheet_names

    return " ".join(sheet_names(SourceFile("t.xlsx", data)))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_workspace_needs_no_answer(name: str) -> None:
    files, answers = sample_files(name, TODAY)
    plan = plan_of([SourceFile(file, data) for file, data in files.items()], answers, today=TODAY, zone="UTC")
    assert (plan.open, plan.open_programmes, plan.problems) == ([], {}, [])
    assert all(one.rows and not one.unreadable for one in plan.tables)


def test_the_workspace_is_written_as_yaml_that_engineers_edit_and_left_alone_where_it_is_theirs(tmp_path) -> None:
    new_workspace(tmp_path / "impact.yaml", "ours")
    write_workspace(answered(messy()), tmp_path / "impact.yaml")
    content = yaml.safe_load((tmp_path / "impact.yaml").read_text())
    assert [source["id"] for source in content["sources"]] == ["pairs", "meetings"]
    assert (tmp_path / "sources/pairs/mentoring 2026.xlsx").stat().st_mode & 0o077 == 0
    assert "data/\nsources/" in (tmp_path / ".gitignore").read_text()
    theirs = "# theirs\nworkspace: ours\nsources:\n  - {id: pairs, connector: sql, options: {url: x}}\n"
    (tmp_path / "impact.yaml").write_text(theirs)
    write_workspace(answered(messy()), tmp_path / "impact.yaml")
    again = yaml.safe_load((tmp_path / "impact.yaml").read_text())
    assert [source["id"] for source in again["sources"]] == ["pairs", "added_pairs", "meetings"]
    assert (tmp_path / "impact.yaml.before").read_text() == theirs


def test_a_dry_run_changes_nothing_of_the_workspace(tmp_path) -> None:
    new_workspace(tmp_path / "impact.yaml", "ours")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    trial = write_trial(answered(messy()), tmp_path / "impact.yaml", tmp_path / "data/intake/trial")
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "trial" not in path.parts}
    assert after == before
    assert yaml.safe_load(trial.read_text())["programmes"] == [str(tmp_path / "data/intake/trial/programmes")]


def test_next_month_is_tried_beside_what_the_workspace_holds_and_no_programme_is_described_twice(tmp_path) -> None:
    new_workspace(tmp_path / "impact.yaml", "ours")
    write_workspace(answered(messy()), tmp_path / "impact.yaml")
    (tmp_path / "programmes/theirs.yaml").write_text("programme_id: theirs\n")
    trial = write_trial(answered(messy()), tmp_path / "impact.yaml", tmp_path / "data/intake/trial")
    described = sorted(
        yaml.safe_load(path.read_text())["programme_id"] for path in (trial.parent / "programmes").iterdir()
    )
    assert described == ["mentoring", "theirs"]
    assert [source["id"] for source in yaml.safe_load(trial.read_text())["sources"]] == ["pairs", "meetings"]


def test_what_was_added_and_answered_is_there_again_for_its_owner_alone(tmp_path) -> None:
    intake = Intake.of(tmp_path)
    intake.add("pairs.csv", b"Mentee,Mentor\na,b\n")
    intake.answer("pairs.csv||kind", "pairs")
    again = Intake.of(tmp_path)
    assert ([file.name for file in again.files], again.answers) == (["pairs.csv"], {"pairs.csv||kind": "pairs"})
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "intake").rglob("*") if path.is_file())
    again.remove("pairs.csv")
    assert (Intake.of(tmp_path).files, Intake.of(tmp_path).answers) == ([], {})


@pytest.mark.parametrize("name", ["../../outside.csv", "/etc/passwd.csv", "..\\up.csv"])
def test_a_file_stays_in_the_intake_whatever_it_is_called(tmp_path, name: str) -> None:
    Intake.of(tmp_path / "data").add(name, b"a,b\n1,2\n")
    assert not [path for path in tmp_path.rglob("*.csv") if "intake" not in path.parts]


def test_an_empty_file_is_refused(tmp_path) -> None:
    with pytest.raises(SourceRefused, match="is empty"):
        Intake.of(tmp_path).add("pairs.csv", b" \n")


def test_mended_rows_are_kept_in_the_place_of_those_that_came(tmp_path) -> None:
    file = messy()
    raw = "last week\tZoë Ba Yılmaz\tJosé Ko Köhler\ttalked"
    held = held_by_sheet(
        [{"source": "meetings", "file": file.name, "line": 7, "reasons": ["no date"], "remedy": "", "raw": raw}], [file]
    )[0]
    assert held.frame.columns == ["Row", "Why", "Date", "Mentee", "Mentor", "Notes"]
    assert mend(tmp_path, held, held.frame) == 0
    assert mend(tmp_path, held, held.frame.with_columns(pl.lit("3/9/2025").alias("Date"))) == 1
    kept = corrections_of(tmp_path, "meetings")[0]
    assert (kept.source_line, kept.raw_text, kept.corrected_text) == (7, raw, raw.replace("last week", "3/9/2025"))


def test_the_day_of_the_first_pair_begins_the_programme() -> None:
    assert programme_files(answered(messy()))["mentoring"]["start_date"] == date(2025, 1, 1)


def test_programmes_and_intakes_that_columns_name_are_described_each() -> None:
    rows = [
        ["Mentee", "Mentor", "Start", "Programme", "Cohort"],
        *(
            [
                f"a{n}@x.org",
                f"b{n}@x.org",
                f"2026-01-{10 + n}",
                ("New hires", "Leaders")[n % 2],
                ("Spring", "Autumn")[n % 2],
            ]
            for n in range(6)
        ),
    ]
    plan = planned(csv_file("pairs.csv", rows))
    assert plan.programmes == {"leaders": "Leaders", "new_hires": "New hires"}
    assert plan.cohorts == {"New hires / Spring": ("new_hires", "Spring"), "Leaders / Autumn": ("leaders", "Autumn")}
