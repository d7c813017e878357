"""Mapping files: how a customer's own headers become canonical rows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import BY_NAME
from pipelines.sources.conversions import Reading
from pipelines.sources.mapped_files import read
from pipelines.sources.mapped_files.grammar import convert
from pipelines.sources.records import Extract, SourceFile, SourceRefused

PERSONS = {
    "person_id": {"from": "Nr", "reference": "hr"},
    "person_kind": {"const": "employee"},
    "latest_hire_date": {"from": "Eintritt", "date": "%d.%m.%Y"},
    "status": {"from": "Status", "map": {"A": "active", "I": "inactive"}},
}


def extract(
    data: str | bytes, columns: dict[str, Any], *, table: str = "persons", entry: dict | None = None, **options: Any
) -> Extract:
    spec = {"table": table, "columns": columns, **options.pop("spec", {})}
    mapping = {
        "format": {"delimiter": ";", "decimal": ",", "null": ["", "-"], "zone": "Europe/Berlin"},
        "files": [{"match": "*.csv", "key": "Nr", "tables": [spec], **(entry or {})}],
        **options.pop("mapping", {}),
    }
    payload = data.encode() if isinstance(data, str) else data
    return read([SourceFile("list.csv", payload)], {"mapping": mapping, **options})


def test_a_date_that_does_not_exist_is_refused_in_plain_words():
    batch = extract("Nr;Eintritt;Status\n1;30.02.2024;A\n2;01.03.2024;A\n", PERSONS).batch("persons")
    reject = batch.rejects.row(0, named=True)
    assert reject["reason"] == "latest hire date 30.02.2024 is not a date"
    assert reject["remedy"] == "correct it in the HRIS and export again"
    assert (reject["source_file"], reject["source_line"], reject["rule"]) == ("list.csv", 2, "not_a_date")
    assert batch.rows["person_id"].to_list() == ["hr:2"]


def test_a_name_that_slipped_into_a_date_column_is_not_quoted():
    reason = extract("Nr;Eintritt;Status\n1;Ada Lovelace;A\n", PERSONS).batch("persons").rejects["reason"][0]
    assert "Ada" not in reason
    assert "12 characters" in reason


def test_dates_are_read_by_the_declared_format_only_and_never_guessed():
    batch = extract("Nr;Eintritt;Status\n1;2024-03-01;A\n2;43864;A\n", PERSONS).batch("persons")
    assert batch.rejects["rule"].to_list() == ["not_a_date", "not_a_date"]
    with pytest.raises(SourceRefused, match="names no date format"):
        extract("Nr;Eintritt\n1;x\n", {**PERSONS, "latest_hire_date": {"from": "Eintritt"}})


def test_a_missing_key_and_an_id_in_exponent_form_are_refused():
    batch = extract("Nr;Eintritt;Status\n;01.03.2024;A\n1,18612E+11;01.03.2024;A\n", PERSONS).batch("persons")
    assert batch.rejects["rule"].to_list() == ["missing_key", "exponent_in_id"]
    assert "118612" not in " ".join(batch.rejects["reason"])


def test_leading_zeros_of_an_id_stay():
    assert extract("Nr;Eintritt;Status\n00079;01.03.2024;A\n", PERSONS).batch("persons").rows[
        "person_id"
    ].to_list() == ["hr:00079"]


def test_an_unmapped_value_is_refused_unless_a_default_is_given():
    data = "Nr;Eintritt;Status\n1;01.03.2024;Z\n"
    assert extract(data, PERSONS).batch("persons").rejects["rule"].to_list() == ["unmapped_value"]
    with_default = {**PERSONS, "status": {"from": "Status", "map": {"A": "active"}, "default": "unknown"}}
    assert extract(data, with_default).batch("persons").rows["status"].to_list() == ["unknown"]


def test_maps_forgive_blanks_and_case_and_yaml_truth_words():
    columns = {**PERSONS, "status": {"from": "Status", "map": {True: "active", "gone": "inactive"}}}
    rows = extract("Nr;Eintritt;Status\n1;01.03.2024; YES \n2;01.03.2024;Gone\n", columns).batch("persons").rows
    assert rows["status"].to_list() == ["active", "inactive"]


def test_excluded_rows_are_filtered_and_counted_with_the_reason():
    spec = {"where": {"Status": ["A"]}, "where_reason": "not employed", "not_null": ["Eintritt"]}
    batch = extract("Nr;Eintritt;Status\n1;01.03.2024;A\n2;01.03.2024;I\n3;;A\n", PERSONS, spec=spec).batch("persons")
    assert dict(batch.filtered.rows()) == {"not employed": 1, "Eintritt is empty": 1}
    assert batch.rows_in == 3


def test_a_decimal_comma_is_read_and_a_point_in_it_is_refused_rather_than_shrunk():
    columns = {
        "person_id": {"from": "Nr", "reference": "hr"},
        "assignment_id": {"const": "1"},
        "valid_from": {"const": "2024-01-01"},
        "fte": {"from": "BG", "number": True, "scale": 0.01},
    }
    batch = extract("Nr;BG\n1;80,5\n2;1.000\n3;viel\n4;inf\n", columns, table="job_history").batch("job_history")
    assert batch.rows["fte"].to_list() == [pytest.approx(0.805)]
    assert batch.rejects["rule"].to_list() == ["not_a_number"] * 3


def test_inclusive_ends_become_half_open_and_sentinels_become_null():
    columns = {
        "person_id": {"from": "Nr", "reference": "hr"},
        "spell_no": {"const": 1},
        "hire_date": {"const": "2020-01-01"},
        "end_date": {"from": "bis", "date": "%d.%m.%Y", "null": ["31.12.9999"], "plus_days": 1},
    }
    rows = (
        extract("Nr;bis\n1;31.12.2023\n2;31.12.9999\n", columns, table="employment_spells")
        .batch("employment_spells")
        .rows
    )
    assert rows["end_date"].to_list() == [date(2024, 1, 1), None]


def test_local_times_become_utc_and_an_hour_that_spring_skips_is_refused():
    columns = {
        "application_id": {"from": "Nr"},
        "programme_id": {"const": "p"},
        "cohort_id": {"const": "c"},
        "person_id": {"from": "Nr", "reference": "hr"},
        "role_sought": {"const": "mentee"},
        "decision": {"const": "pending"},
        "submitted_at": {"from": "Zeit", "instant": "%d.%m.%Y %H:%M"},
    }
    batch = extract(
        "Nr;Zeit\n1;15.07.2024 12:00\n2;15.01.2024 12:00\n3;31.03.2024 02:30\n4;27.10.2024 02:30\n",
        columns,
        table="applications",
    ).batch("applications")
    assert [at.astimezone(UTC).hour for at in batch.rows["submitted_at"]] == [10, 11, 0]
    assert batch.rejects["reason"].to_list() == [
        "submitted at 31.03.2024 02:30 doesn't exist in Europe/Berlin, where clocks skip that hour"
    ]


def test_a_level_that_the_map_does_not_name_has_no_rank_and_is_told():
    columns = {
        "person_id": {"from": "Nr", "reference": "hr"},
        "assignment_id": {"const": "1"},
        "valid_from": {"const": "2024-01-01"},
        "level": {"from": "Stufe"},
        "level_rank": {"from": "Stufe", "level_rank": True},
    }
    result = extract(
        "Nr;Stufe\n1;L2\n2;Chief\n", columns, table="job_history", levels={"L2": {"rank": 2, "leadership": False}}
    )
    assert result.batch("job_history").rows["level_rank"].to_list() == [2, None]
    assert [(f.kind, f.subject) for f in result.findings] == [("level_not_ranked", "list.csv: Chief")]


def test_unpivot_makes_a_row_of_each_value_and_counts_the_empty_ones():
    spec = {
        "unpivot": {"columns": {"profit": "weekly_profit", "age": "age"}, "name": "question_id", "value": "value_num"}
    }
    columns = {
        "survey_id": {"const": "s"},
        "response_id": {"template": "r-{Nr}"},
        "choice_seq": {"const": 1},
        "state": {"const": "answered"},
    }
    batch = extract("Nr;profit;age\n1;10,5;30\n2;;31\n", columns, table="survey_answers", spec=spec).batch(
        "survey_answers"
    )
    assert batch.rows.select("response_id", "question_id", "value_num").rows() == [
        ("r-1", "weekly_profit", 10.5),
        ("r-1", "age", 30.0),
        ("r-2", "age", 31.0),
    ]
    assert dict(batch.filtered.rows()) == {"no value": 1}
    assert batch.rows_in == 4


def test_a_coded_wave_may_be_mapped_to_a_time_and_then_parsed():
    columns = {
        "goal_id": {"from": "Nr"},
        "updated_at": {
            "from": "Welle",
            "map": {"0": "2024-01-01T09:00"},
            "instant": "%Y-%m-%dT%H:%M",
            "zone": "Africa/Nairobi",
        },
    }
    rows = extract("Nr;Welle\n1;0\n", columns, table="goal_updates").batch("goal_updates").rows
    assert rows["updated_at"].to_list() == [datetime(2024, 1, 1, 6, tzinfo=UTC)]


def test_constants_are_rows_of_the_contract_that_stand_in_no_file():
    constants = {"constants": [{"table": "levels", "rows": [{"level": "L1", "level_rank": 1, "is_leadership": False}]}]}
    assert extract("Nr;Eintritt;Status\n1;01.03.2024;A\n", PERSONS, mapping=constants).batch("levels").rows[
        "level_rank"
    ].to_list() == [1]


def test_the_later_line_wins_only_where_the_mapping_says_so():
    data = "Nr;Eintritt;Status\n1;01.03.2024;A\n1;01.03.2024;I\n"
    assert extract(data, PERSONS).batch("persons").rows.height == 2
    batch = extract(data, PERSONS, spec={"last_wins": True}).batch("persons")
    assert batch.rows["status"].to_list() == ["inactive"]
    assert batch.rows_in == 2


def test_unknown_columns_are_dropped_with_a_finding_and_secrets_are_called_so():
    result = extract(
        "Nr;Eintritt;Status;Schuhgröße;Password;bekannt\n1;01.03.2024;A;42;geheim;x\n",
        PERSONS,
        entry={"ignore": ["bekannt"]},
    )
    assert [(f.kind, f.subject) for f in result.findings] == [
        ("unknown_column", "list.csv: Schuhgröße"),
        ("secret_column", "list.csv: Password"),
    ]


def test_a_missing_optional_column_stays_empty_and_a_missing_required_one_refuses_the_file():
    columns = {**PERSONS, "degree": {"from": ["Abschluss", "Degree"]}}
    result = extract("Nr;Eintritt;Status\n1;01.03.2024;A\n", columns)
    assert result.batch("persons").rows["degree"].to_list() == [None]
    assert [f.kind for f in result.findings] == ["column_absent"]
    with pytest.raises(SourceRefused, match=r"list\.csv: required column 'Kind' is missing.*Next step"):
        extract("Nr;Eintritt;Status\n1;01.03.2024;A\n", {**PERSONS, "person_kind": {"from": "Kind"}})


def test_a_header_without_rows_is_refused_unless_it_may_be_empty():
    with pytest.raises(SourceRefused, match="header and no rows"):
        extract("Nr;Eintritt;Status\n", PERSONS)
    assert extract("Nr;Eintritt;Status\n", PERSONS, entry={"may_be_empty": True}).batch("persons").rows_in == 0


def test_a_file_that_is_not_there_is_refused_unless_it_is_optional():
    with pytest.raises(SourceRefused, match=r"No file matches 'x\*\.csv'"):
        extract("Nr;Eintritt;Status\n1;01.03.2024;A\n", PERSONS, entry={"match": "x*.csv"})


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"nonsense": {"from": "Nr"}}, "has no column 'nonsense'"),
        ({"person_id": {"from": "Nr", "refrence": "hr"}}, "nobody reads the word 'refrence'; did you mean 'reference'"),
        ({"person_id": {}}, "needs one of from, const or template"),
    ],
)
def test_a_slip_in_the_mapping_file_is_named(columns, fault):
    with pytest.raises(SourceRefused, match=fault):
        extract("Nr;Eintritt;Status\n1;01.03.2024;A\n", columns)


@pytest.mark.slow
@settings(max_examples=100)
@given(st.lists(st.text(alphabet='0123456789.;AI",\t ü\n', max_size=24), max_size=8))
def test_a_record_leaves_as_exactly_one_of_row_reject_or_filtered(lines):
    data = ("Nr;Eintritt;Status\n" + "\n".join(lines)).encode()
    try:
        batch = extract(data, PERSONS, spec={"where": {"Status": ["A", "I", "Z"]}}, entry={"may_be_empty": True}).batch(
            "persons"
        )
    except SourceRefused:
        return
    plain = extract(
        data,
        {"person_id": {"from": "Nr", "reference": "hr"}, "person_kind": {"const": "employee"}},
        entry={"may_be_empty": True},
    ).batch("persons")
    assert batch.rows_in == plain.rows_in


def test_the_word_null_of_a_mapping_file_is_understood_as_yaml_reads_it():
    import yaml

    columns = yaml.safe_load(
        '{person_id: {from: Nr, reference: hr}, termination_date: {from: Ende, date: "%d.%m.%Y", null: ["31.12.9999"]}}'
    )
    batch = extract("Nr;Ende\n1;31.12.9999\n2;30.06.2024\n", {"person_kind": {"const": "employee"}, **columns}).batch(
        "persons"
    )
    assert batch.rows["termination_date"].to_list() == [None, date(2024, 6, 30)]


@pytest.mark.parametrize(("pattern", "moment"), [("epoch_seconds", "1767223800"), ("epoch_millis", "1767223800000")])
def test_a_counted_moment_is_the_day_of_its_zone(pattern: str, moment: str):
    columns = {**PERSONS, "latest_hire_date": {"from": "Eintritt", "date": pattern}}
    batch = extract(f"Nr;Eintritt;Status\n1;{moment};A\n", columns).batch("persons")
    assert batch.rows["latest_hire_date"].to_list() == [date(2026, 1, 1)]  # half past midnight in Berlin; 2025 in UTC


def test_a_counted_moment_without_a_zone_is_no_day():
    columns = {**PERSONS, "latest_hire_date": {"from": "Eintritt", "date": "epoch_seconds"}}
    mapping = {"format": {"delimiter": ";", "null": [""]}}
    with pytest.raises(SourceRefused, match="without a zone for their day"):
        extract("Nr;Eintritt;Status\n1;1767223800;A\n", columns, mapping=mapping)


@pytest.mark.parametrize("pattern", ["%Y-%m-%d %H:%M", "%d/%m/%y %I:%M %p", "%Y-%m-%dT%H:%M:%S%z", "%a, %d %b %Y %H:%M", "%+"])  # fmt: skip
def test_a_time_is_worked_out_once_wherever_it_is_named(pattern: str) -> None:
    """As one expression each step stood once for every place that names it: 6,000 to 12,000 characters a column, worked out again at each."""
    column = BY_NAME["sessions"].column("actual_start_at")
    reading = Reading(header=["at"], file="f.csv", system="s", zone="Europe/Berlin")
    made = convert(column, {"from": "at", "instant": pattern}, reading)
    parts = [made.value, *(check.failed for check in made.checks), *(told.happened for told in made.told)]
    assert max(len(str(part)) for part in parts) < 600
