"""People who stand in several columns of a sheet: numbered ones, and first and family names beside each other."""

import datetime

import pytest

from pipelines.first_hour.plan import plan_of
from pipelines.sources import mapped_files
from pipelines.sources.mapped_files.numbered_people import gathered, joined_names
from pipelines.sources.records import SourceFile

pytestmark = pytest.mark.slow


def _pairs(sheet: str) -> set[tuple[str, str]]:
    """Mentor and mentee of each pair that Add data makes of a sheet."""
    file = SourceFile("pairs.csv", sheet.encode())
    said: dict[str, str] = {}
    for _ in range(3):
        plan = plan_of([file], said, today=datetime.date(2026, 10, 31), zone="Europe/Berlin")
        said |= {question.key: question.options[0].value for question in plan.open}
    mapping = plan.tables[0].mapping
    assert mapping is not None, plan.tables[0].problem
    extract = mapped_files.read([file], {"mapping": mapping, "source_id": "people"})
    people: dict[str, dict[str, str]] = {}
    for batch in extract.batches:
        for row in batch.rows.to_dicts() if batch.table == "pair_members" else ():
            people.setdefault(row["pair_id"], {})[row["role"]] = row["person_id"].partition(":")[2]
    return {(one["mentor"], one["mentee"]) for one in people.values()}


THREE = {("Ann Ames", "Bob Bell"), ("Ann Ames", "Cat Cole"), ("Dan Dorn", "Eve Eck")}


@pytest.mark.parametrize(
    "sheet",
    [
        "Mentor,Mentee 1,Mentee 2,Start\nAnn Ames,Bob Bell,Cat Cole,2026-01-15\nDan Dorn,Eve Eck,,2026-01-15\n",
        "Mentor/in;Mentee1;Mentee2\nAnn Ames;Bob Bell;Cat Cole\nDan Dorn;Eve Eck;-\n",
        "Mentor,First mentee,Second mentee\nAnn Ames,Bob Bell,Cat Cole\nDan Dorn,Eve Eck,n/a\n",
        "Mentor,Mentee,Mentee\nAnn Ames,Bob Bell,Cat Cole\nDan Dorn,Eve Eck,\n",
        "Mentor;Mentoré 1;Mentoré 2;Mentoré 3\nAnn Ames;Bob Bell;;Cat Cole\nDan Dorn;Eve Eck;;\n",
    ],
)
def test_numbered_mentees_are_a_pair_each(sheet: str):
    assert _pairs(sheet) == THREE


@pytest.mark.parametrize(
    "header",
    [
        "Mentor First Name,Mentor Last Name,Mentee First Name,Mentee Last Name",
        "Vorname Mentor,Nachname Mentor,Vorname Mentee,Nachname Mentee",
        "Prénom mentor,Nom mentor,Prénom mentoré,Nom mentoré",
        "Mentor given name,Mentor surname,Mentee given name,Mentee surname",
    ],
)
def test_first_and_family_name_of_a_role_are_one_person(header: str):
    assert _pairs(f"{header}\nAnn,Ames,Bob,Bell\nDan,Dorn,Eve,Eck\n") == {
        ("Ann Ames", "Bob Bell"),
        ("Dan Dorn", "Eve Eck"),
    }


def test_names_under_a_role_are_one_person():
    sheet = "Mentor,,Mentee,\nVorname,Nachname,Vorname,Nachname\nAnn,Ames,Bob,Bell\nDan,Dorn,Eve,Eck\n"
    assert _pairs(sheet) == {("Ann Ames", "Bob Bell"), ("Dan Dorn", "Eve Eck")}


def test_what_is_numbered_and_names_nobody_stays_as_it_is():
    header = ["Mentor", "Mentee", "Mentee goal 1", "Mentee goal 2", "Mentee rating 1", "Session 1", "Session 2"]
    assert gathered(header) == {}


def test_an_address_beside_the_names_comes_first():
    header = ["Mentor First Name", "Mentor Last Name", "Mentor Email", "Mentee Email"]
    assert joined_names(header, {}) == {}


@pytest.mark.parametrize("nobody", ["TBD", "n/a", "-", "vacant", "unknown"])
def test_a_mentee_without_a_mentor_is_no_pair(nobody: str):
    assert _pairs(f"Mentor,Mentee\nAnn Ames,Bob Bell\nDan Dorn,Eve Eck\n{nobody},Gus Gill\n") == {
        ("Ann Ames", "Bob Bell"),
        ("Dan Dorn", "Eve Eck"),
    }


@pytest.mark.parametrize("last", ["Total pairs: 2,", "Note: Eve starts late,", "Confidential,", ","])
def test_totals_notes_and_lines_of_commas_are_no_pairs(last: str):
    assert _pairs(f"Mentor,Mentee\nAnn Ames,Bob Bell\nDan Dorn,Eve Eck\n{last}\n") == {
        ("Ann Ames", "Bob Bell"),
        ("Dan Dorn", "Eve Eck"),
    }


@pytest.mark.parametrize("never", ["31.12.9999", "31.12.2999", "31.12.2099", "31.12.4712"])
def test_a_pair_until_the_last_day_that_systems_know_has_not_ended(never: str):
    sheet = f"Mentor,Mentee,Start,End\nAnn Ames,Bob Bell,15.01.2026,{never}\nDan Dorn,Eve Eck,16.01.2026,30.06.2026\n"
    file = SourceFile("pairs.csv", sheet.encode())
    plan = plan_of([file], {}, today=datetime.date(2026, 10, 31), zone="Europe/Berlin")
    said = {question.key: question.options[0].value for question in plan.open}
    plan = plan_of([file], said, today=datetime.date(2026, 10, 31), zone="Europe/Berlin")
    extract = mapped_files.read([file], {"mapping": plan.tables[0].mapping, "source_id": "people"})
    rows = {row["pair_id"]: row for batch in extract.batches if batch.table == "pairs" for row in batch.rows.to_dicts()}
    assert rows["hash:Ann Ames / Bob Bell"]["actual_end_date"] is None
    assert rows["hash:Ann Ames / Bob Bell"]["status"] == "active"
    assert rows["hash:Dan Dorn / Eve Eck"]["status"] == "completed"
