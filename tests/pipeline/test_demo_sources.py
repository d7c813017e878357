"""Every connector reads its demo folder, and the bad data planted there is met, case by case."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipelines.contracts import BY_NAME
from pipelines.demo.company import build
from pipelines.loading.gate import Gate
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.settings import DEMO_WORKSPACE, read_workspace
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, SourceFile

WORKSPACE = read_workspace(DEMO_WORKSPACE, data=Path("/data"), key=None)
SOURCES = [source for source in WORKSPACE.sources if source.path.is_relative_to("/data/demo")]
FOLDER_SOURCES = {source.path.name: source.source_id for source in SOURCES}


@cache
def demo() -> Mapping[str, bytes]:
    return build(2026, 1.0)[0]


LOADED: dict[tuple[str, str], pl.DataFrame] = {}
"""Source and table to the rows that its gate lets through; filled by `extracted`."""


def first_rows(asked: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    raise AssertionError("every table comes in one part")


@cache
def extracted(source_id: str) -> tuple[Extract, dict[str, Gate]]:
    source = WORKSPACE.source(source_id)
    folder = source.path.name + "/"
    files = [
        SourceFile(name.removeprefix(folder), data) for name, data in sorted(demo().items()) if name.startswith(folder)
    ]
    options: dict[str, Any] = {
        **source.options,
        "source_id": source_id,
        "as_of": WORKSPACE.as_of,
        "levels": WORKSPACE.levels,
    }
    if source.mapping:
        options["mapping"] = yaml.safe_load(source.mapping.read_text(encoding="utf-8"))
    extract = CONNECTORS[source.connector].read(files, options)
    verdicts = {}
    for batch in extract.batches:
        safe, _ = pseudonymise(batch.rows, BY_NAME[batch.table], b"a test key of some length")
        gate = verdicts[batch.table] = Gate(BY_NAME[batch.table])
        LOADED[source_id, batch.table] = gate.judge(safe, batch.rejects, batch.filtered, first_rows)
        assert gate.question(source_id, "0123456789") is None
    return extract, verdicts


@pytest.mark.parametrize("source_id", [source.source_id for source in SOURCES])
def test_every_table_of_a_source_is_accounted_for_and_loads(source_id):
    extract, verdicts = extracted(source_id)
    for batch in extract.batches:
        counts = verdicts[batch.table].reconciliation
        assert counts["rows_in"] == batch.rows_in
        assert counts["loaded"] > 0


@pytest.mark.parametrize("source_id", [source.source_id for source in SOURCES])
def test_no_email_of_the_demo_is_in_anything_that_is_loaded_or_shown(source_id):
    extract, verdicts = extracted(source_id)
    assert "@arbor" not in str(extract.findings)
    for verdict in verdicts.values():
        shown = verdict.quarantine.drop("raw_text")
        loaded = LOADED[source_id, verdict.table]
        for frame in (loaded.drop("external_uid", "series_id", strict=False), shown):
            assert "@" not in frame.drop("masked_text", strict=False).write_csv()
        assert "arbor" not in shown.write_csv()


def test_the_planted_bad_rows_are_quarantined_to_the_row():
    planted: dict[tuple[str, str, str], int] = {}
    for case in json.loads(demo()["truth/planted_bad_data.json"]):
        if case["treatment"] == "quarantined" and case["folder"] in FOLDER_SOURCES:
            place = (case["folder"], case["file"], case["table"])
            planted[place] = planted.get(place, 0) + case["count"]
    assert planted
    met = {}
    for folder, file, table in planted:
        quarantine = extracted(FOLDER_SOURCES[folder])[1][table].quarantine
        met[folder, file, table] = quarantine.filter(source_file=file).height
    assert met == planted


def test_the_planted_duplicates_are_counted_to_the_row():
    cases = [c for c in json.loads(demo()["truth/planted_bad_data.json"]) if c["treatment"] == "duplicate"]
    assert cases
    for case in cases:
        if case["folder"] in FOLDER_SOURCES:
            assert extracted(FOLDER_SOURCES[case["folder"]])[1][case["table"]].duplicates == case["count"], case


def test_two_copies_of_a_calendar_series_are_loaded_once():
    verdict = extracted("calendars")[1]["sessions"]
    assert verdict.duplicates == verdict.loaded
    assert "held" not in LOADED["calendars", "sessions"]["status"].to_list()


def test_the_planted_findings_are_made():
    kinds = {(source_id, f.kind) for source_id in FOLDER_SOURCES.values() for f in extracted(source_id)[0].findings}
    assert {
        ("hris_hq", "unknown_column"),
        ("hris_hq", "level_not_ranked"),
        ("hris_products", "span_cut"),
        ("hris_products", "mojibake"),
        ("students", "secret_column"),
    } <= kinds
