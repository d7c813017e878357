"""A first mapping of an unknown file: what is certain is proposed, what isn't is asked."""

import pytest

from pipelines.sources.mapped_files import read
from pipelines.sources.mapped_files.proposal import Proposal, certain_delimiter, propose, read_text
from pipelines.sources.records import SourceFile, SourceRefused


def proposal(data: str, **more) -> tuple[SourceFile, Proposal]:
    file = SourceFile("people.csv", data.encode())
    text, form = read_text(file)
    return file, propose(file, text, form, **more)


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
    assert found.mapping["files"][0]["tables"][0]["columns"]["latest_hire_date"]["date"] == "%d/%m/%Y"


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
