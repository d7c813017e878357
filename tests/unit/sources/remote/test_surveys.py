"""Survey tools over their APIs, and survey responses in any table: the same rules for scales, partials, anonymity and wording whatever the tool."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile, SourceRefused
from tests.remote_runs import NOW, fetched, read_back
from tests.servers.http import Answer, Call, serving

FIXTURES = Path(__file__).parents[3] / "fixtures"
WIRE = FIXTURES / "vendors"
SURVEY = {
    "survey_id": "s-post",
    "programme_id": "p",
    "name": "After nine months",
    "instrument": "mentee_feedback",
    "wave": "post",
    "wave_no": 2,
    "respondent_role": "mentee",
    "anonymity": "identified",
    "min_group_size": 5,
}
CSAT = {"stable_code": "csat.overall", "question_kind": "csat", "scale_min": 1, "scale_max": 5}
NUMBER = {"stable_code": "confidence.speaking", "question_kind": "scale_item", "scale_min": 1, "scale_max": 5}
TEXT = {"stable_code": "comment", "question_kind": "text"}
TOKEN = {"TOOL_TOKEN": "tool-token-123"}


def catalogue(person: str = "pid", **more) -> dict:
    survey = {**SURVEY, **more}
    return {"respondent": {"column": person, "id_type": "employee_number"}, "surveys": [survey]}


def run(connector: str, behaviour, root: Path, mapping: dict, **more) -> Extract:
    with serving(behaviour) as server:
        options = {"base_url": server.url, "access_token": "${TOOL_TOKEN}", "api_key": "${TOOL_TOKEN}"}
        fetched(connector, root, options, environment=TOKEN, mapping=mapping, **more)
    return read_back(connector, root, {"mapping": mapping})


def landed(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def monkey(call: Call) -> Answer:
    if call.path.endswith("/details"):
        choices = [{"id": "3057839051", "weight": 4, "position": 1}]
        rows = [{"id": "1", "text": "Public speaking"}, {"id": "2", "text": "Negotiation"}]
        matrix = [{"id": "5", "weight": 5}, {"id": "4", "weight": 2}]
        questions = [
            {"id": "319352786", "headings": [{"heading": "How satisfied are you?"}], "answers": {"choices": choices}},
            {
                "id": "319352787",
                "headings": [{"heading": "How confident are you in"}],
                "answers": {"rows": rows, "choices": matrix},
            },
            {"id": "319352788", "headings": [{"heading": "Any comments?"}]},
        ]
        return Answer({"pages": [{"questions": questions}]})
    content = json.loads((WIRE / "surveymonkey_responses_bulk.json").read_text())
    if "start_modified_at" in call.query:
        row = {**content["data"][0], "date_modified": "2026-11-02T20:00:00+00:00"}
        row["pages"] = [{"questions": [{"id": "319352786", "answers": [{"choice_id": "unweighted"}]}]}]
        content["data"] = [{**row, "id": "5007154999", "pages": content["data"][0]["pages"]}]
    return Answer(content)


MONKEY = catalogue(
    source_survey_id="105723396",
    person="custom_variables.pid",
    questions={
        "319352786": CSAT,
        "319352787_1": NUMBER,
        "319352787_2": {**NUMBER, "stable_code": "confidence.negotiating"},
        "319352788": TEXT,
    },
)


def test_surveymonkey_choices_are_worth_their_weight_and_previews_are_told(tmp_path: Path) -> None:
    extract = run("surveymonkey", monkey, tmp_path, MONKEY)
    responses = extract.batch("survey_responses").rows
    assert responses.select("response_id", "status", "respondent_person_id", "duration_s").rows() == [
        ("5007154325", "complete", "employee_number:E0123", 144.0),
        ("5007154326", "preview", None, 20.0),
    ]
    answers = extract.batch("survey_answers").rows
    first = dict(answers.filter(response_id="5007154325").select("question_id", "value_num").rows())
    assert first == {"319352786": 4.0, "319352787_1": 5.0, "319352787_2": 2.0}
    assert b"Great mentor" not in landed(tmp_path)


def test_surveymonkey_asks_for_changed_responses_between_full_reads(tmp_path: Path) -> None:
    run("surveymonkey", monkey, tmp_path, MONKEY)
    extract = run("surveymonkey", monkey, tmp_path, MONKEY, now=NOW + timedelta(days=1))
    assert extract.batch("survey_responses").rows["response_id"].to_list() == ["5007154325", "5007154326", "5007154999"]


def typeform(call: Call) -> Answer:
    if call.path == "/forms/form1":
        return Answer(
            {
                "fields": [
                    {"ref": "csat", "title": "How was it, {{hidden:name}}?"},
                    {"ref": "speak", "title": "Speaking"},
                ]
            }
        )
    field = {"id": "x", "type": "opinion_scale"}
    items = [
        {
            "token": "t1",
            "landed_at": "2026-05-01T10:00:00Z",
            "submitted_at": "2026-05-01T10:02:00Z",
            "response_type": "completed",
            "hidden": {"pid": "E1", "phone": "+49 30 1"},
            "metadata": {"user_agent": "Mozilla"},
            "answers": [
                {"field": {**field, "ref": "csat"}, "type": "choice", "choice": {"label": "Very good"}},
                {"field": {**field, "ref": "speak"}, "type": "number", "number": 3},
                {"field": {**field, "ref": "why"}, "type": "text", "text": "my boss is ill"},
            ],
        },
        {
            "token": "t2",
            "landed_at": "2026-05-02T10:00:00Z",
            "submitted_at": None,
            "response_type": "partial",
            "hidden": {"pid": "E2"},
            "answers": [{"field": {**field, "ref": "csat"}, "type": "choice", "choice": {"label": "Good"}}],
        },
    ]
    return Answer({"items": items})


def forms(**more) -> dict:
    values = {"Very good": 5, "Good": 4}
    return catalogue(source_survey_id="form1", questions={"csat": {**CSAT, "values": values}, "speak": NUMBER}, **more)


def with_broken(behaviour, items: str):
    """The tool's answers with two entries more in its list of responses that are none."""

    def answer(call: Call) -> Answer:
        given = behaviour(call)
        if items in given.body:
            given.body[items] = ["lost in transit", *given.body[items], None]
        return given

    return answer


@pytest.mark.parametrize(
    ("connector", "behaviour", "items"), [("surveymonkey", monkey, "data"), ("typeform", typeform, "items")]
)
def test_an_entry_that_is_no_response_is_rejected_for_itself_and_counted(
    connector: str, behaviour, items: str, tmp_path: Path
) -> None:
    mapping = MONKEY if connector == "surveymonkey" else forms()
    whole = run(connector, behaviour, tmp_path / "whole", mapping).batch("survey_responses")
    found = run(connector, with_broken(behaviour, items), tmp_path / "broken", mapping)
    responses = found.batch("survey_responses")
    assert responses.rows.height == whole.rows.height
    assert responses.rows_in == whole.rows_in + 2
    assert responses.rejects.height == whole.rejects.height + 2


def test_typeform_labels_are_worth_what_the_catalogue_says(tmp_path: Path) -> None:
    extract = run("typeform", typeform, tmp_path, forms())
    assert extract.batch("survey_responses").rows.select("response_id", "status", "respondent_person_id").rows() == [
        ("t1", "complete", "employee_number:E1"),
        ("t2", "partial", "employee_number:E2"),
    ]
    answers = extract.batch("survey_answers").rows.select("response_id", "question_id", "value_num", "state").rows()
    assert answers == [
        ("t1", "csat", 5.0, "answered"),
        ("t1", "speak", 3.0, "answered"),
        ("t2", "csat", 4.0, "answered"),
        ("t2", "speak", None, "not_shown"),
    ]
    assert b"my boss" not in landed(tmp_path)
    assert b"+49" not in landed(tmp_path)


@pytest.mark.parametrize(
    ("connector", "behaviour", "mapping"),
    [
        ("typeform", typeform, forms(anonymity="anonymous")),
        ("surveymonkey", monkey, {**MONKEY, "surveys": [{**MONKEY["surveys"][0], "anonymity": "anonymous"}]}),
    ],
)
def test_an_anonymous_survey_brings_nobody_even_where_the_tool_knows_them(
    connector: str, behaviour, mapping: dict, tmp_path: Path
) -> None:
    extract = run(connector, behaviour, tmp_path, mapping)
    responses = extract.batch("survey_responses").rows
    assert responses["respondent_person_id"].null_count() == responses.height > 0
    assert b"E0123" not in landed(tmp_path)
    assert b'"E1"' not in landed(tmp_path)


class Qualtrics:
    """Asks for two looks before an export is made."""

    def __init__(self, export: bytes) -> None:
        self.export, self.looks = export, 0

    def __call__(self, call: Call) -> Answer:
        if call.method == "POST":
            return Answer({"result": {"progressId": "ES_1", "status": "inProgress"}})
        if call.path.endswith("/file"):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("After nine months.csv", self.export)
            return Answer(buffer.getvalue())
        self.looks += 1
        return Answer(
            {"result": {"status": "complete", "fileId": "F1"} if self.looks > 2 else {"status": "inProgress"}}
        )


GENUINE = (FIXTURES / "qualtrics/sample.csv").read_bytes()


def test_qualtrics_exports_are_waited_for_and_lose_what_identifies(tmp_path: Path) -> None:
    from pipelines.sources.surveys.qualtrics.export import unchecked_export

    ids = unchecked_export(SourceFile("sample.csv", GENUINE)).columns
    question = next(name for name in ids if name.startswith("QID"))
    mapping = catalogue(
        source_survey_id="SV_abc",
        anonymity="anonymous",
        questions={question: {"stable_code": "c", "question_kind": "choice"}},
    )
    behaviour, slept = Qualtrics(GENUINE), []
    extract = run("qualtrics_api", behaviour, tmp_path, mapping, slept=slept)
    assert slept == [1.0, 2.0]
    assert extract.batch("survey_responses").rows.height == 1
    kept = unchecked_export(SourceFile("x.csv", next(tmp_path.rglob("*.csv")).read_bytes())).columns
    assert set(kept) <= {"_recordId", "finished", "status", "recordedDate", "endDate", "duration", question}


def test_a_qualtrics_export_that_fails_is_told(tmp_path: Path) -> None:
    def behaviour(call: Call) -> Answer:
        return Answer({"result": {"progressId": "ES_1", "status": "failed"}})

    with pytest.raises(SourceRefused, match="could not make the export"):
        run("qualtrics_api", behaviour, tmp_path, catalogue(source_survey_id="SV_abc", questions={"QID1": CSAT}))


def from_files(data: str, questions: dict, *, name: str = "post.csv", **more) -> Extract:
    mapping = {"zone": "Europe/Berlin", **catalogue(file="post.csv", questions=questions, **more)}
    return CONNECTORS["survey_files"].read([SourceFile(name, data.encode())], {"mapping": mapping})


FORMS = {"tool": "google_forms", "times": "%d/%m/%Y %H:%M:%S"}


def test_google_forms_lines_are_responses_and_the_same_line_twice_is_one() -> None:
    data = "Timestamp,Staff no,How satisfied?\n03/07/2026 10:00:00,E1,4\n03/07/2026 10:00:00,E1,4\n04/07/2026 10:00:00,E2,5\n"
    extract = from_files(data, {"How satisfied?": CSAT}, layout=FORMS, person="Staff no")
    rows = extract.batch("survey_responses").rows
    assert rows["submitted_at"].to_list()[0] == datetime(2026, 7, 3, 8, tzinfo=UTC)
    assert rows["response_id"].n_unique() == 2
    assert rows["respondent_person_id"].to_list() == ["employee_number:E1", "employee_number:E1", "employee_number:E2"]


def test_the_order_of_day_and_month_is_declared_and_a_time_that_does_not_fit_is_rejected() -> None:
    data = "Timestamp,How satisfied?\n03/07/2026 10:00:00,4\n13/13/2026 10:00:00,5\n"
    with pytest.raises(SourceRefused, match="never guessed"):
        from_files(data, {"How satisfied?": CSAT}, layout={"tool": "google_forms"}, anonymity="anonymous")
    extract = from_files(data, {"How satisfied?": CSAT}, layout=FORMS, anonymity="anonymous")
    assert extract.batch("survey_responses").rejects["rule"].to_list() == ["not_a_time"]


def test_a_changed_scale_is_refused_for_every_tool() -> None:
    data = "Timestamp,How satisfied?\n" + "\n".join(f"0{n % 9 + 1}/07/2026 10:00:00,{n % 11}" for n in range(20))
    with pytest.raises(SourceRefused, match="has changed"):
        from_files(data, {"How satisfied?": CSAT}, layout=FORMS, anonymity="anonymous")


def test_surveymonkeys_two_header_rows_are_one_name() -> None:
    data = (WIRE / "surveymonkey_export_two_header_rows.csv").read_text()
    questions = {
        "How confident are you in ... | Public speaking": NUMBER,
        "How confident are you in ... | Negotiation": {**NUMBER, "stable_code": "n"},
    }
    extract = from_files(data, questions, layout={"tool": "surveymonkey"}, person="Custom Data 1")
    assert extract.batch("survey_answers").rows["value_num"].to_list() == [4.0, 5.0]
    response = extract.batch("survey_responses").rows.row(0, named=True)
    assert (response["response_id"], response["respondent_person_id"]) == ("118612345678", "employee_number:E0123")
    assert response["submitted_at"] == datetime(2026, 5, 1, 19, 59, 38, tzinfo=UTC)


def test_a_generic_table_says_which_state_is_complete() -> None:
    data = "id;when;state;q1\nr1;2026-07-03T10:00;done;4\nr2;2026-07-03T11:00;open;\n"
    layout = {
        "response_id": "id",
        "submitted_at": "when",
        "times": "%Y-%m-%dT%H:%M",
        "status": "state",
        "complete_values": ["done"],
        "delimiter": ";",
    }
    rows = from_files(data, {"q1": CSAT}, layout=layout, anonymity="anonymous").batch("survey_responses").rows
    assert rows.select("response_id", "status").rows() == [("r1", "complete"), ("r2", "partial")]


def test_a_question_in_other_words_between_two_waves_is_told() -> None:
    pre = {
        **SURVEY,
        "survey_id": "s-pre",
        "wave": "pre",
        "wave_no": 1,
        "file": "pre.csv",
        "anonymity": "anonymous",
        "layout": FORMS,
        "questions": {"How satisfied are you?": CSAT},
    }
    post = {
        **pre,
        "survey_id": "s-post",
        "wave": "post",
        "wave_no": 2,
        "file": "post.csv",
        "questions": {"How happy are you?": CSAT},
    }
    files = [
        SourceFile(f"{name}.csv", f"Timestamp,{question}\n03/07/2026 10:00:00,4\n".encode())
        for name, question in (("pre", "How satisfied are you?"), ("post", "How happy are you?"))
    ]
    extract = CONNECTORS["survey_files"].read(files, {"mapping": {"zone": "UTC", "surveys": [pre, post]}})
    (finding,) = [finding for finding in extract.findings if finding.kind == "question_reworded"]
    assert finding.subject == "csat.overall"
    assert "s-post" in finding.detail
    assert "s-pre" in finding.detail
