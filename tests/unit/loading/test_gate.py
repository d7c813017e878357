"""The gate: every row accounted for, bad rows explained, broken loads stopped."""

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import BY_NAME
from pipelines.loading.gate import Gate
from pipelines.loading.masking import mask
from pipelines.loading.stop_rules import LoadAsks, LoadStopped

ADA, BO = "a" * 32, "b" * 32
SPELL = {
    "person_id": ADA,
    "spell_no": 1,
    "hire_date": date(2020, 1, 1),
    "end_date": None,
    "hire_kind": "new",
    "end_kind": None,
}
LINEAGE = {
    "source_record_id": pl.String(),
    "source_updated_at": pl.Datetime("us", "UTC"),
    "source_file": pl.String(),
    "source_line": pl.Int64(),
    "raw_text": pl.String(),
}
REJECTS = {
    "source_file": pl.String(),
    "source_line": pl.Int64(),
    "rule": pl.String(),
    "reason": pl.String(),
    "remedy": pl.String(),
    "raw_text": pl.String(),
}
FILTERED = {"reason": pl.String(), "rows": pl.Int64()}


def first_rows(asked: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    raise AssertionError("only one part came")


@dataclass(frozen=True)
class Judged:
    gate: Gate
    rows: pl.DataFrame


def judged(*rows, table="employment_spells", rejects=(), filtered=()):
    contract = BY_NAME[table]
    schema = {
        name: dtype for name, dtype in contract.business_schema.items() if contract.column(name).pii != "P2"
    } | LINEAGE
    data = [
        {"source_file": "f.csv", "source_line": i, "raw_text": f"raw {i}", **row} for i, row in enumerate(rows, start=2)
    ]
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in data], schema=schema)
    reject_rows = [
        {"source_file": "f.csv", "source_line": 99, "rule": "x", "reason": "r", "remedy": "m", "raw_text": text}
        for text in rejects
    ]
    gate = Gate(contract)
    filtered_rows = pl.DataFrame(list(filtered), schema=FILTERED, orient="row")
    loaded = gate.judge(frame, pl.DataFrame(reject_rows, schema=REJECTS), filtered_rows, first_rows)
    if question := gate.question("hq", "0123456789"):
        raise LoadAsks([question])
    return Judged(gate, loaded)


@pytest.mark.parametrize(
    ("change", "rule", "reason"),
    [
        ({"hire_date": None}, "required", "hire date is missing"),
        ({"hire_kind": "boomerang"}, "allowed_values", "hire kind boomerang is none of new, rehire, transfer_in"),
        ({"spell_no": 0}, "bounds", "spell no 0 is below 1"),
        ({"hire_date": date(1800, 1, 1)}, "bounds", "hire date 1800-01-01 is below 1930-01-01"),
        ({"end_date": date(2019, 1, 1)}, "interval_order", "end date 2019-01-01 precedes hire date 2020-01-01"),
    ],
)
def test_a_row_against_the_contract_goes_to_quarantine_with_its_line_and_reason(change, rule, reason):
    verdict = judged({**SPELL, **change}, {**SPELL, "person_id": BO})
    assert verdict.rows.height == 1
    row = verdict.gate.quarantine.row(0, named=True)
    assert (row["rule"], row["reason"], row["source_file"], row["source_line"]) == (rule, reason, "f.csv", 2)
    assert row["raw_text"] == "raw 2"


def test_an_end_on_the_day_of_the_start_is_allowed():
    assert judged({**SPELL, "end_date": SPELL["hire_date"]}).rows.height == 1


def test_an_exact_repeat_counts_as_duplicate_and_a_contradiction_is_quarantined():
    verdict = judged(SPELL, SPELL, {**SPELL, "hire_kind": "rehire"})
    assert (verdict.gate.loaded, verdict.gate.duplicates, verdict.gate.quarantine.height) == (1, 1, 1)
    assert verdict.gate.quarantine["rule"][0] == "contradicting_key"
    assert "line 2" in verdict.gate.quarantine["reason"][0]
    assert verdict.rows["hire_kind"].to_list() == ["new"]


def test_keys_with_an_empty_optional_part_are_keys_too():
    identifier = {"person_id": ADA, "id_type": "email", "id_value": BO, "valid_from": None}
    assert judged(identifier, identifier, table="person_identifiers").gate.duplicates == 1


def test_the_hash_of_a_row_depends_on_its_business_columns_only_and_tells_null_from_empty():
    first, again = judged(SPELL).rows["row_hash"][0], judged({**SPELL, "source_line": 77}).rows["row_hash"][0]
    assert first == again
    assert len(first) == 32
    goals = [
        judged(
            {
                "goal_id": "g",
                "pair_id": pair,
                "owner_person_id": ADA,
                "category": "c",
                "created_date": date(2024, 1, 1),
                "status": "open",
            },
            table="goals",
        ).rows["row_hash"][0]
        for pair in (None, "")
    ]
    assert goals[0] != goals[1]


def test_more_than_one_percent_and_three_rows_stop_the_load_and_name_file_row_and_next_step():
    good = [{**SPELL, "person_id": f"{i:032x}"} for i in range(100)]
    bad = [{**SPELL, "person_id": f"{i:032x}", "spell_no": 0} for i in range(200, 204)]
    assert judged(*good, *bad[:3]).gate.quarantine.height == 3
    with pytest.raises(
        LoadStopped,
        match=r"hq: 4 of 104 rows of employment_spells \(3\.8%\).*f\.csv, line 102: spell no 0 is below 1\. Next step: .*Nothing was written",
    ):
        judged(*good, *bad)


def test_four_bad_rows_of_a_thousand_do_not_stop_a_load():
    good = [{**SPELL, "person_id": f"{i:032x}"} for i in range(1000)]
    assert judged(*good, rejects=["x"] * 4).gate.quarantine.height == 4


def test_a_reason_never_quotes_what_may_be_an_address():
    row = {
        "person_id": ADA,
        "attribute": "gender",
        "value": "x",
        "valid_from": date(2020, 1, 1),
        "collected_basis": "guess@work",
    }
    sound = {**row, "collected_basis": "hr", "attribute": "disability"}
    assert "guess" not in judged(row, sound, table="person_demographics").gate.quarantine["reason"][0]


@pytest.mark.parametrize("bad", [1, 3])
def test_a_table_of_which_no_row_can_be_used_is_asked_about_however_small_it_is(bad: int):
    with pytest.raises(LoadAsks, match=f"{bad} of {bad} row"):
        judged(rejects=["r"] * bad)
    assert judged(SPELL, rejects=["r"] * bad).gate.reconciliation["loaded"] == 1


def test_rejects_of_the_connector_are_part_of_the_quarantine_with_masked_text():
    row = judged(SPELL, rejects=["0042;Ada;ada@arbor.example;employee;30.02.2024"]).gate.quarantine.row(0, named=True)
    assert row["masked_text"] == "####;xxx;xxx@xxxxx.xxxxxxx;employee;##.##.####"


def test_masking_keeps_json_names_and_no_values():
    assert mask('{"firstName":"Ada","id":"42"}') == '{"firstName":"xxx","id":"##"}'
    assert mask("Zoë O'Neil ﬁ 李") == "xxx x'xxxx x x"
    assert len(mask("x" * 1000)) < 500


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.sampled_from([ADA, BO, None]),
            "spell_no": st.sampled_from([1, 2, 0, None]),
            "hire_date": st.sampled_from([date(2020, 1, 1), date(1900, 1, 1), None]),
            "end_date": st.sampled_from([date(2021, 1, 1), date(2019, 1, 1), None]),
            "hire_kind": st.sampled_from(["new", "odd", None]),
        }
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=150)
@given(ROWS, st.integers(0, 3), st.integers(0, 9))
def test_rows_in_are_loaded_quarantined_duplicate_or_filtered_exactly(rows, rejected, filtered):
    total = len(rows) + rejected + filtered
    try:
        counts = judged(*rows, rejects=["r"] * rejected, filtered=[("left out", filtered)]).gate.reconciliation
    except LoadStopped as stopped:
        assert f"of {total:,} {'row' if total == 1 else 'rows'} of" in str(stopped)
        return
    assert counts["rows_in"] == total
    assert counts["loaded"] + counts["quarantined"] + counts["duplicates"] + counts["filtered"] == total
