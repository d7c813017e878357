"""Student rosters: no password ever leaves the reader."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.sources.hris.oneroster import read
from pipelines.sources.records import SourceFile, SourceRefused

FIXTURES = Path(__file__).parents[2] / "fixtures/oneroster"
USERS = "sourcedId,status,role,givenName,familyName,email,identifier,password,metadata.classYear\nS1,active,student,Ada,Stone,Ada@uni.example,0001,s3cret-1,2026\n,active,student,No,Body,,,s3cret-2,2026\nT1,active,teacher,Te,Acher,,,s3cret-3,\nS2,broken line with s3cret-4\n"


def test_no_password_is_in_anything_that_leaves_the_reader():
    result = read([SourceFile("users.csv", USERS.encode())], {"source_id": "uni"})
    everything = str([(b.rows.to_dicts(), b.rejects.to_dicts(), b.filtered.to_dicts()) for b in result.batches]) + str(
        result.findings
    )
    assert "s3cret" not in everything
    assert [f.kind for f in result.findings] == ["secret_column"]


def test_students_are_rows_teachers_are_filtered_and_a_missing_id_is_refused():
    batch = read([SourceFile("users.csv", USERS.encode())], {"source_id": "uni"}).batch("persons")
    assert batch.rows.select("person_id", "person_kind", "class_year", "email_work").rows() == [
        ("uni:S1", "student", 2026, "ada@uni.example")
    ]
    assert dict(batch.filtered.rows()) == {"not a student": 1}
    assert sorted(batch.rejects["rule"]) == ["missing_key", "number_of_fields"]
    assert batch.rows_in == 4


def test_the_genuine_sample_is_read_with_its_roles_and_without_its_passwords():
    files = [SourceFile(name, (FIXTURES / name).read_bytes()) for name in ("users.csv", "roles.csv")]
    result = read(files, {"source_id": "sds", "enrolment_spells": True})
    persons = result.batch("persons").rows
    assert persons.height > 0
    assert persons["original_hire_date"][0] == date(2021, 8, 24)
    assert "P@ssword123" not in str([b.rows.to_dicts() for b in result.batches])
    assert result.batch("employment_spells").rows["end_date"][0] == date(2022, 6, 12)


def test_a_roster_without_ids_is_refused_by_name():
    with pytest.raises(SourceRefused, match=r"users\.csv: required column 'sourcedId'"):
        read([SourceFile("users.csv", b"givenName,familyName\nAda,Stone\n")], {"source_id": "uni"})
