"""Names come from the vault, for those who were asked for, and where it can't be read it says why."""

from pathlib import Path

import duckdb
import pytest

from pipelines.access.names import NoNames, names_of, person_at
from pipelines.warehouse import connect

PEOPLE = [("hr", "1", "Ada", "Lovelace", "ada@example.org"), ("crm", "9", "Ada", None, None), ("hr", "2", "Bo", None, "bo@example.org"), ("hr", "3", None, None, "same@example.org"), ("hr", "4", "Eve", "X", "same@example.org")]  # fmt: skip
KEYS = {("hr", "1"): "key1", ("crm", "9"): "key1", ("hr", "2"): "key2", ("hr", "3"): "key3", ("hr", "4"): "key4"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with connect(tmp_path / "warehouse" / "warehouse.duckdb") as warehouse:
        warehouse.execute("create schema quality; create table quality.state (name varchar, value varchar); create schema intermediate")  # fmt: skip
        warehouse.execute("create table intermediate.int_persons_resolved (source_instance varchar, person_id varchar, person_key varchar)")  # fmt: skip
        warehouse.executemany("insert into intermediate.int_persons_resolved values (?, ?, ?)", [(*record, key) for record, key in KEYS.items()])  # fmt: skip
    (tmp_path / "vault").mkdir()
    with duckdb.connect(str(tmp_path / "vault" / "vault.duckdb")) as vault:
        vault.execute("create table persons (source_instance varchar, person_id varchar, given_name varchar, family_name varchar, email_work varchar, email_personal varchar)")  # fmt: skip
        vault.executemany("insert into persons values (?, ?, ?, ?, ?, null)", PEOPLE)
    return tmp_path


def test_a_person_of_several_systems_has_one_name_and_nobody_else_is_told(data: Path) -> None:
    assert names_of(data, ["key1", "key2", "key3", "nobody"]) == {"key1": "Ada Lovelace", "key2": "Bo"}


def test_an_address_of_two_people_is_nobody_s(data: Path) -> None:
    assert person_at(data, " ADA@example.org") == "key1"
    assert person_at(data, "same@example.org") is None
    assert person_at(data, "x@example.org") is None


def test_a_computer_without_the_vault_says_so(data: Path) -> None:
    (data / "vault" / "vault.duckdb").unlink()
    with pytest.raises(NoNames, match="isn't on this computer"):
        names_of(data, ["key1"])


def test_before_the_first_run_there_are_no_names(data: Path) -> None:
    with connect(data / "warehouse" / "warehouse.duckdb") as warehouse:
        warehouse.execute("drop table intermediate.int_persons_resolved")
    with pytest.raises(NoNames, match="first whole run"):
        names_of(data, ["key1"])
