"""A first mapping of an unknown file: what is certain is proposed, what isn't is asked."""

from datetime import date, datetime
from io import BytesIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import BY_NAME
from pipelines.sources.mapped_files import read
from pipelines.sources.mapped_files.file_layout import certain_delimiter, layout_of
from pipelines.sources.mapped_files.header_words import dictionary, folded
from pipelines.sources.mapped_files.proposal import Proposal, propose
from pipelines.sources.records import SourceFile, SourceRefused

pytestmark = pytest.mark.slow


def proposal(data: str | bytes, name: str = "people.csv", **more) -> tuple[SourceFile, Proposal]:
    file = SourceFile(name, data.encode() if isinstance(data, str) else data)
    return file, propose(file, layout_of(file), **more)


def columns_of(found: Proposal, table: str) -> dict:
    return next(spec["columns"] for spec in found.mapping["files"][0]["tables"] if spec["table"] == table)


def test_a_clear_file_gets_a_mapping_that_loads() -> None:
    file, found = proposal(
        "Employee ID;Surname;Hire date;Status\n007;Stone;2020-04-13;active\n008;Lee;2021-01-31;leave\n"
    )
    rows = read([file], {"mapping": found.mapping}).batch("persons").rows
    assert rows.select("person_id", "family_name", "status").rows() == [
        ("my_source:007", "Stone", "active"),
        ("my_source:008", "Lee", "leave"),
    ]
    assert found.questions == []


def test_a_date_that_may_be_read_in_two_ways_is_asked_and_refuses_to_load() -> None:
    file, found = proposal("Employee ID;Hire date\n1;03/04/2020\n2;05/06/2021\n")
    assert any("%d/%m/%Y, %m/%d/%Y" in question for question in found.questions)
    with pytest.raises(SourceRefused, match="dates are never guessed"):
        read([file], {"mapping": found.mapping})


def test_a_date_that_only_one_order_explains_is_proposed() -> None:
    _, found = proposal("Employee ID;Hire date\n1;03/04/2020\n2;25/06/2021\n")
    assert columns_of(found, "persons")["latest_hire_date"]["date"] == "%d/%m/%Y"


def test_levels_are_asked_for_and_get_no_rank() -> None:
    file, found = proposal("Employee ID,Effective date,Grade\n1,2020-04-13,Senior\n2,2021-01-31,Junior\n")
    assert any("Junior, Senior" in question for question in found.questions)
    rows = read([file], {"mapping": found.mapping}).batch("job_history").rows
    assert rows["level"].to_list() == ["Senior", "Junior"]
    assert rows["level_rank"].null_count() == 2


def test_an_unknown_word_gets_no_meaning_and_is_held_back() -> None:
    file, found = proposal("Employee ID,Surname,Status\n1,Stone,active\n2,Lee,on sabbatical\n")
    assert any("'on sabbatical'" in question for question in found.questions)
    batch = read([file], {"mapping": found.mapping}).batch("persons")
    assert batch.rejects["rule"].to_list() == ["unmapped_value"]


def test_a_secret_is_named_and_never_mapped() -> None:
    _, found = proposal("Employee ID,Surname,IBAN\n1,Stone,DE1\n")
    assert found.unused == ["IBAN"]
    assert any("IBAN" in question for question in found.questions)


def test_two_possible_separators_are_told_instead_of_guessed() -> None:
    with pytest.raises(SourceRefused, match="--delimiter"):
        certain_delimiter(SourceFile("x.csv", b"a,b;c\n1,2;3\n4,5;6\n"))


def test_headers_that_fit_no_table_are_told() -> None:
    with pytest.raises(SourceRefused, match="--table"):
        proposal("x;y\n1;2\n3;4\n")


GERMAN = (
    "Personalstammdaten;;;;;;;\r\nStand: 01.11.2026;;;;;;;\r\n\r\n"
    "Personalnummer;Vorname;Nachname;E-Mail (dienstl.);Eintritt;Austritt;Entgeltgruppe;Vorgesetzter\r\n"
    "(Pers.-Nr.);;;;(TT.MM.JJJJ);(TT.MM.JJJJ);(EG);(Pers.-Nr.)\r\n"
    + "".join(
        f"000{n};Jörg;Müller;j{n}@firma.example;{n + 12}.03.2020;{'30.06.2025' if n == 3 else '31.12.9999'};E{n};00001\r\n"
        for n in range(1, 7)
    )
)


def test_a_german_export_with_a_title_two_header_rows_and_cp1252_is_read_as_it_is_meant() -> None:
    file, found = proposal(GERMAN.encode("cp1252"), "personal.csv", source_id="hr")
    assert found.mapping["format"] == {"kind": "csv", "encoding": "cp1252", "delimiter": ";"}
    entry = found.mapping["files"][0]
    assert (entry["key"], entry["header_rows"]) == (["Personalnummer"], 2)
    spells = columns_of(found, "employment_spells")["end_date"]
    assert spells == {"from": "Austritt", "null": ["31.12.9999"], "date": "%d.%m.%Y", "plus_days": 1}
    jobs = columns_of(found, "job_history")
    assert jobs["level"] == {"from": "Entgeltgruppe"}
    assert jobs["manager_person_id"] == {"from": "Vorgesetzter", "reference": "hr"}
    assert jobs["valid_from"] == {}, "a list of today's state doesn't say since when"
    assert any("E1, E2" in question for question in found.questions)
    jobs["valid_from"] = {"const": "2026-11-01"}
    extract = read([file], {"mapping": found.mapping, "levels": {"E1": 1}})
    people = extract.batch("persons").rows
    assert people["given_name"].unique().to_list() == ["Jörg"]
    assert people["termination_date"].drop_nulls().to_list() == [date(2025, 6, 30)]
    assert extract.batch("employment_spells").rows["end_date"].drop_nulls().to_list() == [date(2025, 7, 1)]
    assert sum(batch.rejects.height for batch in extract.batches) == 0
    assert [found.kind for found in extract.findings if found.kind == "unknown_column"] == []


@pytest.mark.parametrize(
    "header",
    [
        "Staff No.,First name,Surname,E-mail,Date joined,Left on,Grade,Line manager ID",
        "Mitarbeiternummer,Vorname,Nachname,E-Mail-Adresse,Eintrittsdatum,Letzter Arbeitstag,Stufe,Führungskraft",
        "Matricule,Prénom,Nom,Courriel,Date d'embauche,Date de sortie,Échelon,Responsable hiérarchique",
        "Legajo,Nombre,Apellidos,Correo electrónico,Fecha de alta,Fecha de baja,Categoría,Jefe directo",
        "employeeId,firstName,lastName,workEmail,hireDate,terminationDate,jobLevel,managerId",
    ],
)
def test_the_same_list_of_people_is_recognised_in_four_languages_and_in_camel_case(header: str) -> None:
    _, found = proposal(header + "\n1,Ann,Stone,a@arbor.example,2020-04-13,2025-01-31,L1,7\n")
    assert found.unused == []
    people = columns_of(found, "persons")
    assert {"person_id", "given_name", "family_name", "email_work", "latest_hire_date", "termination_date"} <= set(
        people
    )
    assert {"level", "level_rank", "manager_person_id"} <= set(columns_of(found, "job_history"))
    assert any("rank" in question for question in found.questions)


def test_pairs_come_with_their_members() -> None:
    file, found = proposal(
        "Match ID,Programme,Cohort,Mentor e-mail,Mentee e-mail,Status,Matched on,Ended on\n"
        "7,lead,A,Mo@arbor.example,me@arbor.example,Active,2026-01-05,2026-09-01\n"
    )
    members = read([file], {"mapping": found.mapping}).batch("pair_members").rows
    assert members.select("role", "person_id", "joined_date").rows() == [
        ("mentor", "email:mo@arbor.example", date(2026, 1, 5)),
        ("mentee", "email:me@arbor.example", date(2026, 1, 5)),
    ]


def test_day_and_time_in_two_columns_are_put_together_in_the_zone_that_its_owner_names() -> None:
    data = "Session ID;Match ID;Datum;Uhrzeit;Status\n1;7;05.03.2026;14:30;held\n2;7;19.03.2026;14:30;no show\n"
    _, without = proposal(data)
    assert any("in which zone" in question for question in without.questions)
    file, found = proposal(data, zone="Europe/Berlin")
    columns_of(found, "sessions")["status_basis"] = {"const": "self_report"}
    rows = read([file], {"mapping": found.mapping}).batch("sessions").rows
    assert rows["scheduled_start_at"].dt.replace_time_zone(None).to_list() == [
        datetime(2026, 3, 5, 13, 30),
        datetime(2026, 3, 19, 13, 30),
    ]
    assert rows["scheduled_tz"].unique().to_list() == ["Europe/Berlin"]


def test_managers_by_name_are_asked_for_by_number_and_stay_empty() -> None:
    _, found = proposal(
        "Employee ID,Effective date,Grade,Line manager\n1,2020-04-13,G1,Stone Ann\n2,2020-04-14,G1,Ann Stone\n"
    )
    assert "manager_person_id" not in columns_of(found, "job_history")
    assert any("never told apart by name" in question for question in found.questions)


def test_one_impossible_date_doesnt_hide_the_only_format_that_fits_and_is_said() -> None:
    lines = [f"{n};{n:02}.02.2020" for n in range(1, 20)] + ["20;31.02.2020"]
    _, found = proposal("Personalnummer;Eintritt\n" + "\n".join(lines) + "\n")
    assert columns_of(found, "persons")["latest_hire_date"]["date"] == "%d.%m.%Y"
    assert any("19 of 20" in note for note in found.notes.taken)


@given(
    day=st.dates(date(2000, 1, 1), date(2030, 12, 31)), pattern=st.sampled_from(["%d.%m.%y", "%d.%m.%Y", "%Y-%m-%d"])
)
def test_a_year_of_two_digits_is_never_read_as_one_of_four(day: date, pattern: str) -> None:
    _, found = proposal(f"Employee ID;Hire date\n1;{day.strftime(pattern)}\n")
    assert columns_of(found, "persons")["latest_hire_date"]["date"] == pattern


@given(
    days=st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)), min_size=1, max_size=5),
    pattern=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m/%d/%y"]),
)
def test_a_proposed_date_format_is_the_one_that_was_written_or_none(days: list[date], pattern: str) -> None:
    lines = [f"{n};{day.strftime(pattern)}" for n, day in enumerate(days)]
    _, found = proposal("Employee ID;Hire date\n" + "\n".join(lines) + "\n")
    spec = columns_of(found, "persons")["latest_hire_date"]
    assert spec.get("date", pattern) == pattern or all(day.day == day.month for day in days)
    assert "date" in spec or any("how are the dates" in question for question in found.questions)


def test_a_table_of_answers_is_sent_to_the_survey_connector() -> None:
    with pytest.raises(SourceRefused, match="--with survey_files"):
        proposal("Timestamp,Email Address,How was it?,Would you do it again?\n1/2/2026 10:00:00,a@b.example,5,4\n")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("people.csv", b"", "is empty. Next step"),
        ("people.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        ("people.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("people.xlsx", b"hello", "is not a valid .xlsx file"),
        ("people.csv", b"id;name\n1;a;b\n2\n", "Next step: name it, for example --delimiter"),
    ],
)
def test_what_cant_be_mapped_is_refused_with_the_next_step(name: str, data: bytes, words: str) -> None:
    with pytest.raises(SourceRefused, match=words):
        proposal(data, name)


def test_the_headers_of_a_spreadsheet_are_found_below_its_title() -> None:
    cells = pl.DataFrame(
        {"a": ["People", "Employee ID", "1", "2"], "b": [None, "Hire date", "2020-01-31", "2021-02-28"]}
    )
    stream = BytesIO()
    cells.write_excel(stream, include_header=False)
    file, found = proposal(stream.getvalue(), "people.xlsx")
    assert read([file], {"mapping": found.mapping}).batch("persons").rows["person_id"].to_list() == [
        "my_source:1",
        "my_source:2",
    ]


def test_the_dictionary_of_headers_names_columns_of_the_contract_and_no_header_twice_in_a_table() -> None:
    parts = {"pair_members": {"mentor", "mentee"}, "sessions": {"start_time", "end_time"}}
    for table, columns in dictionary().items():
        known = {column.name for column in BY_NAME[table].columns} | parts.get(table, set())
        assert set(columns) <= known, table
        words = [word for names in columns.values() for word in names]
        assert len(words) == len(set(words)), table


@given(st.text(max_size=40))
def test_folding_a_header_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


COSTS = "Item;Amount;Date\nTravel;{};2026-01-31\nBooks;{};2026-02-28\n"


@pytest.mark.parametrize(("amounts", "mark"), [(("1.234", "900"), "."), (("1,234", "2,500"), ",")])
def test_a_number_that_may_be_a_thousand_is_asked_about_and_never_worth_a_thousandth(amounts: tuple[str, str], mark: str) -> None:  # fmt: skip
    _, found = proposal(COSTS.format(*amounts), "costs.csv", table="costs", zone="Europe/Berlin")
    assert any(f"is {amounts[0]} in 'Amount' more than a thousand?" in question for question in found.questions)
    spec = columns_of(found, "costs")["amount"]
    assert spec["decimal"] != mark


@pytest.mark.parametrize(("amount", "marks"), [("1.234,50", (".", ",")), ("1,234.50", (",", "."))])
def test_a_number_with_both_marks_shows_them(amount: str, marks: tuple[str, str]) -> None:
    spec = columns_of(proposal(COSTS.format(amount, "900"), "costs.csv", table="costs")[1], "costs")["amount"]
    assert (spec["thousands"], spec["decimal"]) == marks
