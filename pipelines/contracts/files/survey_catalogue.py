"""The words of a survey catalogue: which survey is which wave of what, and what each question measures on which scale."""

from typing import Any

from pydantic import Field

from pipelines.contracts.files.mapping_file import Condition
from pipelines.contracts.files.words import Text, Texts, Words

# fmt: off


class Respondent(Words):
    """The column that says who answered."""

    column: Text = Field(description="its header, or the tool's name of it")
    id_type: Text | None = Field(None, description="email, employee_number ...; left out, email")
    reference: Text | None = Field(None, description="another name of `id_type`")
    same: dict[Text, Text] | None = Field(None, description="people who are written in several ways, and the spelling that is kept: `{\"Ames, Ada\": Ada Ames}`")


class Question(Words):
    """What a question measures."""

    stable_code: Text | None = Field(None, description="the same for the same question in every wave")
    question_kind: Text | None = Field(None, description="csat, recommendation, likert, number, single_choice, goal ...")
    kind: Text | None = Field(None, description="another name of `question_kind`")
    construct_: Text | None = Field(None, alias="construct", description="what it belongs to, for example leadership_confidence")
    scale_min: float | None = Field(None, description="lowest answer")
    scale_max: float | None = Field(None, description="highest answer")
    min: float | None = Field(None, description="another name of `scale_min`")
    max: float | None = Field(None, description="another name of `scale_max`")
    reverse_scored: bool | None = Field(None, description="true: a high answer is a low score")
    reverse: bool | None = Field(None, description="another name of `reverse_scored`")
    unit: Text | None = Field(None, description="of its answers: points")
    values: dict[Text, float] | None = Field(None, description="what a label is worth, for tools that export words: `{Agree: 4}`")
    options: list[Text] | None = Field(None, description="all options of a choice: what else people write counts as `other`, and an option may hold a comma")
    codes: dict[Text, Text] | None = Field(None, description="what an option of a choice is called here, whatever the tool calls it: `{A skill: skill}`")


class Layout(Words):
    """How exports of a tool without a known format are laid out."""

    tool: Text | None = Field(None, description="its name")
    response_id: Text | None = Field(None, description="column of the response's id")
    submitted_at: Text | None = Field(None, description="column of the time of the answer")
    times: Texts | None = Field(None, description="patterns of that time")
    at: Text | None = Field(None, description="the time of day where that column holds days alone")
    undated: Any = Field(None, description="what stands in for the time where the export has none")
    zone: Text | None = Field(None, description="the zone of that time")
    status: Text | None = Field(None, description="column that says whether a response is complete")
    complete_values: Texts | None = Field(None, description="what stands there where it is")
    header_rows: int | None = Field(None, description="how many rows the header has")
    delimiter: Text | None = Field(None, description="what parts fields")
    encoding: Text | None = Field(None, description="for example cp1252")
    sheet: Text | None = Field(None, description="name of a workbook's sheet")
    where: dict[Text, Condition | Texts] | None = Field(None, description="which rows are responses of this survey: header to values")


class Survey(Words):
    """One survey: one wave of one instrument."""

    file: Text | None = Field(None, description="name of its export, with `*`")
    match: Text | None = Field(None, description="another name of `file`")
    source_survey_id: Text | None = Field(None, description="the tool's own id, for surveys over an API")
    survey_id: Text | None = Field(None, description="its id, unique")
    name: Text | None = Field(None, description="its name")
    programme_id: Text | None = Field(None, description="the programme that it belongs to")
    cohort_id: Text | None = Field(None, description="the cohort; may be left out")
    instrument: Text | None = Field(None, description="which questionnaire it is")
    wave: Text | None = Field(None, description="pre, mid, post, follow_up ...")
    wave_no: Text | None = Field(None, description="its number among the waves")
    months_since_start: Text | None = Field(None, description="months after the cohort's start")
    respondent_role: Text | None = Field(None, description="mentee, mentor ...")
    anonymity: Text | None = Field(None, description="identified, pseudonymous or anonymous: then no respondent is read, whatever the file holds")
    min_group_size: Text | None = Field(None, description="fewer answers are not shown; holds where it is higher than the workspace's")
    opened_date: Text | None = Field(None, description="the first day on which it could be answered")
    closed_date: Text | None = Field(None, description="the last one")
    may_be_empty: bool | None = Field(None, description="true: its export may be missing, or hold no responses yet")
    milestone: Text | None = Field(None, description="the milestone of the pair that an answer to it reaches: agreement_signed, goals_set, mid_check_in or closing_assessment")
    respondent: Respondent | None = Field(None, description="who answered, where it differs from the catalogue's")
    pair: Text | None = Field(None, description="column that holds the pair")
    zone: Text | None = Field(None, description="of dates without zone")
    layout: Layout | None = Field(None, description="how its export is laid out")
    questions: list[Text] | dict[Text, Question] | None = Field(None, description="names of question sets, or questions by their id")


class Invitations(Words):
    """Distribution histories: who was asked."""

    match: Text | None = Field(None, description="names of the files: the survey file's name with this ending")
    columns: dict[str, Text] | None = Field(None, description="person, sent_at, status to headers")
    format: Text | None = Field(None, description="pattern of the time at which they were sent")
    not_delivered: Texts | None = Field(None, description="statuses of invitations that never arrived")


class SurveyCatalogue(Words):
    """A survey catalogue: the file that `mapping:` of a survey source names."""

    zone: Text | None = Field(None, description="of dates without zone")
    respondent: Respondent | None = Field(None, description="the column that says who answered")
    layout: Layout | None = Field(None, description="how exports are laid out")
    question_sets: dict[Text, dict[Text, Question]] | None = Field(None, description="questions by their id in the tool, under a name that surveys use")
    surveys: list[Survey] | None = Field(None, description="one entry per survey and wave")
    invitations: Invitations | None = Field(None, description="distribution histories")
