"""Each planted case of bad data is in the files, and little enough of it that a load passes its gate."""

import io
import json

import polars as pl
import pytest

KINDS = {"quarantined", "duplicate", "filtered", "repaired", "finding", "kept"}


@pytest.fixture(scope="module")
def planted(demo):
    return json.loads(demo["truth/planted_bad_data.json"])


@pytest.mark.slow
def test_every_case_names_a_file_that_was_written_and_a_treatment(demo, planted):
    for case in planted:
        assert case["treatment"] in KINDS
        assert case["count"] > 0, case
        assert case["file"] == "*.ics" or f"{case['folder']}/{case['file']}" in demo


def test_bad_rows_stay_below_one_percent_of_a_table(demo, planted):
    bad = (
        pl.DataFrame(planted)
        .filter(pl.col("treatment") == "quarantined")
        .group_by("folder", "table")
        .agg(pl.col("count").sum())
    )
    rows = {
        ("hris_hq", "persons"): 1210, ("hris_hq", "job_history"): 2140, ("hris_products", "persons"): 346, ("hris_products", "person_identifiers"): 1038,
        ("platform", "sessions"): 5900, ("platform", "applications"): 2100, ("people_extras", "person_demographics"): 4600,
    }  # fmt: skip
    for folder, table, count in bad.iter_rows():
        assert count <= 3 or count / rows.get((folder, table), 5000) < 0.01


CASES = {
    ("id in exponent form", "session_log.csv"): lambda b: b.count(b"1.18612E+11") == 2,
    ("impossible date", "session_log.csv"): lambda b: b.count(b"2025-02-30") == 1,
    ("unknown person", "session_log.csv"): lambda b: b.count(b"guest.unknown@elsewhere.example") == 3,
    ("exact repeat", "session_log.csv"): lambda b: len(lines := b.split(b"\n")) - len(set(lines)) == 4,
    ("short row", "session_log.csv"): lambda b: sum(line.count(b",") == 5 for line in b.split(b"\n")) == 1,
    ("sep= line", "applications.csv"): lambda b: b.startswith(b"sep=,\n"),
    ("exact repeat", "applications.csv"): lambda b: len(lines := b.split(b"\n")) - len(set(lines)) == 2,
    ("byte order mark", "demographics.csv"): lambda b: b.startswith(b"\xef\xbb\xbf"),
    ("inferred demographics are refused", "demographics.csv"): lambda b: b.count(b",inferred") == 2,
    ("CR-only line ends", "ramp_up_readings.csv"): lambda b: b"\n" not in b and b.count(b"\r") > 5000,
    ("wrong type", "ramp_up_readings.csv"): lambda b: b.count(b"n/a") == 1,
    ("preamble before the header", "personalstamm.csv"): lambda b: b.startswith(b"Auswertung"),
    ("short row", "personalstamm.csv"): lambda b: sum(0 < line.count(b";") < 11 for line in b.split(b"\r\n")) == 1,
    ("mojibake", "personalstamm.csv"): lambda b: b.count("MÃ¼ller".encode("cp1252")) == 2,
    ("umlauts in cp1252", "personalstamm.csv"): lambda b: "Müller".encode("cp1252") in b,
    ("31.12.9999 for an open end", "personalstamm.csv"): lambda b: b.count(b"31.12.9999") > 150,
    ("impossible date", "positionen.csv"): lambda b: b.count(b"30.02.2024") == 1,
    ("unmapped level", "positionen.csv"): lambda b: b.count(b";AT;") == 2,
    ("unknown extra column", "employees.json"): lambda b: b"tShirtSize" in b,
    ("impossible date", "employees.json"): lambda b: b.count(b"2023-02-30") == 1,
    ("id in exponent form", "employees.json"): lambda b: b.count(b"1.18612E+11") == 1,
    ("missing key", "employees.json"): lambda b: b.count(b'"employeeId": ""') == 1,
    ("no consent to analytics", "employees.json"): lambda b: 3 <= b.count(b'"customConsentAnalytics": "no"') <= 40,
    ("impossible date", "tables_jobInfo.json"): lambda b: b.count(b"2024-02-30") == 1,
    ("unmapped level", "tables_jobInfo.json"): lambda b: b.count(b"L3-contract") == 3,
    ("future-dated row", "tables_jobInfo.json"): lambda b: b.count(b"2026-12-01") == 1,
    ("back-dated correction", "tables_jobInfo.json"): lambda b: b.count(b"(corrected)") == 2,
    ("missing key", "tables_employmentStatus.json"): lambda b: b.count(b'"employeeId": null') == 1,
    ("password column", "users.csv"): lambda b: b",password," in b and b"demo-secret-" in b,
    ("missing key", "users.csv"): lambda b: any(line.startswith(b",") for line in b.split(b"\n")),
}  # fmt: skip


@pytest.mark.parametrize(("case", "file"), sorted(CASES), ids=lambda v: v.replace(" ", "-"))
def test_a_planted_case_is_in_its_file(demo, planted, case, file):
    entry = next(c for c in planted if (c["case"], c["file"]) == (case, file))
    assert CASES[case, file](demo[f"{entry['folder']}/{file}"])


def test_survey_states_are_planted_in_the_larger_files(demo, planted):
    for word, status in (("preview", ",1,"), ("test", ",2,"), ("spam", ",8,")):
        own = [c for c in planted if c["case"] == f"{word} response"]
        for case in own:
            rows = demo[f"surveys/{case['file']}"].decode().split("\n")[3:]
            assert sum(row.split(",")[2] == status.strip(",") for row in rows if row) == case["count"]


def test_calendars_hold_two_copies_cancelled_moved_and_excluded_occurrences(demo, planted):
    text = b"".join(content for name, content in demo.items() if name.endswith(".ics")).decode()
    counts = {c["case"]: c["count"] for c in planted if c["file"] == "*.ics"}
    assert text.count("RRULE:FREQ=WEEKLY") == 2 * counts["two copies of one series"]
    assert text.count("STATUS:CANCELLED") == 2 * counts["cancelled occurrence"]
    assert text.count("EXDATE;") == 2 * counts["excluded date"]
    assert text.count("RECURRENCE-ID;") == 2 * (counts["cancelled occurrence"] + counts["moved occurrence"])
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Kolkata"):
        assert f"DTSTART;TZID={zone}:" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_the_alumni_workbook_opens_and_holds_a_repeated_row(demo):
    frame = pl.read_excel(io.BytesIO(demo["alumni/alumni.xlsx"]), read_options={"header_row": 3}, engine="calamine")
    assert frame.height - frame.unique().height == 1
    assert "Alumni ID" in frame.columns
