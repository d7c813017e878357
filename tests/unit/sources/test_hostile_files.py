"""Files that are broken or something else than their names say: every connector refuses them in one sentence with the next step, or holds the records back."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from pipelines.sources.connectors import CONNECTORS, remote_names
from pipelines.sources.records import SourceFile, SourceRefused

pytestmark = pytest.mark.slow

SURVEY = {
    "zone": "UTC",
    "respondent": {"column": "pid", "id_type": "employee_number"},
    "layout": {"tool": "google_forms", "times": "%Y-%m-%d %H:%M"},
    "surveys": [
        {
            "file": "*", "survey_id": "s", "programme_id": "p", "name": "n", "instrument": "i", "wave": "post", "wave_no": 1, "respondent_role": "mentee", "anonymity": "identified",
            "min_group_size": 5, "questions": {"QID1": {"stable_code": "c", "question_kind": "csat", "scale_min": 1, "scale_max": 5}},
        }
    ],
}  # fmt: skip
PEOPLE = {
    "files": [
        {
            "match": "*",
            "key": "id",
            "tables": [
                {
                    "table": "persons",
                    "columns": {"person_id": {"from": "id", "reference": "x"}, "person_kind": {"const": "employee"}},
                }
            ],
        }
    ]
}
MENTORING = {"zone": "UTC", "mentoring": {"summary": "(?i)mentoring"}}
FILES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "bamboohr": (("employees.json", "jobInfo.json", "employmentStatus.json"), {"level_field": "customJobLevel"}),
    "ics_files": (("mentor.ics",), MENTORING),
    "mapped_files": (("people.csv",), {"mapping": PEOPLE}),
    "oneroster_files": (
        ("users.csv", "orgs.csv", "academicSessions.csv", "enrollments.csv"),
        {"person_kind": "student", "zone": "UTC"},
    ),
    "teams_files": (("report.csv",), {"zone": "UTC", "times": "%d/%m/%Y %H:%M"}),
    "zoom_files": (("participants.csv",), {"zone": "UTC", "times": "%d/%m/%Y %H:%M"}),
    "qualtrics_files": (("answers.csv",), {"mapping": SURVEY}),
    "survey_files": (("answers.csv",), {"mapping": SURVEY}),
    "programme_files": (("programme.yaml",), {"programmes": [], "workspace": "w", "min_group_size": 5}),
    "match_decisions": (("decisions.jsonl",), {}),
}
KINDS = [*FILES, "mapped_files.xlsx", "mapped_files.parquet", "survey_files.xlsx", "survey_files.parquet"]


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.writestr("a.txt", "nothing")
    return stream.getvalue()


CONTENTS = {
    "nothing": b"",
    "blank lines": b"\n\n  \n",
    "a sign-in page": b"<!DOCTYPE html><html><body>Please sign in</body></html>",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a zip archive of something else": archive(),
    "JSON that is cut off": b'{"data": [{"id": "1", "na',
    "null": b"null",
    "a number": b"7",
    "a list of texts": b'["a", "b"]',
    "deep JSON": b"[" * 100_000,
    "another table": b"colour,size\nred,7\n",
    "a header alone": b"id\n",
    "an open quotation mark": b'id,name\n1,"Stone\n2,Lee\n',
    "YAML that is none": b"a: [b: c",
    "bytes of UTF-16 without a mark": "id;name\n1;a\n".encode("utf-16-le"),
}


def test_every_connector_of_files_is_tried() -> None:
    assert set(FILES) == set(CONNECTORS) - remote_names()


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_ends_in_one_sentence_with_the_next_step(kind: str) -> None:
    connector, _, ending = kind.partition(".")
    names, more = FILES[connector]
    options = {"source_id": "x", "as_of": date(2026, 11, 2), "levels": {}, **more}
    for title, data in CONTENTS.items():
        files = [SourceFile(name.rpartition(".")[0] + "." + ending if ending else name, data) for name in names]
        try:
            extract = CONNECTORS[connector].read(files, options)
        except SourceRefused as refused:
            words = str(refused)
            assert "Next step: " in words, (title, words)
            assert "\n" not in words, (title, words)
            assert len(words) < 1_000, (title, words)
        else:
            own = {"programme_files": {"workspace", "levels"}}.get(connector, set())
            loaded = sum(batch.rows.height for batch in extract.batches if batch.table not in own)
            # One line behind an open quotation mark, and the record of UTF-16 that is known by its zero bytes, are sound.
            assert loaded == 0 or title in ("an open quotation mark", "bytes of UTF-16 without a mark")
