"""Pseudonyms: joinable, not readable, and nothing that names a person passes."""

import hmac
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import BY_NAME, TABLES
from pipelines.loading.pseudonyms import key_fingerprint, pseudonym, pseudonymise

KEY = b"a test key of some length"


def test_a_person_has_the_same_pseudonym_everywhere_and_another_under_another_key():
    assert pseudonym("email:ada@arbor.example", KEY) == pseudonym("email:ada@arbor.example", KEY)
    assert pseudonym("email:ada@arbor.example", KEY) != pseudonym("email:ada@arbor.example", b"another key entirely")
    assert re.fullmatch("[0-9a-f]{32}", pseudonym("x", KEY))


def test_names_and_emails_go_to_the_vault_and_leave_the_frame():
    frame = pl.DataFrame(
        {
            "person_id": ["hq:1"],
            "given_name": ["Ada"],
            "email_work": ["ada@arbor.example"],
            "status": ["active"],
            "source_record_id": ["1"],
        }
    )
    safe, vault = pseudonymise(frame, BY_NAME["persons"], KEY)
    assert safe.columns == ["person_id", "status", "source_record_id"]
    assert vault.rows() == [(pseudonym("hq:1", KEY), "Ada", "ada@arbor.example")]
    assert safe["source_record_id"][0] not in ("1", pseudonym("hq:1", KEY))


def test_nobody_stays_nobody():
    frame = pl.DataFrame({"manager_person_id": [None, "hq:2"]}, schema={"manager_person_id": pl.String})
    assert pseudonymise(frame, BY_NAME["job_history"], KEY)[0]["manager_person_id"].to_list() == [
        None,
        pseudonym("hq:2", KEY),
    ]


def test_a_preferred_person_is_hashed_and_a_preferred_skill_is_not():
    frame = pl.DataFrame(
        {
            "application_id": ["A", "A", "A"],
            "kind": ["person", "skill_wanted", "excluded_person"],
            "value": ["email:bo@x.example", "planning", "email:cy@x.example"],
        }
    )
    values = pseudonymise(frame, BY_NAME["application_preferences"], KEY)[0]["value"].to_list()
    assert values == [pseudonym("email:bo@x.example", KEY), "planning", pseudonym("email:cy@x.example", KEY)]


def test_ids_of_records_that_are_nobodys_stay_readable():
    frame = pl.DataFrame({"programme_id": ["p1"], "source_record_id": ["p1"]})
    assert pseudonymise(frame, BY_NAME["programmes"], KEY)[0]["source_record_id"].to_list() == ["p1"]


@settings(max_examples=60)
@given(st.sampled_from(TABLES), st.emails())
def test_no_email_in_a_reference_or_a_direct_identifier_passes(table, email):
    names = [c.name for c in table.columns if c.reference or c.pii == "P2"]
    if table.name == "application_preferences":
        frame = pl.DataFrame({"kind": ["person"], "value": [f"email:{email}"], "source_record_id": [email]})
    else:
        frame = pl.DataFrame(
            {**{name: [f"email:{email}"] for name in names}, "source_record_id": [email if names else "x"]}
        )
    safe, _ = pseudonymise(frame, table, KEY)
    assert email not in str(safe.to_dicts())


@given(st.lists(st.none() | st.text(max_size=200), min_size=1), st.text(min_size=1, max_size=200))
def test_a_column_is_hashed_as_its_values_one_by_one_by_hmac_sha256(values: list[str | None], key: str) -> None:
    frame = pl.DataFrame({"manager_person_id": values}, schema={"manager_person_id": pl.String})
    hashed, _ = pseudonymise(frame, BY_NAME["job_history"], key.encode())
    assert hashed["manager_person_id"].to_list() == [
        None if value is None else hmac.digest(key.encode(), value.encode(), "sha256").hex()[:32] for value in values
    ]


@pytest.mark.parametrize("repeats", [1, 50])
def test_repeated_and_distinct_values_are_hashed_alike_and_nulls_stay(repeats: int) -> None:
    names = [f"hris:{n}" for n in range(20)] * repeats
    frame = pl.DataFrame({"person_id": [*names, None], "person_kind": ["employee"] * (len(names) + 1)})
    hashed, _ = pseudonymise(frame, BY_NAME["persons"], b"key")
    assert hashed["person_id"].to_list() == [*(pseudonym(name, b"key") for name in names), None]


def test_a_pair_that_is_called_by_an_address_is_hashed_alike_in_every_table():
    pairs, _ = pseudonymise(pl.DataFrame({"pair_id": ["A@x.example", "p-1", None]}), BY_NAME["pairs"], b"k" * 32)
    members, _ = pseudonymise(pl.DataFrame({"pair_id": ["a@x.example"]}), BY_NAME["pair_members"], b"k" * 32)
    assert pairs["pair_id"].to_list() == [members["pair_id"][0], "p-1", None]
    assert "@" not in members["pair_id"][0]


@pytest.mark.parametrize("table", ["pairs", "pair_members", "sessions"])
def test_a_pair_that_is_made_of_names_is_hashed_alike_in_every_table_and_a_number_stays(table):
    frame = pl.DataFrame({"pair_id": ["hash:Ann Ames / Bob Bell", "p-17"]})
    safe = pseudonymise(frame, BY_NAME[table], KEY)[0]["pair_id"].to_list()
    assert safe == [pseudonym("key:hash:ann ames / bob bell", KEY), "p-17"]


def test_a_pseudonym_is_the_mac_of_the_reference_by_another_program():
    """RFC 4231, test case 2."""
    assert pseudonym("what do ya want for nothing?", b"Jefe") == "5bdcc146bf60754e6a042426089575c7"


def test_keys_are_told_apart_by_a_part_that_does_not_tell_them():
    assert key_fingerprint(b"Jefe") == pseudonym("fingerprint", b"Jefe")[:8]
    assert re.fullmatch("[0-9a-f]{8}", key_fingerprint(KEY))
    assert key_fingerprint(KEY) != key_fingerprint(b"Jefe")


@pytest.mark.parametrize(
    ("pair", "is_hashed"),
    [("ada@arbor.example", True), ("hash:ada|bob", True), ("P-hash:1", False), ("P-1", False), (None, False)],
)
def test_an_id_that_holds_somebody_is_hashed_also_beside_ids_that_are_missing(pair: str | None, is_hashed: bool):
    frame = pl.DataFrame({"pair_id": [pair, None]}, schema={"pair_id": pl.String})
    after = pseudonymise(frame, BY_NAME["pairs"], KEY)[0]["pair_id"]
    assert after[1] is None
    assert (after[0] != pair) == is_hashed
    assert not is_hashed or after[0] == pseudonym(f"key:{pair.lower()}", KEY)


def test_a_records_own_id_is_hashed_apart_from_people_and_from_uids():
    """One text is three: a person, a record and a calendar's key don't show that they are the same."""
    people = pl.DataFrame({"person_id": ["x"], "source_record_id": ["x"]})
    row = pseudonymise(people, BY_NAME["persons"], KEY)[0].row(0, named=True)
    assert row == {"person_id": pseudonym("x", KEY), "source_record_id": pseudonym("record:x", KEY)}
    opaque = next((table, column.name) for table in TABLES for column in table.columns if column.opaque)
    frame = pl.DataFrame({opaque[1]: ["x", None]}, schema={opaque[1]: pl.String})
    assert pseudonymise(frame, opaque[0], KEY)[0][opaque[1]].to_list() == [pseudonym("uid:x", KEY), None]


def test_the_vault_knows_which_source_named_somebody_and_is_empty_where_nobody_is_named():
    named = pl.DataFrame({"source_instance": ["hq"], "person_id": ["hq:1"], "given_name": ["Ada"]})
    assert pseudonymise(named, BY_NAME["persons"], KEY)[1].row(0, named=True) == {
        "source_instance": "hq", "person_id": pseudonym("hq:1", KEY), "given_name": "Ada",
    }  # fmt: skip
    nobody = pseudonymise(pl.DataFrame({"pair_id": ["P1"]}), BY_NAME["pairs"], KEY)[1]
    assert (nobody.columns, nobody.height) == (["person_id"], 0)
