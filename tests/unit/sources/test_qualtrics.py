"""Qualtrics: keyed by ImportId, scales guarded, anonymous stays anonymous."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.sources.records import Extract, FileOnDisk, SourceFile, SourceRefused, merge
from pipelines.sources.surveys.qualtrics import read, read_in_parts

FIXTURES = Path(__file__).parents[2] / "fixtures/qualtrics"
SCALE = {
    "stable_code": "trust",
    "question_kind": "scale_item",
    "construct": "relationship",
    "scale_min": 1,
    "scale_max": 5,
}
SURVEY = {
    "file": "post.csv",
    "survey_id": "post",
    "name": "Post",
    "programme_id": "p",
    "instrument": "i",
    "wave": "post",
    "wave_no": 1,
    "respondent_role": "mentee",
    "anonymity": "identified",
    "min_group_size": 5,
    "questions": {"QID1": SCALE, "QID2": {**SCALE, "stable_code": "time"}},
}
HEAD = 'StartDate,Status,Finished,RecordedDate,ResponseId,ExternalReference,Q1,Q2\nStart,Art,Fertig,Erfasst,Antwort,Referenz,"Do you\ntrust?",Time?\n"{""ImportId"":""startDate"",""timeZone"":""Europe/Berlin""}","{""ImportId"":""status""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""externalDataReference""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n'


def line(response="R1", *, status="0", finished="1", person="E1", answers=("4", "5"), at="2024-07-01 12:00:00"):
    return f"{at},{status},{finished},{at},{response},{person},{','.join(answers)}\n"


def extract(*lines, survey=SURVEY, extra=(), **mapping) -> Extract:
    catalogue = {
        "respondent": {"column": "ExternalReference", "id_type": "employee_number"},
        "surveys": [survey],
        **mapping,
    }
    files = [SourceFile("post.csv", (HEAD + "".join(lines)).encode()), *extra]
    whole = read(files, {"mapping": catalogue})
    assert_parts_give(whole, files, {"mapping": catalogue})
    return whole


def assert_parts_give(whole: Extract, files: list[SourceFile], options: dict[str, Any], part: int = 200) -> None:
    """The same tables come of the same files read in parts of a few lines."""
    with TemporaryDirectory() as folder:
        for file in files:
            (Path(folder) / file.name).write_bytes(file.data)
        on_disk = [FileOnDisk(file.name, Path(folder) / file.name) for file in files]
        extracts = list(read_in_parts(on_disk, options, part=part))
    batches = merge(batch for extract in extracts for batch in extract.batches)
    assert [batch.table for batch in batches] == [batch.table for batch in whole.batches]
    for batch, expected in zip(batches, whole.batches, strict=True):
        assert_frame_equal(batch.rows, expected.rows)
        assert_frame_equal(batch.rejects, expected.rejects)
        assert_frame_equal(batch.filtered, expected.filtered, check_row_order=False)
    found = [finding for extract in extracts for finding in extract.findings]
    assert sorted(map(str, found)) == sorted(map(str, whole.findings))


def test_the_genuine_export_has_one_response_and_not_three():
    survey = {**SURVEY, "file": "sample.csv", "questions": {"QID1": SCALE}}
    result = read(
        [SourceFile("sample.csv", (FIXTURES / "sample.csv").read_bytes())],
        {"mapping": {"zone": "Europe/Zurich", "surveys": [survey]}},
    )
    assert result.batch("survey_responses").rows.select("response_id", "status").rows() == [
        ("R_2YPOQ602ER1jkf1", "complete")
    ]
    assert result.batch("survey_answers").rows["value_num"].to_list() == [2.0]


ANSWER = st.sampled_from(["1", "3", "5", "", "", "4.5"])


@pytest.mark.slow
@given(
    st.lists(
        st.builds(
            line,
            response=st.sampled_from(["", *(f"R{n}" for n in range(50))]),
            finished=st.sampled_from("01"),
            person=st.sampled_from(["E1", "E2", ""]),
            answers=st.tuples(ANSWER, ANSWER),
            at=st.sampled_from(["2024-07-01 12:00:00", "2024-03-31 02:30:00"]),
        )
        | st.sampled_from(["a,short,line\n", line("R60", answers=("-99", "x")), line("R61", answers=("9", "2"))]),
        min_size=1,
        max_size=40,
    ).filter(lambda lines: sum(entry.count(",9,") for entry in lines) <= 1),
    st.integers(150, 900),
)
def test_parts_of_an_export_give_what_the_whole_gives(lines: list[str], part: int) -> None:
    catalogue = {"respondent": {"column": "ExternalReference", "id_type": "employee_number"}, "surveys": [SURVEY]}
    files = [SourceFile("post.csv", (HEAD + "".join(lines)).encode())]
    assert_parts_give(read(files, {"mapping": catalogue}), files, {"mapping": catalogue}, part)


def test_the_genuine_legacy_export_with_two_header_rows_is_read_too():
    survey = {**SURVEY, "file": "sample_legacy.csv", "questions": {"Q1": SCALE}}
    result = read(
        [SourceFile("sample_legacy.csv", (FIXTURES / "sample_legacy.csv").read_bytes())],
        {"mapping": {"zone": "Europe/Zurich", "surveys": [survey]}},
    )
    assert result.batch("survey_responses").rows_in == 1
    assert result.batch("survey_answers").rows["value_num"].to_list() == [2.0]


def test_local_times_become_utc_by_the_zone_that_the_export_names():
    assert extract(line()).batch("survey_responses").rows["submitted_at"].to_list() == [
        datetime(2024, 7, 1, 10, tzinfo=UTC)
    ]


def test_preview_test_spam_and_partial_responses_are_kept_with_their_state():
    lines = [line(f"R{code}", status=code) for code in ("0", "1", "2", "8", "9", "4", "16")] + [
        line("Rp", finished="0")
    ]
    assert extract(*lines).batch("survey_responses").rows["status"].to_list() == [
        "complete",
        "preview",
        "test",
        "spam",
        "preview",
        "complete",
        "complete",
        "partial",
    ]


def test_a_second_submission_of_a_person_is_kept():
    assert extract(line("R1"), line("R2")).batch("survey_responses").rows.height == 2


def test_a_skipped_question_is_told_from_one_that_was_not_shown():
    rows = (
        extract(line("R1", answers=("", "5")), line("R2", finished="0", answers=("3", ""))).batch("survey_answers").rows
    )
    assert rows.select("response_id", "question_id", "state").rows() == [
        ("R1", "QID1", "skipped"),
        ("R1", "QID2", "answered"),
        ("R2", "QID1", "answered"),
        ("R2", "QID2", "not_shown"),
    ]


def test_seen_and_unanswered_is_no_answer_of_minus_99():
    rows = (
        extract(line("R1", answers=("-99", "5")), line("R2", answers=("", "5")))
        .batch("survey_answers")
        .rows.filter(question_id="QID1")
    )
    assert rows.select("value_num", "state").rows() == [(None, "skipped"), (None, "not_shown")]


def test_one_stray_answer_outside_its_scale_is_refused_alone():
    batch = extract(line("R1", answers=("7", "5")), line("R2")).batch("survey_answers")
    assert batch.rejects["reason"].to_list() == ["the answer 7 to QID1 lies outside 1 to 5"]
    assert batch.rows_in == 4


def test_a_changed_scale_refuses_the_survey_and_names_the_question():
    with pytest.raises(
        SourceRefused,
        match=r"post\.csv, line \d+: the scale of question trust \(QID1\) of survey post has changed: 2 of 3",
    ):
        extract(line("R1", answers=("9", "5")), line("R2", answers=("8", "5")), line("R3"))


def test_one_stable_code_with_two_scales_refuses_the_catalogue():
    other = {**SURVEY, "survey_id": "pre", "questions": {"QID1": {**SCALE, "scale_max": 7}}}
    with pytest.raises(
        SourceRefused, match="The scale of question trust changes: 1 to 5 in survey post, 1 to 7 in survey pre"
    ):
        extract(line(), surveys=[SURVEY, other])


def test_a_question_that_the_export_lacks_refuses_it():
    with pytest.raises(SourceRefused, match=r"post\.csv: required column with ImportId 'QID9' is missing"):
        extract(line(), survey={**SURVEY, "questions": {"QID9": SCALE}})


def test_an_export_without_a_response_is_refused_alike_at_once_and_in_parts(tmp_path: Path):
    other = {**SURVEY, "questions": {"QID9": SCALE}}  # nor does it have the question
    file = FileOnDisk("post.csv", tmp_path / "post.csv")
    file.path.write_text(HEAD)
    for reader in (read, lambda *given: list(read_in_parts(*given))):
        with pytest.raises(SourceRefused, match="has headers and no responses"):
            reader([file], {"mapping": {"surveys": [other]}})


def test_nobody_is_known_in_an_anonymous_survey_not_even_in_the_raw_text():
    result = extract(line(), "broken,line\n", survey={**SURVEY, "anonymity": "anonymous", "pair": "ExternalReference"})
    batch = result.batch("survey_responses")
    assert batch.rows.select("respondent_person_id", "pair_id").rows() == [(None, None)]
    for part in result.batches:
        assert "E1" not in str(part.rows.to_dicts()) + str(part.rejects.to_dicts())


def test_free_text_is_not_loaded_and_counted():
    batch = extract(
        line(answers=("4", "my boss Bo")),
        survey={**SURVEY, "questions": {"QID1": SCALE, "QID2": {"stable_code": "c", "question_kind": "text"}}},
    ).batch("survey_answers")
    assert dict(batch.filtered.rows()) == {"free text is not loaded": 1}
    assert batch.rows.height == 1


def test_several_choices_are_a_row_each():
    choice = {"stable_code": "topics", "question_kind": "choice"}
    rows = (
        extract(
            '2024-07-01 12:00:00,0,1,2024-07-01 12:00:00,R1,E1,4,"1,3"\n',
            survey={**SURVEY, "questions": {"QID1": SCALE, "QID2": choice}},
        )
        .batch("survey_answers")
        .rows
    )
    assert rows.filter(question_id="QID2").select("choice_seq", "value_code").rows() == [(1, "1"), (2, "3")]


def test_the_wording_is_hashed_so_that_a_change_shows():
    hashes = extract(line()).batch("survey_questions").rows["text_hash"].to_list()
    assert len(set(hashes)) == 2
    assert all(len(text) == 16 for text in hashes)


def test_an_invitation_counts_once_and_reminders_are_filtered():
    history = SourceFile(
        "post_distribution.csv",
        b"External Data Reference,Sent Date,Status\nE1,2024-06-01 09:00:00,Email Sent\nE1,2024-06-08 09:00:00,Email Sent\nE2,2024-06-01 09:00:00,Hard Bounce\n,2024-06-01 09:00:00,Email Sent\n",
    )
    batch = extract(line(), extra=[history], zone="Europe/Berlin").batch("survey_invitations")
    assert batch.rows.select("person_id", "is_delivered").rows() == [
        ("employee_number:E1", True),
        ("employee_number:E2", False),
    ]
    assert (batch.rejects["rule"].to_list(), batch.filtered["rows"].to_list()) == (["missing_key"], [1])


def test_an_impossible_time_of_submission_refuses_the_response_and_leaves_out_its_answers():
    result = extract(line("R1", at="2024-02-30 09:00:00"), line("R2"))
    assert result.batch("survey_responses").rejects["rule"].to_list() == ["not_a_time"]
    answers = result.batch("survey_answers")
    assert set(answers.rows["response_id"]) == {"R2"}
    assert answers.filtered.filter(pl.col("reason") == "its response was rejected")["rows"].to_list() == [2]
